"""Control endpoints for tests, under `/_standin/`: nothing here exists on GitHub."""

import json
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from service.demo import branches, checks, payloads, talk
from service.demo.auth import acting_as
from service.demo.config import BOT, INSTALLATION_ID, REPOSITORY
from service.demo.faults import Fault
from service.demo.issues import add_issue_comment
from service.demo.refusals import Refusal
from service.demo.rows import Json, LoggedRequest, Pull, Repo, ReviewComment
from service.demo.store import stamp
from service.demo.world import World, WorldHere

router = APIRouter(prefix="/_standin")


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Hook(Form):
    webhook_url: str | None = None
    redirect_uri: str | None = None


class Opening(Form):
    title: str = "Another change"
    body: str = ""
    files: dict[str, str | None]
    """Path → text, or None to remove the file."""
    user: str = "ben"
    head_ref: str | None = None
    draft: bool = False
    labels: list[str] = []
    announce: bool = True
    """Send the webhook; without it the pull request exists and nobody was told."""


class Pushing(Form):
    files: dict[str, str | None]
    message: str = "Work on the change"
    user: str = "ben"
    announce: bool = True


class Committing(Form):
    files: dict[str, str | None]
    repository: str = REPOSITORY
    user: str = "ben"


class Changing(Form):
    state: Literal["open", "closed"] | None = None
    draft: bool | None = None
    title: str | None = None
    body: str | None = None
    labels: list[str] | None = None
    user: str = "ben"
    announce: bool = True


class Firing(Form):
    n: int = 1
    event: Literal["pull_request", "ping", "installation", "check_run"] = "pull_request"
    action: str = "opened"
    guid: str | None = None
    sender: str = "ben"
    check_run: int | None = None
    identifier: str | None = None


class Saying(Form):
    user: str
    body: str


def _repo(world: World) -> Repo:
    return branches.find_repo(world.store, REPOSITORY)


def _pull(world: World, number: int) -> tuple[Repo, Pull]:
    repo = _repo(world)
    return repo, branches.find_pull(world.store, repo, number)


def _brief(pull: Pull) -> Json:
    return {
        "number": pull.number,
        "state": pull.state,
        "draft": bool(pull.draft),
        "head_sha": pull.head_sha,
        "base_sha": pull.base_sha,
        "head_ref": pull.head_ref,
    }


@router.get("/health")
def health() -> Json:
    return {"status": "ok", "repository": REPOSITORY, "installation_id": INSTALLATION_ID}


@router.put("/registration")
def register(world: WorldHere, hook: Hook) -> Json:
    """Change the webhook URL or the callback while running; kept over a restart."""
    for name, value in hook.model_dump(exclude_none=True).items():
        world.store.set_meta(name, value)
    return {"webhook_url": world.hooks.url, "redirect_uri": world.redirect_uri}


@router.post("/faults")
def add_faults(world: WorldHere, faults: list[Fault]) -> list[Fault]:
    world.faults.add(faults)
    return world.faults.remaining()


@router.get("/faults")
def list_faults(world: WorldHere) -> list[Fault]:
    return world.faults.remaining()


@router.delete("/faults", status_code=204)
def clear_faults(world: WorldHere) -> None:
    world.faults.clear()


@router.get("/requests")
def list_requests(world: WorldHere) -> list[LoggedRequest]:
    """Every request so far, oldest first, without headers and bodies."""
    return world.store.all(LoggedRequest, "select * from requests order by id")


@router.post("/pulls", status_code=201)
def open_pull(world: WorldHere, opening: Opening) -> Json:
    repo = _repo(world)
    pull = branches.open_pull(
        world,
        repo,
        title=opening.title,
        body=opening.body,
        files=opening.files,
        user=opening.user,
        head_ref=opening.head_ref,
        draft=opening.draft,
        labels_json=json.dumps(opening.labels),
    )
    if opening.announce:
        branches.announce(world, repo, pull, "opened", opening.user)
    return _brief(pull)


@router.get("/pulls/{number}")
def show_pull(world: WorldHere, number: int) -> Json:
    return _brief(_pull(world, number)[1])


@router.post("/pulls/{number}/commits", status_code=201)
def push(world: WorldHere, number: int, pushing: Pushing) -> Json:
    repo, pull = _pull(world, number)
    pushed = branches.push(world, repo, pull, pushing.files, pushing.message, pushing.user)
    if pushing.announce:
        branches.announce(world, repo, pushed, "synchronize", pushing.user, pull.head_sha)
    return _brief(pushed)


