"""The exchange of a code for the App's key: what GitHub may answer, and what is never repeated."""

import json

import pytest

from service.github.conversion import convert
from service.github.errors import GitHubRefused, GitHubUnavailable
from tests.github.server import Answer, Scripted

PATH = "/app-manifests/c0de/conversions"
MADE = {
    "id": 7, "slug": "lintel-test", "html_url": "https://github.example/apps/lintel-test",
    "client_id": "Iv23x", "client_secret": "hunter2-client", "webhook_secret": None,
    "pem": "hunter2-key", "owner": {"login": "acme"},
}  # fmt: skip


def test_the_secrets_do_not_show() -> None:
    with Scripted() as server:
        server.on("POST", PATH, Answer(201, MADE))
        made = convert(server.url, "c0de")
        asked = server.got("POST", PATH)
    assert (made.id, made.pem.get_secret_value(), made.webhook_secret) == (7, "hunter2-key", None)
    assert "hunter2" not in repr(made) + str(made.model_dump())
    assert [request.authorization for request in asked] == [""]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(404, {"message": "Not Found"}), "used before, or is older than an hour"),
        (Answer(422, {"message": "Validation\nFailed"}), "status 422: Validation Failed"),
        (Answer(403, b"<html>"), "status 403"),
        (Answer(201, {**MADE, "id": "seven"}), "could not be understood"),
        (Answer(201, b"hunter2"), "could not be understood"),
    ],
)
def test_a_refusal_is_final(answer: Answer, words: str) -> None:
    with Scripted() as server:
        server.on("POST", PATH, answer)
        with pytest.raises(GitHubRefused) as refused:
            convert(server.url, "c0de")
        assert len(server.got("POST", PATH)) == 1
    assert words in refused.value.message
    # Not even in what a traceback would print.
    assert "hunter2" not in json.dumps([refused.value.message, str(refused.value.__cause__)])
    assert refused.value.__cause__ is None


def test_a_broken_connection_does_not_show_the_code() -> None:
    with Scripted() as server:
        server.on("POST", PATH, Answer(hang_up=True))
        with pytest.raises(GitHubUnavailable) as failed:
            convert(server.url, "c0de")
        assert len(server.got("POST", PATH)) == 3
    assert "c0de" not in failed.value.message


@pytest.mark.parametrize("code", ["", "a/b", "../app", "c?x", "x" * 201])
def test_a_code_that_could_leave_the_address_is_not_sent(code: str) -> None:
    with Scripted() as server:
        with pytest.raises(GitHubRefused, match="no usable code"):
            convert(server.url, code)
        assert server.requests == []
