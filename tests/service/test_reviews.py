"""Reviews: the transition table, superseding, leases, and races on them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from service.audit.service import verify
from service.db import Database, now
from service.errors import Conflict
from service.models import AuditEvent, Review
from service.reviews import service
from service.reviews.states import IN_WORDS, TRANSITIONS, State, transition
from service.settings import Settings
from service.sweep import sweep
from tests.conftest import Sent
from tests.drafts import drafted, opened, pull, state
from tests.support import design_change


def put_in(database: Database, review_id: str, to: State) -> None:
    with database.transaction() as session:
        session.execute(update(Review).where(Review.id == review_id).values(state=to))


@pytest.mark.parametrize("came_from", list(State))
def test_only_the_transitions_of_the_table_are_possible(
    database: Database, came_from: State
) -> None:
    review_id = opened(database)
    for to in State:
        put_in(database, review_id, came_from)
        allowed = to in TRANSITIONS[came_from]
        try:
            with database.transaction() as session:
                transition(session, review_id, to, actor="test")
        except Conflict:
            assert not allowed
        else:
            assert allowed
            assert state(database, review_id) == to
    with database.reading() as session:
        assert verify(session).ok


def test_every_state_has_words() -> None:
    assert IN_WORDS.keys() == set(State) == TRANSITIONS.keys()


def test_of_ten_who_approve_at_once_one_wins(database: Database) -> None:
    review_id = drafted(database)

    def attempt(n: int) -> bool:
        try:
            with database.transaction() as session:
                transition(session, review_id, State.APPROVED, actor=f"architect-{n}")
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = sum(pool.map(attempt, range(10)))
    assert won == 1
    with database.reading() as session:
        approvals = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "review.approved")
        ).all()
    assert len(approvals) == 1


def test_opening_the_same_head_twice_gives_the_same_review(database: Database, sent: Sent) -> None:
    assert opened(database) == opened(database)
    assert sent.tasks().count("reviews.fetch") == 1


def fetch(database: Database, review_id: str, head: str, seconds: int) -> None:
    seen = now() + timedelta(seconds=seconds)
    with database.transaction() as session:
        service.fetched(session, review_id, design_change(head_sha=head), seen)


def test_the_later_seen_head_wins_whatever_the_order(database: Database) -> None:
    a, b = opened(database, "a" * 40), opened(database, "b" * 40)
    fetch(database, b, "b" * 40, seconds=10)
    fetch(database, a, "a" * 40, seconds=5)
    assert (state(database, a), state(database, b)) == (State.SUPERSEDED, State.QUEUED)


def test_a_newer_head_ends_a_draft_that_awaits_its_architect(database: Database) -> None:
    old = drafted(database, "a" * 40)
    new = opened(database, "b" * 40)
    fetch(database, new, "b" * 40, seconds=10)
    assert (state(database, old), state(database, new)) == (State.SUPERSEDED, State.QUEUED)


def test_a_head_that_comes_back_is_reviewed_again(database: Database, sent: Sent) -> None:
    old = drafted(database, "a" * 40)
    fetch(database, opened(database, "b" * 40), "b" * 40, seconds=10)
    assert opened(database, "a" * 40) == old
    assert state(database, old) == State.QUEUED


def test_two_workers_never_draft_one_review(database: Database) -> None:
    review_id = opened(database)
    fetch(database, review_id, "a" * 40, seconds=0)
    with database.transaction() as session:
        assert service.begin_draft(session, review_id, "one", 60) is not None
    with database.transaction() as session:
        assert service.begin_draft(session, review_id, "two", 60) is None


def test_a_worker_that_died_five_times_fails_the_review(database: Database) -> None:
    review_id = opened(database)
    fetch(database, review_id, "a" * 40, seconds=0)
    for n in range(6):
        with database.transaction() as session:
            service.begin_draft(session, review_id, f"worker-{n}", -1)
    assert state(database, review_id) == State.FAILED


def test_a_draft_of_a_superseded_review_comes_too_late(database: Database) -> None:
    from tests.drafts import draft

    review_id = opened(database)
    fetch(database, review_id, "a" * 40, seconds=0)
    with database.transaction() as session:
        service.begin_draft(session, review_id, "worker", 60)
    fetch(database, opened(database, "b" * 40), "b" * 40, seconds=10)
    with database.transaction() as session:
        assert not service.finish_draft(session, review_id, "worker", draft())
    assert state(database, review_id) == State.SUPERSEDED


def test_closing_the_pull_request_ends_what_waits(database: Database) -> None:
    review_id = drafted(database)
    with database.transaction() as session:
        assert service.close_pull(session, 2, 7, actor="test") == 1
    assert state(database, review_id) == State.SUPERSEDED


def test_the_sweep_queues_what_is_stuck_and_nothing_else(database: Database, sent: Sent) -> None:
    settings = Settings(stuck_seconds=60)
    stuck, fresh = opened(database, "a" * 40), opened(database, "b" * 40)
    long_ago = now() - timedelta(minutes=5)
    with database.transaction() as session:
        session.execute(
            update(Review)
            .where(Review.id == stuck)
            .values(updated_at=long_ago, check_state="queued")
        )
    sent.jobs.clear()
    sweep(database, settings)
    assert [(j.task, j.ids) for j in sent.jobs] == [("reviews.fetch", (stuck,))]
    sent.jobs.clear()
    sweep(database, settings)
    assert sent.jobs == [], "swept a moment ago: not again at once"
    assert state(database, fresh) == State.QUEUED


def test_the_sweep_takes_up_a_draft_whose_lease_ended(database: Database, sent: Sent) -> None:
    review_id = opened(database)
    fetch(database, review_id, "a" * 40, seconds=0)
    with database.transaction() as session:
        service.begin_draft(session, review_id, "dead", -1)
    sent.jobs.clear()
    sweep(database, Settings(stuck_seconds=600))
    assert ("reviews.draft", (review_id,)) in [(j.task, j.ids) for j in sent.jobs]


def test_a_job_is_sent_after_the_commit_and_dropped_with_a_rollback(
    database: Database, sent: Sent
) -> None:
    def fall() -> None:
        with database.transaction() as session:
            service.open_review(session, pull(), Settings(), actor="test")
            assert sent.jobs == []
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fall()
    assert sent.jobs == []