@router.post("/commits", status_code=201)
def commit(world: WorldHere, committing: Committing) -> Json:
    """Commit to the default branch; a repository that does not exist is made."""
    sha = branches.commit(world, committing.repository, committing.files, committing.user)
    return {"sha": sha}


@router.patch("/pulls/{number}")
def change(world: WorldHere, number: int, changing: Changing) -> Json:
    """Close, reopen, retitle, label, or move in and out of draft, with GitHub's events."""
    repo, pull = _pull(world, number)
    actions = _actions(pull, changing)
    given = changing.model_dump(include={"state", "draft", "title", "body"}, exclude_none=True)
    if changing.labels is not None:
        given["labels_json"] = json.dumps(changing.labels)
    if changing.state is not None:
        given["closed_at"] = stamp() if changing.state == "closed" else None
    world.store.update("pulls", pull.id, **given, updated_at=stamp())
    changed = branches.find_pull(world.store, repo, number)
    for action in actions if changing.announce else ():
        branches.announce(world, repo, changed, action, changing.user)
    return _brief(changed)


def _actions(pull: Pull, changing: Changing) -> list[str]:
    actions = []
    if changing.state not in (None, pull.state):
        actions.append("closed" if changing.state == "closed" else "reopened")
    if changing.draft not in (None, bool(pull.draft)):
        actions.append("converted_to_draft" if changing.draft else "ready_for_review")
    if changing.title is not None or changing.body is not None:
        actions.append("edited")
    if changing.labels is not None and set(changing.labels) - set(pull.labels):
        actions.append("labeled")
    return actions


@router.post("/pulls/{number}/comments", status_code=201)
def say(world: WorldHere, number: int, saying: Saying) -> Json:
    """A sample user writes in the conversation."""
    repo, pull = _pull(world, number)
    access = acting_as(world, repo, saying.user)
    item = add_issue_comment(access, pull, saying.user, saying.body)
    return talk.issue_comment(world, repo, pull, item)


@router.get("/pulls/{number}/reviews")
def list_reviews(world: WorldHere, number: int) -> list[Json]:
    """Reviews that were submitted, each with its comments."""
    repo, pull = _pull(world, number)
    return [
        talk.review(world, repo, pull, item)
        | {"comments": [*_comments(world, repo, pull, item.id)]}
        for item in talk.reviews_of(world.store, pull, BOT)
    ]


def _comments(world: World, repo: Repo, pull: Pull, review_id: int) -> list[Json]:
    sql = "select * from review_comments where review_id = ? order by id"
    found = world.store.all(ReviewComment, sql, review_id)
    return [talk.review_comment(world, repo, pull, item) for item in found]


@router.get("/pulls/{number}/conversation")
def list_conversation(world: WorldHere, number: int) -> list[Json]:
    repo, pull = _pull(world, number)
    found = talk.issue_comments_of(world.store, pull)
    return [talk.issue_comment(world, repo, pull, item) for item in found]


@router.get("/check-runs/{sha}")
def list_check_runs(world: WorldHere, sha: str) -> list[Json]:
    """Check runs of a commit, oldest first, with what GitHub's API does not give back."""
    repo = _repo(world)
    return [
        checks.check_run(world, repo, run)
        | {"actions": [{**action} for action in run.actions], "annotations": [*run.annotations]}
        for run in reversed(checks.runs_of(world, repo, sha))
    ]


@router.post("/webhooks/fire")
def fire(world: WorldHere, firing: Firing) -> Json:
    """Send one event now; answers the delivery's id and the receiver's status."""
    payload = _payload(world, firing)
    repo_id = None if firing.event == "ping" else _repo(world).id
    delivery = world.hooks.send(firing.event, payload, repo_id, firing.guid).result()
    sql = "select {} from deliveries where id = ?"
    return {
        "id": delivery,
        "guid": str(world.store.scalar(sql.format("guid"), delivery)),
        "status_code": int(world.store.scalar(sql.format("status_code"), delivery) or 0),
    }


def _payload(world: World, firing: Firing) -> Json:
    if firing.event == "ping":
        return payloads.ping(world)
    if firing.event == "installation":
        return payloads.installation(world, _repo(world), firing.action)
    if firing.event == "check_run":
        if firing.check_run is None:
            raise Refusal(422, "check_run is required for a check_run event")
        repo = _repo(world)
        run = checks.find_run(world, repo, firing.check_run)
        shape = checks.check_run(world, repo, run)
        return payloads.check_run(
            world, repo, shape, firing.action, firing.sender, firing.identifier
        )
    repo, pull = _pull(world, firing.n)
    return payloads.pull_request(world, repo, pull, firing.action, firing.sender)
