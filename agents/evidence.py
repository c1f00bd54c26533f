"""Evidence: an exact quote with its lines. Nothing that fails `verify` is ever shown or posted."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from agents.document import Document
from agents.values import Value


class Label(StrEnum):
    """How the document supports a claim."""

    STATED = "stated"
    DIAGRAM = "diagram"
    INFERRED = "inferred"
    ABSENT = "absent"


class Evidence(Value):
    """An exact quote; for `absent`, the place where one would expect the missing statement."""

    path: str
    line_start: int
    line_end: int
    """1-based, inclusive. The quote begins on `line_start` and ends on `line_end`."""
    quote: str
    label: Label
    note: str = ""
    """For `absent`: what is not said there."""


def locate(
    document: Document, quote: str, *, label: Label, near_line: int = 1, note: str = ""
) -> Evidence | None:
    """The verbatim occurrence of `quote` nearest to `near_line`, or None when it is not there."""
    wanted = quote.strip()
    if not wanted:
        return None
    best: tuple[int, int] | None = None
    at = document.text.find(wanted)
    while at >= 0:
        distance = abs(document.line_at(at) - near_line)
        if best is None or distance < best[0]:
            best = (distance, at)
        elif document.line_at(at) > near_line:
            break
        at = document.text.find(wanted, at + 1)
    if best is None:
        return None
    return Evidence(
        path=document.path,
        line_start=document.line_at(best[1]),
        line_end=document.line_at(best[1] + len(wanted) - 1),
        quote=wanted,
        label=label,
        note=note,
    )


def verify(evidence: Evidence, documents: Mapping[str, Document]) -> bool:
    """True when the quote is verbatim in its document, inside exactly the lines named."""
    document = documents.get(evidence.path)
    if document is None or not evidence.quote.strip():
        return False
    if not 1 <= evidence.line_start <= evidence.line_end <= document.line_count:
        return False
    window = document.lines(evidence.line_start, evidence.line_end)
    at = window.find(evidence.quote)
    if at < 0:
        return False
    return evidence.quote.count("\n") == evidence.line_end - evidence.line_start


def verified(items: Iterable[Evidence], documents: Mapping[str, Document]) -> tuple[Evidence, ...]:
    """Only what verifies, in order, without repetitions."""
    return tuple(dict.fromkeys(e for e in items if verify(e, documents)))
