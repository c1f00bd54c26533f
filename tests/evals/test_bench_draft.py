"""The bench of the draft worker: what it calls missed, and a small run with real processes."""

import pytest

from evals.bench import draft
from evals.bench.draft import Cut, Run
from evals.bench.stage import stage


def run(**changed: float) -> Run:
    values: dict[str, float] = {
        "reviews": 10, "calls": 100, "ideal_s": 52.0, "wall_s": 60.0, "share": 0.95, "most_in_flight": 40,
        "worker_mb": 300.0, "worker_cpu_s": 3.0, "standin_cpu_s": 1.0, "spoilt": 0, "refused": 0, "load": 1.0,
    }  # fmt: skip
    return Run.model_validate(values | changed)


def cut(**changed: float) -> Cut:
    values: dict[str, float] = {
        "reviews": 10, "finished_before": 2, "stopped_s": 5.0, "exit_code": 0, "back_in_queue": 8, "leased": 0,
        "unacknowledged": 0, "finished": 10, "spoilt": 0, "calls_once": 100, "calls_paid_twice": 9,
        "calls_in_flight": 9,
    }  # fmt: skip
    return Cut.model_validate(values | changed)


def missed(run_: Run, cut_: Cut) -> tuple[str, ...]:
    return draft.missed({"at once": run_, "spread out": run_}, cut_)


def test_nothing_is_missed_where_the_bars_hold() -> None:
    assert missed(run(), cut()) == ()


@pytest.mark.parametrize(
    ("changed", "count"),
    [({"share": 0.8}, 1), ({"share": 0.7}, 2), ({"worker_mb": 1000.0}, 2), ({"spoilt": 1}, 2)],
)
def test_a_slow_fat_or_failing_run_is_missed(changed: dict[str, float], count: int) -> None:
    assert len(missed(run(**changed), cut())) == count


@pytest.mark.parametrize(
    "changed",
    [
        {"stopped_s": draft.MOST_STOP_S + 0.1}, {"exit_code": 1}, {"back_in_queue": 7}, {"leased": 1}, {"finished": 9},
        {"spoilt": 1}, {"calls_paid_twice": 20},
    ],
)  # fmt: skip
def test_a_worker_that_ends_badly_is_missed(changed: dict[str, float]) -> None:
    assert len(missed(run(), cut(**changed))) == 1


def test_a_real_worker_on_the_stage_drafts_what_it_is_told() -> None:
    with stage(slots=2, delay=0.2) as on, on.worker() as worker:
        found = draft._timed(on, worker, 2, 0.0, draft.ideal_seconds(0.2))
        assert on.states() == {"awaiting_architect": 2}
        assert on.waiting_messages()[0] == 0
    assert (found.spoilt, found.refused) == (0, 0)
    assert found.calls % 2 == 0
    assert found.calls >= 16
    assert 50 < found.worker_mb < 1000
