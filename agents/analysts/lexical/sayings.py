"""Sentences of a document as they stand, for looking at the text again without the system model."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache

from agents.analysts.lexical.sentences import (
    Sentence,
    section_standing,
    sentences,
    standing,
    tells_why,
)
from agents.document import BlockKind, Document
from agents.system import Component, Standing, SystemModel

_NO_SUCH = re.compile(
    r"\b(?:no|never|neither|nor|nothing)\s+(?:(?!(?:and|or|but|to|for|when|before|so)\b)\w+\s+)?$",
    re.IGNORECASE,
)
_CLOSE = 40
"""Characters before a word in which a negation is looked for."""
_OPTIONAL = re.compile(
    r"\b(optional|optionally|can be|if (enabled|configured|set|desired)|when (enabled|configured)"
    r"|should|opt-in|not (strictly )?required)\b",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"\b(later|future|phase [2-9]|planned|roadmap|not yet (implemented|supported|available|enforced"
    r"|enabled|done|there|in place|part)|follow-?up|eventually|next (release|phase|version|quarter)"
    r"|todo|tbd|to be (added|decided|defined|implemented|determined)|postponed|deferred)\b",
    re.IGNORECASE,
)

_SHOWS = re.compile(
    r"\W*(?:the|this|these|an?)\s+(?:(?:following|next)\s+(?:\w+\s+){0,3}?)?"
    r"(?:examples?|figures?|listings?|snippets?|diagrams?|tables?|charts?|drawings?)\s+"
    r"(?:below\s+|above\s+|here\s+)?"
    r"(?:shows?|illustrates?|lists?|demonstrates?|depicts?|summari[sz]es?|describes?|explains?)\b",
    re.I,
)
_REFUSES = re.compile(
    r"\b(?:reject|refus|block|abort|discard|drop|revok|invalidat)\w*|\b(?:deny|denie[ds])\b"
    r"|\bfails? closed\b|\b40[13]\b",
    re.IGNORECASE,
)
_SPARES = re.compile(
    r"\b(?:not|never|n't)\s+(?:\w+\s+)?(?:reject|refus|block|den|revok|invalid)", re.IGNORECASE
)
_ONLY_MAY = re.compile(
    r"\bonly\b[^.;]{0,80}\b(?:may|can)\b|\b(?:may|can) only\b"
    r"|\b(?:can|may) be \w+ (?:only )?(?:once|within|for)\b",
    re.IGNORECASE,
)


def sayings(documents: Mapping[str, Document]) -> Iterator[Sentence]:
    """Sentences and table rows that describe the design in force."""
    for document in documents.values():
        for sentence in (*sentences(document), *_rows(document)):
            above = sentence.section
            if introduces(sentence.plain):
                continue
            if section_standing(above) is Standing.IN_FORCE and not tells_why(above):
                yield sentence


def introduces(text: str) -> bool:
    """True for `the following example shows`: what is shown may state something, this does not."""
    return _SHOWS.match(text) is not None


def _rows(document: Document) -> Iterator[Sentence]:
    for number, block in enumerate(document.blocks):
        if block.kind is BlockKind.TABLE_ROW:
            yield Sentence(
                document.path, block.text, block.line_start, block.section, number, True, True
            )


def says_no(plain: str, words: Iterable[int]) -> bool:
    """True when a negation stands right before one of the words, given by their characters.

    `takes no pictures`, `the link is never requested`.
    """
    return any(_NO_SUCH.search(plain, max(0, at - _CLOSE), at) for at in words)


def holds(sentence: Sentence, at: int) -> bool:
    """True when the clause around character `at` states something as it is."""
    return standing(sentence.plain, at, sentence.section) is Standing.IN_FORCE


def planned(sentence: Sentence, at: int) -> bool:
    """True when the clause around character `at` speaks of later."""
    return standing(sentence.plain, at, sentence.section) is Standing.PLANNED


def names(component: Component, text: str) -> bool:
    """True when the text uses the component's name or another name of it."""
    return _pattern((component.name, *component.aliases)).search(text) is not None


def named(
    system: SystemModel, text: str, at: int = 0, kinds: Collection[str] = ()
) -> Component | None:
    """The component, of these kinds if any, named closest to `at`, before it if one is."""
    found: list[tuple[bool, int, int, str]] = []
    for component in system.of_kind(*kinds) if kinds else system.components:
        for match in _pattern((component.name, *component.aliases)).finditer(text):
            place = match.start()
            found.append((place > at, abs(at - place), place - match.end(), component.id))
    return system.component(min(found)[3]) if found else None


def without_names(system: SystemModel, text: str) -> str:
    """The text with component names blanked: a `checksum database` is no check of a sum."""
    return _blanked(system.names, text)


@lru_cache(maxsize=8192)
def _blanked(known: tuple[str, ...], text: str) -> str:
    return _pattern(known).sub(lambda match: " " * len(match[0]), text)


@lru_cache(maxsize=1024)
def _pattern(known: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the names as whole words, the longest first; without a name, nothing matches."""
    longest = sorted({re.escape(name) for name in known if name}, key=lambda n: (-len(n), n))
    return re.compile(rf"(?<!\w)(?:{'|'.join(longest) or '(?!)'})s?(?!\w)", re.IGNORECASE)


def comes_later(text: str) -> bool:
    """True when a text says in words of its own that something is put off."""
    return _LATER.search(text) is not None


def left_to_choice(text: str) -> bool:
    """True when a text says in words of its own that something is optional."""
    return _OPTIONAL.search(text) is not None


def is_rule(text: str) -> bool:
    """True for a condition or denial that ends in a refusal, and for a permission to few."""
    refuses = _REFUSES.search(text) is not None and _SPARES.search(text) is None
    return refuses or _ONLY_MAY.search(text) is not None
