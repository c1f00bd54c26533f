"""The worked example of docs/catalogue.md works."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from agents.analysts.base import Reading
from agents.analysts.lexical.extract import extract
from agents.analysts.lexical.judge import judge
from agents.catalogue.loader import Catalogue, check, load
from agents.findings import Verdict
from agents.steps.candidates import candidates
from agents.steps.read import read_documents
from tests.support import ROOT, design_change

TODAY = date(2026, 11, 24)
THREAT = "stale-price-feed"
TEXT = (ROOT / "docs" / "catalogue.md").read_text()
FILE = re.compile(r"`acme-catalogue/(\S+\.yaml)`:\n\n```yaml\n(.*?)```", re.S)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """The files of the page, written out."""
    for name, body in FILE.findall(TEXT):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body)
    return tmp_path


@pytest.fixture
def known(directory: Path) -> Catalogue:
    """The catalogue with them."""
    return load([directory], today=TODAY)


def verdicts(text: str, known: Catalogue) -> list[Verdict]:
    """What the offline analyst says of the page's threat in this design."""
    change = design_change(f"# Price service\n\n## Design\n\n{text}\n")
    reading = Reading(change, read_documents(change), known)
    reading = replace(reading, system=extract(reading))
    found = candidates(reading.system, known)
    return [judge(c, reading).verdict for c in found if c.threat_id == THREAT]


def test_the_files_load_without_a_warning(directory: Path, known: Catalogue) -> None:
    assert check([directory], today=TODAY) == []
    assert known.threats[THREAT].paved_road_patterns == ("ACME-01",)
    assert known.patterns["ACME-01"].status == "approved"


def test_its_examples_show_what_they_say(known: Catalogue) -> None:
    examples = known.threats[THREAT].examples
    assert [verdicts(text, known) for text in examples.fires] == [[Verdict.APPLIES]]
    assert [verdicts(text, known) for text in examples.quiet] == [[]]
    assert [verdicts(text, known) for text in examples.mitigated] == [[Verdict.MITIGATED]]


def test_the_page_names_every_command() -> None:
    from service.cli.catalogue import app

    for command in app.registered_commands:
        callback = command.callback
        assert callback is not None
        name = command.name or callback.__name__
        assert f"`lintel catalogue {name}" in TEXT or f"`{name} ID`" in TEXT


def test_its_figures_are_those_of_the_built_in_catalogue() -> None:
    known = load()
    counts = (len(known.threats), len(known.patterns), len(known.frameworks))
    assert "ships {} threats, {} patterns and {} frameworks".format(*counts) in TEXT
