"""Queue `intake`: deliveries become reviews, reviews get their change. Reads GitHub, never writes."""

import logging

from service.db import now
from service.deliveries import service as deliveries
from service.errors import Conflict
from service.github.change import pull_head
from service.github.errors import GitHubError, GitHubRefused, HeadMoved
from service.queue import FETCH_CHANGE, HANDLE_DELIVERIES
from service.repository_config.fetching import fetch as under_config
from service.reviews import service as reviews
from service.reviews.states import State, transition
from service.settings import settings
from workers.app import app
from workers.context import database, github

log = logging.getLogger(__name__)


@app.task(name=HANDLE_DELIVERIES)
def handle(*delivery_ids: int) -> None:
    """Handle stored deliveries, each in a transaction of its own."""
    for delivery_id in delivery_ids:
        deliveries.handle(database(), settings(), delivery_id)


@app.task(name=FETCH_CHANGE)
def fetch(review_id: str) -> None:
    """Fetch a review's documents and diff at its head commit."""
    with database().reading() as session:
        review = reviews.get(session, review_id)
        if review.state != State.QUEUED or review.change is not None:
            return
    seen_at = now()
    try:
        found = under_config(database(), github(), review, cap=settings().author_cap)
        with database().transaction() as session:
            reviews.fetched(session, review_id, found.change, seen_at, found.config, found.ignored)
    except HeadMoved:
        head_moved(review_id)
    except GitHubRefused as e:
        with database().transaction() as session:
            reviews.fail(session, review_id, f"GitHub refused to show the change: {e}")
    except GitHubError as e:
        log.warning("review %s waits for GitHub: %s", review_id, e)  # the sweep tries again


def head_moved(review_id: str) -> None:
    """The commit is not the head any more: its review ends, the real head's begins."""
    with database().reading() as session:
        review = reviews.get(session, review_id)
    head = pull_head(github(), review.installation_id, review.repository, review.number)
    with database().transaction() as session:
        try:
            reason = f"commit {head.sha[:12]} is newer"
            transition(session, review_id, State.SUPERSEDED, actor=reviews.LINTEL, reason=reason)
        except Conflict:
            return
        if head.state != "open":
            return
        pull = reviews.PullRequest(
            installation_id=review.installation_id,
            repository_id=review.repository_id,
            repository=review.repository,
            number=review.number,
            title=review.title,
            author=review.author,
            head_sha=head.sha,
        )
        reviews.open_review(session, pull, settings(), actor=reviews.LINTEL)
