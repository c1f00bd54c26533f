"""From a pull request on GitHub to a `Change`."""

from github.File import File
from github.PullRequest import PullRequest

from agents.change import Change, ChangedFile
from agents.values import Value
from service.github.client import READ, GitHubApp, pull_of, repository_of
from service.github.documents import IsDocument, fetch_documents, is_design_document
from service.github.errors import HeadMoved


class PullHead(Value):
    """Where a pull request stands now, and what rules ask about it."""

    sha: str
    state: str
    """`open` or `closed` (a merged one is closed)."""
    draft: bool
    base_sha: str
    title: str
    author: str
    """Login; empty when the account no longer exists."""
    branch: str
    """Name of the head branch, in a fork too."""
    labels: tuple[str, ...]


def pull_head(app: GitHubApp, installation_id: int, repository: str, number: int) -> PullHead:
    """The head commit of a pull request, read from GitHub. Raises `GitHubError`."""
    with app.session(installation_id, READ, f"read {repository}#{number}") as client:
        pull = pull_of(client, repository, number)
        return PullHead(
            sha=pull.head.sha,
            state=pull.state,
            draft=bool(pull.draft),
            base_sha=pull.base.sha,
            title=pull.title,
            author=pull.user.login if pull.user else "",
            branch=pull.head.ref,
            labels=tuple(label.name for label in pull.labels or ()),
        )


def fetch_change(
    app: GitHubApp,
    installation_id: int,
    repository: str,
    number: int,
    head_sha: str,
    *,
    is_document: IsDocument | None = None,
) -> Change:
    """The pull request at `head_sha`: text, files with patches, documents as they are there.

    `is_document` says by path which changed files are documents; the default is
    `is_design_document`. What could not be read is in `notes`. Raises `HeadMoved` when the pull
    request has another head by now, otherwise `GitHubError`.
    """
    with app.session(installation_id, READ, f"read {repository}#{number}") as client:
        pull = pull_of(client, repository, number)
        _require_head(pull, head_sha)
        files = tuple(_changed(f) for f in pull.get_files())
        repo = repository_of(client, repository)
        documents, notes = fetch_documents(repo, head_sha, files, is_document or is_design_document)
        # The list of files follows the head: had it moved meanwhile, patches and texts differ.
        _require_head(pull_of(client, repository, number), head_sha)
        return Change(
            repository=repository,
            number=number,
            title=pull.title,
            body=pull.body or "",
            author=pull.user.login if pull.user else "",
            base_sha=pull.base.sha,
            head_sha=head_sha,
            documents=documents,
            files=files,
            notes=(*_missing(pull, len(files)), *notes),
        )


def _require_head(pull: PullRequest, head_sha: str) -> None:
    if pull.head.sha != head_sha:
        raise HeadMoved(
            f"the pull request is at {pull.head.sha[:12]} by now, not at {head_sha[:12]}"
        )


def _changed(file: File) -> ChangedFile:
    return ChangedFile.model_validate(
        {
            "path": file.filename,
            "previous_path": file.previous_filename or None,
            "status": file.status,
            "patch": file.patch or None,
        }
    )


def _missing(pull: PullRequest, listed: int) -> tuple[str, ...]:
    total = pull.changed_files
    if total <= listed:
        return ()
    return (f"{total - listed} of {total} changed files were not looked at: GitHub lists no more.",)
