"""Skeletons load as they are, and say what is still to be written."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from agents.catalogue.loader import check, load
from agents.catalogue.skeletons import (
    PLACEHOLDER,
    Skeleton,
    fitting_domains,
    is_pattern_id,
    is_threat_id,
    pattern_skeleton,
    threat_skeleton,
)

TODAY = date(2026, 11, 24)
KNOWN = load()


def put(root: Path, skeleton: Skeleton) -> Path:
    path = root / skeleton.name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(skeleton.text)
    return path


@pytest.mark.parametrize("domain", KNOWN.vocabulary.domains)
def test_a_threat_of_every_domain_loads_and_is_warned_of(tmp_path: Path, domain: str) -> None:
    path = put(tmp_path, threat_skeleton("stale-price-feed", domain, None, KNOWN))
    known = load([tmp_path], today=TODAY)
    threat = known.threats["stale-price-feed"]
    assert threat.domain == domain
    assert threat.examples.fires
    assert threat.examples.quiet
    assert threat.examples.mitigated
    (warning,) = check([tmp_path], today=TODAY)
    assert (warning.level, warning.file) == ("warning", str(path))
    assert warning.message == "`title` still holds the text of a skeleton"
    assert warning.line == 5


def test_category_and_kinds_are_those_usual_in_the_domain() -> None:
    for domain, category in (("llm_application", "ai"), ("web", "classic")):
        fields = yaml.safe_load(threat_skeleton("x", domain, None, KNOWN).text)
        peers = [t for t in KNOWN.threats.values() if t.domain == domain]
        assert fields["category"] == category
        assert all(any(kind in t.applies_to for t in peers) for kind in fields["applies_to"])


def test_a_pattern_loads_and_covers(tmp_path: Path) -> None:
    covers = ["agent-goal-hijack", "mcp-rug-pull"]
    put(tmp_path, pattern_skeleton("ACME-01", None, covers, KNOWN))
    known = load([tmp_path], today=TODAY)
    assert known.patterns["ACME-01"].covers_threats == tuple(covers)
    assert known.patterns["ACME-01"].status == "proposed"
    (warning,) = check([tmp_path], today=TODAY)
    assert warning.message == "`name` still holds the text of a skeleton"


@pytest.mark.parametrize(
    "title", ["a: b # c", "'x' \"y\" \\ z", "line\nbreak", "über {", "- @x", ""]
)
def test_a_title_survives_whatever_it_holds(title: str) -> None:
    threat = yaml.safe_load(threat_skeleton("x", "web", title, KNOWN).text)
    pattern = yaml.safe_load(pattern_skeleton("A-01", title, ["mcp-rug-pull"], KNOWN).text)
    assert threat["title"] == title
    assert pattern["name"] == title


def test_one_placeholder_left_anywhere_is_warned_of(tmp_path: Path) -> None:
    path = put(tmp_path, threat_skeleton("x", "web", None, KNOWN))
    text = path.read_text().replace(PLACEHOLDER, "Written:")
    path.write_text(text)
    assert check([tmp_path], today=TODAY) == []
    path.write_text(text.replace("Written: the first design again", f"{PLACEHOLDER} the first"))
    (warning,) = check([tmp_path], today=TODAY)
    assert warning.message == "`examples` still holds the text of a skeleton"


@pytest.mark.parametrize(
    ("id_", "threat", "pattern"),
    [
        ("stale-price-feed", True, False),
        ("x2", True, False),
        ("ACME-01", False, True),
        ("A1-2026", False, True),
        ("acme-01", True, False),
        ("ACME-1", False, False),
        ("Stale", False, False),
        ("-a", False, False),
        ("a--b", False, False),
        ("a_b", False, False),
        ("a/b", False, False),
        ("../a", False, False),
        ("a\n", False, False),
        ("", False, False),
        ("a" * 61, False, False),
        ("A" * 61 + "-01", False, False),
    ],
)
def test_forms_of_ids(id_: str, threat: bool, pattern: bool) -> None:
    assert (is_threat_id(id_), is_pattern_id(id_)) == (threat, pattern)


def test_built_in_ids_have_the_form() -> None:
    assert all(map(is_threat_id, KNOWN.threats))
    assert all(map(is_pattern_id, KNOWN.patterns))


@pytest.mark.parametrize(
    ("given", "first"),
    [("rag-stale-index", "rag"), ("raag", "rag"), ("mcp-x", "agentic"), ("zzz", None)],
)
def test_domains_are_suggested(given: str, first: str | None) -> None:
    assert next(iter(fitting_domains(given, KNOWN)), None) == first
