"""Append to the audit chain, and prove it whole."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from service.db import now
from service.models import AuditEvent

GENESIS = "0" * 64
CHAIN_LOCK = 0x11471E1
"""Key of the PostgreSQL advisory lock that keeps two appends apart; SQLite has one writer anyway."""

Detail = str | int | float | bool | None


@dataclass(frozen=True)
class Verification:
    """Outcome of `verify`: how many events were read, and what is wrong with the first bad one."""

    events: int
    last_hash: str
    problem: str = ""

    @property
    def ok(self) -> bool:
        """True when every link holds."""
        return not self.problem


def link(event: AuditEvent) -> str:
    """sha256 over the row's fields and the hash of the row before, as canonical JSON."""
    fields = [event.seq, event.at, event.actor, event.action, event.subject, event.detail]
    text_ = json.dumps([event.previous, *fields], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text_.encode()).hexdigest()


def record(session: Session, actor: str, action: str, subject: str, **detail: Detail) -> None:
    """Append one event in the caller's transaction: it stands or falls with what it tells of."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CHAIN_LOCK})
    last = session.scalars(select(AuditEvent).order_by(AuditEvent.seq.desc()).limit(1)).first()
    event = AuditEvent(
        seq=(last.seq if last else 0) + 1,
        at=now().isoformat(timespec="microseconds"),
        actor=actor,
        action=action,
        subject=subject,
        detail=json.dumps(detail, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
        previous=last.hash if last else GENESIS,
    )
    event.hash = link(event)
    session.add(event)
    session.flush()


def verify(session: Session) -> Verification:
    """Walk the whole chain in order; stops at the first event that does not hold."""
    rows = session.scalars(
        select(AuditEvent).order_by(AuditEvent.seq).execution_options(yield_per=1000)
    )
    try:
        return check(rows)
    finally:
        rows.close()


def check(events: Iterable[AuditEvent]) -> Verification:
    """The same for events in hand, in order of their numbers."""
    count, previous = 0, GENESIS
    for event in events:
        problem = _problem(event, count + 1, previous)
        if problem:
            return Verification(count, previous, f"event {event.seq}: {problem}")
        count, previous = count + 1, event.hash
    return Verification(count, previous)


def _problem(event: AuditEvent, expected_seq: int, previous: str) -> str:
    if event.seq != expected_seq:
        return f"number {expected_seq} is missing"
    if event.previous != previous:
        return "does not follow the event before it"
    if event.hash != link(event):
        return "was changed after it was written"
    return ""
