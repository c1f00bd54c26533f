"""What came out of a run, as a value that is written, printed, drawn and compared."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import combinations

from agents.findings import Finding
from agents.values import Value
from evals.cases import GoldItem
from evals.matching import settings
from evals.metrics import METRICS, Share, total
from evals.reviewed import Reviewed
from evals.run import Run
from evals.scorers import ids, shares_of
from evals.systems import tally

SCHEMA_VERSION = "1"
NOT_STATED = "not stated"


class FindingLine(Value):
    """One finding of a run."""

    id: str
    rank: int
    severity: str
    title: str
    lines: tuple[tuple[int, int], ...]
    for_author: bool
    gold: str | None
    """Id of the gold item that it is paired with."""


class RunReport(Value):
    """One review of a case."""

    outcome: str
    seconds: float
    findings: tuple[FindingLine, ...]
    questions: tuple[str, ...]
    matched: Mapping[str, str]
    """Gold id to finding id."""
    missed: tuple[str, ...]
    off_anchor: tuple[str, ...]
    """Matched gold ids whose finding quotes no line of theirs."""
    repeated: tuple[str, ...]
    raised: Mapping[str, str]
    """What the text settles to the finding that raises it."""
    asked: Mapping[str, str]
    """Gold question to the question that asks it."""
    missed_components: tuple[str, ...] = ()
    missed_flows: tuple[str, ...] = ()
    missed_attributes: tuple[str, ...] = ()


class CaseReport(Value):
    """A case over all its runs."""

    title: str
    domain: str
    clean: bool
    words: int
    gold: Mapping[str, str]
    """Title by id."""
    shares: Mapping[str, Share]
    """Summed over the runs."""
    runs: tuple[RunReport, ...]


class Report(Value):
    """Everything that one call measured."""

    schema_version: str = SCHEMA_VERSION
    date: str
    lintel: str
    analyst: str
    catalogue: Mapping[str, str]
    """`version` and `hash`."""
    matcher: Mapping[str, str | float]
    """`version` and `threshold`; `judge` where a model compared."""
    repeat: int
    totals: Mapping[str, Share]
    recall_by: Mapping[str, Mapping[str, Share]]
    """Recall by `domain`, `stride`, `ai_category` and `severity`, and then by its value."""
    cases: Mapping[str, CaseReport]
    """By slug."""
    attacks: Mapping[str, tuple[str, ...]] = {}
    """What each hostile design did to its draft; nothing for a sound one."""
    failures: Mapping[str, str] = {}
    """What could not be reviewed, and why."""

    def value(self, metric: str) -> float | None:
        """A total, or None where nothing was there to measure."""
        share = self.totals.get(metric)
        return share.value if share else None


def report(
    run: Run,
    *,
    repeat: int,
    attacks: Mapping[str, tuple[str, ...]] | None = None,
    judge: str | None = None,
) -> Report:
    """From scored cases. Needs one that was reviewed."""
    scored = {
        case.name: shares_of({name: float(s.value) for name, s in case.scores.items()})
        for case in run.report.cases
    }
    by_case: dict[str, list[Reviewed]] = {}
    for reviewed in run.reviewed:
        by_case.setdefault(reviewed.case.slug, []).append(reviewed)
    cases = {slug: _case(runs, scored) for slug, runs in sorted(by_case.items())}
    made = run.reviewed[0].draft.provenance
    tried = attacks or {}
    return Report(
        date=datetime.now(UTC).date().isoformat(),
        lintel=made.lintel,
        analyst=made.analyst,
        catalogue={"version": made.catalogue_version, "hash": made.catalogue_hash},
        matcher={"judge": judge} if judge else _matcher(),
        repeat=repeat,
        totals=_totals(cases, tried),
        recall_by=recall_by(run.reviewed),
        cases=cases,
        attacks=dict(sorted(tried.items())),
        failures=run.failures,
    )


def compared_by(found: Report) -> str:
    """Who compared findings with gold."""
    judge = found.matcher.get("judge")
    return f"judge {judge}" if judge else f"matcher {found.matcher['version']}"


def _matcher() -> dict[str, str | float]:
    return {"version": settings().version, "threshold": settings().threshold}


def recall_by(runs: Sequence[Reviewed]) -> dict[str, dict[str, Share]]:
    """Gold items in groups; one with two STRIDE letters is in both."""
    found: dict[str, dict[str, list[Share]]] = {
        key: {} for key in ("domain", "stride", "ai_category", "severity")
    }
    for reviewed in runs:
        for item in reviewed.case.gold:
            hit = Share(part=item.id in reviewed.matched, whole=1)
            for key, value in _groups(reviewed.case.domain, item):
                found[key].setdefault(value, []).append(hit)
    return {
        key: {value: share for value in sorted(groups) if (share := total(groups[value]))}
        for key, groups in found.items()
    }


def _groups(domain: str, item: GoldItem) -> Iterable[tuple[str, str]]:
    yield "domain", domain
    yield from (("stride", letter) for letter in item.stride or (NOT_STATED,))
    yield "ai_category", item.ai_category or "none"
    yield "severity", item.severity or NOT_STATED


def _totals(
    cases: Mapping[str, CaseReport], attacks: Mapping[str, tuple[str, ...]]
) -> dict[str, Share]:
    found = {
        name: share
        for name in METRICS
        if (share := total(case.shares[name] for case in cases.values() if name in case.shares))
    }
    if attacks:
        resisted = sum(not problems for problems in attacks.values())
        found["injection_resistance"] = Share(part=resisted, whole=len(attacks))
    return found


def _case(runs: Sequence[Reviewed], scored: Mapping[str, Mapping[str, Share]]) -> CaseReport:
    case = runs[0].case
    of_runs = [scored[reviewed.job.name] for reviewed in runs]
    shares = {
        name: share
        for name in METRICS
        if (share := total(one[name] for one in of_runs if name in one))
    }
    return CaseReport(
        title=case.title,
        domain=case.domain,
        clean=case.clean,
        words=runs[0].document.words,
        gold={item.id: item.title for item in case.gold},
        shares=shares | _spread(runs),
        runs=tuple(_run(reviewed) for reviewed in runs),
    )


def _spread(runs: Sequence[Reviewed]) -> dict[str, Share]:
    """How far the runs of one case differ; nothing for a single one."""
    if len(runs) < 2:
        return {}
    pairs = list(combinations([ids(reviewed.findings) for reviewed in runs], 2))
    same = sum(_jaccard(one, other) for one, other in pairs)
    spread = {"same_findings": Share(part=round(same, 6), whole=len(pairs))}
    gold = len(runs[0].case.gold)
    if gold:
        recalls = [len(reviewed.matched) / gold for reviewed in runs]
        spread["recall_spread"] = Share(part=round(_deviation(recalls), 6), whole=1)
    return spread


def _run(reviewed: Reviewed) -> RunReport:
    gold = {finding_id: gold_id for gold_id, finding_id in reviewed.matched.items()}
    case = reviewed.case
    read = tally(reviewed.draft.system, case.system) if case.system else None
    return RunReport(
        outcome=reviewed.draft.outcome,
        seconds=round(reviewed.seconds, 2),
        findings=tuple(_line(finding, gold) for finding in reviewed.findings),
        questions=tuple(question.text for question in reviewed.draft.questions),
        matched=reviewed.matched,
        missed=tuple(item.id for item in case.gold if item.id not in reviewed.matched),
        off_anchor=tuple(id_ for id_, met in reviewed.anchored.items() if not met),
        repeated=tuple(sorted(reviewed.repeated)),
        raised=reviewed.raised,
        asked=reviewed.asked,
        missed_components=read.missed_components if read else (),
        missed_flows=read.missed_flows if read else (),
        missed_attributes=read.missed_attributes if read else (),
    )


def _line(finding: Finding, gold: Mapping[str, str]) -> FindingLine:
    lines = dict.fromkeys((e.line_start, e.line_end) for e in finding.evidence)
    return FindingLine(
        id=finding.id,
        rank=finding.rank,
        severity=finding.severity.value,
        title=finding.title,
        lines=tuple(lines),
        for_author=finding.for_author,
        gold=gold.get(finding.id),
    )


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 1.0


def _deviation(values: Sequence[float]) -> float:
    """Sample standard deviation."""
    mean = sum(values) / len(values)
    return math.sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))
