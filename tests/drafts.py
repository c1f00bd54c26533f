"""A small draft built by hand, and a stored review to decide on: for tests below the pipeline."""

from agents.document import Document, read
from agents.evidence import Evidence, Label, locate
from agents.findings import (
    Comment,
    Coverage,
    Draft,
    Finding,
    Provenance,
    Question,
    Severity,
    Triage,
)
from agents.system import SystemModel
from service.db import Database, now
from service.models import Review
from service.reviews import service
from service.reviews.service import PullRequest
from service.reviews.states import State
from service.settings import Settings
from tests.support import design_change

PATH = "docs/design/assistant.md"


def document() -> Document:
    """The document of `design_change`."""
    return read(PATH, design_change().documents[0].text)


def quote(text: str) -> Evidence:
    """Verified evidence for a sentence of the document."""
    found = locate(document(), text, label=Label.STATED)
    assert found is not None
    return found


def finding(id_: str, text: str, severity: Severity = Severity.HIGH) -> Finding:
    """One finding on a quote."""
    return Finding(
        id=id_,
        threat_id=None,
        title=f"Title of {id_}",
        component_id=None,
        component_name="Assistant",
        severity=severity,
        likelihood=4,
        impact=4,
        why="Because of the text.",
        change="Change it.",
        evidence=(quote(text),),
    )


def draft(head_sha: str = "a" * 40) -> Draft:
    """Two findings and a question, each with a comment."""
    findings = (
        finding("refund@tool", "refunds without approval"),
        finding("tenant@index", "Tenant filtering will be added in a later phase."),
    )
    question = Question(
        id="logs",
        text="Who can read the log store?",
        why="Prompts are written to it.",
        evidence=(quote("Prompts and answers are written to the log store."),),
    )
    comments = tuple(
        Comment(
            about=item.id,
            path=PATH,
            line_start=item.evidence[0].line_start,
            line_end=item.evidence[0].line_end,
            body=f"Comment on {item.id}",
        )
        for item in (*findings, question)
    )
    return Draft(
        repository="acme/support",
        number=7,
        head_sha=head_sha,
        outcome="findings",
        triage=Triage(is_design=True, tier="high", depth="full", reasons=()),
        system=SystemModel(),
        findings=findings,
        questions=(question,),
        roads=(),
        comments=comments,
        summary="Two findings and a question.",
        brief="Two things to fix.",
        diagram="",
        coverage=Coverage(documents=()),
        provenance=Provenance(
            lintel="0", analyst="offline", catalogue_version="2026.11", catalogue_hash="x"
        ),
    )


def pull(head_sha: str = "a" * 40) -> PullRequest:
    """The pull request of `design_change`."""
    return PullRequest(
        installation_id=1,
        repository_id=2,
        repository="acme/support",
        number=7,
        title="Add the assistant's design",
        author="ben",
        head_sha=head_sha,
    )


def opened(database: Database, head_sha: str = "a" * 40) -> str:
    """A queued review; returns its id."""
    with database.transaction() as session:
        return service.open_review(session, pull(head_sha), Settings(), actor="test").id


def drafted(database: Database, head_sha: str = "a" * 40) -> str:
    """A review that awaits an architect, with revision 1 stored; returns its id."""
    review_id = opened(database, head_sha)
    with database.transaction() as session:
        service.fetched(session, review_id, design_change(head_sha=head_sha), now())
    with database.transaction() as session:
        assert service.begin_draft(session, review_id, "worker", 60) is not None
    with database.transaction() as session:
        assert service.finish_draft(session, review_id, "worker", draft(head_sha))
    return review_id


def state(database: Database, review_id: str) -> State:
    """State of a review."""
    with database.reading() as session:
        row = session.get(Review, review_id)
        assert row is not None
        return State(row.state)
