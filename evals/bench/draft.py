"""`make bench-draft`: many reviews in one real draft worker, whose model takes its time."""

import argparse
import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from agents.values import Value
from evals.bench.process import usage
from evals.bench.report import write
from evals.bench.stage import FIRST_WORD, WORDS, Stage, Worker, stage
from service.supervisor import SOFT_SECONDS

RESULT = Path(__file__).resolve().parents[1] / "results" / "draft.json"
DEPTH, LEADS = 5, 2
"""Calls of a review that wait for each other's end, and for each other's first word besides."""
LEAST_AT_ONCE, LEAST_SPREAD, MOST_MB, MOST_STOP_S = 0.75, 0.9, 1000, SOFT_SECONDS
"""Bars: share of the ideal throughput, megabytes of the worker, seconds from SIGTERM to the end, which
are those that the supervisor waits."""
SPREAD = 2.0
"""Arrivals are spread over so many times the ideal duration."""
CUT_AT = 0.45
"""Of the ideal duration, when the worker is told to stop."""
GRACE = 4.0
"""Seconds that the worker gives to reviews in flight (`workers.reviews`)."""
_PATIENCE = 8
"""Times the ideal duration, and a minute, until a run is given up."""
LIBRARIES = ("celery", "anthropic", "pydantic-ai-slim", "sqlalchemy", "httpx2")
LIMITS = (
    "The stand-in shares the machine with the worker; a provider is elsewhere and has limits of rate.",
    f"All reviews read one made-up design of about {WORDS:,} words; the answers are the offline rules'.",
    "SQLite and the embedded Valkey; no web process, intake or poster runs beside the worker.",
)


class Run(Value):
    """One run of many reviews. Times in seconds."""

    reviews: int
    calls: int
    ideal_s: float
    wall_s: float
    share: float
    """Ideal by wall time, where nothing else holds up."""
    most_in_flight: int
    """Calls, seen by the stand-in."""
    worker_mb: float
    """Peak of the worker."""
    worker_cpu_s: float
    standin_cpu_s: float
    spoilt: int
    """Reviews that failed or were left to the rules."""
    refused: int
    """Requests that the stand-in did not take."""
    load: float
    """Of the machine over the minute before."""


class Cut(Value):
    """A run whose worker was told to stop in its middle, and the worker after it."""

    reviews: int
    finished_before: int
    stopped_s: float
    exit_code: int
    back_in_queue: int
    unacknowledged: int
    leased: int
    finished: int
    spoilt: int
    calls_once: int
    """Calls that the reviews need when nothing goes wrong."""
    calls_paid_twice: int
    calls_in_flight: int
    """Calls that the end of the worker cut off. Besides them a review may pay a finished call again:
    proposing asks twice and is one step, and an answer may have come that nobody had read."""


def main(arguments: list[str] | None = None) -> int:
    """0 where the bars hold, 1 where one is missed."""
    wanted = _wanted(arguments)
    ideal = ideal_seconds(wanted.delay)
    runs: dict[str, Run] = {}
    with stage(wanted.reviews, wanted.delay) as on:
        with on.worker() as worker:
            # The first review loads what the worker loads once, and fills the stand-in's memory.
            alone = _timed(on, worker, 1, 0.0, ideal)
            runs["alone"] = _timed(on, worker, 1, 0.0, ideal)
            print(shown("alone", runs["alone"]), flush=True)
            for name, over in (("at once", 0.0), ("spread out", SPREAD * ideal)):
                runs[name] = _timed(on, worker, wanted.reviews, over, ideal)
                print(shown(name, runs[name]), flush=True)
        cut = cut_off(on, wanted.reviews, ideal, alone.calls)
        print(cut.model_dump_json(indent=2))
    found = missed(runs, cut)
    write(wanted.result, report(wanted.delay, runs, cut, found))
    for sentence in found:
        print(f"MISSED: {sentence}", file=sys.stderr)
    return 1 if found else 0


def ideal_seconds(delay: float) -> float:
    """Of one review at calls of `delay` seconds, when nothing but the model takes time."""
    return delay * (DEPTH + LEADS * FIRST_WORD)


def _timed(on: Stage, worker: Worker, count: int, over: float, ideal: float) -> Run:
    """So many reviews, arriving over so many seconds."""
    ids = on.open_reviews(count)
    on.forget_calls()
    before, load = usage(worker.pid), os.getloadavg()[0]
    standin_before = usage(on.standin_pid)
    started = time.monotonic()
    for number, id_ in enumerate(ids):
        if over:
            time.sleep(max(0.0, started + over * number / count - time.monotonic()))
        on.publish([id_])
    last = over * (count - 1) / count
    wall = on.await_finished(_PATIENCE * ideal + 60) - started
    after, summary = usage(worker.pid), on.ledger()
    return Run(
        reviews=count,
        calls=summary["summary"]["calls"],
        ideal_s=round(last + ideal, 2),
        wall_s=round(wall, 2),
        share=round((last + ideal) / wall, 3),
        most_in_flight=summary["summary"]["most_in_flight"],
        worker_mb=after.peak_mb,
        worker_cpu_s=round(after.processor_s - before.processor_s, 2),
        standin_cpu_s=round(usage(on.standin_pid).processor_s - standin_before.processor_s, 2),
        spoilt=on.spoilt(),
        refused=len(summary["refusals"]),
        load=round(load, 2),
    )


