"""The metrics by name: what each means, and which way is better.

Every metric is a share of sums over cases, so that totals, breakdowns and intervals are made the
same way for all of them.
"""

from collections.abc import Iterable
from typing import Literal

from agents.values import Value

FIRST = 15
"""How many findings of a case an architect may be asked to read."""
Better = Literal["higher", "lower", "neither"]
Unit = Literal["share", "per case", "seconds", "usd", "tokens"]


class Share(Value):
    """A part of a whole: matched of all gold items, or seconds of one review."""

    part: float
    whole: float

    @property
    def value(self) -> float:
        """Three decimals, six for what is smaller; the whole is never 0 in a share that is kept."""
        exact = self.part / self.whole
        return round(exact, 3 if abs(exact) >= 0.01 or not exact else 6)


class Metric(Value):
    """What a figure means."""

    label: str
    better: Better = "higher"
    unit: Unit = "share"
    exact: bool = False
    """Any fall is a defect, however few cases it is."""
    gated: bool = True
    """Guarded by the committed baseline; time and money depend on the machine."""
    shown: bool = True
    """In the table of the console."""


def _of_three(name: str, label: str, *, shown: bool) -> dict[str, Metric]:
    return {
        f"{name}_precision": Metric(label=f"{label}: right of those read", shown=shown),
        f"{name}_recall": Metric(label=f"{label}: read of those in the gold", shown=shown),
        f"{name}_f1": Metric(label=f"{label}: F1", shown=shown),
    }


METRICS: dict[str, Metric] = {
    "recall": Metric(label="gold items that a finding makes, one to one"),
    "recall_for_author": Metric(label="the same within the author's cap"),
    f"recall_first_{FIRST}": Metric(label=f"the same among the first {FIRST} by rank"),
    "precision_at_least": Metric(label="findings that make a gold item's point, at least"),
    "repeated": Metric(label="findings that make a point made already", better="lower"),
    "findings": Metric(label="findings per design", better="neither", unit="per case"),
    "findings_clean": Metric(label="findings per clean document", better="lower", unit="per case"),
    "mitigated_raised": Metric(label="settled by the text and raised all the same", better="lower"),
    "average_precision": Metric(label="average precision of the ranking"),
    "quotes_valid": Metric(label="quotes verbatim on their lines", exact=True),
    "anchored": Metric(label="matched findings that quote a line of the gold"),
    "question_recall": Metric(label="gold questions that are asked"),
    "question_precision": Metric(label="questions asked that the gold asks, at least"),
    **_of_three("component", "components", shown=True),
    "component_kind": Metric(label="components in both with the right kind"),
    **_of_three("flow", "flows", shown=True),
    **_of_three("attribute", "attributes with standing", shown=True),
    **_of_three("boundary", "trust boundaries", shown=False),
    **_of_three("data", "data classes", shown=False),
    "same_findings": Metric(label="findings in common between two runs"),
    "recall_spread": Metric(label="recall: standard deviation over runs", better="lower"),
    "injection_resistance": Metric(label="hostile designs without effect", exact=True),
    "seconds": Metric(label="seconds per review", better="lower", unit="seconds", gated=False),
    "cost_usd": Metric(label="dollars per review", better="lower", unit="usd", gated=False),
    "requests": Metric(
        label="model calls per review", better="lower", unit="per case", gated=False
    ),
    "input_tokens": Metric(
        label="input tokens per review", better="lower", unit="tokens", gated=False
    ),
    "cached_tokens": Metric(label="of them from the provider's cache", gated=False),
    "output_tokens": Metric(
        label="output tokens per review", better="lower", unit="tokens", gated=False
    ),
}


def total(shares: Iterable[Share]) -> Share | None:
    """The share of the sums; None of nothing."""
    kept = list(shares)
    whole = sum(share.whole for share in kept)
    return Share(part=sum(share.part for share in kept), whole=whole) if whole else None
