"""Headers, origins and sizes: what every request and answer must satisfy."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.web.support import Workspace, workspace


def test_every_page_carries_the_policy(space: Workspace) -> None:
    client = space.client("ada")
    for path in ("/", "/login", "/audit", "/nowhere", "/healthz", "/static/lintel.css"):
        headers = client.get(path).headers
        assert headers["content-security-policy"] == (
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
            "form-action 'self' https://github.com; frame-ancestors 'none'; base-uri 'none'"
        )
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cross-origin-opener-policy"] == "same-origin"


def test_pages_are_not_kept_by_caches(space: Workspace) -> None:
    client = space.client("ada")
    assert client.get("/").headers["cache-control"] == "no-store"
    assert client.get("/static/lintel.css").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 303),
        ({"origin": "http://testserver"}, 303),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "none"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "http://testserver"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "https://testserver"}, 403),
        ({"origin": "http://testserver.evil.example"}, 403),
        ({}, 403),
    ],
)
def test_forms_must_come_from_here(space: Workspace, headers: dict[str, str], status: int) -> None:
    client = TestClient(space.app)
    form = {"login": "ada"}
    answer = client.post("/login/demo", data=form, headers=headers, follow_redirects=False)
    assert answer.status_code == status


def test_webhooks_are_exempt_from_the_origin(space: Workspace) -> None:
    # Nothing answers there in this application, so it is the route that is missing, not the origin.
    answer = TestClient(space.app).post("/webhooks/github", json={})
    assert answer.status_code == 404
    assert answer.json() == {"error": "there is no such page"}


def test_large_forms_are_refused_before_they_are_read(space: Workspace) -> None:
    answer = space.client("ada").post("/login/demo", data={"login": "x" * 2_000_001})
    assert answer.status_code == 413


def test_forms_of_unknown_size_are_refused(space: Workspace) -> None:
    answer = space.client("ada").post("/login/demo", content=iter([b"login=ada"]))
    assert answer.status_code == 411


def test_https_gives_strict_transport(tmp_path: Path) -> None:
    with workspace(tmp_path, public_url="https://lintel.example") as space:
        headers = space.client().get("/login").headers
        assert headers["strict-transport-security"] == "max-age=31536000"


def test_errors_name_the_next_step(space: Workspace) -> None:
    answer = space.client("ada").get("/reviews/nothing")
    assert answer.status_code == 404
    assert "There is no review nothing." in answer.text
    assert "look for the review in the queue" in answer.text


def test_machines_get_errors_as_json(space: Workspace) -> None:
    client, asks = space.client("ada"), {"accept": "application/json"}
    answer = client.get("/reviews/nothing", headers=asks)
    assert (answer.status_code, answer.json()) == (404, {"error": "there is no review nothing"})
    answer = space.client().get("/", headers=asks)
    assert (answer.status_code, answer.json()) == (401, {"error": "sign in first"})


def test_a_crash_tells_nothing_of_the_inside(space: Workspace) -> None:
    @space.app.get("/crash")
    def crash() -> None:
        raise RuntimeError("a secret of the inside")

    answer = space.client("ada").get("/crash")
    assert answer.status_code == 500
    assert "something went wrong" in answer.text.lower()
    assert "secret" not in answer.text


def test_health(space: Workspace) -> None:
    client = TestClient(space.app)
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok"}


def test_not_ready_without_the_database(tmp_path: Path) -> None:
    with workspace(tmp_path) as space:
        space.database.close()
        (tmp_path / "test.db").unlink()
        (tmp_path / "test.db").mkdir()
        client = TestClient(space.app, raise_server_exceptions=False)
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").status_code == 200
