"""Reports and comparisons as tables for reading."""

from collections.abc import Iterator, Mapping, Sequence

from evals.bench.table import aligned
from evals.compare import Comparison
from evals.metrics import METRICS, Share
from evals.report import CaseReport, Report, compared_by

HEADS = ("case", "gold", "hit", "recall", "find", "author", "repeat", "raised", "quest", "s")


def table(report: Report) -> str:
    """One line for each case, the totals, recall by group, and what went wrong."""
    rows = [HEADS, *(_row(slug, case) for slug, case in report.cases.items())]
    parts = [heading(report), "", aligned(rows), "", *_totals(report), ""]
    parts += [line for key, groups in report.recall_by.items() for line in _groups(key, groups)]
    parts += [f"fell for it: {id_}: {said[0]}" for id_, said in report.attacks.items() if said]
    parts += [f"failed: {name}: {why}" for name, why in report.failures.items()]
    return "\n".join(parts)


def heading(report: Report) -> str:
    """Who judged what, when."""
    times = f", {report.repeat} runs each" if report.repeat > 1 else ""
    return (
        f"{report.date}, lintel {report.lintel}, {report.analyst}, catalogue "
        f"{report.catalogue['version']}, {compared_by(report)}: "
        f"{len(report.cases)} cases{times}"
    )


def comparison(found: Comparison) -> str:
    """Metrics with their intervals, then what changed, case by case."""
    rows = [("metric", "before", "after", "difference", "95 % interval", "cases", "")]
    for d in found.differences:
        span = f"{d.low:+.3f} to {d.high:+.3f}"
        change = f"{d.after - d.before:+.3f}"
        numbers = (f"{d.before:.3f}", f"{d.after:.3f}", change, span, str(d.cases), d.verdict)
        rows.append((d.metric, *numbers))
    lines = [*found.notes, aligned(rows), ""]
    if not found.differences:
        lines = [*found.notes, "no metric differs"]
    for slug, changes in found.changes.items():
        lines += [f"{slug}:", *(f"  {change}" for change in changes)]
    for name, slugs in (("before", found.only_before), ("after", found.only_after)):
        if slugs:
            lines.append(f"only in the report {name}: {', '.join(slugs)}")
    return "\n".join(lines).rstrip()


def shown(share: Share | None) -> str:
    """A share with its part and whole, as `0.250 (2 of 8)`; money and time without them."""
    if share is None:
        return "-"
    return f"{share.value:.3f}"


def _row(slug: str, case: CaseReport) -> tuple[str, ...]:
    runs, shares = len(case.runs), case.shares
    findings = sum(len(run.findings) for run in case.runs) / runs
    author = sum(f.for_author for run in case.runs for f in run.findings) / runs
    matched = sum(len(run.matched) for run in case.runs) / runs
    return (
        f"{slug} (clean)" if case.clean else slug,
        str(len(case.gold)),
        f"{matched:.3g}",
        shown(shares.get("recall")),
        f"{findings:.3g}",
        f"{author:.3g}",
        f"{sum(len(run.repeated) for run in case.runs) / runs:.3g}",
        f"{sum(len(run.raised) for run in case.runs) / runs:.3g}",
        f"{sum(len(run.questions) for run in case.runs) / runs:.3g}",
        f"{sum(run.seconds for run in case.runs) / runs:.2f}",
    )


def _totals(report: Report) -> Iterator[str]:
    for name, metric in METRICS.items():
        share = report.totals.get(name)
        if share is not None and metric.shown:
            counts = f"{share.part:.6g} of {share.whole:.6g}"
            yield f"{name:<21}{shown(share):>10}  {counts:<18}  {metric.label}"


def _groups(key: str, groups: Mapping[str, Share]) -> Sequence[str]:
    said = [
        f"{name} {share.value:.2f} ({share.part:g} of {share.whole:g})"
        for name, share in groups.items()
    ]
    return [f"recall by {key}: {', '.join(said)}"] if said else []
