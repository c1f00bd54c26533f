"""A workspace with stored reviews, and clients of it: what the tests of the web pages share."""

import os
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, sync_playwright
from pydantic import SecretStr
from sqlalchemy import update

from agents.change import Change
from agents.findings import Draft
from service.db import Database, now
from service.models import Base, LoginSession
from service.queue import Job
from service.reviews import service
from service.settings import Settings
from service.web.setup import install
from tests.support import skip_or_fail

SAME_ORIGIN = {"sec-fetch-site": "same-origin"}


@dataclass
class Workspace:
    """An application over a database of its own; `jobs` is what was sent to the queue."""

    app: FastAPI
    settings: Settings
    database: Database
    jobs: list[Job] = field(default_factory=list)

    def client(self, login: str = "") -> TestClient:
        """A browser, signed in through the demo's form when a login is given."""
        client = TestClient(self.app, raise_server_exceptions=False, headers=SAME_ORIGIN)
        if login:
            answer = client.post("/login/demo", data={"login": login}, follow_redirects=False)
            assert answer.status_code == 303, answer.text
        return client

    def add(self, draft: Draft, change: Change, *, number: int = 1, title: str = "") -> str:
        """A review whose draft awaits an architect, stored by the service's own functions."""
        review_id = self.open(number=number, title=title or change.title)
        with self.database.transaction() as session:
            service.fetched(session, review_id, change, now())
        with self.database.transaction() as session:
            assert service.begin_draft(session, review_id, "test", 60)
        with self.database.transaction() as session:
            assert service.finish_draft(session, review_id, "test", draft)
        return review_id

    def open(self, *, number: int = 1, title: str = "", repository: str = "acme/shop") -> str:
        """A review that waits for a worker."""
        pull = service.PullRequest(
            installation_id=1,
            repository_id=7,
            repository=repository,
            number=number,
            title=title,
            author="ben",
            head_sha="a" * 40,
        )
        with self.database.transaction() as session:
            return service.open_review(session, pull, self.settings, actor="test").id

    def fail(self, review_id: str, reason: str) -> None:
        """The review failed."""
        with self.database.transaction() as session:
            service.fail(session, review_id, reason)


@contextmanager
def workspace(folder: Path, **values: object) -> Iterator[Workspace]:
    """A workspace over SQLite in `folder`; `values` are settings."""
    given: dict[str, object] = {
        "home": folder, "database_url": f"sqlite:///{folder / 'test.db'}", "demo": True,
        "architects": ("ada",), "public_url": "http://testserver",
    }  # fmt: skip
    settings = Settings.model_validate(given | values)
    jobs: list[Job] = []
    database = Database(settings.database, jobs.extend)
    Base.metadata.create_all(database.engine)
    app = FastAPI()
    app.state.settings, app.state.database = settings, database
    install(app)
    try:
        yield Workspace(app, settings, database, jobs)
    finally:
        database.close()


@contextmanager
def serving(space: Workspace) -> Iterator[str]:
    """The workspace over a real socket; gives its address."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    server = uvicorn.Server(uvicorn.Config(space.app, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()


def expire_sessions(space: Workspace) -> None:
    """Every session has just expired."""
    with space.database.transaction() as session:
        session.execute(update(LoginSession).values(expires_at=now() - timedelta(seconds=1)))


def oauth_settings(web: str, secret: str) -> dict[str, object]:
    """Settings for the sign-in with the GitHub at this address."""
    return {
        "github_web_url": web, "github_api_url": web, "demo": False,
        "oauth_client_id": "Iv1.standin0001", "oauth_client_secret": SecretStr(secret),
    }  # fmt: skip


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser, or a skip with the reason."""
    path = os.environ.get("LINTEL_TEST_CHROMIUM") or shutil.which("chromium")
    if not path:
        skip_or_fail("Chromium is not installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()
