"""Quotes in Markdown: verbatim, inert, and with the place where they stand."""

import re

from agents.evidence import Evidence, Label
from agents.fence import neutralise

LABELS = {
    Label.STATED: "stated",
    Label.DIAGRAM: "from a diagram",
    Label.INFERRED: "inferred",
    Label.ABSENT: "not said here",
}
_LINE_ENDS = re.compile("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")


def fenced(evidence: Evidence) -> str:
    """Where it stands, and the quote in a fence that it cannot close: verbatim and inert."""
    note = f": {neutralise(evidence.note)}" if evidence.note else ""
    text = block(evidence.quote.replace("\r\n", "\n"), "text")
    return f"{where(evidence)} ({LABELS[evidence.label]}{note})\n\n{text}"


def block(text: str, language: str) -> str:
    """A fenced block that its text cannot close."""
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def where(evidence: Evidence) -> str:
    """Path and lines as a code span."""
    return code(f"{evidence.path}:{lines(evidence)}")


def lines(evidence: Evidence) -> str:
    """`3` or `3-4`."""
    last = f"-{evidence.line_end}" if evidence.line_end > evidence.line_start else ""
    return f"{evidence.line_start}{last}"


def code(text: str) -> str:
    """A code span that its text cannot close; a line end would, so each becomes a space."""
    text = _LINE_ENDS.sub(" ", text)
    ticks = "`" * (_longest_run(text) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall(r"`+", text)), default=0)
