"""Reviews that wait: for how long, who takes them up again, and what money has to do with it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from agents.analysts.trouble import Kind, Trouble
from agents.findings import StepRecord
from service.db import Database, now
from service.metrics.spending import charge
from service.models import ModelUsage, Review
from service.queue import DRAFT_REVIEW
from service.reviews import service, waiting
from service.reviews.states import State
from service.settings import Settings
from service.sweep import sweep
from tests.conftest import Sent
from tests.drafts import draft, opened, state
from tests.support import design_change

MOMENT = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
BUSY = Trouble(Kind.OVERLOADED, "The provider is overloaded.")


def pause(since: datetime | None, trouble: Trouble = BUSY, **values: object) -> float:
    found = waiting.after(trouble, Settings.model_validate(values), since, MOMENT)
    assert isinstance(found, waiting.Wait)
    assert found.since == (since or MOMENT)
    return (found.due_at - MOMENT).total_seconds()


@pytest.mark.parametrize(
    ("waited", "least"), [(None, 15), (15, 15), (60, 60), (240, 240), (700, 300), (1200, 300)]
)
def test_pauses_double_up_to_five_minutes(waited: int | None, least: int) -> None:
    since = None if waited is None else MOMENT - timedelta(seconds=waited)
    found = {pause(since) for _ in range(20)}
    assert all(least <= seconds <= least * 1.2 for seconds in found)
    assert len(found) > 1, "all reviews come back at the same moment"


def test_a_pause_is_what_the_provider_asked_for_and_never_beyond_the_end() -> None:
    asked = Trouble(Kind.RATE_LIMITED, "Too many requests.", retry_after=40)
    assert 40 <= pause(None, asked) <= 48
    late = MOMENT - timedelta(minutes=29, seconds=50)
    assert pause(late, asked) == 10
    found = waiting.after(asked, Settings(), MOMENT - timedelta(minutes=30), MOMENT)
    assert found == waiting.Offline(
        "The model could not be reached for 30 minutes: Too many requests; "
        "this draft was made by the offline rules."
    )


def begun(database: Database) -> str:
    """A review that `worker` drafts."""
    review_id = opened(database)
    with database.transaction() as session:
        service.fetched(session, review_id, design_change(), now())
    with database.transaction() as session:
        assert service.begin_draft(session, review_id, "worker", 60)
    return review_id


def put_aside(database: Database, review_id: str, seconds: float) -> None:
    moment = now()
    with database.transaction() as session:
        due_at = moment + timedelta(seconds=seconds)
        aside = waiting.Wait(due_at, moment, "The provider is overloaded.")
        assert waiting.wait(session, review_id, "worker", aside)


def row(database: Database, review_id: str) -> Review:
    with database.reading() as session:
        found = session.get(Review, review_id)
        assert found is not None
        return found


def test_a_review_that_waits_is_left_alone_until_it_is_due(database: Database, sent: Sent) -> None:
    review_id = begun(database)
    put_aside(database, review_id, 3600)
    with database.transaction() as session:
        long_ago = now() - timedelta(hours=1)
        session.execute(update(Review).values(updated_at=long_ago, check_state="drafting"))
    sent.jobs.clear()
    sweep(database, Settings())
    with database.transaction() as session:
        waiting.wake(session, review_id)
        # A job that the broker repeats comes too early as well.
        assert service.begin_draft(session, review_id, "other", 60) is None
    assert sent.jobs == []
    waits = row(database, review_id)
    assert (waits.state, waits.reason, waits.tries, waits.lease_owner) == (
        "drafting", "The provider is overloaded.", 0, "",
    )  # fmt: skip


def test_a_review_that_is_due_is_queued_once(database: Database, sent: Sent) -> None:
    review_id = begun(database)
    put_aside(database, review_id, -1)
    sent.jobs.clear()
    sweep(database, Settings())
    sweep(database, Settings())
    with database.transaction() as session:
        waiting.wake(session, review_id)
    assert sent.tasks().count(DRAFT_REVIEW) == 1
    first = row(database, review_id).waiting_since
    with database.transaction() as session:
        assert service.begin_draft(session, review_id, "worker", 60)
    resumed = row(database, review_id)
    assert (resumed.reason, resumed.tries, resumed.waiting_since) == ("", 1, first)
    with database.transaction() as session:
        assert service.finish_draft(session, review_id, "worker", draft())
    assert row(database, review_id).waiting_since is None


def test_what_was_taken_over_or_superseded_is_not_put_aside(database: Database) -> None:
    review_id = begun(database)
    aside = waiting.Wait(now(), now(), "Late.")
    with database.transaction() as session:
        assert not waiting.wait(session, review_id, "another", aside)
        service.close_pull(session, 2, 7, actor="test")
        assert not waiting.wait(session, review_id, "worker", aside)
    assert row(database, review_id).due_at is None


def spend(database: Database, review_id: str, usd: float, installation_id: int = 1) -> None:
    record = StepRecord(step="judge", input_hash="x", model="m", requests=1, cost_usd=usd)
    with database.transaction() as session:
        charge(session, installation_id, review_id, record)


def without_money(database: Database, review_id: str, limit: float) -> bool:
    with database.transaction() as session:
        settings = Settings(installation_usd_per_day=limit)
        return waiting.without_money(session, review_id, settings)


def test_money_is_counted_per_installation_and_day(database: Database) -> None:
    review_id = opened(database)
    spend(database, review_id, 0.6)
    spend(database, review_id, 5.0, installation_id=99)
    assert not without_money(database, review_id, 1.0)
    assert not without_money(database, review_id, 0.0), "0 is no limit"
    spend(database, review_id, 0.4)
    assert without_money(database, review_id, 1.0)
    with database.transaction() as session:
        yesterday = now().date() - timedelta(days=1)
        session.execute(update(ModelUsage).values(day=yesterday))
    assert not without_money(database, review_id, 1.0)


def test_without_money_a_review_waits_for_midnight_and_then_goes_on(
    database: Database, sent: Sent
) -> None:
    review_id = opened(database)
    with database.transaction() as session:
        service.fetched(session, review_id, design_change(), now())
    spend(database, review_id, 2.0)
    assert without_money(database, review_id, 1.0)
    waits = row(database, review_id)
    assert (waits.state, waits.reason) == (
        "queued", "Today's model budget of this installation ($1.00) is spent.",
    )  # fmt: skip
    assert waits.due_at is not None
    midnight = (now() + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    assert waits.due_at == midnight
    sent.jobs.clear()
    with database.transaction() as session:
        session.execute(update(Review).values(due_at=now() - timedelta(seconds=1)))
    sweep(database, Settings())
    assert DRAFT_REVIEW in sent.tasks()
    assert state(database, review_id) == State.QUEUED


def test_a_review_in_work_is_not_stopped_for_money(database: Database) -> None:
    review_id = begun(database)
    spend(database, review_id, 2.0)
    assert without_money(database, review_id, 1.0)
    with database.reading() as session:
        assert session.scalars(select(Review.due_at)).all() == [None]
