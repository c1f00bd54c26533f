"""The key and secrets of the App as files: all of them at once, or none."""

import os
import shlex
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from service.errors import ConfigurationError

FOLDER = "github-app"
ENVIRONMENT = "lintel.env"
APP_ID, PRIVATE_KEY, WEBHOOK_SECRET = "app-id", "private-key.pem", "webhook-secret"
CLIENT_ID, CLIENT_SECRET = "oauth-client-id", "oauth-client-secret"

VARIABLES: Mapping[str, str] = {
    PRIVATE_KEY: "LINTEL_GITHUB_PRIVATE_KEY_FILE",
    WEBHOOK_SECRET: "LINTEL_WEBHOOK_SECRET_FILE",
    CLIENT_SECRET: "LINTEL_OAUTH_CLIENT_SECRET_FILE",
}
"""Files that are secrets, and the variables that name them."""


def require_new(home: Path) -> None:
    """Refuse where an App is kept already: its key exists nowhere else."""
    if (home / FOLDER).exists():
        raise ConfigurationError(
            f"{home / FOLDER} holds an App already: `lintel github-app check` tests it, "
            "--force puts it aside and creates another"
        )


@contextmanager
def drafted(home: Path) -> Iterator[Path]:
    """An empty folder (0700) beside the later one; what was not kept is gone afterwards.

    Made before GitHub is asked, so that a home that cannot be written is known in time.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{FOLDER}-", dir=home))
    except OSError as error:
        raise ConfigurationError(f"{home} cannot be written: {error.strerror}") from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def keep(draft: Path, files: Mapping[str, str], plain: Mapping[str, str]) -> Path:
    """Write `files` (name to content) and the environment into `draft`, then give it its name.

    `plain` are variables that are no secrets. An App that was kept before is put aside, never
    deleted. Answers the folder; raises OSError.
    """
    target = draft.parent / FOLDER
    for name, content in files.items():
        _write(draft / name, content)
    named = {VARIABLES[name]: str(target / name) for name in files if name in VARIABLES}
    # A secret that is in the environment itself would win over its file; an empty one does not.
    emptied = {name.removesuffix("_FILE"): "" for name in named}
    _write(draft / ENVIRONMENT, _environment(target, {**plain, **named, **emptied}))
    _sync(draft)
    if target.exists():
        os.rename(target, _aside(target))
    os.rename(draft, target)
    _sync(target.parent)
    return target


def kept(home: Path) -> tuple[int, str] | None:
    """Number and private key of the App that is kept in `home`, or None."""
    folder = home / FOLDER
    if not folder.exists():
        return None
    try:
        return int((folder / APP_ID).read_text()), (folder / PRIVATE_KEY).read_text()
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{folder} cannot be used: {error}") from error


def _environment(target: Path, variables: Mapping[str, str]) -> str:
    head = (
        "# Settings of the GitHub App; the secrets are in the files that are named here.\n"
        f"# In a shell: set -a; . {shlex.quote(str(target / ENVIRONMENT))}; set +a\n"
    )
    return head + "".join(
        f"{name}={shlex.quote(value) if value else ''}\n" for name, value in variables.items()
    )


def _write(path: Path, content: str) -> None:
    # Never readable by others, not even for a moment.
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """A rename is only safe from a power cut when its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _aside(target: Path) -> Path:
    number = 1
    while (found := target.with_name(f"{FOLDER}.before-{number}")).exists():
        number += 1
    return found
