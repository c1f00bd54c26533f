"""Coverage of public frameworks: what counts, through which entries."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from agents.catalogue.coverage import (
    FIRST,
    HEADINGS,
    SUBSETS,
    FrameworkCoverage,
    ItemCoverage,
    coverage,
    references_of,
)
from agents.catalogue.loader import Catalogue, load

TODAY = date(2026, 11, 24)
KNOWN = load()


def put(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def by_key(catalogue: Catalogue) -> Mapping[str, FrameworkCoverage]:
    return {framework.key: framework for framework in coverage(catalogue)}


def item(catalogue: Catalogue, reference: str) -> ItemCoverage:
    key, _, id_ = reference.partition("/")
    return next(i for part in by_key(catalogue)[key].parts for i in part.items if i.id == id_)


FRAMEWORK = """key: house-rules
name: House rules
version: '1'
date: '2026'
licence: ours
redistribution: free
source: https://example.com
verification: verified
retired_ids: {OLD: B.1}
items:
  - {id: A, title: Chapter A}
  - {id: A.1, title: First, parent: A}
  - {id: A.2, title: Second, parent: A}
  - {id: B, title: Chapter B}
  - {id: B.1, title: Third, parent: B}
  - {id: C, title: Loop, parent: D}
  - {id: D, title: Loop, parent: C}
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """An own framework; one threat refers to A.1, another to a retired id and to a loop."""
    put(tmp_path, "frameworks/house-rules.yaml", FRAMEWORK)
    for domain, id_, reference in (
        ("agentic", "agent-goal-hijack", "[house-rules/A.1]"),
        ("agentic", "mcp-rug-pull", "[house-rules/OLD, house-rules/C]"),
    ):
        put(tmp_path, f"threats/{domain}/{id_}.yaml", f"id: {id_}\nreferences: {reference}\n")
    return tmp_path


def test_every_framework_is_there_and_the_first_ones_come_first() -> None:
    keys = [framework.key for framework in coverage(KNOWN)]
    assert sorted(keys) == sorted(KNOWN.frameworks)
    assert tuple(keys[: len(FIRST)]) == FIRST
    assert keys[len(FIRST) :] == sorted(keys[len(FIRST) :])


def test_every_id_counts_once_but_for_headings() -> None:
    for framework in coverage(KNOWN):
        items = KNOWN.frameworks[framework.key].items
        wanted = [i.id for i in items if i.type not in HEADINGS.get(framework.key, ())]
        assert sorted(i.id for part in framework.parts for i in part.items) == sorted(wanted)


def test_techniques_and_mitigations_are_counted_apart() -> None:
    parts = {part.type: len(part.items) for part in by_key(KNOWN)["mitre-atlas"].parts}
    assert parts == {"technique": 120, "sub_technique": 88, "mitigation": 40}
    rmf = {part.type: len(part.items) for part in by_key(KNOWN)["nist-ai-rmf"].parts}
    assert rmf == {"subcategory": 72}


def test_the_built_in_figures_follow_from_the_files() -> None:
    """Counted again, from the references alone."""
    named = {r for threat in KNOWN.threats.values() for r in references_of(threat)}
    for key in ("owasp-llm-2026", "eu-ai-act", "iso-42001", "cwe", "stride"):
        (part,) = by_key(KNOWN)[key].parts
        assert {f"{key}/{i.id}" for i in part.covered} == {
            r for r in named if r.startswith(f"{key}/")
        }
        assert {i.id for i in part.missing}.isdisjoint({i.id for i in part.covered})
        assert part.share == len(part.covered) / len(part.items)


def test_an_id_names_who_covers_it() -> None:
    found = item(KNOWN, "eu-ai-act/Art.12")
    assert found.title == "Record-keeping"
    assert found.threats == ("delegation-chain-opacity", "insufficient-ai-logging")
    assert set(KNOWN.threats["insufficient-ai-logging"].paved_road_patterns) <= set(found.patterns)
    assert not item(KNOWN, "eu-ai-act/Art.49").covered
    assert item(KNOWN, "eu-ai-act/Art.49").patterns == ()


def test_what_is_above_an_id_is_covered_with_it_and_nothing_below(house: Path) -> None:
    known = load([house], today=TODAY)
    covered = {i.id: i.threats for part in by_key(known)["house-rules"].parts for i in part.covered}
    assert covered == {
        "A": ("agent-goal-hijack",),
        "A.1": ("agent-goal-hijack",),
        "B": ("mcp-rug-pull",),
        "B.1": ("mcp-rug-pull",),
        "C": ("mcp-rug-pull",),
        "D": ("mcp-rug-pull",),
    }


def test_a_threat_that_is_off_covers_nothing(
    house: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    later = tmp_path_factory.mktemp("later")
    text = "id: agent-goal-hijack\ndisabled: true\nreason: None here\n"
    put(later, "threats/agentic/agent-goal-hijack.yaml", text)
    known = load([house, later], today=TODAY)
    assert not item(known, "house-rules/A.1").covered
    assert item(known, "house-rules/B.1").covered


def test_a_retired_pattern_covers_nothing(tmp_path: Path) -> None:
    before = item(KNOWN, "eu-ai-act/Art.12").patterns
    gone = before[0]
    put(tmp_path, f"patterns/{gone}.yaml", f"id: {gone}\nstatus: retired\n")
    after = item(load([tmp_path], today=TODAY), "eu-ai-act/Art.12").patterns
    assert after == before[1:]


def test_lists_that_are_a_part_say_so() -> None:
    marked = {framework.key for framework in coverage(KNOWN) if framework.subset}
    assert marked == SUBSETS
    for key in ("capec", "cwe"):
        assert "subset" in KNOWN.frameworks[key].name


def test_it_is_the_same_every_time() -> None:
    assert coverage(KNOWN) == coverage(KNOWN)
