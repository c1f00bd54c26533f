"""The JSON of users, repositories, commits, files and pull requests, as GitHub shapes it."""

import base64
import zlib
from collections.abc import Iterable
from urllib.parse import quote

from service.demo.config import (
    APP_SLUG,
    BOT,
    EVENTS,
    GRANTED,
    INSTALLATION_ID,
    NAMES,
    ORGANISATION,
    ROLES,
)
from service.demo.diff import FileDiff
from service.demo.repository import changed_files, commits_between
from service.demo.rows import App, Commit, Json, Pull, Repo
from service.demo.world import World


def node_id(kind: str, number: int) -> str:
    return base64.b64encode(f"{kind}:{number}".encode()).decode()


def user(world: World, login: str) -> Json:
    """A person, the app's bot or the organisation."""
    kinds = {BOT: "Bot", ORGANISATION: "Organization"}
    number = 9_000_000 + zlib.crc32(login.encode()) % 1_000_000
    return {
        "login": login,
        "id": number,
        "node_id": node_id("User", number),
        "avatar_url": world.url("/_standin/static/icon.svg"),
        "url": world.url(f"/users/{quote(login)}"),
        "html_url": world.url(f"/{quote(login)}"),
        "type": kinds.get(login, "User"),
        "site_admin": False,
    }


def user_profile(world: World, login: str) -> Json:
    """The longer form `GET /user` gives."""
    return user(world, login) | {"name": NAMES[login], "email": None, "company": ORGANISATION}


def association(login: str) -> str:
    if login in (BOT, ORGANISATION):
        return "NONE"
    return "COLLABORATOR" if login in ROLES else "NONE"


def app(world: World, item: App) -> Json:
    """An app as `GET /app` and the conversion of a manifest give it."""
    return {
        "id": item.id,
        "client_id": item.client_id,
        "slug": item.slug,
        "node_id": node_id("App", item.id),
        "name": item.name,
        "owner": user(world, item.owner),
        "description": item.description,
        "external_url": item.external_url,
        "html_url": world.url(f"/apps/{item.slug}"),
        "permissions": dict(item.permissions),
        "events": [*item.events],
        "created_at": item.created_at,
        "updated_at": item.created_at,
    }


def repo_path(repo: Repo) -> str:
    return f"/repos/{repo.full_name}"


def repository(world: World, repo: Repo) -> Json:
    return {
        "id": repo.id,
        "node_id": node_id("Repository", repo.id),
        "name": repo.name,
        "full_name": repo.full_name,
        "private": bool(repo.private),
        "owner": user(world, repo.owner),
        "html_url": world.url(f"/{repo.full_name}"),
        "description": "Answers support tickets from product documents and customer records",
        "fork": False,
        "url": world.url(repo_path(repo)),
        "default_branch": repo.default_branch,
        "visibility": "private" if repo.private else "public",
        "archived": False,
        "disabled": False,
        "created_at": repo.created_at,
        "updated_at": repo.created_at,
        "pushed_at": repo.created_at,
    }


def commit(world: World, repo: Repo, item: Commit) -> Json:
    path = world.url(f"{repo_path(repo)}/commits/{item.sha}")
    person: Json = {
        "name": NAMES.get(item.author, item.author),
        "email": f"{item.author}@users.noreply.github.invalid",
        "date": item.created_at,
    }
    tree: Json = {
        "sha": item.tree_sha,
        "url": world.url(f"{repo_path(repo)}/git/trees/{item.tree_sha}"),
    }
    parents: list[Json] = [
        {"sha": item.parent, "url": world.url(f"{repo_path(repo)}/commits/{item.parent}")}
    ]
    return {
        "sha": item.sha,
        "node_id": base64.b64encode(item.sha.encode()).decode(),
        "url": path,
        "html_url": world.url(f"/{repo.full_name}/commit/{item.sha}"),
        "commit": {
            "author": person,
            "committer": person,
            "message": item.message,
            "tree": tree,
            "comment_count": 0,
        },
        "author": user(world, item.author),
        "committer": user(world, item.author),
        "parents": [*parents] if item.parent else [],
    }


