"""`/audit`: the newest events of the audit chain, and whether the chain is whole."""

import json
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.audit import service as audit
from service.deps import Architect, SessionDep
from service.models import AuditEvent
from service.web.pages import page

SHOWN = 200
"""Events on one page."""

router = APIRouter()


@dataclass(frozen=True)
class Line:
    """One event as it is shown."""

    seq: int
    at: str
    actor: str
    action: str
    subject: str
    details: tuple[tuple[str, str], ...]
    hash: str


@router.get("/audit")
def audit_page(
    request: Request,
    person: Architect,
    session: SessionDep,
    subject: Annotated[str, Query(max_length=200)] = "",
    verify: bool = False,
) -> HTMLResponse:
    """The last events, of one subject if asked; verifies the whole chain on request."""
    outcome = audit.verify(session) if verify else None
    context = {
        "person": person,
        "subject": subject.strip(),
        "lines": lines(session, subject.strip()),
        "limit": SHOWN,
        "outcome": outcome,
    }
    return page(request, "audit.html", context)


def lines(session: Session, subject: str = "", limit: int = SHOWN) -> list[Line]:
    """The newest events, of one subject unless it is empty."""
    wanted = select(AuditEvent).order_by(AuditEvent.seq.desc()).limit(limit)
    if subject:
        wanted = wanted.where(AuditEvent.subject == subject)
    return [_line(event) for event in session.scalars(wanted)]


def _line(event: AuditEvent) -> Line:
    detail: dict[str, object] = json.loads(event.detail)
    shown = tuple((key, str(value)) for key, value in detail.items() if value not in ("", None))
    return Line(
        seq=event.seq,
        at=event.at[:19].replace("T", " "),
        actor=event.actor,
        action=event.action,
        subject=event.subject,
        details=shown,
        hash=event.hash,
    )
