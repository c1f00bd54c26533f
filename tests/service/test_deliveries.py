"""Webhooks: what is accepted, what is refused, what is stored before the answer."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import select, update

from service.app import create_app
from service.db import Database, now
from service.deliveries import endpoints, service
from service.models import AuditEvent, Delivery, Review
from service.settings import Settings
from tests.conftest import Stack

SECRET = "hook-secret"
PAYLOADS = Path(__file__).parent.parent / "payloads"


@pytest.fixture
def settings(stack: Stack, tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path / "home",
        database_url=stack.database_url,
        broker_url=stack.broker_url,
        webhook_secret=SecretStr(SECRET),
    )


@pytest.fixture
def client(settings: Settings, sent: object) -> Iterator[TestClient]:
    with TestClient(create_app(settings)) as client:
        yield client


def sign(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def post(client: TestClient, body: bytes, guid: str = "g-1", **headers: str) -> int:
    given = {
        "content-type": "application/json",
        "x-github-event": "pull_request",
        "x-github-delivery": guid,
        "x-hub-signature-256": sign(body),
    }
    answer = client.post("/webhooks/github", content=body, headers=given | headers)
    return answer.status_code


def opened(**pull: object) -> bytes:
    payload = json.loads((PAYLOADS / "pull_request.opened.json").read_text())
    payload["pull_request"] |= pull
    return json.dumps(payload).encode()


def rows(database: Database) -> list[Delivery]:
    with database.reading() as session:
        return list(session.scalars(select(Delivery).order_by(Delivery.id)))


def test_a_signed_delivery_is_stored_byte_for_byte_and_accepted(
    client: TestClient, database: Database
) -> None:
    body = opened()
    assert post(client, body) == 202
    (row,) = rows(database)
    assert (row.guid, row.event, row.state, row.body) == ("g-1", "pull_request", "received", body)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"x-hub-signature-256": "sha256=" + "0" * 64}, 401),
        ({"x-hub-signature-256": ""}, 401),
        ({"x-hub-signature-256": sign(b"another body")}, 401),
        ({"x-hub-signature-256": sign(opened(), "another secret")}, 401),
        ({"x-hub-signature-256": "sha256=\u00e9"}, 401),
        ({"x-github-delivery": ""}, 400),
        ({"x-github-delivery": "x" * 101}, 400),
        ({"x-github-delivery": "a b"}, 400),
        ({"x-github-event": ""}, 400),
        ({"content-type": "application/x-www-form-urlencoded"}, 400),
    ],
)
def test_what_github_would_not_send_is_refused_and_not_stored(
    client: TestClient, database: Database, headers: dict[str, str], status: int
) -> None:
    body = opened()
    given = {
        "content-type": "application/json",
        "x-github-event": "pull_request",
        "x-github-delivery": "g-1",
        "x-hub-signature-256": sign(body),
    } | headers
    raw = [(k.encode(), v.encode("latin-1")) for k, v in given.items()]
    answer = client.post("/webhooks/github", content=body, headers=raw)
    assert answer.status_code == status
    assert answer.json()["error"]
    assert rows(database) == []


def test_too_large_is_refused_by_its_header_and_by_its_bytes(
    client: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoints, "MAX_BODY", 1000)
    body = b"x" * 1001
    assert post(client, body) == 413

    def chunks() -> Iterator[bytes]:
        yield from (b"x" * 500 for _ in range(3))

    answer = client.post("/webhooks/github", content=chunks())
    assert answer.status_code == 413
    assert post(client, b"x" * 1000) == 202


def test_without_a_secret_every_delivery_is_refused(settings: Settings, database: Database) -> None:
    bare = settings.model_copy(update={"webhook_secret": None})
    with TestClient(create_app(bare)) as client:
        assert post(client, opened(), **{"x-hub-signature-256": sign(opened(), "")}) == 503
    assert rows(database) == []


def test_a_store_that_is_down_answers_503(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "not-a-database"
    folder.mkdir()
    url = (
        f"sqlite:///{folder}"
        if settings.database.startswith("sqlite")
        else "postgresql+psycopg://nobody@127.0.0.1:1/nothing"
    )
    app = create_app(settings)
    from service.deliveries.inbox import open_inbox

    app.state.inbox = open_inbox(url)
    with TestClient(app) as client:
        assert post(client, opened()) == 503


def test_one_guid_is_stored_once_even_when_sent_twenty_times_at_once(
    client: TestClient, database: Database
) -> None:
    body = opened()
    with ThreadPoolExecutor(8) as pool:
        statuses = set(pool.map(lambda _: post(client, body), range(20)))
    assert statuses == {202}
    assert len(rows(database)) == 1


def test_a_redelivery_is_tried_again_after_a_failure_and_not_after_success(
    client: TestClient, database: Database, settings: Settings
) -> None:
    assert post(client, opened()) == 202
    with database.transaction() as session:
        session.execute(update(Delivery).values(state="failed", reason="x", handled_at=now()))
    assert post(client, opened()) == 202
    (row,) = rows(database)
    assert (row.state, row.attempts, row.handled_at) == ("received", 2, None)
    service.handle(database, settings, row.id)
    assert post(client, opened()) == 202
    (row,) = rows(database)
    assert (row.state, row.attempts) == ("handled", 2)


def test_handling_opens_one_review_and_twice_changes_nothing(
    client: TestClient, database: Database, settings: Settings, sent: object
) -> None:
    post(client, opened())
    (row,) = rows(database)
    service.handle(database, settings, row.id)
    service.handle(database, settings, row.id)
    with database.reading() as session:
        (review,) = session.scalars(select(Review)).all()
    assert (review.state, len(review.head_sha)) == ("queued", 40)
    assert sent.tasks().count("reviews.fetch") == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("body", "state", "reason"),
    [
        (opened(draft=True), "ignored", "draft"),
        (b"{", "failed", "pull_request"),
        (b"[]", "failed", "pull_request"),
        (b"\xff\xfe", "failed", "pull_request"),
        (b'{"action": "opened"}', "failed", "pull_request"),
    ],
)
def test_what_cannot_be_acted_on_says_why(
    client: TestClient,
    database: Database,
    settings: Settings,
    body: bytes,
    state: str,
    reason: str,
) -> None:
    assert post(client, body) == 202
    (row,) = rows(database)
    service.handle(database, settings, row.id)
    (row,) = rows(database)
    assert row.state == state
    assert reason in row.reason
    if state == "failed":
        with database.reading() as session:
            assert session.scalars(select(AuditEvent.action)).all() == ["delivery.failed"]


def test_another_event_is_ignored_with_its_name(
    client: TestClient, database: Database, settings: Settings
) -> None:
    post(client, b"{}", **{"x-github-event": "watch"})
    (row,) = rows(database)
    service.handle(database, settings, row.id)
    assert [(r.state, r.reason) for r in rows(database)] == [("ignored", "nothing to do for watch")]
