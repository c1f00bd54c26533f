"""Planned failures, before and after the write, and the request log."""

import httpx2
import pytest
from github import Github, GithubException, RateLimitExceededException
from pydantic import JsonValue

from service.demo.standin import StandIn
from tests.demo.support import REPO, as_installation, client

POST_COMMENT = {"method": "POST", "path_regex": "/issues/1/comments$"}


def comment(github: Github, standin: StandIn) -> None:
    github.get_repo(standin.repository).get_pull(1).create_issue_comment("Hello")


@pytest.mark.parametrize(("when", "stored"), [("before", 0), ("after", 1)])
def test_bad_gateway_before_and_after_the_write(standin: StandIn, when: str, stored: int) -> None:
    standin.faults({**POST_COMMENT, "kind": "status", "status": 502, "when": when})
    with client(standin) as github, pytest.raises(GithubException) as failed:
        comment(github, standin)
    assert failed.value.status == 502
    assert len(standin.conversation(1)) == stored
    with client(standin) as github:
        comment(github, standin)
    assert len(standin.conversation(1)) == stored + 1


@pytest.mark.parametrize(("when", "stored"), [("before", 0), ("after", 1)])
def test_dropped_connection(standin: StandIn, when: str, stored: int) -> None:
    api = as_installation(standin)
    standin.faults({**POST_COMMENT, "kind": "drop", "when": when})
    with pytest.raises((httpx2.ReadError, httpx2.RemoteProtocolError)):
        api.post(f"{REPO}/issues/1/comments", {"body": "x"})
    assert len(standin.conversation(1)) == stored
    assert api.get(REPO).status_code == 200


def test_secondary_and_primary_limits(standin: StandIn) -> None:
    api = as_installation(standin)
    limited: dict[str, str | int] = {"path_regex": f"^{REPO}$", "kind": "status", "status": 403}
    standin.faults(
        {**limited, "retry_after": 60}, {**limited, "limit": "primary", "reset_in": 2400}
    )
    second, first = api.get(REPO), api.get(REPO)
    assert second.headers["retry-after"] == "60"
    assert "secondary rate limit" in second.json()["message"]
    assert first.headers["x-ratelimit-remaining"] == "0"
    assert "retry-after" not in first.headers
    assert first.json()["message"].startswith("API rate limit exceeded for installation")
    standin.faults(limited)
    with client(standin) as github, pytest.raises(RateLimitExceededException):
        github.get_repo(standin.repository)


def test_429_without_retry_after(standin: StandIn) -> None:
    standin.faults({"path_regex": f"^{REPO}$", "kind": "status", "status": 429, "times": 2})
    api = as_installation(standin)
    assert [api.get(REPO).status_code for _ in range(3)] == [429, 429, 200]
    assert "retry-after" not in api.get(REPO).headers


def test_latency_is_added(standin: StandIn) -> None:
    standin.faults({"path_regex": f"^{REPO}$", "kind": "latency", "delay": 0.3})
    api = as_installation(standin)
    slow = api.get(REPO)
    assert slow.status_code == 200
    assert slow.elapsed.total_seconds() >= 0.3


def test_faults_can_be_cleared_and_are_checked(standin: StandIn) -> None:
    standin.faults({"kind": "status", "times": 50})
    standin.clear_faults()
    assert as_installation(standin).get(REPO).status_code == 200
    wrongs: list[dict[str, JsonValue]] = [
        {"kind": "explode"},
        {"kind": "drop", "path_regex": "("},
        {"kind": "drop", "x": 1},
    ]
    for wrong in wrongs:
        with pytest.raises(httpx2.HTTPStatusError):
            standin.faults(wrong)


def test_log_says_what_was_asked_and_keeps_no_secret(standin: StandIn) -> None:
    api = as_installation(standin)
    api.get(f"{REPO}/pulls?state=all")
    api.post(f"{REPO}/issues/1/comments", {"body": "x"})
    httpx2.get(f"{standin.base_url}/login/oauth/authorize?client_id=secret-state")
    token = api.headers["authorization"].split()[1]
    log = standin.requests()
    assert [(item["method"], item["status"], item["auth"]) for item in log] == [
        ("POST", 201, "app"),
        ("GET", 200, "installation"),
        ("POST", 201, "installation"),
        ("GET", 404, "none"),
    ]
    assert log[1]["query"] == "state=all"
    assert token not in str(log)
    assert "secret-state" not in str(log)
    stored = (standin.home / "standin.sqlite3").read_bytes()
    assert token.encode() not in stored
    assert standin.requests("/comments", "POST") == [log[2]]
