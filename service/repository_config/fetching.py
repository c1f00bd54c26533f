"""A review's change, fetched as the configuration of its base commit says."""

from dataclasses import dataclass

from agents.change import Change
from service.db import Database
from service.github.change import PullHead, fetch_change, pull_head
from service.github.client import GitHubApp
from service.github.config_files import fetch_own, fetch_shared
from service.github.errors import HeadMoved
from service.models import Review
from service.repository_config.effective import EffectiveConfig
from service.repository_config.reading import PATH, ConfigError, parsed
from service.repository_config.rules import document_rule, ignored, left_out_notes
from service.repository_config.store import in_force, listed


@dataclass(frozen=True)
class Fetched:
    """What intake hands on."""

    change: Change
    config: EffectiveConfig
    ignored: str
    """The rule that leaves the pull request alone; its change then holds no file. Else empty."""


def fetch(database: Database, app: GitHubApp, review: Review, *, cap: int) -> Fetched:
    """The change at the review's head commit, under the rules of its base commit.

    `cap` is the installation's own. Raises `HeadMoved` when the pull request has another head by
    now, otherwise `GitHubError`. No transaction is open while GitHub is asked.
    """
    where = (app, review.installation_id, review.repository)
    pull = pull_head(*where, review.number)
    if pull.sha != review.head_sha:
        raise HeadMoved(f"the pull request is at {pull.sha[:12]}, not at {review.head_sha[:12]}")
    # Never of the head: who opens a pull request does not choose the rules that it is read by.
    files = [fetch_own(*where, PATH, pull.base_sha), fetch_shared(*where, PATH)]
    with database.transaction() as session:
        config = in_force(session, review, [f for f in files if f is not None], cap=cap)
    rule = ignored(pull, config.config)
    if rule:
        return Fetched(_unread(review, pull, config), config, rule)
    is_document = document_rule(pull, config.config)
    change = fetch_change(*where, review.number, review.head_sha, is_document=is_document)
    config = config.noting(*_of_the_head(app, review, change))
    paths = [f.path for f in change.files if f.status != "removed"]
    notes = (*change.notes, *left_out_notes(pull, config.config, paths), *config.notes)
    return Fetched(change.model_copy(update={"notes": notes}), config, "")


def _unread(review: Review, pull: PullHead, config: EffectiveConfig) -> Change:
    return Change(
        repository=review.repository,
        number=review.number,
        title=pull.title,
        author=pull.author,
        base_sha=pull.base_sha,
        head_sha=pull.sha,
        notes=config.notes,
    )


def _of_the_head(app: GitHubApp, review: Review, change: Change) -> tuple[str, ...]:
    """What to say of a pull request that changes the configuration itself."""
    if not any(PATH in (file.path, file.previous_path) for file in change.files):
        return ()
    base = "this review follows the file of the base commit"
    file = fetch_own(app, review.installation_id, review.repository, PATH, review.head_sha)
    if file is None:
        return (f"This pull request removes {PATH}; {base}.",)
    try:
        parsed(file.text)
    except ConfigError as error:
        return (f"{PATH} in this pull request has errors. {listed(error)}",)
    return (f"This pull request changes {PATH}, without errors; {base}.",)
