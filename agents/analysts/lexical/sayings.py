"""Sentences of a document as they stand, for looking at the text again without the system model."""

import re
from collections.abc import Iterator, Mapping

from agents.analysts.lexical.sentences import (
    Sentence,
    section_standing,
    sentences,
    standing,
    tells_why,
)
from agents.document import BlockKind, Document
from agents.system import Component, Standing, SystemModel


def sayings(documents: Mapping[str, Document]) -> Iterator[Sentence]:
    """Sentences and table rows that describe the design in force."""
    for document in documents.values():
        for sentence in (*sentences(document), *_rows(document)):
            above = sentence.section
            if section_standing(above) is Standing.IN_FORCE and not tells_why(above):
                yield sentence


def _rows(document: Document) -> Iterator[Sentence]:
    for number, block in enumerate(document.blocks):
        if block.kind is BlockKind.TABLE_ROW:
            yield Sentence(
                document.path, block.text, block.line_start, block.section, number, True, True
            )


def holds(sentence: Sentence, at: int) -> bool:
    """True when the clause around character `at` states something as it is."""
    return standing(sentence.plain, at, sentence.section) is Standing.IN_FORCE


def planned(sentence: Sentence, at: int) -> bool:
    """True when the clause around character `at` speaks of later."""
    return standing(sentence.plain, at, sentence.section) is Standing.PLANNED


def names(component: Component, text: str) -> bool:
    """True when the text uses the component's name or another name of it."""
    return bool(_places(component, text))


def named(system: SystemModel, text: str, at: int = 0) -> Component | None:
    """The component whose name stands closest to character `at`, before it if any does."""
    found: list[tuple[bool, int, int, str]] = []
    for component in system.components:
        for place, length in _places(component, text):
            found.append((place > at, abs(at - place), -length, component.id))
    return system.component(min(found)[3]) if found else None


def without_names(system: SystemModel, text: str) -> str:
    """The text with component names blanked: a `checksum database` is no check of a sum."""
    blanked = list(text)
    for component in system.components:
        for place, length in _places(component, text):
            blanked[place : place + length] = " " * length
    return "".join(blanked)


def _places(component: Component, text: str) -> list[tuple[int, int]]:
    low = text.lower()
    return [
        (match.start(), match.end() - match.start())
        for name in (component.name, *component.aliases)
        if name
        for match in re.finditer(rf"(?<!\w){re.escape(name.lower())}s?(?!\w)", low)
    ]