def cut_off(on: Stage, count: int, ideal: float, calls_of_one: int) -> Cut:
    """Reviews whose worker gets SIGTERM in the middle; a second worker finishes them."""
    done_before = _finished(on)
    ids = on.open_reviews(count)
    on.forget_calls()
    with on.worker() as worker:
        on.publish(ids)
        _await(lambda: len(on.ledger()["calls"]) >= count, ideal)
        time.sleep(CUT_AT * ideal)
        finished = _finished(on) - done_before
        told = time.monotonic()
        worker.process.send_signal(signal.SIGTERM)
        code, gone = _end_of(worker, ideal), time.monotonic()
    queued, unacked = on.waiting_messages()
    leased, calls = on.leased(), on.ledger()["calls"]
    in_flight = sum(_ended(call) > told + GRACE for call in calls if call["began"] <= gone)
    with on.worker():
        on.await_finished(_PATIENCE * ideal + 60)
        paid = len(on.ledger()["calls"])
    return Cut(
        reviews=count,
        finished_before=finished,
        stopped_s=round(gone - told, 2),
        exit_code=code,
        back_in_queue=queued,
        unacknowledged=unacked,
        leased=leased,
        finished=_finished(on) - done_before,
        spoilt=on.spoilt(),
        calls_once=count * calls_of_one,
        calls_paid_twice=paid - count * calls_of_one,
        calls_in_flight=in_flight,
    )


def missed(runs: dict[str, Run], cut: Cut) -> tuple[str, ...]:
    """The bars that do not hold, in sentences."""
    checks = [
        (f"{name}: {runs[name].share:.1%} of the ideal < {least:.0%}", runs[name].share >= least)
        for name, least in (("at once", LEAST_AT_ONCE), ("spread out", LEAST_SPREAD))
    ]
    for name, run in runs.items():
        checks.append((f"{name}: {run.worker_mb:.0f} MB", run.worker_mb < MOST_MB))
        checks.append(
            (f"{name}: {run.spoilt} spoilt, {run.refused} refused", not run.spoilt + run.refused)
        )
    left = cut.reviews - cut.finished_before
    checks += [
        (f"SIGTERM: {cut.stopped_s} s, exit {cut.exit_code}", cut.stopped_s <= MOST_STOP_S and not cut.exit_code),
        (f"SIGTERM: {cut.back_in_queue} of {left} back", cut.back_in_queue + cut.unacknowledged >= left),
        (f"SIGTERM: {cut.leased} leases were not given back", not cut.leased),
        (f"SIGTERM: {cut.finished} of {cut.reviews} finished", cut.finished == cut.reviews and not cut.spoilt),
        (f"SIGTERM: {cut.calls_paid_twice} calls paid twice", cut.calls_paid_twice <= cut.calls_in_flight + cut.reviews),
    ]  # fmt: skip
    return tuple(sentence for sentence, holds in checks if not holds)


def shown(name: str, run: Run) -> str:
    """One line for reading."""
    return (
        f"{name:<11}{run.reviews:>4} reviews {run.calls:>5} calls  {run.wall_s:>6.1f} s of "
        f"{run.ideal_s:.1f} ({run.share:.1%})  {run.most_in_flight} in flight  "
        f"{run.worker_mb:.0f} MB  CPU {run.worker_cpu_s:.1f} s + {run.standin_cpu_s:.1f} s "
        f"stand-in  {run.spoilt} spoilt  load {run.load}"
    )


def report(delay: float, runs: dict[str, Run], cut: Cut, found: Sequence[str]) -> dict[str, Any]:
    """What is committed."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "lintel": metadata.version("lintel-review"),
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "libraries": {name: metadata.version(name) for name in LIBRARIES},
        "seconds_of_a_call": delay,
        "seconds_until_its_first_word": round(delay * FIRST_WORD, 2),
        "runs": {name: run.model_dump(mode="json") for name, run in runs.items()},
        "cut_off": cut.model_dump(mode="json"),
        "missed": list(found),
        "does_not_show": LIMITS,
    }


def _finished(on: Stage) -> int:
    return on.states().get("awaiting_architect", 0)


def _ended(call: dict[str, Any]) -> float:
    return float("inf") if call["ended"] is None else float(call["ended"])


def _await(holds: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds + 60
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError("the worker did not begin")
        time.sleep(0.1)


def _end_of(worker: Worker, seconds: float) -> int:
    try:
        return worker.process.wait(seconds + 60)
    except subprocess.TimeoutExpired as late:
        raise TimeoutError("the worker does not end") from late


def _wanted(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evals.bench.draft", description=__doc__)
    parser.add_argument("--reviews", type=int, default=200, help="reviews in flight")
    parser.add_argument("--delay", type=float, default=10.0, help="seconds of one model call")
    parser.add_argument("--result", type=Path, default=RESULT, help="where the report goes")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
