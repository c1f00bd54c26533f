"""The table journal: a step and its cost are kept together, once."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from agents.findings import StepRecord
from agents.journal import Entry
from service.db import Database, now
from service.metrics.spending import spent
from service.models import JournalEntry, ModelTotal, ModelUsage, Review
from service.reviews import journal as journals
from service.reviews.journal import TableJournal
from tests.drafts import opened

RECORD = StepRecord(
    step="judge:rag", input_hash="h", analyst="model 1", model="claude-x", requests=2,
    input_tokens=900, cached_tokens=500, written_tokens=100, output_tokens=40, cost_usd=0.125,
    notes=("Two answers were cut off.",),
)  # fmt: skip


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


@pytest.fixture
def journal(database: Database, executor: ThreadPoolExecutor) -> TableJournal:
    review_id = opened(database)
    with database.reading() as session:
        review = session.get(Review, review_id)
    assert review is not None
    return TableJournal(database, review, executor)


def put(journal: TableJournal, *hashes: str, record: StepRecord = RECORD) -> None:
    async def work() -> None:
        await asyncio.gather(*(journal.put("judge:rag", h, "{}", record) for h in hashes))

    asyncio.run(work())


def test_a_step_comes_back_with_its_record(journal: TableJournal) -> None:
    put(journal, "h")
    assert asyncio.run(journal.get("judge:rag", "h")) == Entry(output="{}", record=RECORD)
    assert asyncio.run(journal.get("judge:rag", "other")) is None


def test_a_step_is_found_by_the_run_that_kept_it(journal: TableJournal) -> None:
    async def work() -> Entry | None:
        assert await journal.get("judge:rag", "h") is None
        await journal.put("judge:rag", "h", "{}", RECORD)
        return await journal.get("judge:rag", "h")

    assert asyncio.run(work()) == Entry(output="{}", record=RECORD)


def test_a_paid_step_is_kept_when_its_review_is_cut_off(
    database: Database, journal: TableJournal
) -> None:
    async def work(executor: ThreadPoolExecutor) -> None:
        go = threading.Event()
        executor.submit(go.wait)
        put = asyncio.ensure_future(journal.put("judge:rag", "h", "{}", RECORD))
        await asyncio.sleep(0)
        put.cancel()
        await asyncio.gather(put, return_exceptions=True)
        go.set()

    with ThreadPoolExecutor(1) as one:
        vars(journal)["_executor"] = one
        asyncio.run(work(one))
    with database.reading() as session:
        assert len(session.scalars(select(JournalEntry)).all()) == 1


def test_four_writers_of_one_step_leave_one_answer_and_have_each_paid(
    database: Database, journal: TableJournal
) -> None:
    put(journal, *["h"] * 4)
    with database.reading() as session:
        assert len(session.scalars(select(JournalEntry)).all()) == 1
        usage, *others = session.scalars(select(ModelUsage))
        assert len(others) == 3
        assert (usage.step, usage.model, usage.requests) == ("judge:rag", "claude-x", 2)
        assert (usage.input_tokens, usage.cached_tokens, usage.written_tokens) == (900, 500, 100)
        assert spent(session, 1, now()) == 0.5


def test_totals_are_the_sums_of_the_rows(database: Database, journal: TableJournal) -> None:
    put(journal, *(f"h{n}" for n in range(8)))
    put(journal, "offline", record=StepRecord(step="judge", input_hash="o", analyst="offline 1"))
    with database.reading() as session:
        (total,) = session.scalars(select(ModelTotal))
        assert (total.requests, total.output_tokens, total.cost_usd) == (16, 320, 1.0)
        assert len(session.scalars(select(ModelUsage)).all()) == 8


def test_a_crash_between_step_and_cost_leaves_neither(
    database: Database, journal: TableJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(journals, "charge", fall)
    with pytest.raises(RuntimeError):
        put(journal, "h")
    with database.reading() as session:
        assert session.scalars(select(JournalEntry)).all() == []
        assert session.scalars(select(ModelUsage)).all() == []


def test_what_was_paid_for_is_kept_when_the_review_is_cut_off(
    database: Database, journal: TableJournal, executor: ThreadPoolExecutor
) -> None:
    """Cut off while its write still waits for a thread."""
    free = threading.Event()
    for _ in range(4):
        executor.submit(free.wait, 10)

    async def cut_off() -> None:
        writing = asyncio.ensure_future(journal.put("judge:rag", "h", "{}", RECORD))
        await asyncio.sleep(0)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
        free.set()

    asyncio.run(cut_off())
    executor.shutdown()
    with database.reading() as session:
        assert session.scalars(select(JournalEntry.input_hash)).all() == ["h"]
        assert spent(session, 1, now()) == 0.125
