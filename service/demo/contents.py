"""Endpoints that read the repository: metadata, contents, trees, blobs, commits, comparisons."""

import base64
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from pydantic import JsonValue

from service.demo import shapes
from service.demo.auth import Access, ReadContents, ReadMetadata
from service.demo.config import ROLES
from service.demo.paging import PageHere
from service.demo.pulls import file_shapes
from service.demo.refusals import Refusal, not_found
from service.demo.repository import (
    Snapshot,
    blob,
    changed_files,
    commit,
    commits_between,
    entries_of,
    history,
    merge_base,
    resolve,
    snapshot,
    top_level,
    under,
)
from service.demo.rows import Commit, Json

router = APIRouter(prefix="/repos/{owner}/{repo}")

INLINE_LIMIT = 1_048_576
"""Files beyond this many bytes come without content; the blob has it."""
_COARSE = {"maintain": "write", "triage": "read"}


@router.get("")
def get_repository(access: ReadMetadata) -> Json:
    return shapes.repository(access.world, access.repo)


@router.get("/collaborators/{login}/permission")
def get_permission(access: ReadMetadata, login: str) -> Json:
    role = ROLES.get(login)
    if role is None:
        raise not_found()
    person = shapes.user(access.world, login) | {"role_name": role}
    return {"permission": _COARSE.get(role, role), "role_name": role, "user": person}


def _commit_at(access: Access, ref: str | None) -> Commit:
    sha = resolve(access.store, access.repo, ref or access.repo.default_branch)
    found = commit(access.store, sha) if sha else None
    if found is None:
        raise Refusal(404, f"No commit found for the ref {ref}")
    return found


@router.get("/contents", response_model=None)
@router.get("/contents/{path:path}", response_model=None)
def get_contents(
    access: ReadContents, request: Request, path: str = "", ref: str | None = None
) -> JsonValue | Response:
    entries = snapshot(access.store, _commit_at(access, ref).sha)
    path = path.strip("/")
    if path in entries:
        return _file(access, request, path, entries[path], ref)
    inside = under(entries, path)
    if not inside:
        raise not_found()
    return [*_listing(access, path, inside, ref)]


def _entry(access: Access, path: str, sha: str, is_tree: bool, size: int, ref: str | None) -> Json:
    repo, kind = access.repo, "tree" if is_tree else "blob"
    at = ref or repo.default_branch
    api = access.world.url(f"{shapes.repo_path(repo)}/contents/{quote(path)}?ref={quote(at)}")
    git = access.world.url(f"{shapes.repo_path(repo)}/git/{kind}s/{sha}")
    html = access.world.url(f"/{repo.full_name}/{kind}/{quote(at)}/{quote(path)}")
    return {
        "name": path.rsplit("/", 1)[-1],
        "path": path,
        "sha": sha,
        "size": size,
        "url": api,
        "html_url": html,
        "git_url": git,
        "download_url": None,
        "type": "dir" if is_tree else "file",
        "_links": {"self": api, "git": git, "html": html},
    }


def _listing(access: Access, folder: str, inside: Snapshot, ref: str | None) -> list[Json]:
    prefix = f"{folder}/" if folder else ""
    entries = sorted(top_level(inside))
    return [
        _entry(access, prefix + name, sha, is_tree, _size(access, sha, is_tree), ref)
        for name, sha, is_tree in entries
    ]


def _size(access: Access, sha: str, is_tree: bool) -> int:
    return 0 if is_tree else len(blob(access.store, sha) or b"")


def _base64(data: bytes) -> str:
    """Lines of 60 characters, as GitHub breaks them."""
    text = base64.b64encode(data).decode()
    return "".join(text[at : at + 60] + "\n" for at in range(0, len(text), 60))


def _wants_raw(request: Request) -> bool:
    return "raw" in request.headers.get("accept", "")


def _file(
    access: Access, request: Request, path: str, sha: str, ref: str | None
) -> Json | Response:
    data = blob(access.store, sha) or b""
    if _wants_raw(request):
        return Response(data, media_type="application/vnd.github.raw+json")
    fits = len(data) <= INLINE_LIMIT
    return _entry(access, path, sha, False, len(data), ref) | {
        "encoding": "base64" if fits else "none",
        "content": _base64(data) if fits else "",
    }


