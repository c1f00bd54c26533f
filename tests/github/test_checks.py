"""Check runs: created once, found again, edited; and permissions of people."""

import pytest
from pydantic import ValidationError

from service.github.checks import CheckAction, CheckState, permission, put_check
from service.github.client import GitHubApp
from service.github.errors import GitHubRefused
from tests.github.server import Answer, Scripted

RUNS = "/repos/acme/api/check-runs"
ON_COMMIT = "/repos/acme/api/commits/c0ffee/check-runs"
DRAFTING = CheckState(
    status="in_progress", title="Drafting", summary="", external_id="r1", details_url="https://l/r1"
)
WAITING = CheckState(
    status="completed",
    conclusion="action_required",
    title="An architect has to look",
    summary="Two findings",
    external_id="r1",
    actions=(CheckAction(label="Approve", description="Post the draft", identifier="approve"),),
)


def run(number: int, external_id: str, app_id: int = 7) -> dict[str, object]:
    return {"id": number, "external_id": external_id, "app": {"id": app_id}}


def put(app: GitHubApp, state: CheckState, check_run_id: int | None = None) -> int:
    return put_check(app, 5, "acme/api", "c0ffee", "Lintel", state, check_run_id)


def listed(server: Scripted, *runs: dict[str, object]) -> None:
    body: dict[str, object] = {"total_count": len(runs), "check_runs": list(runs)}
    server.on("GET", ON_COMMIT, Answer(body=body))


def test_created(app: GitHubApp, server: Scripted) -> None:
    listed(server, run(1, "r0"), run(2, "r1", app_id=99))
    server.on("POST", RUNS, Answer(201, run(3, "r1")))
    assert put(app, DRAFTING) == 3
    assert server.got("POST", RUNS)[0].body == {
        "name": "Lintel",
        "head_sha": "c0ffee",
        "status": "in_progress",
        "details_url": "https://l/r1",
        "external_id": "r1",
        "output": {"title": "Drafting", "summary": ""},
        "actions": [],
    }
    (request,) = server.got("GET", ON_COMMIT)
    assert request.query["check_name"] == "Lintel"
    assert request.query["filter"] == "all"


def test_found_again_after_a_lost_answer(app: GitHubApp, server: Scripted) -> None:
    listed(server, run(1, "r0"), run(3, "r1"))
    server.on("PATCH", f"{RUNS}/3", Answer(body=run(3, "r1")))
    assert put(app, DRAFTING) == 3
    assert server.got("POST", RUNS) == []


def test_edited_without_looking(app: GitHubApp, server: Scripted) -> None:
    server.on("PATCH", f"{RUNS}/3", Answer(body=run(3, "r1")))
    assert put(app, WAITING, 3) == 3
    (request,) = (r for r in server.requests if r.path.startswith("/repos"))
    assert request.body == {
        "status": "completed",
        "conclusion": "action_required",
        "external_id": "r1",
        "output": {"title": "An architect has to look", "summary": "Two findings"},
        "actions": [{"label": "Approve", "description": "Post the draft", "identifier": "approve"}],
    }


def test_the_token_can_do_checks_only(app: GitHubApp, server: Scripted) -> None:
    server.on("PATCH", f"{RUNS}/3", Answer(body=run(3, "r1")))
    put(app, WAITING, 3)
    (token,) = server.got("POST", "/app/installations/5/access_tokens")
    assert token.body["permissions"] == {"checks": "write", "metadata": "read"}


def test_a_moved_repository(app: GitHubApp, server: Scripted) -> None:
    listed(server)
    server.on("POST", RUNS, Answer(307, {"message": "Moved Permanently"}))
    with pytest.raises(GitHubRefused, match="renamed or moved"):
        put(app, DRAFTING)


@pytest.mark.parametrize(
    "fields",
    [
        {"conclusion": "success"},
        {"status": "completed"},
        {"status": "done"},
        {"title": ""},
        {"summary": "x" * 65_536},
        {"details_url": "javascript:alert(1)"},
        {"actions": WAITING.actions * 4},
    ],
)
def test_what_github_would_refuse_cannot_be_made(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        CheckState.model_validate(dict(DRAFTING) | fields)


@pytest.mark.parametrize(
    "fields", [{"label": "x" * 21}, {"description": "x" * 41}, {"identifier": "x" * 21}]
)
def test_limits_of_a_button(fields: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        CheckAction.model_validate({"label": "l", "description": "d", "identifier": "i"} | fields)


def test_permission(app: GitHubApp, server: Scripted) -> None:
    people = "/repos/acme/api/collaborators"
    server.on("GET", f"{people}/ada/permission", Answer(body={"permission": "write"}))
    server.on("GET", f"{people}/eve/permission", Answer(403, {"message": "Forbidden"}))
    assert permission(app, 5, "acme/api", "ada") == "write"
    assert permission(app, 5, "acme/api", "nobody") == "none"
    with pytest.raises(GitHubRefused, match="Forbidden"):
        permission(app, 5, "acme/api", "eve")
