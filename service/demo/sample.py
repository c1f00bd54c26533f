"""Loads the sample repository: files on disk become commits and pull requests."""

from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from service.demo import branches
from service.demo.config import REPOSITORY
from service.demo.repository import add_commit, changed_files, commits_between, file_at, move_ref
from service.demo.rows import Pull, Repo
from service.demo.store import stamp
from service.demo.world import World

FOLDER = Path(__file__).with_name("sample")


class Push(BaseModel):
    """One prepared commit: a passage of a file, replaced."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    message: str
    path: str
    find: str
    replace: str


class Prepared(BaseModel):
    """The `pull.yaml` of a prepared pull request; its files lie beside it under `files/`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    body: str
    user: str
    head_ref: str
    labels: tuple[str, ...] = ()
    pushes: tuple[Push, ...] = ()


def _files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@lru_cache
def prepared(folder: str) -> Prepared:
    return Prepared.model_validate(yaml.safe_load((FOLDER / folder / "pull.yaml").read_text()))


def load(world: World) -> None:
    """Create the sample repository and its three pull requests, once for each home."""
    store = world.store
    with store.writing():
        if store.scalar("select 1 from repos where full_name = ?", REPOSITORY):
            return
        moment = stamp()
        repo_id = store.insert(
            "repos", full_name=REPOSITORY, default_branch="main", private=1, created_at=moment
        )
        first = add_commit(store, repo_id, None, _files(FOLDER / "base"), "First version", "ben")
        move_ref(store, repo_id, "heads/main", first)
        repo = branches.find_repo(store, REPOSITORY)
        for folder in ("pull-1", "pull-2", "pull-3"):
            _open(world, repo, folder)


def _open(world: World, repo: Repo, folder: str) -> Pull:
    plan = prepared(folder)
    return branches.open_pull(
        world,
        repo,
        title=plan.title,
        body=plan.body,
        files=_files(FOLDER / folder / "files"),
        user=plan.user,
        head_ref=plan.head_ref,
    )


def open_another(world: World, repo: Repo) -> Pull:
    """One more pull request, with a document of its own each time."""
    plan = prepared("another")
    last = world.store.scalar("select max(number) from pulls where repo_id = ?", repo.id)
    number = int(last or 0) + 1
    files = _files(FOLDER / "another" / "files")
    return branches.open_pull(
        world,
        repo,
        title=f"{plan.title} ({number})",
        body=plan.body,
        files={path.replace("NUMBER", str(number)): text for path, text in files.items()},
        user=plan.user,
        head_ref=f"{plan.head_ref}-{number}",
    )


def next_push(world: World, pull: Pull) -> tuple[dict[str, str | None], str]:
    """The next prepared commit of a pull request, or a dated note once they are used up."""
    for folder in ("pull-1", "pull-2", "pull-3"):
        if prepared(folder).head_ref != pull.head_ref:
            continue
        for push in prepared(folder).pushes:
            text = (file_at(world.store, pull.head_sha, push.path) or b"").decode()
            if push.find in text:
                return {push.path: text.replace(push.find, push.replace, 1)}, push.message
    return _note(world, pull)


def _note(world: World, pull: Pull) -> tuple[dict[str, str | None], str]:
    store = world.store
    files = [file.path for file in changed_files(store, pull.base_sha, pull.head_sha)]
    path = next((path for path in files if path.endswith(".md")), "docs/notes.md")
    count = len(commits_between(store, pull.base_sha, pull.head_sha))
    text = (file_at(store, pull.head_sha, path) or b"").decode()
    note = f"\nRevision {count + 1}: wording tidied after reading it through with the team.\n"
    return {path: text + note}, f"Revision {count + 1}"
