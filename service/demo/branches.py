"""Pull requests as rows: find, open, push to, change; and the webhook each change causes."""

from collections.abc import Mapping

from service.demo import payloads
from service.demo.refusals import Refusal, not_found
from service.demo.repository import add_commit, move_ref, resolve
from service.demo.rows import Pull, Repo
from service.demo.store import Store, stamp
from service.demo.world import World

Files = Mapping[str, str | None]
"""Path → new text, or None to remove the file."""

_PULLS = """
select p.*, h.sha as head_sha, b.sha as base_sha from pulls p
join refs h on h.repo_id = p.repo_id and h.name = 'pull/' || p.number || '/head'
join refs b on b.repo_id = p.repo_id and b.name = 'heads/' || p.base_ref
where p.repo_id = ?
"""


def pulls(store: Store, repo: Repo) -> list[Pull]:
    """All pull requests, newest first."""
    return store.all(Pull, _PULLS + " order by p.number desc", repo.id)


def find_pull(store: Store, repo: Repo, number: int) -> Pull:
    found = store.one(Pull, _PULLS + " and p.number = ?", repo.id, number)
    if found is None:
        raise not_found()
    return found


def find_repo(store: Store, full_name: str) -> Repo:
    found = store.one(Repo, "select * from repos where full_name = ? collate nocase", full_name)
    if found is None:
        raise not_found()
    return found


def open_pull(
    world: World,
    repo: Repo,
    *,
    title: str,
    body: str,
    files: Files,
    user: str,
    head_ref: str | None = None,
    draft: bool = False,
    labels_json: str = "[]",
) -> Pull:
    """Commit `files` on a new branch from the default branch and open a pull request for it."""
    store = world.store
    with store.writing():
        last = store.scalar("select max(number) from pulls where repo_id = ?", repo.id)
        number = int(last or 0) + 1
        ref = head_ref or f"change-{number}"
        if resolve(store, repo, f"heads/{ref}"):
            raise Refusal(422, "Reference already exists")
        base = resolve(store, repo, repo.default_branch)
        head = add_commit(store, repo.id, base, files, title, user)
        move_ref(store, repo.id, f"heads/{ref}", head)
        move_ref(store, repo.id, f"pull/{number}/head", head)
        moment = stamp()
        store.insert(
            "pulls",
            repo_id=repo.id,
            number=number,
            title=title,
            body=body,
            state="open",
            draft=int(draft),
            user=user,
            head_ref=ref,
            base_ref=repo.default_branch,
            labels_json=labels_json,
            created_at=moment,
            updated_at=moment,
            closed_at=None,
        )
    return find_pull(store, repo, number)


def push(world: World, repo: Repo, pull: Pull, files: Files, message: str, user: str) -> Pull:
    """Add a commit to the branch of a pull request."""
    store = world.store
    with store.writing():
        head = add_commit(store, repo.id, pull.head_sha, files, message, user)
        move_ref(store, repo.id, f"heads/{pull.head_ref}", head)
        move_ref(store, repo.id, f"pull/{pull.number}/head", head)
        store.update("pulls", pull.id, updated_at=stamp())
    return find_pull(store, repo, pull.number)


def commit(world: World, full_name: str, files: Files, user: str) -> str:
    """Add a commit to the default branch of a repository, which is made if need be."""
    store = world.store
    with store.writing():
        if not store.scalar("select 1 from repos where full_name = ?", full_name):
            store.insert(
                "repos", full_name=full_name, default_branch="main", private=1, created_at=stamp()
            )
        repo = find_repo(store, full_name)
        branch = f"heads/{repo.default_branch}"
        parent = resolve(store, repo, branch)
        sha = add_commit(store, repo.id, parent, files, "Change the default branch", user)
        move_ref(store, repo.id, branch, sha)
    return sha


def announce(
    world: World, repo: Repo, pull: Pull, action: str, sender: str, before: str | None = None
) -> None:
    """Send the `pull_request` event and wait for the answer."""
    payload = payloads.pull_request(world, repo, pull, action, sender, before)
    world.hooks.send("pull_request", payload, repo.id).result()
