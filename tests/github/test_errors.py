"""Every way GitHub says no becomes: wait, try again, or give up."""

import json
import pickle
import time

import pytest
import requests
from github import GithubException

from service.errors import ServiceError
from service.github.errors import (
    GitHubRateLimited,
    GitHubRefused,
    GitHubUnavailable,
    HeadMoved,
)
from service.github.translate import translated, wait_seconds


def raised(error: Exception) -> ServiceError:
    with pytest.raises(ServiceError) as caught, translated("post the review"):
        raise error
    return caught.value


def answered(
    status: int, data: object = None, headers: dict[str, str] | None = None
) -> ServiceError:
    return raised(GithubException(status, data, headers or {}))


@pytest.mark.parametrize(
    "error",
    [
        requests.ConnectionError("reset"),
        requests.ReadTimeout("slow"),
        json.JSONDecodeError("cut", "{", 1),
        GithubException(500, None, {}),
        GithubException(502, {"message": "Server Error"}, {}),
    ],
)
def test_try_again(error: Exception) -> None:
    assert isinstance(raised(error), GitHubUnavailable)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 422])
def test_give_up_and_say_what_github_said(status: int) -> None:
    error = answered(status, {"message": "No way", "errors": ["line is wrong", {"field": "body"}]})
    assert isinstance(error, GitHubRefused)
    assert error.github_status == status
    assert str(error) == (
        f"could not post the review: GitHub said {status} No way; line is wrong; body"
    )


@pytest.mark.parametrize(
    ("status", "message", "headers", "seconds"),
    [
        (403, "You have exceeded a secondary rate limit.", {"retry-after": "90"}, 90),
        (403, "Forbidden", {"Retry-After": "90"}, 90),
        (429, "Too many requests", {}, 60),
        (429, "Too many requests", {"retry-after": "0"}, 1),
        (429, "Too many requests", {"retry-after": "soon"}, 60),
    ],
)
def test_wait(status: int, message: str, headers: dict[str, str], seconds: float) -> None:
    error = answered(status, {"message": message}, headers)
    assert isinstance(error, GitHubRateLimited)
    assert error.retry_after == seconds


def test_a_spent_budget_waits_for_its_reset() -> None:
    reset = str(int(time.time()) + 2400)
    error = answered(403, {}, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": reset})
    assert isinstance(error, GitHubRateLimited)
    assert 2395 < error.retry_after <= 2401


def test_a_date_to_wait_for() -> None:
    later = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 100))
    assert 95 < wait_seconds({"retry-after": later}) <= 100


@pytest.mark.parametrize(
    "error",
    [
        GitHubRateLimited(12.5, "slow down"),
        GitHubUnavailable("gone", 502),
        GitHubRefused("no", 422),
        HeadMoved("moved"),
    ],
)
def test_errors_survive_the_way_between_processes(error: ServiceError) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), vars(copy)) == (type(error), str(error), vars(error))
