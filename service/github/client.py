"""The way to GitHub: an App, its installations, tokens narrowed to a role, and when to retry."""

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from re import fullmatch
from types import TracebackType
from typing import Self

import jwt
from github import Auth, Github, GithubIntegration
from github.PullRequest import PullRequest
from github.Repository import Repository
from urllib3 import BaseHTTPResponse, Retry
from urllib3.connectionpool import ConnectionPool

from agents.values import Value
from service.errors import ConfigurationError
from service.github.errors import GitHubRefused
from service.github.translate import translated

Permissions = Mapping[str, str]
METADATA: Permissions = {"metadata": "read"}
READ: Permissions = {"contents": "read", "pull_requests": "read", "metadata": "read"}
POST: Permissions = {"pull_requests": "write", "metadata": "read"}
CHECK: Permissions = {"checks": "write", "metadata": "read"}
"""Apart from `POST`: an installation that has not granted checks can still be posted to."""

USER_AGENT = "lintel"
_SAFE = frozenset({"GET", "HEAD"})


class ReadRetry(Retry):
    """Repeats reads after a 5xx or a broken connection, quickly; never repeats a write.

    `Retry-After` is not slept out: the caller gets `GitHubRateLimited` and frees its worker.
    """

    @classmethod
    def standard(cls) -> Self:
        """Three repeats after 0, 0.4 and 0.8 seconds."""
        return cls(
            total=3,
            allowed_methods=_SAFE,
            status_forcelist=(500, 502, 503, 504),
            backoff_factor=0.2,
            raise_on_status=False,
            respect_retry_after_header=False,
        )

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        error: Exception | None = None,
        _pool: ConnectionPool | None = None,
        _stacktrace: TracebackType | None = None,
    ) -> Self:
        # The base class repeats any method after a TLS error, which may come after the write.
        if error is not None and method not in _SAFE and not self._is_connection_error(error):
            raise error
        return super().increment(method, url, response, error, _pool, _stacktrace)


class Identity(Value):
    """Who this App is on GitHub."""

    app_id: int
    slug: str

    @property
    def login(self) -> str:
        """The author that GitHub shows on what the App writes."""
        return f"{self.slug}[bot]"


class GitHubApp:
    """One GitHub App in one process: signs as the App, hands out clients for installations.

    `app_id` is the App's number, `private_key_pem` its RSA key, `api_url` the REST base
    (`https://api.github.com`, `https://HOST/api/v3`). `write_pause` is the least time in seconds
    between two writes of one client; `timeout` in seconds holds for connecting and for reading.
    Raises `ConfigurationError` when the key cannot sign.
    """

    def __init__(
        self,
        app_id: int | str,
        private_key_pem: str,
        api_url: str = "https://api.github.com",
        *,
        write_pause: float = 1.0,
        timeout: int = 15,
    ) -> None:
        auth = Auth.AppAuth(app_id, private_key_pem)
        _check_key(auth)
        self._integration = GithubIntegration(
            auth=auth,
            base_url=api_url.rstrip("/"),
            timeout=timeout,
            user_agent=USER_AGENT,
            per_page=100,
            retry=ReadRetry.standard(),
            seconds_between_requests=None,
            seconds_between_writes=write_pause,
            lazy=True,
        )
        self._lock = threading.Lock()
        self._clients: dict[tuple[int, int, frozenset[tuple[str, str]]], Github] = {}
        self._identity: Identity | None = None

    def installation(self, installation_id: int, permissions: Permissions) -> Github:
        """The client of an installation whose token can do `permissions` and no more.

        The same object for the same arguments: it holds the token (one hour) and renews it.
        """
        # With the process id: connections must not be shared with a forked child.
        key = (os.getpid(), installation_id, frozenset(permissions.items()))
        with self._lock:
            if key not in self._clients:
                self._clients[key] = self._integration.get_github_for_installation(
                    installation_id, dict(permissions)
                )
            return self._clients[key]

    @contextmanager
    def session(
        self, installation_id: int, permissions: Permissions, doing: str
    ) -> Iterator[Github]:
        """The client, with every failure inside raised as `GitHubError`.

        `doing` completes "could not ...". A refused token is forgotten, so that the next
        attempt asks for a new one.
        """
        try:
            with translated(doing):
                yield self.installation(installation_id, permissions)
        except GitHubRefused as e:
            if e.github_status == 401:
                self._forget(installation_id)
            raise

    def identity(self) -> Identity:
        """The App as GitHub knows it; asked once."""
        if self._identity is None:
            with translated("read the App's own name"):
                app = self._integration.get_app()
                self._identity = Identity(app_id=app.id, slug=app.slug)
        return self._identity

    def read(self, path: str, doing: str) -> object:
        """The answer (JSON) to a GET of `path`, asked as the App itself.

        For what PyGithub has no call for; `doing` completes "could not ...".
        """
        with translated(doing):
            return self._integration.requester.requestJsonAndCheck("GET", path)[1]

    def installation_of(self, repository: str) -> int:
        """The id of the installation that covers `owner/name`; `GitHubRefused` when none does."""
        owner, name = _split(repository)
        with translated(f"find the installation for {repository}"):
            return self._integration.get_repo_installation(owner, name).id

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            client.close()
        self._integration.close()

    def _forget(self, installation_id: int) -> None:
        with self._lock:
            for key in [k for k in self._clients if k[1] == installation_id]:
                self._clients.pop(key).close()


def repository_of(client: Github, repository: str) -> Repository:
    """`owner/name` without a request."""
    return client.get_repo("/".join(_split(repository)))


def pull_of(client: Github, repository: str, number: int) -> PullRequest:
    """A pull request without a request."""
    return repository_of(client, repository).get_pull(number)


def written(number: int | None, what: str) -> int:
    """The id of what was just written; `GitHubRefused` when GitHub pointed elsewhere instead."""
    if number is None:
        raise GitHubRefused(f"could not write {what}: the repository was renamed or moved")
    return number


def _split(repository: str) -> tuple[str, str]:
    # The name becomes part of an address: nothing but what GitHub allows in names may pass.
    owner, _, name = repository.partition("/")
    allowed = fullmatch(r"[\w.-]+", owner) and fullmatch(r"[\w.-]+", name)
    if not allowed or {owner, name} & {".", ".."}:
        raise GitHubRefused(f"{repository!r} is not the name of a repository (owner/name)")
    return owner, name


def _check_key(auth: Auth.AppAuth) -> None:
    try:
        auth.create_jwt()
    except (ValueError, TypeError, jwt.PyJWTError) as e:
        raise ConfigurationError("the GitHub App's private key is not an RSA key in PEM") from e
