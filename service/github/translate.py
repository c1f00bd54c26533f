"""One translation for every exception of PyGithub and of the connection beneath it."""

import email.utils
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import requests
import urllib3
from github import BadAttributeException, GithubException, RateLimitExceededException

from service.github.errors import (
    GitHubError,
    GitHubRateLimited,
    GitHubRefused,
    GitHubUnavailable,
)

SECONDARY_WAIT = 60.0
"""Seconds to wait where GitHub limits the rate and names no time (GitHub's own advice)."""
_SAID_LIMIT = 500


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
