"""What an architect does in the workspace. Each form is one transaction, then a redirect."""

import re
from collections.abc import Callable
from typing import Annotated, get_args

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session
from starlette.responses import Response

from agents.change import Change
from agents.findings import Dismissal, Draft, Severity
from agents.steps.read import read_documents
from service.deps import Architect, DatabaseDep, Person, SessionDep
from service.errors import BadInput, Conflict
from service.reviews import decisions, editing, posting, service
from service.reviews.endpoints import show_preview, show_refused
from service.reviews.forms import (
    About,
    AddForm,
    ApproveForm,
    CommentForm,
    DismissForm,
    IncludeForm,
    RejectForm,
    Seen,
    SeverityForm,
    SummaryForm,
    event_of,
    typed,
)
from service.reviews.render import Event

router = APIRouter(prefix="/reviews/{review_id}")

_ANCHOR = re.compile(r"[fq]-[0-9]{1,5}|summary|findings")


@router.post("/comment")
def edit_comment(
    request: Request, person: Architect, review_id: str, form: Annotated[CommentForm, Form()]
) -> Response:
    """Replace the text that will be posted for a finding or question."""
    change = _editor(lambda draft: editing.edit_comment(draft, form.about, form.body))
    return _edit(request, person, review_id, form, "comment", "edit", change)


@router.post("/summary")
def edit_summary(
    request: Request, person: Architect, review_id: str, form: Annotated[SummaryForm, Form()]
) -> Response:
    """Replace the summary."""
    change = _editor(lambda draft: editing.edit_summary(draft, form.body))
    return _edit(request, person, review_id, form, "summary", "edit", change)


@router.post("/dismiss")
def dismiss(
    request: Request, person: Architect, review_id: str, form: Annotated[DismissForm, Form()]
) -> Response:
    """Leave a finding or question out, for a reason."""

    def change(draft: Draft) -> Draft:
        known = get_args(Dismissal.model_fields["reason"].annotation)
        reason = next((r for r in known if r == form.reason), None)
        if reason is None:
            raise BadInput("choose why it is left out: the reason teaches the next draft")
        if reason == "other" and not form.text.strip():
            raise BadInput("say in a few words what the other reason is")
        if len(form.text) > editing.MAX_TEXT:
            raise BadInput(f"the reason is longer than {editing.MAX_TEXT} characters")
        dismissal = Dismissal(by=person.login, reason=reason, text=form.text.strip())
        return editing.dismiss(draft, form.about, dismissal)

    said = ": ".join(part for part in (form.reason, form.text.strip()) if part)
    return _edit(request, person, review_id, form, "dismiss", "dismiss", _editor(change), said)


@router.post("/restore")
def restore(
    request: Request, person: Architect, review_id: str, form: Annotated[About, Form()]
) -> Response:
    """Take a dismissal back."""
    change = _editor(lambda draft: editing.restore(draft, form.about))
    return _edit(request, person, review_id, form, "restore", "restore", change)


@router.post("/include")
def include(
    request: Request, person: Architect, review_id: str, form: Annotated[IncludeForm, Form()]
) -> Response:
    """Choose whether the author gets a finding or question."""
    change = _editor(lambda draft: editing.include(draft, form.about, form.included))
    said = "the author gets it" if form.included else "the author does not get it"
    return _edit(request, person, review_id, form, "include", "edit", change, said)


@router.post("/severity")
def set_severity(
    request: Request, person: Architect, review_id: str, form: Annotated[SeverityForm, Form()]
) -> Response:
    """Set a finding's severity by hand."""
    change = _editor(
        lambda draft: editing.set_severity(draft, form.about, _severity(form.severity))
    )
    said = f"severity {form.severity}"
    return _edit(request, person, review_id, form, "severity", "edit", change, said)


@router.post("/findings")
def add_finding(
    request: Request, person: Architect, review_id: str, form: Annotated[AddForm, Form()]
) -> Response:
    """Add a finding that the analyst did not see."""

    def prepare(session: Session) -> Callable[[Draft], Draft]:
        first, last = form.lines()
        change = Change.model_validate(service.get(session, review_id).change)
        documents = read_documents(change)
        return lambda draft: editing.add_finding(
            draft,
            documents,
            path=form.path,
            line_start=first,
            line_end=last,
            title=form.title,
            body=form.body,
            severity=_severity(form.severity),
        )

    return _edit(request, person, review_id, form, "add", "add", prepare, form.title.strip())


@router.post("/approve")
def approve(
    request: Request, person: Architect, review_id: str, form: Annotated[ApproveForm, Form()]
) -> Response:
    """Approve the previewed text; posting follows."""

    def decide(session: Session) -> None:
        decisions.approve(
            session,
            review_id,
            by=person.login,
            revision=form.revision,
            event=event_of(form.event),
            seen_sha256=form.text_sha256,
        )

    return _decide(request, person, review_id, form, "approve", decide)


@router.post("/reject")
def reject(
    request: Request, person: Architect, review_id: str, form: Annotated[RejectForm, Form()]
) -> Response:
    """End the review without a post."""

    def decide(session: Session) -> None:
        reason = form.reason[: editing.MAX_TEXT]
        decisions.reject(session, review_id, by=person.login, revision=form.revision, reason=reason)

    return _decide(request, person, review_id, form, "reject", decide)


@router.post("/retry")
def retry(person: Architect, session: SessionDep, review_id: str) -> Response:
    """Try a failed review again from where it failed."""
    posting.retry(session, service.get(session, review_id), actor=person.login)
    return RedirectResponse(f"/reviews/{review_id}", 303)


Prepare = Callable[[Session], Callable[[Draft], Draft]]
"""Given a session, the change to make to the draft."""


def _editor(change: Callable[[Draft], Draft]) -> Prepare:
    return lambda _session: change


def _edit(
    request: Request,
    person: Person,
    review_id: str,
    form: Seen,
    name: str,
    kind: str,
    prepare: Prepare,
    reason: str = "",
) -> Response:
    """Apply one edit; when it is refused, the page comes back with what was typed."""
    about = form.about if isinstance(form, About) else ""
    database: DatabaseDep = request.app.state.database
    try:
        with database.transaction() as session:
            decisions.edit(
                session,
                review_id,
                by=person.login,
                revision=form.revision,
                kind=kind,
                about=about,
                change=prepare(session),
                reason=reason,
            )
    except (BadInput, Conflict) as e:
        refused = typed(name, form, e.message)
        return show_refused(request, person, review_id, refused, e.status)
    anchor = f"#{form.at}" if _ANCHOR.fullmatch(form.at) else ""
    return RedirectResponse(f"/reviews/{review_id}{anchor}", 303)


def _decide(
    request: Request,
    person: Person,
    review_id: str,
    form: ApproveForm | RejectForm,
    name: str,
    decide: Callable[[Session], None],
) -> Response:
    database: DatabaseDep = request.app.state.database
    try:
        with database.transaction() as session:
            decide(session)
    except (BadInput, Conflict) as e:
        refused = typed(name, form, e.message)
        with database.reading() as session:
            return show_preview(
                request, person, session, review_id, 0, _shown_event(form), refused, e.status
            )
    return RedirectResponse(f"/reviews/{review_id}", 303)


def _shown_event(form: ApproveForm | RejectForm) -> Event:
    """The kind of review to preview again; a comment where the form named none."""
    return "REQUEST_CHANGES" if form.event == "REQUEST_CHANGES" else "COMMENT"


def _severity(value: str) -> Severity:
    try:
        return Severity(value)
    except ValueError as e:
        raise BadInput("choose a severity from the list") from e
