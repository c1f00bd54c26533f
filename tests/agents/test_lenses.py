"""Every lens on its own examples: where it must stop, and where it must not."""

import asyncio
from pathlib import Path

import pytest

from agents.analysts.base import Reading
from agents.analysts.lexical import LexicalAnalyst
from agents.analysts.lexical.lens import Lens, by_id, lenses
from agents.analysts.lexical.look import look
from agents.catalogue.loader import load
from agents.change import Change, SourceText
from agents.document import read
from agents.evidence import verify
from agents.findings import Finding
from agents.steps.extract import extract

CATALOGUE = load()


def found(text: str, lens: Lens) -> list[Finding]:
    documents = {"design.md": read("design.md", text)}
    change = Change(repository="r", documents=(SourceText(path="design.md", text=text),))
    reading = Reading(change, documents, CATALOGUE)
    system = asyncio.run(extract(reading, LexicalAnalyst())).value
    return list(look(Reading(change, documents, CATALOGUE, system), (lens,)))


@pytest.mark.parametrize(
    ("lens", "text"),
    [
        pytest.param(lens, text, id=f"{lens.id}-{n}")
        for lens in lenses()
        for n, text in enumerate(lens.examples.fires)
    ],
)
def test_it_stops_where_it_must(lens: Lens, text: str) -> None:
    stopped = found(text, lens)
    assert stopped
    documents = {"design.md": read("design.md", text)}
    assert all(verify(e, documents) for finding in stopped for e in finding.evidence)


@pytest.mark.parametrize(
    ("lens", "text"),
    [
        pytest.param(lens, text, id=f"{lens.id}-{n}")
        for lens in lenses()
        for n, text in enumerate(lens.examples.quiet)
    ],
)
def test_it_passes_by_where_it_must(lens: Lens, text: str) -> None:
    assert not found(text, lens)


def probes() -> list[tuple[str, bool, str]]:
    lines = (Path(__file__).parent / "lens_probes.txt").read_text().splitlines()
    rows = (line.split(" ", 2) for line in lines if line.strip() and not line.startswith("#"))
    return [(id_, sign == "+", text.replace("\\n", "\n")) for id_, sign, text in rows]


@pytest.mark.parametrize(("id_", "stops", "text"), probes())
def test_other_wordings(id_: str, stops: bool, text: str) -> None:
    assert bool(found(text, by_id()[id_])) is stops


def test_every_lens_stands_on_a_threat_of_the_catalogue() -> None:
    assert lenses()
    assert [lens.id for lens in lenses() if lens.threat not in CATALOGUE.threats] == []
    kinds = CATALOGUE.vocabulary.kinds
    assert [lens.id for lens in lenses() if set(lens.kinds) - kinds] == []