@router.get("/git/trees/{ref:path}")
def get_tree(access: ReadContents, ref: str, recursive: str | None = None) -> Json:
    sha = resolve(access.store, access.repo, ref)
    found = commit(access.store, sha) if sha else None
    root = found.tree_sha if found else ref
    entries = entries_of(access.store, root)
    if entries is None:
        raise not_found()
    base = f"{shapes.repo_path(access.repo)}/git"
    items = _every(entries) if recursive is not None else sorted(top_level(entries))
    return {
        "sha": root,
        "url": access.world.url(f"{base}/trees/{root}"),
        "tree": [_tree_item(access, base, *item) for item in items],
        "truncated": False,
    }


def _every(entries: Snapshot, prefix: str = "") -> list[tuple[str, str, bool]]:
    found: list[tuple[str, str, bool]] = []
    for name, sha, is_tree in sorted(top_level(entries)):
        found.append((prefix + name, sha, is_tree))
        if is_tree:
            found += _every(under(entries, name), f"{prefix}{name}/")
    return found


def _tree_item(access: Access, base: str, path: str, sha: str, is_tree: bool) -> Json:
    kind = "tree" if is_tree else "blob"
    item: Json = {
        "path": path,
        "mode": "040000" if is_tree else "100644",
        "type": kind,
        "sha": sha,
        "url": access.world.url(f"{base}/{kind}s/{sha}"),
    }
    return item if is_tree else item | {"size": _size(access, sha, False)}


@router.get("/git/blobs/{sha}", response_model=None)
def get_blob(access: ReadContents, sha: str, request: Request) -> Json | Response:
    data = blob(access.store, sha)
    if data is None:
        raise not_found()
    if _wants_raw(request):
        return Response(data, media_type="application/vnd.github.raw+json")
    return {
        "sha": sha,
        "node_id": base64.b64encode(sha.encode()).decode(),
        "size": len(data),
        "url": access.world.url(f"{shapes.repo_path(access.repo)}/git/blobs/{sha}"),
        "content": _base64(data),
        "encoding": "base64",
    }


@router.get("/commits")
def list_commits(access: ReadContents, page: PageHere, sha: str | None = None) -> list[Json]:
    found = list(history(access.store, _commit_at(access, sha).sha))
    return [shapes.commit(access.world, access.repo, item) for item in page.cut(found)]


@router.get("/commits/{ref}")
def get_commit(access: ReadContents, ref: str) -> Json:
    sha = resolve(access.store, access.repo, ref)
    found = commit(access.store, sha) if sha else None
    if found is None:
        raise Refusal(422, f"No commit found for SHA: {ref}")
    return shapes.commit(access.world, access.repo, found)


@router.get("/compare/{basehead:path}")
def compare(access: ReadContents, basehead: str) -> Json:
    base_ref, dots, head_ref = basehead.partition("...")
    base = resolve(access.store, access.repo, base_ref)
    head = resolve(access.store, access.repo, head_ref)
    if not dots or base is None or head is None:
        raise not_found()
    meeting = merge_base(access.store, base, head)
    if meeting is None:
        raise Refusal(404, f"No common ancestor between {base_ref} and {head_ref}.")
    return _comparison(access, basehead, base, head, meeting)


def _comparison(access: Access, basehead: str, base: str, head: str, meeting: str) -> Json:
    store, world, repo = access.store, access.world, access.repo
    ahead, behind = commits_between(store, base, head), commits_between(store, head, base)
    names = {(False, False): "identical", (True, False): "ahead", (False, True): "behind"}
    commits = {sha: commit(store, sha) for sha in (base, meeting)}
    whole = {sha: shapes.commit(world, repo, item) for sha, item in commits.items() if item}
    return {
        "url": world.url(f"{shapes.repo_path(repo)}/compare/{quote(basehead)}"),
        "html_url": world.url(f"/{repo.full_name}/compare/{quote(basehead)}"),
        "base_commit": whole[base],
        "merge_base_commit": whole[meeting],
        "status": names.get((bool(ahead), bool(behind)), "diverged"),
        "ahead_by": len(ahead),
        "behind_by": len(behind),
        "total_commits": len(ahead),
        "commits": [shapes.commit(world, repo, item) for item in ahead],
        "files": [*file_shapes(access, head, changed_files(store, base, head))],
    }
