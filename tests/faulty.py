"""Workers that die at a chosen moment: `celery -A tests.faulty worker`, told by the environment.

`FAULT` names the moment, `FAULT_ONCE` a file whose absence arms it, `CALLS` a file that gets a line
for each judgement the analyst really makes.
"""

import os
import signal
from collections.abc import Sequence
from pathlib import Path

from agents.analysts.base import Reading
from agents.analysts.lexical import LexicalAnalyst
from agents.findings import Candidate, Judgement, StepRecord
from service.reviews import send as sending
from service.reviews.journal import TableJournal
from workers import posting as posting_tasks  # noqa: F401  registers the task
from workers import reviews as draft_tasks
from workers.app import app as app


def die_once(moment: str) -> None:
    """SIGKILL this process the first time the chosen moment comes."""
    once = Path(os.environ["FAULT_ONCE"])
    if os.environ.get("FAULT") == moment and not once.exists():
        once.touch()
        os.kill(os.getpid(), signal.SIGKILL)


def note(call: str) -> None:
    """Record one judgement."""
    with Path(os.environ["CALLS"]).open("a") as calls:
        calls.write(call + "\n")


class Counted(LexicalAnalyst):
    """The offline analyst, with each of its judgements written down."""

    async def triage(self, reading: Reading):  # type: ignore[no-untyped-def]
        note("triage")
        return await super().triage(reading)

    async def extract(self, reading: Reading):  # type: ignore[no-untyped-def]
        note("extract")
        return await super().extract(reading)

    async def judge(
        self, candidates: Sequence[Candidate], reading: Reading
    ) -> tuple[Judgement, ...]:
        note(f"judge:{candidates[0].id}")
        return await super().judge(candidates, reading)


class DyingJournal(TableJournal):
    """Dies right after a step was kept."""

    async def put(self, step: str, input_hash: str, output: str, record: StepRecord) -> None:
        await super().put(step, input_hash, output, record)
        die_once(f"after:{step}")


real_send = sending.send


def send(*args, **kwargs):  # type: ignore[no-untyped-def]
    """The real post; then death before it is recorded."""
    posted = real_send(*args, **kwargs)
    die_once("after:post")
    return posted


vars(draft_tasks)["TableJournal"] = DyingJournal
vars(draft_tasks)["analyst"] = Counted
vars(sending)["send"] = send
