"""The repository model: commits are snapshots of files, addressed the way git addresses them."""

import hashlib
import json
from collections.abc import Iterator, Mapping

from service.demo.diff import FileDiff, diff_snapshots
from service.demo.rows import Commit, Repo
from service.demo.store import Store, stamp

Snapshot = dict[str, str]
"""Path → blob sha."""


def _git_sha(kind: str, data: bytes) -> str:
    # Git's own addressing; no security rests on it.
    return hashlib.sha1(f"{kind} {len(data)}\0".encode() + data, usedforsecurity=False).hexdigest()


def tree_sha(entries: Mapping[str, str]) -> str:
    """The sha git would give the tree holding these paths."""
    rows = []
    for name, sha, is_tree in top_level(entries):
        mode = "40000" if is_tree else "100644"
        sort_key = name + "/" if is_tree else name
        rows.append((sort_key.encode(), f"{mode} {name}\0".encode() + bytes.fromhex(sha)))
    return _git_sha("tree", b"".join(row for _, row in sorted(rows)))


def top_level(entries: Mapping[str, str]) -> Iterator[tuple[str, str, bool]]:
    """The entries directly in a folder: name, sha, whether it is a folder itself."""
    folders: dict[str, dict[str, str]] = {}
    for path, sha in entries.items():
        name, slash, rest = path.partition("/")
        if slash:
            folders.setdefault(name, {})[rest] = sha
        else:
            yield name, sha, False
    for name, inside in folders.items():
        yield name, tree_sha(inside), True


def under(entries: Mapping[str, str], folder: str) -> Snapshot:
    """The part of a snapshot inside a folder, with paths relative to it."""
    if not folder:
        return dict(entries)
    prefix = folder + "/"
    return {path[len(prefix) :]: sha for path, sha in entries.items() if path.startswith(prefix)}


def _folders(entries: Mapping[str, str]) -> set[str]:
    parents = {""}
    for path in entries:
        parts = path.split("/")[:-1]
        parents.update("/".join(parts[: depth + 1]) for depth in range(len(parts)))
    return parents


def _keep_trees(store: Store, entries: Snapshot) -> str:
    for folder in _folders(entries):
        inside = under(entries, folder)
        store.run(
            "insert or ignore into trees (sha, entries_json) values (?, ?)",
            tree_sha(inside),
            json.dumps(inside),
        )
    return tree_sha(entries)


def add_commit(
    store: Store,
    repo_id: int,
    parent: str | None,
    files: Mapping[str, str | None],
    message: str,
    author: str,
) -> str:
    """Commit on top of `parent`: each path gets the text given, or goes away where it is None."""
    entries = snapshot(store, parent) if parent else {}
    for path, text in files.items():
        entries.pop(path, None)
        if text is not None:
            data = text.encode()
            entries[path] = _git_sha("blob", data)
            store.run("insert or ignore into blobs values (?, ?)", entries[path], data)
    root, moment = _keep_trees(store, entries), stamp()
    count = int(store.scalar("select count(*) from commits") or 0)
    body = f"tree {root}\nparent {parent}\nauthor {author} {moment} {count}\n\n{message}\n"
    sha = _git_sha("commit", body.encode())
    store.run(
        "insert into commits values (?, ?, ?, ?, ?, ?, ?)",
        *(sha, repo_id, root, parent, message, author, moment),
    )
    return sha


def commit(store: Store, sha: str) -> Commit | None:
    return store.one(Commit, "select * from commits where sha = ?", sha)


def entries_of(store: Store, root: str) -> Snapshot | None:
    """The snapshot below a tree sha, or None if there is no such tree."""
    found = store.scalar("select entries_json from trees where sha = ?", root)
    return None if found is None else dict(json.loads(str(found)))


def snapshot(store: Store, sha: str) -> Snapshot:
    found = commit(store, sha)
    return (entries_of(store, found.tree_sha) or {}) if found else {}


def blob(store: Store, sha: str) -> bytes | None:
    found = store.scalar("select data from blobs where sha = ?", sha)
    return found if isinstance(found, bytes) else None


def file_at(store: Store, sha: str, path: str) -> bytes | None:
    found = snapshot(store, sha).get(path)
    return None if found is None else blob(store, found)


def move_ref(store: Store, repo_id: int, name: str, sha: str) -> None:
    """Point a branch (`heads/x`) or pull ref (`pull/1/head`) at a commit."""
    store.run("insert or replace into refs values (?, ?, ?)", repo_id, name, sha)


def resolve(store: Store, repo: Repo, ref: str) -> str | None:
    """The commit a sha, a branch, `refs/…` or `owner:branch` names."""
    name = ref.removeprefix(f"{repo.owner}:").removeprefix("refs/")
    known = commit(store, name)
    if known and known.repo_id == repo.id:
        return known.sha
    for candidate in (name, f"heads/{name}"):
        found = store.scalar(
            "select sha from refs where repo_id = ? and name = ?", repo.id, candidate
        )
        if found is not None:
            return str(found)
    return None


def history(store: Store, sha: str) -> Iterator[Commit]:
    """A commit and its ancestors, newest first."""
    found = commit(store, sha)
    while found:
        yield found
        found = commit(store, found.parent) if found.parent else None


def merge_base(store: Store, base: str, head: str) -> str | None:
    ancestors = {item.sha for item in history(store, base)}
    return next((item.sha for item in history(store, head) if item.sha in ancestors), None)


def commits_between(store: Store, base: str, head: str) -> list[Commit]:
    """Commits reachable from head and not from base, oldest first."""
    known = {item.sha for item in history(store, base)}
    return [item for item in history(store, head) if item.sha not in known][::-1]


def changed_files(store: Store, base: str, head: str) -> list[FileDiff]:
    """What a pull request shows: the diff from the merge base to head."""
    old = snapshot(store, merge_base(store, base, head) or base)
    new = snapshot(store, head)
    touched = {path for path in old.keys() | new.keys() if old.get(path) != new.get(path)}
    before = {path: blob(store, old[path]) or b"" for path in touched if path in old}
    after = {path: blob(store, new[path]) or b"" for path in touched if path in new}
    return diff_snapshots(before, after)
