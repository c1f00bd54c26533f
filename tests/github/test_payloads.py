"""Payloads as GitHub shapes them, read as typed values or refused with a sentence."""

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.github.errors import PayloadError
from service.github.payloads import (
    CheckRunEvent,
    InstallationEvent,
    InstallationRepositoriesEvent,
    IssueCommentEvent,
    OtherEvent,
    PingEvent,
    PullRequestEvent,
    read,
)

PAYLOADS = Path(__file__).resolve().parent.parent / "payloads"
EVENTS = ["pull_request", "check_run", "issue_comment", "installation", "ping", "push"]


def raw(name: str) -> bytes:
    return (PAYLOADS / f"{name}.json").read_bytes()


def test_pull_request_opened() -> None:
    event = read("pull_request", raw("pull_request.opened"))
    assert isinstance(event, PullRequestEvent)
    pull = event.pull_request
    assert (event.action, event.number, event.installation.id) == ("opened", 31, 88001)
    assert (pull.draft, pull.state, pull.author_association) == (False, "open", "MEMBER")
    assert pull.title == "Design: settle refunds through a queue"
    assert pull.body.startswith("Moves refunds off the request path.\r\n")
    assert (pull.head.sha, pull.head.ref) == ("a3f1c0de" * 5, "refund-queue")
    assert (pull.base.sha, pull.base.ref) == ("0b5e77ed" * 5, "trunk")
    assert [label.name for label in pull.labels] == ["design"]
    assert pull.user is not None
    assert pull.user.login == "noor"
    repository = event.repository
    assert (repository.id, repository.full_name) == (700100, "harbour-pay/ledger")
    assert repository.default_branch == "trunk"
    assert (event.sender.login, event.sender.type) == ("noor", "User")
    assert (event.before, event.after) == (None, None)


def test_pull_request_pushed_to_from_a_fork_that_is_gone() -> None:
    event = read("pull_request", raw("pull_request.synchronize"))
    assert isinstance(event, PullRequestEvent)
    assert (event.before, event.after) == ("a3f1c0de" * 5, "c4a11ab1" * 5)
    assert (event.pull_request.body, event.pull_request.user) == ("", None)
    assert event.pull_request.draft
    assert event.sender.type == "Bot"


def test_a_button_of_a_check_run() -> None:
    event = read("check_run", raw("check_run.requested_action"))
    assert isinstance(event, CheckRunEvent)
    assert event.requested_action is not None
    assert event.requested_action.identifier == "approve"
    assert (event.check_run.id, event.check_run.external_id) == (55123, "review-0042")
    assert event.check_run.app is not None
    assert event.check_run.app.id == 3031


def test_a_check_run_of_somebody_else() -> None:
    event = read("check_run", raw("check_run.created"))
    assert isinstance(event, CheckRunEvent)
    assert (event.requested_action, event.check_run.external_id) == (None, "")


def test_a_comment() -> None:
    event = read("issue_comment", raw("issue_comment.created"))
    assert isinstance(event, IssueCommentEvent)
    assert event.on_pull_request
    assert (event.issue.number, event.comment.body) == (31, "/lintel review")
    assert event.comment.author_association == "COLLABORATOR"


def test_a_comment_on_an_issue() -> None:
    body = json.loads(raw("issue_comment.created"))
    del body["issue"]["pull_request"]
    event = read("issue_comment", json.dumps(body).encode())
    assert isinstance(event, IssueCommentEvent)
    assert not event.on_pull_request


def test_an_installation() -> None:
    event = read("installation", raw("installation.created"))
    assert isinstance(event, InstallationEvent)
    assert event.installation.permissions["checks"] == "write"
    assert [r.full_name for r in event.repositories] == ["harbour-pay/ledger"]


def test_repositories_of_an_installation() -> None:
    event = read("installation_repositories", raw("installation_repositories.added"))
    assert isinstance(event, InstallationRepositoriesEvent)
    assert [r.full_name for r in event.repositories_added] == ["harbour-pay/gateway"]


def test_ping_and_events_without_a_class() -> None:
    assert isinstance(read("ping", raw("ping")), PingEvent)
    event = read("push", raw("push"))
    assert isinstance(event, OtherEvent)
    assert event.installation is not None
    assert event.installation.id == 88001


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("action", "the pull_request event lacks action"),
        ("number", "the pull_request event lacks number"),
        ("installation", "the pull_request event lacks installation"),
        ("pull_request.head.sha", "the pull_request event lacks pull_request.head.sha"),
        ("pull_request.base.ref", "the pull_request event lacks pull_request.base.ref"),
        ("repository.full_name", "the pull_request event lacks repository.full_name"),
    ],
)
def test_a_missing_field_is_named(path: str, sentence: str) -> None:
    body = json.loads(raw("pull_request.opened"))
    *parents, last = path.split(".")
    inner = body
    for parent in parents:
        inner = inner[parent]
    del inner[last]
    with pytest.raises(PayloadError) as caught:
        read("pull_request", json.dumps(body).encode())
    assert str(caught.value) == sentence


@pytest.mark.parametrize("value", ["31", 31.5, True, None, [31]])
def test_a_wrong_type_is_named_and_not_repeated(value: object) -> None:
    body = json.loads(raw("pull_request.opened")) | {"number": value, "action": "secret-word"}
    with pytest.raises(PayloadError) as caught:
        read("pull_request", json.dumps(body).encode())
    assert str(caught.value) == (
        "the pull_request event has an unusable number: input should be a valid integer"
    )


@pytest.mark.parametrize("body", [b"", b"{", b"payload=%7B%7D", b"\xff\xfe{}", b'{"a": "\xff"}'])
def test_what_is_not_json(body: bytes) -> None:
    with pytest.raises(PayloadError, match="the body of the pull_request event is not JSON"):
        read("pull_request", body)


@pytest.mark.parametrize("body", [b"[]", b"1", b"null", b'"x"'])
def test_what_is_not_an_object(body: bytes) -> None:
    with pytest.raises(PayloadError, match="is not a JSON object"):
        read("push", body)


@given(st.sampled_from(EVENTS), st.binary(max_size=60) | st.just(b"[" * 100_000))
def test_any_bytes_are_read_or_refused(event: str, body: bytes) -> None:
    with suppress(PayloadError):
        read(event, body)


def test_the_pure_modules_do_not_load_the_client() -> None:
    modules = "errors, hunks, payloads, posts"
    code = f"import sys; from service.github import {modules}; sys.exit('github' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
