"""Ablations: the same cases with parts of the pipeline switched off, one table."""

from collections.abc import Mapping

from agents.values import Value
from evals.bench.table import aligned
from evals.compare import Verdict, compare
from evals.report import Report
from evals.switches import PARTS, Part

WHOLE = "whole"
SHOWN = (
    "recall", "recall_for_author", "precision_at_least", "findings", "findings_clean",
    "mitigated_raised", "average_precision", "anchored", "question_recall", "cost_usd", "seconds",
)  # fmt: skip
"""Metrics of the table; the reports have all."""


class Variant(Value):
    """A pipeline with some parts off."""

    name: str
    without: frozenset[Part]


VARIANTS: tuple[Variant, ...] = (
    Variant(name=WHOLE, without=frozenset()),
    *(Variant(name=f"without {part}", without=frozenset({part})) for part in PARTS),
)
"""The whole first. Without proposals only the rules of the catalogue are left to find anything;
without the catalogue only what the analyst thinks of."""


def ablations(reports: Mapping[str, Report], whole: str = WHOLE) -> str:
    """Each metric for each variant, marked where it differs from the whole beyond noise."""
    names = [name for name in SHOWN if any(name in r.totals for r in reports.values())]
    rows = [("variant", *names)]
    for variant, report in reports.items():
        marks = _marks(reports[whole], report) if variant != whole else {}
        cells = [_cell(report.value(name), marks.get(name)) for name in names]
        rows.append((variant, *cells))
    return aligned(rows) + "\n+ better, - worse than the first line beyond noise"


def _marks(whole: Report, report: Report) -> dict[str, Verdict]:
    return {d.metric: d.verdict for d in compare(whole, report).differences}


def _cell(value: float | None, verdict: Verdict | None) -> str:
    sign = {"better": "+", "worse": "-"}.get(verdict or "", " ")
    return ("-" if value is None else f"{value:.3f}") + sign