def changed_file(world: World, repo: Repo, head: str, item: FileDiff, sha: str | None) -> Json:
    """An entry of a pull request's files or a comparison; `sha` is the blob's at head."""
    where = quote(item.path)
    shape: Json = {
        "sha": sha,
        "filename": item.path,
        "status": item.status,
        "additions": item.additions,
        "deletions": item.deletions,
        "changes": item.additions + item.deletions,
        "blob_url": world.url(f"/{repo.full_name}/blob/{head}/{where}"),
        "raw_url": world.url(f"/{repo.full_name}/raw/{head}/{where}"),
        "contents_url": world.url(f"{repo_path(repo)}/contents/{where}?ref={head}"),
    }
    if item.patch is not None:
        shape["patch"] = item.patch
    if item.previous_path:
        shape["previous_filename"] = item.previous_path
    return shape


def _side(world: World, repo: Repo, ref: str, sha: str) -> Json:
    return {
        "label": f"{repo.owner}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": user(world, repo.owner),
        "repo": repository(world, repo),
    }


def labels(world: World, repo: Repo, names: Iterable[str]) -> list[Json]:
    return [
        {
            "id": zlib.crc32(name.encode()),
            "node_id": node_id("Label", zlib.crc32(name.encode())),
            "url": world.url(f"{repo_path(repo)}/labels/{quote(name)}"),
            "name": name,
            "color": "ededed",
            "default": False,
            "description": None,
        }
        for name in names
    ]


def pull(world: World, repo: Repo, item: Pull) -> Json:
    """A pull request as lists and webhooks carry it."""
    api = f"{repo_path(repo)}/pulls/{item.number}"
    issue = f"{repo_path(repo)}/issues/{item.number}"
    page = world.url(f"/{repo.full_name}/pull/{item.number}")
    return {
        "id": item.id,
        "node_id": node_id("PullRequest", item.id),
        "number": item.number,
        "url": world.url(api),
        "html_url": page,
        "diff_url": f"{page}.diff",
        "issue_url": world.url(issue),
        "comments_url": world.url(f"{issue}/comments"),
        "review_comments_url": world.url(f"{api}/comments"),
        "commits_url": world.url(f"{api}/commits"),
        "statuses_url": world.url(f"{repo_path(repo)}/statuses/{item.head_sha}"),
        "state": item.state,
        "locked": False,
        "title": item.title,
        "body": item.body or None,
        "user": user(world, item.user),
        "author_association": association(item.user),
        "labels": [*labels(world, repo, item.labels)],
        "draft": bool(item.draft),
        "created_at": item.created_at,
        "updated_at": item.updated_at,
        "closed_at": item.closed_at,
        "merged_at": None,
        "merge_commit_sha": None,
        "assignees": [],
        "requested_reviewers": [],
        "requested_teams": [],
        "head": _side(world, repo, item.head_ref, item.head_sha),
        "base": _side(world, repo, item.base_ref, item.base_sha),
    }


def pull_in_full(world: World, repo: Repo, item: Pull) -> Json:
    """A single pull request: the list form with its counts."""
    files = changed_files(world.store, item.base_sha, item.head_sha)
    count = world.store.scalar
    talk = count("select count(*) from issue_comments where pull_id = ?", item.id)
    inline = count("select count(*) from review_comments where pull_id = ?", item.id)
    return pull(world, repo, item) | {
        "merged": False,
        "mergeable": True,
        "mergeable_state": "clean",
        "comments": int(talk or 0),
        "review_comments": int(inline or 0),
        "commits": len(commits_between(world.store, item.base_sha, item.head_sha)),
        "additions": sum(file.additions for file in files),
        "deletions": sum(file.deletions for file in files),
        "changed_files": len(files),
        "maintainer_can_modify": False,
    }


def installation(world: World) -> Json:
    number = INSTALLATION_ID
    return {
        "id": number,
        "account": user(world, ORGANISATION),
        "repository_selection": "all",
        "access_tokens_url": world.url(f"/app/installations/{number}/access_tokens"),
        "repositories_url": world.url("/installation/repositories"),
        "html_url": world.url(f"/organizations/{ORGANISATION}/settings/installations/{number}"),
        "app_id": world.config.app_id,
        "app_slug": APP_SLUG,
        "target_id": 9_000_001,
        "target_type": "Organization",
        "permissions": dict(GRANTED),
        "events": list(EVENTS),
        "created_at": "2026-01-12T09:00:00Z",
        "updated_at": "2026-01-12T09:00:00Z",
        "single_file_name": None,
        "suspended_at": None,
        "suspended_by": None,
    }
