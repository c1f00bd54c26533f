"""The forms of the workspace as values, and what somebody typed into one that was refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel

from service.errors import BadInput
from service.reviews.render import Event

REASONS = {
    "false_positive": "The finding is wrong",
    "mitigated": "Already mitigated",
    "accepted_risk": "The risk is accepted",
    "duplicate": "Said elsewhere",
    "out_of_scope": "Out of scope of this change",
    "noise": "True, but not worth the author's time",
    "other": "Another reason",
}
"""Why a finding is left out, in words."""

EVENTS: dict[Event, str] = {"COMMENT": "Comment", "REQUEST_CHANGES": "Request changes"}
"""What kind of review GitHub gets, in words."""


def event_of(text: str) -> Event:
    """The kind of review that a form or address names. Raises `BadInput`."""
    for event in EVENTS:
        if event == text:
            return event
    raise BadInput(f"event must be one of {', '.join(EVENTS)}")


class Seen(BaseModel):
    """Every form carries the revision that its sender saw, and where on the page it stood."""

    revision: int
    at: str = ""


class About(Seen):
    """A form about one finding or question."""

    about: str


class CommentForm(About):
    """The text that will be posted for a point."""

    body: str = ""


class DismissForm(About):
    """Why a point is left out."""

    reason: str = ""
    text: str = ""


class IncludeForm(About):
    """Whether the author gets a point."""

    included: bool


class SeverityForm(About):
    """A severity set by hand."""

    severity: str = ""


class SummaryForm(Seen):
    """The summary for engineers."""

    body: str = ""


class AddForm(Seen):
    """A finding of the architect's own. Lines come as text: a typing error must not lose the rest."""

    path: str = ""
    line_start: str = ""
    line_end: str = ""
    title: str = ""
    severity: str = "medium"
    body: str = ""

    def lines(self) -> tuple[int, int]:
        """First and last line; without a last line, the first alone. Raises `BadInput`."""
        first, last = self.line_start.strip(), self.line_end.strip() or self.line_start.strip()
        if not (first.isdecimal() and last.isdecimal() and len(first + last) < 20):
            raise BadInput("lines are whole numbers, as shown beside the document")
        return int(first), int(last)


class ApproveForm(Seen):
    """The exact text that was previewed."""

    event: str = "COMMENT"
    text_sha256: str = ""


class RejectForm(Seen):
    """Why nothing is posted."""

    event: str = "COMMENT"
    reason: str = ""


@dataclass(frozen=True)
class Typed:
    """What was typed into a form that could not be accepted, and why."""

    form: str = ""
    about: str = ""
    problem: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)

    def of(self, form: str, about: str = "") -> bool:
        """True for the form that was refused."""
        return (self.form, self.about) == (form, about)

    def value(self, form: str, name: str, default: str, about: str = "") -> str:
        """What to show in a field: what was typed into it, or the default."""
        return self.fields.get(name, default) if self.of(form, about) else default


def typed(form: str, given: Seen, problem: str) -> Typed:
    """Keep the texts of a refused form."""
    texts = {
        name: value for name, value in given.model_dump().items()
        if isinstance(value, str) and name not in ("about", "at", "text_sha256")
    }  # fmt: skip
    about = given.about if isinstance(given, About) else ""
    return Typed(form, about, problem, texts)
