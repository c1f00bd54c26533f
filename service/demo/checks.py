"""Endpoints of check runs, with GitHub's rules for states, actions and annotations."""

import json
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from service.demo import shapes
from service.demo.auth import ReadChecks, WriteChecks
from service.demo.config import APP_SLUG, ORGANISATION
from service.demo.paging import PageHere
from service.demo.refusals import Refusal, forbidden, invalid_request, not_found
from service.demo.repository import commit, resolve
from service.demo.rows import CheckRun, Json, Repo
from service.demo.store import Bindable, stamp
from service.demo.world import World

router = APIRouter(prefix="/repos/{owner}/{repo}")

MAX_TEXT = 65_535
Conclusion = Literal[
    "action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out"
]


class Strict(BaseModel):
    model_config = ConfigDict(strict=True)


class Annotation(Strict):
    path: str
    start_line: int
    end_line: int
    start_column: int | None = None
    end_column: int | None = None
    annotation_level: Literal["notice", "warning", "failure"]
    message: str = Field(max_length=65_536)
    title: str | None = Field(default=None, max_length=255)
    raw_details: str | None = Field(default=None, max_length=65_536)


class Output(Strict):
    title: str = Field(min_length=1)
    summary: str = Field(max_length=MAX_TEXT)
    text: str | None = Field(default=None, max_length=MAX_TEXT)
    annotations: list[Annotation] = Field(default=[], max_length=50)


class Action(Strict):
    label: str = Field(min_length=1, max_length=20)
    description: str = Field(max_length=40)
    identifier: str = Field(min_length=1, max_length=20)


class ChangedRun(Strict):
    name: str | None = Field(default=None, min_length=1)
    details_url: str | None = Field(default=None, pattern=r"^https?://")
    external_id: str | None = None
    started_at: str | None = None
    completed_at: str | None = None
    status: Literal["queued", "in_progress", "completed"] | None = None
    conclusion: Conclusion | None = None
    output: Output | None = None
    actions: list[Action] | None = Field(default=None, max_length=3)


class NewRun(ChangedRun):
    name: str = Field(min_length=1)
    head_sha: str


def _state(given: ChangedRun, former: str) -> dict[str, Bindable]:
    """The state fields a request sets; a conclusion completes the run by itself."""
    if given.conclusion is not None:
        if given.status not in (None, "completed"):
            raise invalid_request("conclusion is only permitted when status is completed.")
        ended = given.completed_at or stamp()
        return {"status": "completed", "conclusion": given.conclusion, "completed_at": ended}
    if given.completed_at is not None or given.status == "completed":
        raise invalid_request("conclusion is required when status is completed.")
    if given.status is None:
        return {"status": former} if former == "queued" else {}
    return {"status": given.status, "conclusion": None, "completed_at": None}


def _fields(given: ChangedRun, state: dict[str, Bindable]) -> dict[str, Bindable]:
    fields: dict[str, Bindable] = dict(state)
    for name in ("name", "details_url", "external_id", "started_at"):
        value = getattr(given, name)
        if value is not None:
            fields[name] = value
    if given.output:
        fields |= {name: getattr(given.output, name) for name in ("title", "summary", "text")}
    if given.actions is not None:
        fields["actions_json"] = json.dumps([item.model_dump() for item in given.actions])
    return fields


def _annotations(given: ChangedRun) -> list[Json]:
    if given.output is None:
        return []
    for item in given.output.annotations:
        if item.end_line < item.start_line or item.start_line < 1:
            raise invalid_request("end_line must not be before start_line.")
        if item.start_column is not None and item.start_line != item.end_line:
            raise invalid_request("start_column is only permitted on a single line.")
    return [item.model_dump() for item in given.output.annotations]


