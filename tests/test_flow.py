"""The life of a delivery, told with real processes: webhook, workers, architect, GitHub."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from service.audit.service import verify
from service.demo.standin import StandIn
from service.models import Delivery, JournalEntry, Review
from service.reviews import decisions as deciding
from service.reviews import editing, service
from tests.conftest import Stack
from tests.house import ALL, House
from tests.support import eventually

DESIGN = "docs/design/support-assistant.md"


@pytest.fixture
def standin(tmp_path: Path) -> Iterator[StandIn]:
    with StandIn(tmp_path / "github") as found:
        yield found


def test_from_webhook_to_posted_review(stack: Stack, tmp_path: Path, standin: StandIn) -> None:
    with House(stack, tmp_path, standin) as house:
        assert standin.fire(1, "opened")["status_code"] == 202
        review = house.await_review("awaiting_architect")
        with house.database.transaction() as session:
            draft = service.draft_of(session, review.id, 1)
            first = draft.findings[0].id
            deciding.edit(
                session,
                review.id,
                by="ada",
                revision=1,
                kind="edit",
                about=first,
                change=lambda d: editing.edit_comment(d, first, "Edited by the architect."),
            )
        assert house.posted_reviews() == []
        house.approve(review.id)
        house.await_review("posted")
        (posted,) = house.posted_reviews()
        comments = posted["comments"]
        assert isinstance(comments, list)
        assert any("Edited by the architect." in c["body"] for c in comments)
        assert posted["commit_id"] == review.head_sha
        runs = eventually(
            lambda: [
                r for r in standin.check_runs(review.head_sha) if r["conclusion"] == "neutral"
            ],
            "the check run says that the review is posted",
        )
        assert len(standin.check_runs(review.head_sha)) == len(runs) == 1
        with house.database.reading() as session:
            assert verify(session).ok
            # GitHub also tells the app of its own check runs; those ask for nothing.
            opened = select(Delivery.state).where(Delivery.event == "pull_request")
            assert session.scalars(opened).all() == ["handled"]


def test_a_newer_commit_supersedes(stack: Stack, tmp_path: Path, standin: StandIn) -> None:
    with House(stack, tmp_path, standin) as house:
        standin.fire(1, "opened")
        old = house.await_review("awaiting_architect")
        head = standin.push(1, {DESIGN: "# Another design\n\nThe web app calls the LLM.\n"})
        eventually(
            lambda: house.review("superseded", head_sha=old.head_sha), "the old one is superseded"
        )
        new = house.await_review("awaiting_architect", "blocked", "cleared", head_sha=head)
        assert new.id != old.id
        eventually(
            lambda: [r for r in standin.check_runs(old.head_sha) if r["conclusion"] == "cancelled"],
            "the old check run is cancelled",
        )


def test_a_head_that_moved_after_approval_is_not_posted(
    stack: Stack, tmp_path: Path, standin: StandIn
) -> None:
    with House(stack, tmp_path, standin) as house:
        standin.fire(1, "opened")
        review = house.await_review("awaiting_architect")
        standin.push(1, {DESIGN: "# Moved\n"}, announce=False)
        house.approve(review.id)
        house.await_review("superseded")
        assert house.posted_reviews() == []


def test_a_change_without_a_design_is_cleared(
    stack: Stack, tmp_path: Path, standin: StandIn
) -> None:
    with House(stack, tmp_path, standin) as house:
        standin.fire(3, "opened")
        review = house.await_review("cleared")
        assert "no design document" in review.reason
        runs = eventually(
            lambda: [
                r for r in standin.check_runs(review.head_sha) if r["conclusion"] == "skipped"
            ],
            "the check run says that it was skipped",
        )
        assert runs


def test_a_502_after_the_write_leaves_one_review(
    stack: Stack, tmp_path: Path, standin: StandIn
) -> None:
    with House(stack, tmp_path, standin) as house:
        standin.fire(1, "opened")
        review = house.await_review("awaiting_architect")
        standin.faults(
            {
                "method": "POST",
                "path_regex": "/pulls/1/reviews$",
                "kind": "status",
                "when": "after",
                "status": 502,
                "times": 1,
            }
        )
        decision = house.approve(review.id)
        house.await_review("posted")
        assert len(house.posted_reviews()) == 1
        assert house.post_row(decision).attempts == 2
        writes = standin.requests("/pulls/1/reviews", "POST")
        assert [w["status"] for w in writes] == [502]


def test_a_draft_worker_killed_between_two_steps_resumes_and_repeats_nothing(
    stack: Stack, tmp_path: Path, standin: StandIn
) -> None:
    calls = tmp_path / "calls"
    fault = {
        "FAULT": "after:extract",
        "FAULT_ONCE": str(tmp_path / "once"),
        "CALLS": str(calls),
    }
    roles = [r for r in ALL if r != "draft"]
    worker = [
        sys.executable, "-m", "celery", "-A", "tests.faulty", "worker", "-Q", "draft",
        "-P", "threads", "-c", "2", "--without-mingle", "--without-gossip",
    ]  # fmt: skip
    with House(stack, tmp_path, standin, roles) as house:
        first = house.spawn(worker, fault)
        standin.fire(1, "opened")
        assert first.wait(40) == -9
        review = house.await_review("drafting")
        second = house.spawn(worker, fault)
        try:
            house.await_review("awaiting_architect")
        finally:
            second.terminate()
            second.wait(15)
        made = calls.read_text().split()
        assert {"triage", "extract"} <= set(made)
        assert len(made) == len(set(made)), "a judgement was paid twice"
        with house.database.reading() as session:
            row = session.get(Review, review.id)
            assert row is not None
            assert row.tries == 2
            steps = session.scalars(select(JournalEntry.step)).all()
            assert len(steps) == len(set(steps))


def test_a_poster_killed_between_write_and_record_leaves_one_review(
    stack: Stack, tmp_path: Path, standin: StandIn
) -> None:
    fault = {
        "FAULT": "after:post",
        "FAULT_ONCE": str(tmp_path / "once"),
        "CALLS": str(tmp_path / "calls"),
    }
    roles = [r for r in ALL if r != "post"]
    worker = [
        sys.executable, "-m", "celery", "-A", "tests.faulty", "worker", "-Q", "post",
        "-P", "solo", "--without-mingle", "--without-gossip",
    ]  # fmt: skip
    with House(stack, tmp_path, standin, roles) as house:
        first = house.spawn(worker, fault)
        standin.fire(1, "opened")
        review = house.await_review("awaiting_architect")
        house.approve(review.id)
        assert first.wait(40) == -9
        assert len(house.posted_reviews()) == 1
        assert house.review("posting") is not None
        second = house.spawn(worker, fault)
        try:
            house.await_review("posted", seconds=90)
        finally:
            second.terminate()
            second.wait(15)
        assert len(house.posted_reviews()) == 1
        assert len(standin.requests("/pulls/1/reviews", "POST")) == 1


def test_the_broker_may_lose_everything(stack: Stack, tmp_path: Path, standin: StandIn) -> None:
    """A delivery that was stored while nothing could be queued is swept up."""
    with House(stack, tmp_path, standin, ["web"]) as house:
        broken = dict(house.env)
        house.stop()
        house.env["LINTEL_BROKER_URL"] = "redis://127.0.0.1:1/0"
        house.start()
        assert standin.fire(1, "opened")["status_code"] == 202
        house.stop()
        house.env, house.roles = broken, ALL
        house.start()
        house.await_review("awaiting_architect")
