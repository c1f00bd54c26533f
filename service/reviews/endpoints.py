"""Pages of the reviews: the queue, one review, and the preview of its post."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from agents.findings import Severity
from service.deps import CurrentUser, Person, SessionDep, SettingsDep
from service.errors import BadInput
from service.reviews import queue
from service.reviews.forms import EVENTS, REASONS, Typed, event_of
from service.reviews.render import Event
from service.reviews.states import IN_WORDS, State
from service.reviews.views import preview_view, review_view
from service.web.pages import LABELS, page

router = APIRouter()


@router.get("/")
def queue_page(
    request: Request,
    person: CurrentUser,
    session: SessionDep,
    state: str = "",
    repository: Annotated[str, Query(max_length=200)] = "",
    group: str = "",
    at: Annotated[int, Query(alias="page", ge=1, le=queue.LAST_PAGE)] = 1,
) -> HTMLResponse:
    """Reviews by who must act, filtered by state and repository."""
    if state and state not in IN_WORDS:
        raise BadInput(f"there is no state {state}: choose one from the list")
    if group and group not in queue.GROUPS:
        raise BadInput(f"there is no group {group}")
    chosen, wanted = (State(state) if state else None), repository.strip()
    found = queue.groups(session, state=chosen, repository=wanted, only=group, page=at)
    context = {
        "person": person,
        "groups": found,
        "states": IN_WORDS,
        "state": state,
        "repository": wanted,
        "only": group,
        "filtered": bool(state or wanted),
    }
    return page(request, "queue.html", context)


@router.get("/reviews/{review_id}")
def review_page(
    request: Request,
    person: CurrentUser,
    session: SessionDep,
    settings: SettingsDep,
    review_id: str,
) -> HTMLResponse:
    """One review: the document beside its findings."""
    shown = review_view(session, review_id, settings)
    context = {
        "person": person,
        "view": shown,
        "typed": Typed(),
        "refresh": shown.refresh,
        **WORDS,
    }
    return page(request, "review.html", context)


@router.get("/reviews/{review_id}/preview")
def preview_page(
    request: Request,
    person: CurrentUser,
    session: SessionDep,
    review_id: str,
    revision: Annotated[int, Query(ge=0)] = 0,
    event: str = "COMMENT",
) -> HTMLResponse:
    """Exactly what would be posted; approving and rejecting happen here."""
    return show_preview(request, person, session, review_id, revision, event_of(event), Typed())


def show_refused(
    request: Request, person: Person, review_id: str, typed: Typed, status: int
) -> HTMLResponse:
    """The review page after a form was refused: as it is now, with what was typed."""
    with request.app.state.database.reading() as session:
        shown = review_view(session, review_id, request.app.state.settings)
        # No refresh: it would take away what was typed.
        context = {"person": person, "view": shown, "typed": typed, **WORDS}
        return page(request, "review.html", context, status)


def show_preview(
    request: Request,
    person: Person,
    session: Session,
    review_id: str,
    revision: int,
    event: Event,
    typed: Typed,
    status: int = 200,
) -> HTMLResponse:
    """The preview of one revision; revision 0 means the newest."""
    shown = preview_view(session, review_id, revision, event, person.login)
    context = {"person": person, "view": shown, "typed": typed, "events": EVENTS}
    return page(request, "preview.html", context, status)


WORDS: dict[str, object] = {
    "reasons": REASONS,
    "severities": [s.value for s in Severity],
    "labels": LABELS,
}
"""Lists that the review page offers."""