@router.post("/check-runs", status_code=201)
def create_run(access: WriteChecks, new: NewRun) -> Json:
    if not access.acts_for_app:
        raise Refusal(403, "You must authenticate via a GitHub App.")
    found = commit(access.store, new.head_sha)
    if found is None or found.repo_id != access.repo.id:
        raise Refusal(422, f"No commit found for SHA: {new.head_sha}")
    start: dict[str, Bindable] = {
        "repo_id": access.repo.id,
        "head_sha": new.head_sha,
        "status": "queued",
        "conclusion": None,
        "external_id": "",
        "details_url": "",
        "actions_json": "[]",
        "started_at": stamp(),
        "annotations_json": json.dumps(_annotations(new)),
    }
    run_id = access.store.insert("check_runs", **(start | _fields(new, _state(new, "queued"))))
    return check_run(access.world, access.repo, find_run(access.world, access.repo, run_id))


@router.patch("/check-runs/{run_id}")
def update_run(access: WriteChecks, run_id: int, change: ChangedRun) -> Json:
    if not access.acts_for_app:
        raise forbidden()
    former = find_run(access.world, access.repo, run_id)
    fields = _fields(change, _state(change, former.status))
    added = _annotations(change)
    if added:
        fields["annotations_json"] = json.dumps([*former.annotations, *added])
    if fields:
        access.store.update("check_runs", run_id, **fields)
    return check_run(access.world, access.repo, find_run(access.world, access.repo, run_id))


def find_run(world: World, repo: Repo, run_id: int) -> CheckRun:
    sql = "select * from check_runs where id = ? and repo_id = ?"
    found = world.store.one(CheckRun, sql, run_id, repo.id)
    if found is None:
        raise not_found()
    return found


def runs_of(world: World, repo: Repo, sha: str) -> list[CheckRun]:
    """Check runs of a commit, newest first."""
    sql = "select * from check_runs where repo_id = ? and head_sha = ? order by id desc"
    return world.store.all(CheckRun, sql, repo.id, sha)


@router.get("/check-runs/{run_id}")
def get_run(access: ReadChecks, run_id: int) -> Json:
    return check_run(access.world, access.repo, find_run(access.world, access.repo, run_id))


@router.get("/check-runs/{run_id}/annotations")
def list_annotations(access: ReadChecks, run_id: int, page: PageHere) -> list[Json]:
    run = find_run(access.world, access.repo, run_id)
    base = f"/{access.repo.full_name}/blob/{run.head_sha}/"
    return [
        item | {"blob_href": access.world.url(f"{base}{item['path']}")}
        for item in page.cut(run.annotations)
    ]


@router.get("/commits/{ref}/check-runs")
def list_runs(
    access: ReadChecks,
    ref: str,
    page: PageHere,
    check_name: str | None = None,
    status: str | None = None,
    filter: Literal["latest", "all"] = "latest",
) -> Json:
    sha = resolve(access.store, access.repo, ref)
    if sha is None:
        raise Refusal(422, f"No commit found for SHA: {ref}")
    found = [
        run
        for run in runs_of(access.world, access.repo, sha)
        if check_name in (None, run.name) and status in (None, run.status)
    ]
    if filter == "latest":
        found = list({run.name: run for run in reversed(found)}.values())
    shown = [check_run(access.world, access.repo, run) for run in page.cut(found)]
    return {"total_count": len(found), "check_runs": [*shown]}


def check_run(world: World, repo: Repo, run: CheckRun) -> Json:
    """A check run as the API gives it; GitHub does not give the actions back."""
    url = world.url(f"{shapes.repo_path(repo)}/check-runs/{run.id}")
    output: Json = {
        "title": run.title,
        "summary": run.summary,
        "text": run.text,
        "annotations_count": len(run.annotations),
        "annotations_url": f"{url}/annotations",
    }
    app: Json = {
        "id": world.config.app_id,
        "slug": APP_SLUG,
        "name": "Lintel",
        "owner": shapes.user(world, ORGANISATION),
    }
    return {
        "id": run.id,
        "node_id": shapes.node_id("CheckRun", run.id),
        "name": run.name,
        "head_sha": run.head_sha,
        "external_id": run.external_id,
        "url": url,
        "html_url": world.url(f"/{repo.full_name}/runs/{run.id}"),
        "details_url": run.details_url or world.url("/"),
        "status": run.status,
        "conclusion": run.conclusion,
        "started_at": run.started_at,
        "completed_at": run.completed_at,
        "output": output,
        "app": app,
        "check_suite": {"id": run.id + 7},
        "pull_requests": [],
    }
