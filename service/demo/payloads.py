"""The bodies of webhook events, in the shape of GitHub's published examples."""

from service.demo import shapes, talk
from service.demo.config import EVENTS, HOOK_ID, INSTALLATION_ID, ORGANISATION
from service.demo.rows import CheckRun, IssueComment, Json, Pull, Repo, Review, ReviewComment
from service.demo.world import World


def _envelope(world: World, repo: Repo, sender: str) -> Json:
    installation: Json = {
        "id": INSTALLATION_ID,
        "node_id": shapes.node_id("Integration", INSTALLATION_ID),
    }
    return {
        "repository": shapes.repository(world, repo),
        "organization": shapes.user(world, ORGANISATION),
        "sender": shapes.user(world, sender),
        "installation": installation,
    }


def pull_request(
    world: World, repo: Repo, pull: Pull, action: str, sender: str, before: str | None = None
) -> Json:
    """`before` is the former head; GitHub names it with `synchronize` only."""
    payload: Json = {
        "action": action,
        "number": pull.number,
        "pull_request": shapes.pull_in_full(world, repo, pull),
    }
    if action == "synchronize":
        payload |= {"before": before or pull.base_sha, "after": pull.head_sha}
    if action in ("labeled", "unlabeled") and pull.labels:
        payload["label"] = shapes.labels(world, repo, pull.labels)[-1]
    if action == "edited":
        payload["changes"] = {"title": {"from": pull.title}}
    return payload | _envelope(world, repo, sender)


def review(world: World, repo: Repo, pull: Pull, item: Review) -> Json:
    # The event writes the state in lower case, the API in upper case.
    shape = talk.review(world, repo, pull, item) | {"state": item.state.lower()}
    payload: Json = {
        "action": "submitted",
        "review": shape,
        "pull_request": shapes.pull(world, repo, pull),
    }
    return payload | _envelope(world, repo, item.user)


def review_comment(world: World, repo: Repo, pull: Pull, item: ReviewComment) -> Json:
    payload: Json = {
        "action": "created",
        "comment": talk.review_comment(world, repo, pull, item),
        "pull_request": shapes.pull(world, repo, pull),
    }
    return payload | _envelope(world, repo, item.user)


def issue(world: World, repo: Repo, pull: Pull) -> Json:
    """A pull request as an issue: note that it does not carry the head commit."""
    whole = shapes.pull(world, repo, pull)
    kept = ("number", "title", "body", "user", "labels", "state", "locked", "html_url")
    dates = ("created_at", "updated_at", "closed_at", "author_association", "comments_url")
    links = {name: whole[name] for name in ("url", "html_url", "diff_url")}
    count = world.store.scalar("select count(*) from issue_comments where pull_id = ?", pull.id)
    return {name: whole[name] for name in kept + dates} | {
        "id": pull.id + 500_000,
        "node_id": shapes.node_id("Issue", pull.id + 500_000),
        "url": whole["issue_url"],
        "comments": int(count or 0),
        "draft": bool(pull.draft),
        "pull_request": links | {"merged_at": None},
    }


def issue_comment(world: World, repo: Repo, pull: Pull, item: IssueComment, action: str) -> Json:
    payload: Json = {
        "action": action,
        "issue": issue(world, repo, pull),
        "comment": talk.issue_comment(world, repo, pull, item),
    }
    return payload | _envelope(world, repo, item.user)


def check_run(
    world: World, repo: Repo, shape: Json, action: str, sender: str, identifier: str | None = None
) -> Json:
    payload: Json = {"action": action, "check_run": shape}
    if identifier is not None:
        payload["requested_action"] = {"identifier": identifier}
    return payload | _envelope(world, repo, sender)


def check_action(run: CheckRun, identifier: str) -> bool:
    """Whether the button exists: GitHub shows actions only once the run is completed."""
    known = {action["identifier"] for action in run.actions}
    return run.status == "completed" and identifier in known


def ping(world: World) -> Json:
    hook: Json = {
        "type": "App",
        "id": HOOK_ID,
        "name": "web",
        "active": True,
        "events": list(EVENTS),
        "config": {
            "content_type": "json",
            "insecure_ssl": "0",
            "secret": "********",
            "url": world.hooks.url,
        },
        "app_id": world.config.app_id,
    }
    return {"zen": "Small steps are easy to review.", "hook_id": HOOK_ID, "hook": hook}


def installation(world: World, repo: Repo, action: str) -> Json:
    listed: Json = {
        "id": repo.id,
        "node_id": shapes.node_id("Repository", repo.id),
        "name": repo.name,
        "full_name": repo.full_name,
        "private": bool(repo.private),
    }
    return {
        "action": action,
        "installation": shapes.installation(world),
        "repositories": [listed],
        "requester": None,
        "sender": shapes.user(world, "ada"),
    }
