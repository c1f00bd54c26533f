"""The command behind `make bench-offline`: what it counts, prints and writes."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from agents.analysts.base import Reading
from agents.analysts.lexical import LexicalAnalyst
from agents.catalogue.loader import load
from agents.change import Change, SourceText
from agents.findings import Draft, Finding
from agents.journal import MemoryJournal
from agents.pipeline import review
from agents.steps.read import read_documents
from evals.bench import cases as command
from evals.bench import offline
from evals.bench.designs import text
from evals.bench.figures import Figures, count, quoted, totals
from evals.bench.table import growing, table
from evals.cases import Case, read_case
from tests.evals.support import DESIGN, restated, write_case


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return read_case(write_case(tmp_path_factory.mktemp("cases")))


@pytest.fixture(scope="module")
def reading() -> Reading:
    change = Change(repository="local", documents=(SourceText(path="design.md", text=DESIGN),))
    return Reading(change, read_documents(change), load())


@pytest.fixture(scope="module")
def draft(reading: Reading) -> Draft:
    return asyncio.run(review(reading.change, reading.catalogue, LexicalAnalyst(), MemoryJournal()))


def with_findings(draft: Draft, *findings: Finding) -> Draft:
    return draft.model_copy(update={"findings": findings})


def ranked(case: Case, *, others: int, last: bool) -> list[Finding]:
    """The gold said again, behind or before findings that say something else."""
    right = [restated(item) for item in case.gold]
    other = [restated(case.gold[0]).model_copy(
        update={"id": f"x-{n}", "title": "Colours", "why": "", "component_name": "page"}
    ) for n in range(others)]  # fmt: skip
    both = other + right if last else right + other
    return [f.model_copy(update={"rank": n}) for n, f in enumerate(both, start=1)]


def test_what_is_counted(case: Case, draft: Draft, reading: Reading) -> None:
    author = {"for_author": False}
    found = ranked(case, others=14, last=True)
    found[-1] = found[-1].model_copy(update=author)
    figures = count(case, with_findings(draft, *found), reading, 1.234)
    assert figures.matched == {"G01": "of-G01", "G02": "of-G02"}
    assert (figures.findings, figures.for_author, figures.gold) == (16, 15, 2)
    assert (figures.recall, figures.matched_for_author, figures.matched_first) == (1, 1, 1)
    assert figures.seconds == 1.23
    assert figures.untrusted is None


def test_nothing_everything_and_duplicates_are_told_apart(
    case: Case, draft: Draft, reading: Reading
) -> None:
    right = ranked(case, others=0, last=False)
    copies = [right[0].model_copy(update={"id": f"c-{n}", "rank": n}) for n in range(10)]
    runs = {
        "nothing": with_findings(draft),
        "right": with_findings(draft, *right),
        "copies": with_findings(draft, *copies),
        "many": with_findings(draft, *ranked(case, others=18, last=False)),
    }
    sums = {n: totals({"a": count(case, run, reading, 0)}) for n, run in runs.items()}
    assert {n: s["recall"] for n, s in sums.items()} == {
        "nothing": 0, "right": 1, "copies": 0.5, "many": 1,
    }  # fmt: skip
    assert {n: s["precision_at_least"] for n, s in sums.items()} == {
        "nothing": None, "right": 1, "copies": 0.1, "many": 0.1,
    }  # fmt: skip


def test_a_draft_without_the_optional_parts_is_counted(
    case: Case, draft: Draft, reading: Reading
) -> None:
    bare = draft.model_copy(update={"findings": (), "questions": (), "mitigated": (), "roads": ()})
    figures = count(case, bare, reading, 0)
    assert (figures.findings, figures.questions, figures.mitigated) == (0, 0, 0)
    assert figures.missed == ("G01", "G02")


def test_a_quote_that_is_not_in_the_document_is_counted(
    case: Case, draft: Draft, reading: Reading
) -> None:
    whole = count(case, draft, reading, 0)
    assert whole.quotes_valid == whole.quotes > 0
    found = ranked(case, others=0, last=False)[0]
    quote = next(quoted(draft)).model_copy(update={"quote": "nobody wrote this"})
    wrong = with_findings(draft, found.model_copy(update={"evidence": (quote,)}))
    figures = count(case, wrong, reading, 0)
    assert figures.quotes - figures.quotes_valid == 1


def test_quotes_are_found_wherever_they_are(draft: Draft) -> None:
    found = list(quoted(draft))
    assert {e for f in draft.findings for e in f.evidence} <= set(found)
    assert {e for f in draft.system.flows for e in f.evidence} <= set(found)
    assert {c.evidence for c in draft.system.controls} <= set(found)


def test_clean_cases_count_for_noise_and_not_for_recall(
    case: Case, draft: Draft, reading: Reading
) -> None:
    clean = case.model_copy(update={"clean": True, "gold": ()})
    found = ranked(case, others=1, last=False)
    sums = totals(
        {
            "design": count(case, with_findings(draft, *found[:1]), reading, 0),
            "clean": count(clean, with_findings(draft, *found), reading, 0),
        }
    )
    assert (sums["recall"], sums["findings_per_case"]) == (0.5, 1)
    assert (sums["findings_per_clean_case"], sums["precision_at_least"]) == (3, 1)


def test_a_missing_folder_is_said_and_no_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["--cases", str(tmp_path / "none")]) == 0
    assert capsys.readouterr().out.startswith("skipped: there are no cases in ")


def test_a_broken_case_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (write_case(tmp_path) / "gold.yaml").write_text("case: [")
    assert command.main(["--cases", str(tmp_path), "--quick"]) == 2
    assert "gold.yaml:2: not readable" in capsys.readouterr().err


def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    monkeypatch.setattr(offline, "measure", lambda: [
        {"words": 5, "review_s": 0.1, "cpu_s": 0.1, "per_word_to_shortest": 1.0, "times_parsing": 2.0}
    ])  # fmt: skip
    monkeypatch.setattr(offline, "peak_memory", lambda: {"words": 5, "peak_mb": 7})
    result = tmp_path / "result.json"
    assert command.main(["--cases", str(tmp_path / "cases"), "--result", str(result)]) == 0
    content: dict[str, object] = json.loads(result.read_text())
    return content


def test_two_reports_differ_only_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for slug in ("b-desk", "a-desk"):
        write_case(tmp_path / "cases", slug)
    write_case(tmp_path / "cases", "clean-desk", clean=True)
    first, second = (small(tmp_path, monkeypatch) for _ in range(2))
    assert list(first) == [
        "date", "lintel", "analyst", "catalogue", "python", "matcher", "totals", "cases", "growth",
    ]  # fmt: skip
    assert json.dumps(timeless(first)) == json.dumps(timeless(second))
    assert list(as_mapping(first["cases"])) == ["a-desk", "b-desk", "clean-desk"]
    assert first["growth"] == {"time": [
        {"words": 5, "review_s": 0.1, "cpu_s": 0.1, "per_word_to_shortest": 1.0, "times_parsing": 2.0}
    ], "memory": {"words": 5, "peak_mb": 7}}  # fmt: skip
    printed = capsys.readouterr().out
    assert "clean-desk (clean)" in printed
    assert "7 MB at most" in printed


def timeless(value: object) -> object:
    if isinstance(value, dict):
        return {k: timeless(v) for k, v in value.items() if k not in {"seconds", "date"}}
    return value


def as_mapping(value: object) -> Mapping[str, object]:
    assert isinstance(value, dict)
    return value


def test_explaining_shows_the_closest_findings_of_each_gold_item(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_case(tmp_path)
    assert command.main(["--cases", str(tmp_path), "--explain", "parcel-desk"]) == 0
    printed = capsys.readouterr().out
    assert "G01 Uploads flood the service [parcel service]" in printed
    assert "\nfindings:\n" in printed
    assert command.main(["--cases", str(tmp_path), "--explain", "other"]) == 2
    assert "there are: parcel-desk" in capsys.readouterr().err


def test_the_table_is_aligned_and_names_what_was_missed(
    case: Case, draft: Draft, reading: Reading
) -> None:
    figures: dict[str, Figures] = {"desk": count(case, with_findings(draft), reading, 0.5)}
    lines = table(figures).splitlines()
    assert lines[0].split()[0] == "case"
    assert lines[1].index("0.50") + 4 == lines[0].index(" s ") + 2
    assert "  missed: G01 G02" in lines
    row = {"words": 10, "review_s": 1.0, "cpu_s": 0.9, "per_word_to_shortest": 1.5}
    assert "1.50" in growing([row], {"words": 10, "peak_mb": 9})


def test_made_up_designs_are_long_enough_varied_and_the_same_each_time() -> None:
    whole = text(10_000)
    assert whole == text(10_000)
    assert 10_000 <= len(whole.split()) < 10_200
    prose = [line for line in whole.splitlines() if line[:1].isalpha() and line.endswith(".")]
    sentences = [sentence for line in prose for sentence in line.split(". ")]
    assert len(set(sentences)) > 0.85 * len(sentences) > 200
    titles = [line for line in whole.splitlines() if line.startswith("# ")]
    assert len(set(titles)) == len(titles) >= 5


def test_growth_is_relative_to_the_shortest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offline, "ROUNDS", {150: 1, 300: 1})
    rows = offline.measure()
    assert [row["words"] for row in rows] == [len(text(n).split()) for n in (150, 300)]
    assert rows[0]["per_word_to_shortest"] == 1
    assert all(row["review_s"] >= 0 and row["times_parsing"] > 1 for row in rows)


def test_peak_memory_is_that_of_a_process_of_its_own() -> None:
    found = offline.peak_memory(200)
    assert found["words"] == len(text(200).split())
    assert 10 < found["peak_mb"] < 1_000
