"""A model that cannot judge, in a real draft worker: wait, fall back, or say why not."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from agents.findings import Draft
from service.demo.standin import StandIn
from service.models import Review
from service.reviews import service
from tests.conftest import Stack
from tests.house import House

WORKER = [
    sys.executable, "-m", "celery", "-A", "tests.faulty", "worker", "-Q", "draft",
    "-P", "threads", "-c", "2", "--without-mingle", "--without-gossip",
]  # fmt: skip


@contextmanager
def troubled(
    tmp_path: Path, kind: str, times: int, extra: Mapping[str, str]
) -> Iterator[tuple[House, Path]]:
    """The house with such a worker and one pull request; gives what the worker was asked."""
    stack = Stack("embedded", f"sqlite:///{tmp_path / 'home' / 'lintel.db'}", "")
    calls = tmp_path / "calls"
    calls.touch()
    env = {
        "TROUBLE": kind, "TROUBLE_TIMES": str(times), "CALLS": str(calls),
        "LINTEL_MODEL_API_KEY": "a-key",
    }  # fmt: skip
    with StandIn(tmp_path / "github") as standin:
        # Without upkeep there is no sweep: the worker itself takes up what it put aside.
        with House(stack, tmp_path, standin, ["web", "intake"]) as house:
            worker = house.spawn(WORKER, env | dict(extra))
            try:
                standin.fire(1, "opened")
                yield house, calls
            finally:
                worker.terminate()
                worker.wait(15)


def draft_of(house: House, review: Review) -> Draft:
    with house.database.reading() as session:
        return service.draft_of(session, review.id, 1)


def test_a_model_that_is_busy_is_asked_again_and_nothing_is_paid_twice(tmp_path: Path) -> None:
    with troubled(tmp_path, "rate_limited", 2, {}) as (house, calls):
        review = house.await_review("awaiting_architect")
        draft = draft_of(house, review)
        asked = calls.read_text().split()
    assert asked.count("trouble") == 2
    judged = [call for call in asked if call != "trouble"]
    assert {"triage", "extract"} < set(judged)
    assert len(judged) == len(set(judged)), "a judgement was paid twice"
    assert draft.provenance.analyst.startswith("model ")
    assert not [n for n in draft.coverage.notes if "offline rules" in n]
    assert (review.tries, review.due_at, review.waiting_since, review.reason) == (1, None, None, "")


@pytest.mark.parametrize("kind", ["unreachable", "bad_key"])
def test_a_model_that_cannot_judge_leaves_a_draft_of_the_rules_that_says_so(
    tmp_path: Path, kind: str
) -> None:
    extra = {"LINTEL_MODEL_WAIT_MINUTES": "0"}
    with troubled(tmp_path, kind, 1000, extra) as (house, _):
        draft = draft_of(house, house.await_review("awaiting_architect"))
    (notice,) = [n for n in draft.coverage.notes if "offline rules" in n]
    assert f"The provider said {kind}; this draft was made by the offline rules." in notice
    assert draft.provenance.analyst.startswith("offline ")
    assert draft.findings


def test_where_only_a_model_may_judge_a_bad_key_fails_the_review(tmp_path: Path) -> None:
    with troubled(tmp_path, "bad_key", 1000, {"LINTEL_ANALYST": "model"}) as (house, calls):
        review = house.await_review("failed")
        assert review.reason == "The provider said bad_key."
        with house.database.reading() as session:
            assert service.latest(session, review.id) is None
        assert calls.read_text().split().count("trouble") == 1
