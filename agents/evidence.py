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
    at = _nearest(document.text, wanted, document.offset_of(near_line))
    if at is None:
        return None
    return Evidence(
        path=document.path,
        line_start=document.line_at(at),
        line_end=document.line_at(at + len(wanted) - 1),
        quote=wanted,
        label=label,
        note=note,
    )


def _nearest(text: str, wanted: str, offset: int) -> int | None:
    """The occurrence closest to an offset; two searches, however often the text repeats itself."""
    before = text.rfind(wanted, 0, offset + len(wanted))
    after = text.find(wanted, offset)
    found = [at for at in (before, after) if at >= 0]
    return min(found, key=lambda at: abs(at - offset), default=None)


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
