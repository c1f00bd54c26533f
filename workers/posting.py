"""Queue `post`: the only process that writes to GitHub, and only from a decision."""

import logging
import time
from uuid import uuid4

from service.errors import Conflict
from service.github.errors import GitHubError, GitHubRateLimited, GitHubRefused
from service.queue import POST_REVIEW, PUT_CHECK
from service.reviews import checks, posting, send
from service.settings import settings
from workers.app import app
from workers.context import database, github, owner

log = logging.getLogger(__name__)

PAUSES = (0.0, 1.0, 3.0)
"""Seconds before each attempt of one task; after the last one the sweep takes over."""
SWEEP_PAUSE = 30.0


@app.task(name=POST_REVIEW)
def post(decision_id: str) -> None:
    """Post one approved review; every attempt looks for its own marker first."""
    mine = f"{owner()}:{uuid4().hex[:8]}"
    wait, error = SWEEP_PAUSE, ""
    for pause in PAUSES:
        time.sleep(pause)
        try:
            seconds = max(settings().lease_seconds, 60)
            send.post_decision(database(), github(), decision_id, mine, seconds)
            return
        except GitHubRefused as e:
            with database().transaction() as session:
                posting.give_up(session, decision_id, str(e))
            return
        except GitHubRateLimited as e:
            wait, error = e.retry_after, str(e)
            break
        except GitHubError as e:
            error = str(e)
            log.warning("post %s: %s", decision_id, e)
    with database().transaction() as session:
        posting.wait(session, decision_id, mine, error, wait)


@app.task(name=PUT_CHECK)
def check(review_id: str) -> None:
    """Bring the check run up to date; a failure is repaired by the sweep."""
    try:
        checks.put(database(), github(), review_id, settings().check_name, settings().base_url)
    except (GitHubError, Conflict) as e:
        log.warning("check run of review %s waits: %s", review_id, e)
