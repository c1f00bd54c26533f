"""What a delivery means: opens reviews, closes them, or is ignored with a reason."""

import logging

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.audit.service import record
from service.db import Database, now
from service.errors import ServiceError
from service.github import payloads
from service.models import Delivery, Review
from service.repository_config.effective import stored
from service.repository_config.globs import text_matches
from service.reviews import posting, service
from service.reviews.service import PullRequest
from service.reviews.states import State
from service.settings import Settings

log = logging.getLogger(__name__)

OPENS_REVIEW = ("opened", "reopened", "ready_for_review", "synchronize")


class Ignored(Exception):
    """The delivery asks nothing of us; the text says why."""


def handle(database: Database, settings: Settings, delivery_id: int) -> None:
    """Handle one stored delivery exactly once; running it again changes nothing."""
    try:
        with database.transaction() as session:
            delivery = session.get(Delivery, delivery_id, with_for_update=True)
            if delivery is None or delivery.state != "received":
                return
            try:
                act(session, settings, delivery)
                _finish(delivery, "handled", "")
            except Ignored as e:
                _finish(delivery, "ignored", str(e))
    except ServiceError as e:
        _failed(database, delivery_id, str(e))


def act(session: Session, settings: Settings, delivery: Delivery) -> None:
    """Do what the event asks for, or raise `Ignored`."""
    payload = payloads.read(delivery.event, delivery.body)
    actor = f"delivery:{delivery.guid}"
    if isinstance(payload, payloads.PullRequestEvent):
        pull_request(session, settings, payload, actor)
    elif isinstance(payload, payloads.CheckRunEvent):
        check_run(session, payload, actor)
    elif not isinstance(payload, payloads.PingEvent):
        raise Ignored(f"nothing to do for {delivery.event}")


def pull_request(
    session: Session, settings: Settings, payload: payloads.PullRequestEvent, actor: str
) -> None:
    """Open the review of the head commit, or end the reviews of a closed pull request."""
    pull, repository = payload.pull_request, payload.repository
    if payload.action == "closed":
        if not service.close_pull(session, repository.id, payload.number, actor=actor):
            raise Ignored("closed, and nothing of it was waiting")
        return
    if payload.action in ("labeled", "unlabeled"):
        labelled(session, payload, actor)
        return
    if payload.action not in OPENS_REVIEW:
        raise Ignored(f"nothing to do for pull_request.{payload.action}")
    if pull.draft:
        raise Ignored("the pull request is a draft: reviewed when it is ready")
    wanted = PullRequest(
        installation_id=payload.installation.id,
        repository_id=repository.id,
        repository=repository.full_name,
        number=payload.number,
        title=pull.title,
        author=pull.user.login if pull.user else "",
        head_sha=pull.head.sha,
    )
    service.open_review(session, wanted, settings, actor=actor)


def labelled(session: Session, payload: payloads.PullRequestEvent, actor: str) -> None:
    """A label that the repository's configuration names has a cleared review looked at again."""
    if payload.pull_request.state != "open" or payload.pull_request.draft:
        raise Ignored("a label of a pull request that is not open for review")
    cleared = session.scalars(
        select(Review).where(
            Review.repository_id == payload.repository.id,
            Review.number == payload.number,
            Review.head_sha == payload.pull_request.head.sha,
            Review.state == State.CLEARED,
        )
    ).first()
    if cleared is None or payload.label is None:
        raise Ignored("a label, and nothing of it was cleared")
    labels = stored(cleared.config, cap=1).labels
    if not any(text_matches(g, payload.label.name) for g in (*labels.review, *labels.skip)):
        raise Ignored("the repository's configuration does not name this label")
    service.retry(session, cleared, actor=actor)


def check_run(session: Session, payload: payloads.CheckRunEvent, actor: str) -> None:
    """`Re-run` on a check whose review failed tries the review again."""
    if payload.action != "rerequested":
        raise Ignored(f"nothing to do for check_run.{payload.action}")
    review = session.get(Review, payload.check_run.external_id)
    if review is None or review.state != State.FAILED:
        raise Ignored("the check belongs to no failed review")
    posting.retry(session, review, actor=actor)


def _finish(delivery: Delivery, state: str, reason: str) -> None:
    delivery.state, delivery.reason, delivery.handled_at = state, reason, now()


def _failed(database: Database, delivery_id: int, reason: str) -> None:
    log.warning("delivery %s failed: %s", delivery_id, reason)
    with database.transaction() as session:
        session.execute(
            update(Delivery)
            .where(Delivery.id == delivery_id, Delivery.state == "received")
            .values(state="failed", reason=reason, handled_at=now())
        )
        guid = session.scalar(select(Delivery.guid).where(Delivery.id == delivery_id))
        record(session, service.LINTEL, "delivery.failed", f"delivery:{guid}", reason=reason)
