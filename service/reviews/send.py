"""From an approval to GitHub: look for our own marker, check the head commit, write once, record."""

from service.db import Database
from service.github.change import pull_head
from service.github.client import GitHubApp
from service.github.posts import Posted
from service.github.publish import find_review, post_review
from service.reviews import posting, service
from service.reviews.posting import Ready


def send(app: GitHubApp, ready: Ready) -> Posted | None:
    """Write to GitHub, or find what was written before; None when the head commit has moved."""
    where = (app, ready.installation_id, ready.repository, ready.number)
    found = find_review(*where, ready.post.marker)
    if found is None and pull_head(*where).sha != ready.head_sha:
        return None
    return post_review(*where, ready.post)


def post_decision(
    database: Database, app: GitHubApp, decision_id: str, owner: str, seconds: int
) -> None:
    """The whole of one posting attempt. GitHub's errors reach the caller, which knows how to wait."""
    with database.transaction() as session:
        ready = posting.begin(session, decision_id, owner, seconds)
    if ready is None:
        return
    posted = send(app, ready)
    with database.transaction() as session:
        if posted is None:
            posting.head_moved(session, decision_id)
        else:
            posting.finish(session, decision_id, posted)
            service.release(session, ready.review_id, owner)
