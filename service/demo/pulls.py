"""Endpoints of pull requests: list, one, its files, its commits."""

from collections.abc import Sequence
from typing import Literal

from fastapi import APIRouter, Request, Response

from service.demo import shapes
from service.demo.auth import Access, ReadPulls
from service.demo.branches import find_pull, pulls
from service.demo.diff import FileDiff
from service.demo.paging import PageHere
from service.demo.repository import changed_files, commits_between, snapshot
from service.demo.rows import Json

router = APIRouter(prefix="/repos/{owner}/{repo}/pulls")

MAX_FILES = 3000
MAX_COMMITS = 250


@router.get("")
def list_pulls(
    access: ReadPulls,
    page: PageHere,
    state: Literal["open", "closed", "all"] = "open",
    direction: Literal["asc", "desc"] = "desc",
) -> list[Json]:
    found = [pull for pull in pulls(access.store, access.repo) if state in ("all", pull.state)]
    ordered = found if direction == "desc" else found[::-1]
    return [shapes.pull(access.world, access.repo, pull) for pull in page.cut(ordered)]


@router.get("/{number}", response_model=None)
def get_pull(access: ReadPulls, number: int, request: Request) -> Json | Response:
    pull = find_pull(access.store, access.repo, number)
    if "diff" in request.headers.get("accept", ""):
        files = changed_files(access.store, pull.base_sha, pull.head_sha)
        return Response("".join(map(_as_git, files)), media_type="text/plain")
    return shapes.pull_in_full(access.world, access.repo, pull)


def _as_git(file: FileDiff) -> str:
    old, new = file.previous_path or file.path, file.path
    head = f"diff --git a/{old} b/{new}\n"
    if file.status == "renamed":
        head += f"rename from {old}\nrename to {new}\n"
    if file.patch is None:
        return head
    left = "/dev/null" if file.status == "added" else f"a/{old}"
    right = "/dev/null" if file.status == "removed" else f"b/{new}"
    return f"{head}--- {left}\n+++ {right}\n{file.patch}\n"


@router.get("/{number}/files")
def list_files(access: ReadPulls, number: int, page: PageHere) -> list[Json]:
    pull = find_pull(access.store, access.repo, number)
    files = changed_files(access.store, pull.base_sha, pull.head_sha)[:MAX_FILES]
    return file_shapes(access, pull.head_sha, page.cut(files))


def file_shapes(access: Access, head: str, files: Sequence[FileDiff]) -> list[Json]:
    blobs = snapshot(access.store, head)
    return [
        shapes.changed_file(access.world, access.repo, head, file, blobs.get(file.path))
        for file in files
    ]


@router.get("/{number}/commits")
def list_commits(access: ReadPulls, number: int, page: PageHere) -> list[Json]:
    pull = find_pull(access.store, access.repo, number)
    commits = commits_between(access.store, pull.base_sha, pull.head_sha)[:MAX_COMMITS]
    return [shapes.commit(access.world, access.repo, commit) for commit in page.cut(commits)]
