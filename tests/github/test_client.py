"""Tokens, retries and pacing, on a real socket with the real library."""

import pytest
from urllib3.exceptions import SSLError

from service.errors import ConfigurationError
from service.github.checks import permission
from service.github.client import POST, READ, GitHubApp, ReadRetry, repository_of
from service.github.errors import GitHubRateLimited, GitHubRefused, GitHubUnavailable
from tests.github.server import Answer, Scripted

TOKENS = "/app/installations/5/access_tokens"
REPO = "/repos/acme/api"
COMMENT = "/repos/acme/api/pulls/3/comments"
DOWN = Answer(502, {"message": "Server Error"})


def read(app: GitHubApp) -> str:
    with app.session(5, READ, "read the repository") as client:
        return repository_of(client, "acme/api").default_branch


def write(app: GitHubApp) -> None:
    with app.session(5, POST, "comment") as client:
        pull = repository_of(client, "acme/api").get_pull(3)
        pull.create_review_comment("hi", "c0ffee", "a.md", subject_type="file")


def test_tokens_are_narrowed_to_the_role(app: GitHubApp, server: Scripted) -> None:
    server.on("GET", REPO, Answer(body={"default_branch": "main"}))
    server.on("POST", COMMENT, Answer(201, {"id": 1}))
    assert read(app) == "main"
    write(app)
    asked = [r.body["permissions"] for r in server.got("POST", TOKENS)]
    assert asked == [
        {"contents": "read", "pull_requests": "read", "metadata": "read"},
        {"pull_requests": "write", "metadata": "read"},
    ]
    assert server.got("GET", REPO)[0].authorization == "token ghs_scripted"


def test_one_client_and_one_token_for_a_role(app: GitHubApp, server: Scripted) -> None:
    server.on("GET", REPO, Answer(body={"default_branch": "main"}))
    read(app)
    read(app)
    assert len(server.got("POST", TOKENS)) == 1
    assert app.installation(5, READ) is app.installation(5, dict(READ))
    assert app.installation(5, READ) is not app.installation(5, POST)
    assert app.installation(5, READ) is not app.installation(6, READ)


def test_reads_are_repeated(app: GitHubApp, server: Scripted) -> None:
    server.sequence("GET", REPO, DOWN, DOWN, Answer(body={"default_branch": "main"}))
    assert read(app) == "main"


def test_reads_give_up_in_the_end(app: GitHubApp, server: Scripted) -> None:
    server.on("GET", REPO, DOWN)
    with pytest.raises(GitHubUnavailable, match="GitHub said 502 Server Error"):
        read(app)
    assert len(server.got("GET", REPO)) == 4


@pytest.mark.parametrize("answer", [DOWN, Answer(hang_up=True), Answer(503, {})])
def test_a_write_is_never_sent_twice(app: GitHubApp, server: Scripted, answer: Answer) -> None:
    server.on("POST", COMMENT, answer)
    with pytest.raises(GitHubUnavailable):
        write(app)
    assert len(server.got("POST", COMMENT)) == 1


@pytest.mark.parametrize("status", [403, 429])
def test_a_long_wait_is_not_slept_out(app: GitHubApp, server: Scripted, status: int) -> None:
    server.on("GET", REPO, Answer(status, {"message": "slow down"}, {"Retry-After": "3000"}))
    with pytest.raises(GitHubRateLimited) as caught:
        read(app)
    assert caught.value.retry_after == 3000
    assert len(server.got("GET", REPO)) == 1


def test_maintenance_is_not_slept_out(app: GitHubApp, server: Scripted) -> None:
    server.on("GET", REPO, Answer(503, {"message": "maintenance"}, {"Retry-After": "3000"}))
    with pytest.raises(GitHubUnavailable, match="maintenance"):
        read(app)


def test_a_broken_encryption_does_not_repeat_a_write() -> None:
    broken = SSLError("EOF occurred in violation of protocol")
    assert ReadRetry.standard().increment("GET", "/", error=broken).total == 2
    with pytest.raises(SSLError):
        ReadRetry.standard().increment("POST", "/", error=broken)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_429_without_a_time(app: GitHubApp, server: Scripted, method: str) -> None:
    server.on("GET", REPO, Answer(429, {"message": "Too many requests"}))
    server.on("POST", COMMENT, Answer(429, {"message": "Too many requests"}))
    with pytest.raises(GitHubRateLimited) as caught:
        (read if method == "GET" else write)(app)
    assert caught.value.retry_after == 60
    assert len([r for r in server.requests if r.path != TOKENS]) == 1


def test_a_revoked_token_is_forgotten(app: GitHubApp, server: Scripted) -> None:
    server.sequence(
        "GET", REPO, Answer(401, {"message": "Bad credentials"}), Answer(body={"id": 1})
    )
    with pytest.raises(GitHubRefused, match="Bad credentials"):
        read(app)
    read(app)
    assert len(server.got("POST", TOKENS)) == 2


def test_a_permission_that_was_not_granted(app: GitHubApp, server: Scripted) -> None:
    said = "The permissions requested are not granted to this installation."
    server.on("POST", TOKENS, Answer(422, {"message": said}))
    with pytest.raises(GitHubRefused, match="not granted"):
        read(app)


def test_an_answer_that_is_cut(app: GitHubApp, server: Scripted) -> None:
    server.on("GET", REPO, Answer(body=b'{"default_bra'))
    with pytest.raises(GitHubUnavailable, match="could not be understood"):
        read(app)


def test_nobody_listens(private_key: str) -> None:
    with Scripted() as gone:
        url = gone.url
    app = GitHubApp(7, private_key, url, timeout=1)
    with pytest.raises(GitHubUnavailable, match="the connection to GitHub failed"):
        read(app)
    app.close()


def test_a_key_that_cannot_sign() -> None:
    with pytest.raises(ConfigurationError, match="not an RSA key"):
        GitHubApp(7, "not a key")


@pytest.mark.parametrize(
    "name", ["acme", "acme/api/x", "../api", "acme/..", "acme/api?x=1", "a b/c"]
)
def test_only_names_of_repositories_become_addresses(
    app: GitHubApp, server: Scripted, name: str
) -> None:
    with pytest.raises(GitHubRefused, match="is not the name of a repository"):
        permission(app, 5, name, "ada")
    assert server.requests == []


def test_who_the_app_is(app: GitHubApp, server: Scripted) -> None:
    assert app.identity().login == "lintel-test[bot]"
    assert app.identity().app_id == 7
    assert len(server.got("GET", "/app")) == 1


def test_installation_of_a_repository(app: GitHubApp, server: Scripted) -> None:
    server.on("GET", "/repos/acme/api/installation", Answer(body={"id": 5}))
    assert app.installation_of("acme/api") == 5
    with pytest.raises(GitHubRefused):
        app.installation_of("acme/other")
