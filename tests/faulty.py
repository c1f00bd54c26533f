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
from agents.analysts.trouble import Kind, Trouble
from agents.findings import Candidate, Judgement, StepRecord
from service.reviews import send as sending
from service.reviews.journal import TableJournal
from workers import drafting
from workers import posting as posting_tasks  # noqa: F401  registers the task
from workers import reviews as draft_tasks  # noqa: F401  registers the task
from workers.analysts import Analysts
from workers.app import app as app


def die_once(moment: str) -> None:
    """SIGKILL this process the first time the chosen moment comes."""
    if os.environ.get("FAULT") != moment:
        return
    once = Path(os.environ["FAULT_ONCE"])
    if not once.exists():
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


class Troubled(Counted):
    """A model that cannot judge: `TROUBLE` names the kind, `TROUBLE_TIMES` how often at most."""

    name = "model"

    async def extract(self, reading: Reading):  # type: ignore[no-untyped-def]
        if Path(os.environ["CALLS"]).read_text().count("trouble") < int(
            os.environ["TROUBLE_TIMES"]
        ):
            note("trouble")
            kind = Kind(os.environ["TROUBLE"])
            raise Trouble(kind, f"The provider said {kind}.", retry_after=1.0)
        return await super().extract(reading)


vars(drafting)["TableJournal"] = DyingJournal
Analysts.offline = lambda self: Counted()  # type: ignore[method-assign]
Analysts.model = lambda self: Troubled()  # type: ignore[method-assign]
Analysts.prepare = lambda self: None  # type: ignore[method-assign]
vars(sending)["send"] = send
