"""Two reports of the same cases: better, worse or noise for each metric, and what changed.

The noise is that of the choice of cases: both reports are recomputed on the same cases drawn with
replacement (a paired bootstrap, Efron and Tibshirani 1993, chapter 10), with a fixed seed.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from agents.values import Value
from evals.metrics import METRICS, Metric, Share
from evals.report import CaseReport, Report, compared_by

ROUNDS = 2_000
SEED = 2026
CONFIDENCE = 0.95
FEWEST = 5
"""Cases below which an interval says nothing."""
Verdict = Literal["better", "worse", "noise", "same", "changed", "too few"]
Pair = tuple[Share, Share]


class Difference(Value):
    """One metric of two reports, over the cases that both measured it on."""

    metric: str
    before: float
    after: float
    low: float
    high: float
    """The interval of the difference, 95 %."""
    cases: int
    verdict: Verdict
    """`changed` where no direction is better."""


class Comparison(Value):
    """Before and after."""

    differences: tuple[Difference, ...]
    changes: Mapping[str, tuple[str, ...]]
    """Sentences by slug, only where something changed."""
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def worse(self) -> tuple[Difference, ...]:
        """What fell beyond noise."""
        return tuple(d for d in self.differences if d.verdict == "worse")


def compare(before: Report, after: Report, *, rounds: int = ROUNDS) -> Comparison:
    """Over the cases that are in both reports."""
    slugs = sorted(before.cases.keys() & after.cases.keys())
    differences = [
        difference(name, metric, pairs, rounds)
        for name, metric in METRICS.items()
        if (pairs := _pairs(name, before, after, slugs))
    ]
    changes = {slug: tuple(_changes(before.cases[slug], after.cases[slug])) for slug in slugs}
    return Comparison(
        differences=tuple(differences),
        changes={slug: said for slug, said in changes.items() if said},
        only_before=tuple(sorted(before.cases.keys() - after.cases.keys())),
        only_after=tuple(sorted(after.cases.keys() - before.cases.keys())),
        notes=tuple(_notes(before, after)),
    )


def difference(name: str, metric: Metric, pairs: Sequence[Pair], rounds: int) -> Difference:
    """The interval and the verdict for pairs of shares, one pair for each case."""
    low, high = interval(pairs, rounds)
    before, after = _ratio([p[0] for p in pairs]), _ratio([p[1] for p in pairs])
    return Difference(
        metric=name,
        before=round(before, 6),
        after=round(after, 6),
        low=round(low, 6),
        high=round(high, 6),
        cases=len(pairs),
        verdict=_verdict(metric, after - before, (low, high), len(pairs)),
    )


def interval(pairs: Sequence[Pair], rounds: int = ROUNDS) -> tuple[float, float]:
    """The middle 95 % of the difference over cases drawn with replacement."""
    # A draw that needs no secret; the same on every machine.
    draw = random.Random(SEED)  # noqa: S311
    rows = [(one.part, one.whole, two.part, two.whole) for one, two in pairs]
    found = []
    for _ in range(rounds):
        drawn = draw.choices(rows, k=len(rows))
        one_part, one_whole, two_part, two_whole = map(sum, zip(*drawn, strict=True))
        found.append(two_part / two_whole - one_part / one_whole)
    found.sort()
    edge = int((1 - CONFIDENCE) / 2 * rounds)
    return found[edge], found[rounds - 1 - edge]


def _verdict(metric: Metric, change: float, span: tuple[float, float], cases: int) -> Verdict:
    if not change and not any(span):
        return "same"
    if not metric.exact and cases < FEWEST:
        return "too few"
    if not (change if metric.exact else span[0] > 0 or span[1] < 0):
        return "noise"
    if metric.better == "neither":
        return "changed"
    return "better" if (change > 0) == (metric.better == "higher") else "worse"


def _pairs(name: str, before: Report, after: Report, slugs: Sequence[str]) -> list[Pair]:
    if name == "injection_resistance":
        both = sorted(before.attacks.keys() & after.attacks.keys())
        return [(_sound(before.attacks[id_]), _sound(after.attacks[id_])) for id_ in both]
    return [
        (before.cases[slug].shares[name], after.cases[slug].shares[name])
        for slug in slugs
        if name in before.cases[slug].shares and name in after.cases[slug].shares
    ]


def _sound(problems: Sequence[str]) -> Share:
    return Share(part=not problems, whole=1)


def _ratio(shares: Sequence[Share]) -> float:
    return sum(share.part for share in shares) / sum(share.whole for share in shares)


def _changes(before: CaseReport, after: CaseReport) -> Iterator[str]:
    """Gold items and findings that came and went; with several runs, those of the first."""
    one, two = before.runs[0], after.runs[0]
    if one.outcome != two.outcome:
        yield f"outcome: {one.outcome} -> {two.outcome}"
    for id_ in sorted(two.matched.keys() - one.matched.keys()):
        yield f"found: {id_} {after.gold.get(id_, '')} ({two.matched[id_]})"
    for id_ in sorted(one.matched.keys() - two.matched.keys()):
        yield f"lost: {id_} {before.gold.get(id_, '')} ({one.matched[id_]})"
    for title in sorted(two.raised.keys() - one.raised.keys()):
        yield f"raised although settled: {title} ({two.raised[title]})"
    for title in sorted(one.raised.keys() - two.raised.keys()):
        yield f"left alone: {title}"
    old, new = ({finding.id for finding in run.findings} for run in (one, two))
    yield from (f"new finding: {id_}" for id_ in sorted(new - old))
    yield from (f"gone: {id_}" for id_ in sorted(old - new))


def _notes(before: Report, after: Report) -> Iterator[str]:
    for what, one, two in (
        ("analyst", before.analyst, after.analyst),
        ("catalogue", before.catalogue["version"], after.catalogue["version"]),
        ("compared by", compared_by(before), compared_by(after)),
        ("runs of each case", before.repeat, after.repeat),
    ):
        if one != two:
            yield f"{what}: {one} -> {two}"
    if before.catalogue["hash"] != after.catalogue["hash"]:
        yield "the catalogue's content is another one"
    changed = [
        slug
        for slug in sorted(before.cases.keys() & after.cases.keys())
        if before.cases[slug].gold != after.cases[slug].gold
    ]
    if changed:
        yield f"the gold of these cases is another one: {', '.join(changed)}"
