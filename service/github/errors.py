"""How talking to GitHub fails: wait, try again, or give up. One translation for every exception."""

import email.utils
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import requests
import urllib3
from github import BadAttributeException, GithubException, RateLimitExceededException

from service.errors import ServiceError

SECONDARY_WAIT = 60.0
"""Seconds to wait where GitHub limits the rate and names no time (GitHub's own advice)."""
_SAID_LIMIT = 500


class GitHubError(ServiceError):
    """Base of everything that goes wrong with GitHub; the message is for people."""

    status = 502


class GitHubUnavailable(GitHubError):
    """A 5xx, a timeout or a broken connection: try again. A write may or may not have happened.

    `github_status` is GitHub's status where there was an answer.
    """

    def __init__(self, message: str, github_status: int | None = None) -> None:
        super().__init__(message)
        self.github_status = github_status


class GitHubRateLimited(GitHubError):
    """GitHub asks to wait `retry_after` seconds; nothing was written."""

    status = 503

    def __init__(self, retry_after: float, message: str = "") -> None:
        super().__init__(message or f"GitHub limits the rate: wait {retry_after:.0f} seconds")
        self.retry_after = retry_after

    def __reduce__(self) -> tuple[type["GitHubRateLimited"], tuple[float, str]]:
        return type(self), (self.retry_after, self.message)


class GitHubRefused(GitHubError):
    """GitHub said no, or would: trying the same again cannot work. The message says why."""

    def __init__(self, message: str, github_status: int | None = None) -> None:
        super().__init__(message)
        self.github_status = github_status


class HeadMoved(GitHubError):
    """The pull request has another head commit than the one asked for."""

    status = 409


class PayloadError(GitHubError):
    """A webhook body that is not what GitHub sends for this event."""

    status = 400


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Turn exceptions of PyGithub and of the connection into `GitHubError`.

    `doing` completes the sentence "could not ...".
    """
    try:
        yield
    except GithubException as e:
        raise _from_answer(doing, e) from e
    except (requests.Timeout, urllib3.exceptions.TimeoutError) as e:
        raise GitHubUnavailable(f"could not {doing}: GitHub did not answer in time") from e
    except (requests.RequestException, urllib3.exceptions.HTTPError) as e:
        reason = f"the connection to GitHub failed ({type(e).__name__})"
        raise GitHubUnavailable(f"could not {doing}: {reason}") from e
    except (json.JSONDecodeError, BadAttributeException, KeyError) as e:
        reason = "GitHub's answer could not be understood"
        raise GitHubUnavailable(f"could not {doing}: {reason}") from e


def _from_answer(doing: str, error: GithubException) -> GitHubError:
    message = f"could not {doing}: GitHub said {error.status} {_said(error.data)}".rstrip()
    headers = {k.lower(): str(v) for k, v in (error.headers or {}).items()}
    if _is_rate_limit(error, headers):
        return GitHubRateLimited(wait_seconds(headers), message)
    if error.status >= 500 or error.status == 408:
        return GitHubUnavailable(message, error.status)
    return GitHubRefused(message, error.status)


def _is_rate_limit(error: GithubException, headers: Mapping[str, str]) -> bool:
    if error.status == 429 or isinstance(error, RateLimitExceededException):
        return True
    spent = headers.get("x-ratelimit-remaining") == "0"
    return error.status == 403 and (spent or "retry-after" in headers)


def wait_seconds(headers: Mapping[str, str]) -> float:
    """How long GitHub asks to wait: `retry-after`, else the reset of the spent budget, else 60 s.

    `headers` has lower-case names. Never less than one second.
    """
    asked = _retry_after(headers.get("retry-after", ""))
    if asked is not None:
        return max(asked, 1.0)
    reset = headers.get("x-ratelimit-reset", "")
    if headers.get("x-ratelimit-remaining") == "0" and reset.isdigit():
        # One more second: the budget returns at some moment within the second that is named.
        return max(int(reset) - time.time() + 1, 1.0)
    return SECONDARY_WAIT


def _retry_after(value: str) -> float | None:
    if value.strip().isdigit():
        return float(value)
    try:
        return email.utils.parsedate_to_datetime(value).timestamp() - time.time()
    except (TypeError, ValueError):
        return None


def _said(data: object) -> str:
    """GitHub's message with its list of errors, on one line."""
    if not isinstance(data, dict):
        return ""
    parts = [str(data.get("message", ""))]
    errors = data.get("errors")
    if isinstance(errors, list):
        parts += [_one_error(e) for e in errors]
    return " ".join("; ".join(p for p in parts if p).split())[:_SAID_LIMIT]


def _one_error(error: object) -> str:
    if not isinstance(error, dict):
        return str(error)
    words = [str(error[k]) for k in ("resource", "field", "code", "message") if error.get(k)]
    return " ".join(words)
