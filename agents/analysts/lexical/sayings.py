"""Sentences of a document as they stand, for looking at the text again without the system model."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

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
    """Sentences and table rows that describe the design in force, below the document's title.

    The title is left out of the headings above: it names the whole document, whatever words it uses.
    """
    for document in documents.values():
        title = next((b for b in document.blocks if b.kind is BlockKind.HEADING), None)
        skip = 1 if title is not None and title.level == 1 else 0
        for sentence in (*sentences(document), *_rows(document)):
            below = replace(sentence, section=sentence.section[skip:])
            if section_standing(below.section) is Standing.IN_FORCE and not tells_why(
                below.section
            ):
                yield below


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
