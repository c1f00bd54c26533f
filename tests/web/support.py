"""A workspace with stored reviews, and clients of it: what the tests of the web pages share."""

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, sync_playwright
from pydantic import SecretStr

from agents.change import Change, ChangedFile, SourceText
from agents.document import read
from agents.evidence import Evidence, Label, locate
from agents.findings import (
    Clause,
    Comment,
    Coverage,
    DocumentCoverage,
    Draft,
    Finding,
    Provenance,
    Question,
    RatingStep,
    Reason,
    Refutation,
    RoadControl,
    RoadVerdict,
    Severity,
    StepRecord,
    Triage,
    Truth,
)
from agents.system import Component, Flow, SystemModel
from service.db import Database, now
from service.models import Base
from service.queue import Job
from service.reviews import service
from service.settings import Settings
from service.web.setup import install
from tests.support import ROOT

PATH = "docs/design/support-assistant.md"
SAMPLE = ROOT / "service" / "demo" / "sample" / "pull-1" / "files" / PATH
SAME_ORIGIN = {"sec-fetch-site": "same-origin"}

SMALL = """# Support assistant

All tenants share one index in the first release.

| part | holds |
| --- | --- |
| index | passages <b>of all</b> tenants |

- The assistant reads tickets.
- It issues refunds
  without a person.

```mermaid
flowchart LR
  A --> B
```
"""


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


def change_of(text: str = SMALL, title: str = "Design: support assistant") -> Change:
    """A change that adds one document."""
    lines = text.split("\n")[:-1]
    patch = f"@@ -0,0 +1,{len(lines)} @@\n" + "\n".join("+" + line for line in lines)
    return Change(
        repository="acme/shop",
        number=1,
        title=title,
        author="ben",
        head_sha="a" * 40,
        documents=(SourceText(path=PATH, text=text),),
        files=(ChangedFile(path=PATH, status="added", patch=patch),),
    )


def evidence(text: str, quote: str, label: Label = Label.STATED, note: str = "") -> Evidence:
    """The quote, located in the text."""
    found = locate(read(PATH, text), quote, label=label, note=note)
    assert found is not None, quote
    return found


def finding(number: int, quote: Evidence, **values: object) -> Finding:
    """A finding on the quote, with every part that the page shows."""
    base: dict[str, object] = {
        "id": f"vector-tenant-mixing-{number}@index",
        "threat_id": "vector-tenant-mixing",
        "title": f"Passages of other tenants reach the answer {number}",
        "component_id": "index",
        "component_name": "index",
        "severity": Severity.HIGH,
        "likelihood": 4,
        "impact": 4,
        "rating": (RatingStep(text="start of the catalogue", likelihood=4, impact=4),),
        "stride": ("information disclosure",),
        "domain": "rag",
        "why": "One index holds the passages of all tenants.",
        "change": "Filter every query by tenant.",
        "references": ("cwe/CWE-79",),
        "evidence": (quote,),
        "fired": (Clause(text="a vector store is shared", truth=Truth.TRUE, evidence=(quote,)),),
        "refutation": Refutation(
            finding_id="x", outcome="keeps", ground="none", reason="nothing speaks against it"
        ),
        "rank": number,
    }
    return Finding.model_validate(base | values)


def draft_of(text: str = SMALL, findings: Sequence[Finding] | None = None) -> Draft:
    """A whole draft over the text, written by hand."""
    index = evidence(text, "All tenants share one index in the first release.")
    first = "issues refunds" if "issues refunds" in text else "Refunds an order in part"
    refund = evidence(text, first, Label.ABSENT, "who confirms a refund")
    items = tuple(findings if findings is not None else (finding(1, index), finding(2, refund)))
    question = Question(
        id="q-retention", text="How long are tickets kept?", why="It is not said.",
        evidence=(index,),
    )  # fmt: skip
    comments = [_comment(f.id, f.title, f.evidence[0]) for f in items]
    comments.append(_comment(question.id, question.text, index))
    return Draft(
        repository="acme/shop",
        number=1,
        head_sha="a" * 40,
        outcome="findings",
        triage=Triage(
            is_design=True, tier="high", depth="full",
            reasons=(Reason(text="it issues refunds", evidence=(refund,)),),
        ),
        system=_system(index),
        findings=items,
        questions=(question,),
        roads=(_road(index, items),),
        comments=tuple(comments),
        summary="Two things need a change before this is built.",
        brief="Customers could see other customers' data.",
        diagram="flowchart LR\n  tickets --> index",
        coverage=Coverage(
            documents=(DocumentCoverage(path=PATH, lines=17, words=40, blocks=9),),
            notes=("nothing was skipped",),
        ),
        provenance=Provenance(
            lintel="0.1.0", analyst="lexical", catalogue_version="2026.11", catalogue_hash="c" * 64,
            steps=(StepRecord(step="read", input_hash="d" * 64, duration_ms=3),),
        ),
    )  # fmt: skip


def _comment(about: str, title: str, quote: Evidence) -> Comment:
    return Comment(
        about=about,
        path=quote.path,
        line_start=quote.line_start,
        line_end=quote.line_end,
        body=f"**{title}**\n\nFilter every query by tenant.",
    )


def _system(quote: Evidence) -> SystemModel:
    tickets = Component(id="tickets", name="tickets", kind="data_store", evidence=(quote,))
    index = Component(id="index", name="index", kind="vector_store", evidence=(quote,))
    flow = Flow(id="tickets->index", source="tickets", target="index", evidence=(quote,))
    return SystemModel(components=(tickets, index), flows=(flow,))


def _road(quote: Evidence, items: Sequence[Finding]) -> RoadVerdict:
    return RoadVerdict(
        pattern_id="PR-01",
        name="Tenant-aware retrieval",
        status="partly",
        reason="One control is missing.",
        controls=(
            RoadControl(id="c1", text="One index", shown=True, evidence=quote),
            RoadControl(id="c2", text="A mandatory filter", shown=False),
        ),
        covers=tuple(f.id for f in items[:1]),
    )


def expire_sessions(space: Workspace) -> None:
    """Every session has just expired."""
    from sqlalchemy import update

    from service.models import LoginSession

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
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def until(condition: object, seconds: float = 10) -> bool:
    """Wait until a callable gives something true; False when it never does."""
    assert callable(condition)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
    return False
