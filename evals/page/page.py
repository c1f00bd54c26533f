"""The page: totals, charts, and each case down to the lines of its design."""

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from agents.findings import Finding
from evals.cases import GoldItem
from evals.console import heading
from evals.metrics import METRICS, Metric, Share
from evals.page.charts import Point, bars, scatter
from evals.report import CaseReport, Report
from evals.reviewed import Reviewed

GROUPS = {
    "domain": "Recall by domain",
    "stride": "Recall by STRIDE",
    "ai_category": "Recall by AI category",
    "severity": "Recall by severity",
}


@dataclass(frozen=True)
class Total:
    """A row of the table of totals."""

    name: str
    metric: Metric
    share: Share


@dataclass(frozen=True)
class Line:
    """A line of a design, with what points at it."""

    number: int
    text: str
    gold: str
    """Gold ids with evidence here, separated by spaces."""
    findings: str
    """Ranks of findings that quote it."""


@dataclass(frozen=True)
class Shown:
    """A case as the page shows it: the first of its runs."""

    slug: str
    case: CaseReport
    reviewed: Reviewed
    gold: Sequence[tuple[GoldItem, Finding | None, bool | None]]
    """Item, the finding that makes it, and whether that quotes a line of the gold."""
    findings: Sequence[tuple[Finding, str]]
    """Each with what it is: a gold id, `repeats`, `settled` or nothing."""
    lines: Sequence[Line]


def page(report: Report, runs: Sequence[Reviewed]) -> str:
    """The whole page as text."""
    first = {r.case.slug: r for r in reversed(runs)}
    style = _environment().get_template("style.css").render()
    return (
        _environment()
        .get_template("report.html")
        .render(
            heading=heading(report),
            report=report,
            style=Markup(style),  # noqa: S704 - a file of this package, without values in it
            style_hash=_sha256(style),
            totals=list(_totals(report)),
            charts=list(_charts(report)),
            groups=[(title, _bars(title, report.recall_by[key])) for key, title in GROUPS.items()],
            cases=[_shown(report.cases[slug], first[slug]) for slug in report.cases],
        )
    )


@cache
def _environment() -> Environment:
    loader = PackageLoader("evals.page", ".")
    return Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip


def _sha256(style: str) -> str:
    """As a content security policy names an inline style."""
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


def _totals(report: Report) -> Iterator[Total]:
    for name, metric in METRICS.items():
        share = report.totals.get(name)
        if share is not None:
            yield Total(name, metric, share)


def _charts(report: Report) -> Iterator[tuple[str, Markup]]:
    yield (
        "Recall against findings",
        scatter(_points(report, "findings"), "findings per review", "recall"),
    )
    if "cost_usd" in report.totals:
        yield "Recall against cost", scatter(_points(report, "cost_usd"), "dollars", "recall")
    else:
        yield "Recall against time", scatter(_points(report, "seconds"), "seconds", "recall")


def _points(report: Report, metric: str) -> list[Point]:
    found = []
    for slug, case in report.cases.items():
        recall, other = case.shares.get("recall"), case.shares.get(metric)
        if recall is not None and other is not None:
            label = f"{slug}: recall {recall.value:g}, {other.value:g}"
            found.append(Point(other.value, recall.value, label, f"case-{slug}"))
    return found


def _bars(title: str, groups: Mapping[str, Share]) -> Markup:
    rows = [
        (name, share.value, f"{share.value:.2f} ({share.part:g} of {share.whole:g})")
        for name, share in groups.items()
    ]
    return bars(rows, title)


def _shown(case: CaseReport, reviewed: Reviewed) -> Shown:
    by_id = {finding.id: finding for finding in reviewed.findings}
    gold = [
        (item, by_id.get(reviewed.matched.get(item.id, "")), reviewed.anchored.get(item.id))
        for item in reviewed.case.gold
    ]
    return Shown(
        slug=reviewed.case.slug,
        case=case,
        reviewed=reviewed,
        gold=gold,
        findings=[(finding, _role(finding.id, reviewed)) for finding in reviewed.findings],
        lines=_lines(reviewed),
    )


def _role(finding_id: str, reviewed: Reviewed) -> str:
    gold = next((g for g, f in reviewed.matched.items() if f == finding_id), "")
    if gold:
        return gold
    if finding_id in reviewed.repeated:
        return "repeats"
    return "settled" if finding_id in reviewed.raised.values() else ""


def _lines(reviewed: Reviewed) -> list[Line]:
    gold: dict[int, list[str]] = {}
    for item in reviewed.case.gold:
        for first, last in dict.fromkeys(anchor.span for anchor in item.evidence):
            for number in range(first, last + 1):
                gold.setdefault(number, []).append(item.id)
    quoted: dict[int, list[str]] = {}
    for finding in reviewed.findings:
        for first, last in dict.fromkeys((e.line_start, e.line_end) for e in finding.evidence):
            for number in range(first, last + 1):
                quoted.setdefault(number, []).append(str(finding.rank))
    text = reviewed.document.lines(1, reviewed.document.line_count).split("\n")
    return [
        Line(n, line.rstrip("\r"), _once(gold.get(n, ())), _once(quoted.get(n, ())))
        for n, line in enumerate(text, start=1)
    ]


def _once(words: Sequence[str]) -> str:
    return " ".join(dict.fromkeys(words))
