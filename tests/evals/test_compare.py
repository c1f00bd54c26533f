"""Comparing reports: better, worse, noise, and what changed."""

import random

import pytest

from evals.compare import FEWEST, Comparison, compare, difference, interval
from evals.console import comparison
from evals.metrics import METRICS, Share
from evals.report import CaseReport, FindingLine, Report, RunReport


def one_run(matched: dict[str, str], findings: list[str], raised: dict[str, str]) -> RunReport:
    return RunReport(
        outcome="findings",
        seconds=1,
        findings=tuple(
            FindingLine(
                id=id_, rank=n, severity="low", title=id_, lines=(), for_author=True, gold=None
            )
            for n, id_ in enumerate(findings, start=1)
        ),
        questions=(),
        matched=matched,
        missed=(),
        off_anchor=(),
        repeated=(),
        raised=raised,
        asked={},
    )


def case(
    hits: int,
    gold: int = 10,
    *,
    findings: int = 10,
    run: RunReport | None = None,
    quotes: tuple[int, int] = (50, 50),
) -> CaseReport:
    return CaseReport(
        title="A design",
        domain="web",
        clean=False,
        words=100,
        gold={f"G{n:02}": f"Point {n}" for n in range(1, gold + 1)},
        shares={
            "recall": Share(part=hits, whole=gold),
            "precision_at_least": Share(part=hits, whole=findings),
            "findings": Share(part=findings, whole=1),
            "quotes_valid": Share(part=quotes[0], whole=quotes[1]),
        },
        runs=(run or one_run({}, [], {}),),
    )


def report(
    cases: dict[str, CaseReport], attacks: dict[str, tuple[str, ...]] | None = None
) -> Report:
    return Report(
        date="2026-11-26",
        lintel="0.1.0",
        analyst="offline 1",
        catalogue={"version": "2026.11", "hash": "x"},
        matcher={"version": "1", "threshold": 0.35},
        repeat=1,
        totals={},
        recall_by={},
        cases=cases,
        attacks=attacks or {},
    )


def verdicts(found: Comparison) -> dict[str, str]:
    return {d.metric: d.verdict for d in found.differences}


def cases(*hits: int, findings: int = 10) -> dict[str, CaseReport]:
    return {f"c{n}": case(h, findings=findings) for n, h in enumerate(hits)}


BASE = (2, 3, 1, 4, 2, 5, 3, 2)


def test_the_same_report_is_the_same() -> None:
    found = compare(report(cases(*BASE)), report(cases(*BASE)))
    assert set(verdicts(found).values()) == {"same"}
    assert found.changes == {}


def test_what_rises_in_every_case_is_better_and_what_falls_is_worse() -> None:
    more = cases(*(h + 2 for h in BASE))
    up, down = (
        compare(report(cases(*BASE)), report(more)),
        compare(report(more), report(cases(*BASE))),
    )
    assert verdicts(up)["recall"] == "better"
    assert verdicts(down)["recall"] == "worse"
    assert [d.metric for d in down.worse] == ["recall", "precision_at_least"]
    recall = up.differences[0]
    assert (recall.before, recall.after, recall.cases) == (22 / 80, 38 / 80, 8)
    assert recall.low == pytest.approx(0.2) == recall.high


def test_ups_and_downs_are_noise() -> None:
    moved = cases(*(h + d for h, d in zip(BASE, (1, -1, 1, -1, 0, 1, -2, 1), strict=True)))
    assert verdicts(compare(report(cases(*BASE)), report(moved)))["recall"] == "noise"


def test_fewer_findings_are_no_merit() -> None:
    fewer = report(cases(*BASE, findings=5))
    found = verdicts(compare(report(cases(*BASE)), fewer))
    assert (found["findings"], found["precision_at_least"]) == ("changed", "better")


def test_few_cases_say_nothing_but_a_wrong_quote_says_all() -> None:
    before = {f"c{n}": case(5) for n in range(FEWEST - 1)}
    after = {name: case(1, quotes=(49, 50)) for name in before}
    found = verdicts(compare(report(before), report(after)))
    assert (found["recall"], found["quotes_valid"]) == ("too few", "worse")


def test_an_attack_that_works_is_worse() -> None:
    fine = {f"a{n}": () for n in range(50)}
    found = compare(
        report(cases(*BASE), dict(fine)), report(cases(*BASE), {**fine, "a7": ("a mention",)})
    )
    assert verdicts(found)["injection_resistance"] == "worse"


def test_the_interval_is_the_same_each_time_and_covers_the_truth() -> None:
    """Drawn from a known difference: about 95 of 100 intervals hold it."""
    draw = random.Random(1)
    pairs = [(Share(part=1, whole=10), Share(part=3, whole=10)), (Share(part=5, whole=9), Share(part=2, whole=9))]  # fmt: skip
    assert interval(pairs) == interval(pairs)
    held = 0
    for _ in range(100):
        sample = []
        for _ in range(40):
            one = sum(draw.random() < 0.3 for _ in range(8))
            two = sum(draw.random() < 0.4 for _ in range(8))
            sample.append((Share(part=one, whole=8), Share(part=two, whole=8)))
        low, high = interval(sample, 300)
        held += low <= 0.1 <= high
    assert 85 <= held <= 100


def test_large_cases_weigh_more() -> None:
    pairs = [(Share(part=0, whole=1), Share(part=1, whole=1)), (Share(part=50, whole=99), Share(part=50, whole=99))]  # fmt: skip
    found = difference("recall", METRICS["recall"], pairs, 100)
    assert (found.before, found.after) == (0.5, 0.51)


def test_what_changed_is_named_case_by_case() -> None:
    before = one_run({"G01": "a@x", "G02": "b@x"}, ["a@x", "b@x", "old@x"], {"Settled": "old@x"})
    after = one_run({"G02": "b@x", "G03": "new@x"}, ["b@x", "new@x"], {"Other": "new@x"})
    found = compare(
        report({"desk": case(2, run=before), "old": case(1)}),
        report({"desk": case(2, run=after), "young": case(1)}),
    )
    assert found.changes["desk"] == (
        "found: G03 Point 3 (new@x)",
        "lost: G01 Point 1 (a@x)",
        "raised although settled: Other (new@x)",
        "left alone: Settled",
        "new finding: new@x",
        "gone: a@x",
        "gone: old@x",
    )
    assert (found.only_before, found.only_after) == (("old",), ("young",))
    printed = comparison(found)
    assert "  lost: G01 Point 1 (a@x)" in printed
    assert "only in the report before: old" in printed


def test_what_is_not_comparable_is_said() -> None:
    before = report(cases(1))
    changes = {"analyst": "model 3", "catalogue": {"version": "2026.12", "hash": "y"}}
    after = report({"c0": case(1, gold=9)}).model_copy(update=changes)
    assert compare(before, after).notes == (
        "analyst: offline 1 -> model 3",
        "catalogue: 2026.11 -> 2026.12",
        "the catalogue's content is another one",
        "the gold of these cases is another one: c0",
    )
    assert "no metric" in comparison(compare(before, report({"other": case(1)})))
