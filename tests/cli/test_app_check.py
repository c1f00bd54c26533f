"""`lintel github-app check`: what is missing is named, with what to do; what is optional degrades."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from service.demo.keys import generate_keys
from tests.cli.browser import PUBLIC
from tests.github.server import Answer, Scripted

ALL = {
    "metadata": "read", "contents": "read", "pull_requests": "write", "checks": "write",
    "issues": "write",
}  # fmt: skip
EVENTS = ["pull_request", "check_run"]
INSTALLED = {"id": 5, "account": {"login": "acme", "type": "Organization"}, "permissions": ALL}
INSTALLED |= {"html_url": "https://github.example/installations/5", "suspended_at": None}
DELIVERY = {"id": 1, "delivered_at": "2026-11-20T10:00:00Z", "status": "OK", "status_code": 202}

Checks = Callable[..., tuple[int, dict[str, dict[str, str]]]]


@pytest.fixture(scope="module")
def private_key() -> str:
    return generate_keys()[0]


@pytest.fixture
def checked(run: Callable[..., Result], tmp_path: Path, private_key: str) -> Checks:
    """Exit code and checks by name, against a GitHub that answers as told."""

    def check(**told: object) -> tuple[int, dict[str, dict[str, str]]]:
        app = {
            "id": 7,
            "slug": "lintel-test",
            "html_url": "https://github.example/apps/lintel-test",
        }
        app |= {"permissions": told.get("permissions", ALL), "events": told.get("events", EVENTS)}
        app |= {"owner": {"login": "acme", "type": "Organization"}}
        hook = {"url": told.get("hook", f"{PUBLIC}/webhooks/github")}
        public = str(told.get("public", PUBLIC))
        with Scripted() as server:
            server.on("GET", "/app", Answer(body=app))
            server.on("GET", "/app/hook/config", Answer(body=hook))
            server.on("GET", "/app/installations", Answer(body=told.get("installed", [INSTALLED])))  # type: ignore[arg-type]
            server.on("GET", "/app/hook/deliveries", Answer(body=told.get("sent", [])))  # type: ignore[arg-type]
            result = run(
                "github-app", "check", "--json",
                LINTEL_HOME=str(tmp_path), LINTEL_GITHUB_APP_ID="7",
                LINTEL_GITHUB_PRIVATE_KEY=private_key, LINTEL_GITHUB_API_URL=server.url,
                LINTEL_GITHUB_WEB_URL="https://github.example", LINTEL_PUBLIC_URL=public,
            )  # fmt: skip
        body = json.loads(result.stdout)
        assert private_key.split("\n")[1] not in result.output
        return result.exit_code, {check["name"]: check for check in body["checks"]}

    return check


def test_all_is_well(checked: Checks) -> None:
    code, checks = checked(sent=[DELIVERY])
    assert code == 0, checks
    assert list(checks) == ["app", "permissions", "events", "webhook", "deliveries", "installed"]
    assert "1 of the last 1 were answered" in checks["deliveries"]["detail"]


def test_a_missing_permission_is_named_with_where_to_grant_it(checked: Checks) -> None:
    code, checks = checked(permissions={**ALL, "pull_requests": "read"})
    assert code == 1
    found = checks["permissions"]
    assert "pull_requests: write (reviews cannot be posted)" in found["detail"]
    assert "contents" not in found["detail"]
    assert "https://github.example/organizations/acme/settings/apps/lintel-test/" in found["fix"]


def test_an_optional_permission_degrades(checked: Checks) -> None:
    code, checks = checked(permissions={k: v for k, v in ALL.items() if k != "checks"})
    assert code == 0
    assert "without checks: write (pull requests show no state" in checks["permissions"]["detail"]


def test_an_owner_who_has_not_accepted_is_named(checked: Checks) -> None:
    narrow = {**INSTALLED, "permissions": {"metadata": "read", "contents": "read"}}
    code, checks = checked(installed=[narrow])
    assert code == 1
    assert checks["permissions"]["fix"] == ""
    assert checks["installed"]["detail"].startswith("acme has not granted: pull_requests: write")
    assert checks["installed"]["fix"].endswith("https://github.example/installations/5")
    code, checks = checked(installed=[{**INSTALLED, "suspended_at": "2026-11-01T00:00:00Z"}])
    assert (code, "suspended since 2026-11-01" in checks["installed"]["detail"]) == (1, True)


def test_the_webhook_is_the_one_that_lintel_listens_at(checked: Checks) -> None:
    code, checks = checked(hook="https://old.example.org/hook")
    assert code == 1
    assert "https://old.example.org/hook" in checks["webhook"]["detail"]
    assert f"{PUBLIC}/webhooks/github" in checks["webhook"]["fix"]
    here = "http://127.0.0.1:8080"
    code, checks = checked(hook=f"{here}/webhooks/github", public=here)
    assert (code, "cannot deliver there" in checks["webhook"]["detail"]) == (1, True)
    assert "LINTEL_PUBLIC_URL" in checks["webhook"]["fix"]


def test_events_and_deliveries_that_fail(checked: Checks) -> None:
    failed = {**DELIVERY, "status": "Invalid HTTP Response: 401", "status_code": 401}
    code, checks = checked(events=["push"], sent=[failed, DELIVERY])
    assert code == 1
    assert checks["events"]["detail"] == "missing: pull_request"
    assert "the last failure: 401" in checks["deliveries"]["detail"]
    assert "webhook secret" in checks["deliveries"]["fix"]


def test_a_key_of_another_app(run: Callable[..., Result], tmp_path: Path, private_key: str) -> None:
    with Scripted() as server:
        refused = Answer(401, {"message": "A JSON web token could not be decoded"})
        server.on("GET", "/app", refused)
        result = run(
            "github-app", "check", LINTEL_HOME=str(tmp_path), LINTEL_GITHUB_APP_ID="7",
            LINTEL_GITHUB_PRIVATE_KEY=private_key, LINTEL_GITHUB_API_URL=server.url,
        )  # fmt: skip
    assert result.exit_code == 1
    assert "could not be decoded" in result.stdout
    assert "must be of the same App" in result.stdout
