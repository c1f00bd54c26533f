"""The human side: the list of pull requests, one pull request, and what people do there."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import FileResponse, RedirectResponse, Response

from service.demo import branches, checks, payloads, sample, talk
from service.demo.auth import acting_as, allows, user_permissions
from service.demo.comments import find_comment, store_alone
from service.demo.config import BOT, REPOSITORY, ROLES
from service.demo.diff import FileDiff, parse_hunks
from service.demo.html import STATIC, page
from service.demo.issues import add_issue_comment
from service.demo.refusals import forbidden, not_found, unprocessable
from service.demo.repository import changed_files
from service.demo.rows import CheckRun, Pull, Repo, ReviewComment
from service.demo.validate import Place, body_errors
from service.demo.world import World, WorldHere

router = APIRouter()

Text = Annotated[str, Form()]


@dataclass(frozen=True)
class DiffLine:
    """One line of the diff as the page shows it, with the comments that stand at it."""

    kind: str
    old: int | None
    new: int | None
    text: str
    comments: list[ReviewComment]


@dataclass(frozen=True)
class FileView:
    file: FileDiff
    lines: list[DiffLine]
    of_file: list[ReviewComment]
    outdated: list[ReviewComment]


@router.get("/_standin/static/{name}")
def static(name: str) -> FileResponse:
    if name not in ("standin.css", "icon.svg"):
        raise not_found()
    return FileResponse(STATIC / name)


@router.get("/favicon.ico")
def favicon() -> FileResponse:
    return FileResponse(STATIC / "icon.svg")


@router.get("/")
def index(world: WorldHere) -> Response:
    repo = branches.find_repo(world.store, REPOSITORY)
    found = [(pull, latest_checks(world, repo, pull)) for pull in branches.pulls(world.store, repo)]
    return page("index.html", {"repo": repo, "pulls": found})


def latest_checks(world: World, repo: Repo, pull: Pull) -> list[CheckRun]:
    """The newest run of each name at the head commit."""
    runs = reversed(checks.runs_of(world, repo, pull.head_sha))
    return list({run.name: run for run in runs}.values())


@router.get("/{owner}/{name}/pull/{number}")
def show_pull(world: WorldHere, owner: str, name: str, number: int) -> Response:
    repo = branches.find_repo(world.store, f"{owner}/{name}")
    pull = branches.find_pull(world.store, repo, number)
    comments = talk.review_comments_of(world.store, pull)
    files = changed_files(world.store, pull.base_sha, pull.head_sha)
    context = {
        "repo": repo,
        "pull": pull,
        "bot": BOT,
        "users": ROLES,
        "runs": latest_checks(world, repo, pull),
        "reviews": [item for item in talk.reviews_of(world.store, pull) if item.body],
        "conversation": talk.issue_comments_of(world.store, pull),
        "files": [_view(world, pull, file, comments) for file in files],
    }
    return page("pull.html", context)


def _view(world: World, pull: Pull, file: FileDiff, comments: list[ReviewComment]) -> FileView:
    ours = [item for item in comments if item.path == file.path]
    of_file = [item for item in ours if item.subject_type == "file"]
    placed: dict[tuple[str, int], list[ReviewComment]] = {}
    outdated = []
    for item in (item for item in ours if item.subject_type == "line"):
        line = talk.current_line(world.store, pull, item)
        if line is None:
            outdated.append(item)
        else:
            placed.setdefault((item.side or "RIGHT", line), []).append(item)
    return FileView(file, _lines(file, placed), of_file, outdated)


def _lines(file: FileDiff, placed: dict[tuple[str, int], list[ReviewComment]]) -> list[DiffLine]:
    lines: list[DiffLine] = []
    for hunk in parse_hunks(file.patch or ""):
        lines.append(DiffLine("hunk", None, None, hunk.text[0], []))
        for text, spot in zip(hunk.text[1:], hunk.spots, strict=True):
            kind = {"+": "added", "-": "removed"}.get(text[:1], "context")
            side, number = spot or ("", None)
            old, new = (number, None) if side == "LEFT" else (None, number)
            lines.append(DiffLine(kind, old, new, text, placed.get(spot, []) if spot else []))
    return lines


def _back(repo: Repo, pull: Pull) -> RedirectResponse:
    return RedirectResponse(f"/{repo.full_name}/pull/{pull.number}", status_code=303)


def _found(world: World, owner: str, name: str, number: int) -> tuple[Repo, Pull]:
    repo = branches.find_repo(world.store, f"{owner}/{name}")
    return repo, branches.find_pull(world.store, repo, number)


@router.post("/_standin/pages/pulls")
def open_another(world: WorldHere) -> Response:
    repo = branches.find_repo(world.store, REPOSITORY)
    pull = sample.open_another(world, repo)
    branches.announce(world, repo, pull, "opened", pull.user)
    return _back(repo, pull)


@router.post("/{owner}/{name}/pull/{number}/push")
def push(world: WorldHere, owner: str, name: str, number: int) -> Response:
    repo, pull = _found(world, owner, name, number)
    files, message = sample.next_push(world, pull)
    pushed = branches.push(world, repo, pull, files, message, pull.user)
    branches.announce(world, repo, pushed, "synchronize", pull.user, pull.head_sha)
    return _back(repo, pushed)


@router.post("/{owner}/{name}/pull/{number}/comment")
def comment(
    world: WorldHere, owner: str, name: str, number: int, user: Text, body: Text
) -> Response:
    repo, pull = _found(world, owner, name, number)
    _check_body(body)
    add_issue_comment(acting_as(world, repo, user), pull, user, body)
    return _back(repo, pull)


@router.post("/{owner}/{name}/pull/{number}/reply/{comment_id}")
def reply(
    world: WorldHere, owner: str, name: str, number: int, comment_id: int, user: Text, body: Text
) -> Response:
    repo, pull = _found(world, owner, name, number)
    _check_body(body)
    access = acting_as(world, repo, user)
    parent = find_comment(access, comment_id)
    at = Place(
        parent.path,
        *(parent.line, parent.side, parent.start_line, parent.start_side),
        parent.diff_hunk,
    )
    thread = parent.in_reply_to or parent.id
    store_alone(access, pull, body, at, parent.commit_id, thread)
    return _back(repo, pull)


def _check_body(body: str) -> None:
    errors = body_errors(body)
    if errors:
        raise unprocessable(*errors)


@router.post("/{owner}/{name}/pull/{number}/checks/{run_id}")
def press(
    world: WorldHere, owner: str, name: str, number: int, run_id: int, user: Text, action: Text
) -> Response:
    """A button of a check run, or its re-run; GitHub offers both to people who may write."""
    repo, pull = _found(world, owner, name, number)
    run = checks.find_run(world, repo, run_id)
    acting_as(world, repo, user)
    if not allows(user_permissions(user).get("checks"), "write"):
        raise forbidden()
    shape = checks.check_run(world, repo, run)
    if action == "rerequest":
        payload = payloads.check_run(world, repo, shape, "rerequested", user)
    elif payloads.check_action(run, action):
        payload = payloads.check_run(world, repo, shape, "requested_action", user, action)
    else:
        raise not_found()
    world.hooks.send("check_run", payload, repo.id).result()
    return _back(repo, pull)
