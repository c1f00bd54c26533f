"""Configuration files on GitHub: the repository's at a commit, and its organisation's."""

import base64
from typing import Literal

from github.ContentFile import ContentFile
from github.Repository import Repository

from agents.values import Value
from service.github.client import READ, GitHubApp, repository_of
from service.github.errors import GitHubRefused
from service.github.translate import translated
from service.repository_config.reading import MAX_BYTES

SHARED = ".github"
"""The repository of an organisation that holds what is the same in all of its repositories."""
Level = Literal["repository", "organisation"]


class ConfigFile(Value):
    """One file as it was found."""

    level: Level
    shown: str
    """As people know it, `.github/lintel.yml` or `acme/.github: lintel.yml`."""
    version: str
    """The commit that it was read at, or its blob."""
    text: bytes | None
    """None when it is larger than `MAX_BYTES`."""


def fetch_own(
    app: GitHubApp, installation_id: int, repository: str, path: str, sha: str
) -> ConfigFile | None:
    """The repository's own file at a commit; None when there is none. Raises `GitHubError`."""
    with app.session(installation_id, READ, f"read {path} of {repository}") as client:
        found = _file(repository_of(client, repository), path, sha)
        if found is None:
            return None
        return ConfigFile(level="repository", shown=path, version=sha, text=_text(found))


def fetch_shared(
    app: GitHubApp, installation_id: int, repository: str, path: str
) -> ConfigFile | None:
    """The organisation's file for all its repositories, at `path` or at the top of `.github`.

    None when there is none or the installation does not cover it. Raises `GitHubError`.
    """
    owner, _, name = repository.partition("/")
    if name == SHARED:
        return None
    shared = f"{owner}/{SHARED}"
    with app.session(installation_id, READ, f"read {path} of {shared}") as client:
        for place in (path, path.rsplit("/", 1)[-1]):
            found = _file(repository_of(client, shared), place, None)
            if found is not None:
                shown = f"{shared}: {place}"
                return ConfigFile(
                    level="organisation", shown=shown, version=found.sha, text=_text(found)
                )
    return None


def _file(repository: Repository, path: str, sha: str | None) -> ContentFile | None:
    try:
        with translated(f"read {path}"):
            found = repository.get_contents(path, **({"ref": sha} if sha else {}))
    except GitHubRefused as error:
        # Without a commit it is another repository: one that the installation may not cover.
        if error.github_status == 404 or (sha is None and error.github_status == 403):
            return None
        raise
    return None if isinstance(found, list) or found.type != "file" else found


def _text(found: ContentFile) -> bytes | None:
    return base64.b64decode(found.content) if found.size <= MAX_BYTES else None
