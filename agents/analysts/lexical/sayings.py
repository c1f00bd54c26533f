"""Sentences of a document as they stand, for looking at the text again without the system model."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agents.document import BlockKind, Document
from agents.evidence import Evidence, Label, locate
from agents.system import Component, SystemModel

_PROSE = frozenset({BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.TABLE_ROW})
_END = re.compile(r"(?<=[.!?])[\"')\]*_]*\s+(?=[A-Z`*_\"'(\[-])|\n(?=\s*(?:[-*+]|\d+[.)])\s)")
_ELSEWHERE = re.compile(
    r"alternative|non-?goal|out of scope|future|glossary|reference|motivation|user stor|related work"
    r"|background|prior art|rejected|drawback|changelog|history|test plan|graduation|abstract|example"
    r"|rationale|terminolog|limitation|threat|security consideration|acknowledg|open question",
    re.IGNORECASE,
)
_NOT_NOW = re.compile(
    r"\b(not|no|never|without|cannot|can't|isn't|aren't|doesn't|don't|won't|lacks?|missing"
    r"|will be (?:added|introduced|supported|addressed|decided|defined|implemented)"
    r"|planned|later|future|todo|tbd|should|could|might|optional(ly)?|may|if|unless|phase [2-9]"
    r"|propos\w*|consider\w*|alternativ\w*)\b",
    re.IGNORECASE,
)
_MAX_QUOTE = 300


@dataclass(frozen=True)
class Saying:
    """One sentence with its place."""

    path: str
    text: str
    line: int
    section: tuple[str, ...]

    @property
    def elsewhere(self) -> bool:
        """True under headings that do not describe the design in force."""
        return any(_ELSEWHERE.search(title) for title in self.section)

    @property
    def holds(self) -> bool:
        """True when nothing negates, delays or conditions the sentence."""
        return _NOT_NOW.search(self.text) is None

    def evidence(self, documents: Mapping[str, Document]) -> Evidence | None:
        """The sentence, or its beginning, as a quote."""
        quote = self.text[:_MAX_QUOTE]
        return locate(documents[self.path], quote, label=Label.STATED, near_line=self.line)


def sayings(documents: Mapping[str, Document]) -> Iterator[Saying]:
    """The sentences of paragraphs, list items and table rows, in order."""
    for document in documents.values():
        title = next((b for b in document.blocks if b.kind is BlockKind.HEADING), None)
        for block in document.blocks:
            if block.kind not in _PROSE:
                continue
            # The title names the whole document, whatever words it uses.
            below = block.section[1:] if title is not None and title.level == 1 else block.section
            line, at = block.line_start, 0
            whole = block.kind is BlockKind.TABLE_ROW
            for match in [*(() if whole else _END.finditer(block.text)), None]:
                end = match.start() if match else len(block.text)
                raw = block.text[at:end]
                text = raw.strip()
                if text:
                    lead = raw[: len(raw) - len(raw.lstrip())].count("\n")
                    yield Saying(document.path, text, line + lead, below)
                stop = match.end() if match else len(block.text)
                line += block.text[at:stop].count("\n")
                at = stop


def names(component: Component, text: str) -> bool:
    """True when the text uses the component's name or another name of it."""
    low = text.lower()
    return any(
        re.search(rf"(?<!\w){re.escape(name.lower())}s?(?!\w)", low) is not None
        for name in (component.name, *component.aliases)
        if name
    )


def named(system: SystemModel, text: str) -> Component | None:
    """The component that the text names first; of two at the same place, the longer name."""
    low = text.lower()
    found = [
        (low.find(name.lower()), -len(name), component.id)
        for component in system.components
        for name in (component.name, *component.aliases)
        if name and names(component, text) and name.lower() in low
    ]
    return system.component(min(found)[2]) if found else None
