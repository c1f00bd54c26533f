"""A stage for the draft worker: stand-in, broker and database of its own, in a temporary folder."""

import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import redis
from sqlalchemy import func, select

from agents.change import Change, SourceText
from evals.bench.designs import design
from evals.bench.spent import Remembering
from evals.standin.rules import Rules
from evals.standin.state import KEY
from service.broker import EmbeddedValkey
from service.db import Database, now
from service.lifeline import FD_VARIABLE, lifeline
from service.migrations import upgrade
from service.models import DraftRevision, Review
from service.queue import DRAFT_REVIEW, Job, Publisher, make_celery
from service.reviews.states import State
from service.roles import FOREIGN, inherited
from service.settings import Settings
from service.supervisor import command

ROOT = Path(__file__).resolve().parents[2]
WORDS = 1_000
"""Of the design that each review reads, under a title of its own."""
FIRST_WORD = 0.1
"""Of a call's seconds, the share until its answer begins."""
TICK = 0.5
_STARTED_SECONDS = 60


def make_brain() -> Remembering:
    """The rules, which think once for each step: all reviews read the same design."""
    return Remembering(Rules(), by_prefix=False)


@dataclass
class Worker:
    """A draft worker, and when it was started."""

    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid


@dataclass
class Stage:
    """Where reviews wait to be drafted. Everything on it ends with this process."""

    settings: Settings
    database: Database
    standin_url: str
    standin_pid: int
    fd: int
    numbers: Iterator[int]
    workers: list[Worker] = field(default_factory=list)

    @contextlib.contextmanager
    def worker(self) -> Iterator[Worker]:
        """A draft worker as `lintel up` starts it; killed at the end where it still lives."""
        log = self.settings.home / f"worker-{len(self.workers)}.log"
        process = _start(command("draft", self.settings), self._environment(), self.fd, log)
        found = Worker(process, log)
        self.workers.append(found)
        try:
            yield found
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()

    def open_reviews(self, count: int) -> tuple[str, ...]:
        """So many queued reviews with a change each; nobody is told of them yet."""
        text = SourceText(path="design.md", text=design(WORDS))
        ids = []
        with self.database.transaction() as session:
            for number in (next(self.numbers) for _ in range(count)):
                title = f"Design number {number}"
                change = Change(repository="bench/designs", number=number, title=title,
                                head_sha=f"{number:040x}", documents=(text,))  # fmt: skip
                review = Review(
                    installation_id=1, repository_id=1, repository=change.repository,
                    number=number, title=title, author="bench", head_sha=change.head_sha,
                    config_hash="", state=State.QUEUED, head_seen_at=now(),
                    change=change.model_dump(mode="json"),
                )  # fmt: skip
                session.add(review)
                session.flush()
                ids.append(review.id)
        return tuple(ids)

    def publish(self, ids: Sequence[str]) -> None:
        """Tell the worker."""
        Publisher(make_celery(self.settings))([Job(DRAFT_REVIEW, (id_,)) for id_ in ids])

    def states(self) -> Mapping[str, int]:
        """How many reviews are in each state."""
        with self.database.reading() as session:
            rows = session.execute(select(Review.state, func.count()).group_by(Review.state))
            return {str(state): count for state, count in rows}

    def unfinished(self) -> int:
        """Reviews that are queued or drafted."""
        states = self.states()
        return states.get(State.QUEUED, 0) + states.get(State.DRAFTING, 0)

    def leased(self) -> int:
        """Reviews that somebody works on, or that a worker took with it."""
        with self.database.reading() as session:
            query = select(func.count()).where(Review.lease_until.is_not(None))
            return session.scalar(query) or 0

    def spoilt(self) -> int:
        """Finished reviews whose draft the model did not make alone, and failed ones."""
        with self.database.reading() as session:
            bodies = session.scalars(select(DraftRevision.body))
            by_rules = sum("offline rules" in n for b in bodies for n in b["coverage"]["notes"])
        return by_rules + self.states().get(State.FAILED, 0)

    def waiting_messages(self) -> tuple[int, int]:
        """Messages in the queue, and those that a worker took and did not acknowledge."""
        with redis.Redis(unix_socket_path=EmbeddedValkey(self.settings).socket) as client:
            return int(client.llen("draft")), int(client.hlen("unacked"))

    def await_finished(self, seconds: float) -> float:
        """Wait until no review is unfinished; the monotonic moment at which that was seen.

        Raises `TimeoutError` with the states as they are.
        """
        end = time.monotonic() + seconds
        while self.unfinished():
            if time.monotonic() > end:
                raise TimeoutError(f"after {seconds:.0f} s: {self.states()}")
            time.sleep(TICK)
        return time.monotonic()

    def ledger(self) -> dict[str, Any]:
        """What the stand-in was asked, as its control page says it."""
        with httpx2.Client(trust_env=False, timeout=60) as client:
            found: dict[str, Any] = client.get(f"{self.standin_url}/_standin/ledger").json()
            return found

    def forget_calls(self) -> None:
        """Empty the stand-in's ledger."""
        with httpx2.Client(trust_env=False, timeout=60) as client:
            client.delete(f"{self.standin_url}/_standin/ledger").raise_for_status()

    def _environment(self) -> dict[str, str]:
        return {
            "LINTEL_HOME": str(self.settings.home),
            "LINTEL_ANALYST": "model",
            "LINTEL_MODEL_API_KEY": KEY,
            "LINTEL_MODEL_BASE_URL": self.standin_url,
            "LINTEL_LOG_LEVEL": "WARNING",
        }


@contextlib.contextmanager
def stage(slots: int, delay: float) -> Iterator[Stage]:
    """An empty stage; calls take `delay` seconds, and `slots` reviews can be in flight."""
    with contextlib.ExitStack() as open_:
        folder = open_.enter_context(tempfile.TemporaryDirectory(prefix="lintel-bench-"))
        fd = open_.enter_context(lifeline())
        settings = Settings(home=Path(folder), draft_slots=slots)
        upgrade(settings.database)
        valkey = EmbeddedValkey(settings)
        open_.callback(valkey.stop)
        valkey.start()
        process, url = _standin(delay, fd, settings.home / "standin.log")
        open_.callback(process.wait)
        open_.callback(process.terminate)
        database = Database(settings.database, Publisher(make_celery(settings)))
        open_.callback(database.close)
        yield Stage(settings, database, url, process.pid, fd, iter(range(1, 1_000_000)))


def _standin(delay: float, fd: int, log: Path) -> "tuple[subprocess.Popen[bytes], str]":
    words = [sys.executable, "-m", "evals.standin", "--brain", "evals.bench.stage:make_brain"]
    words += ["--delay", str(delay * FIRST_WORD), "--duration", str(delay)]
    process = _start(words, {}, fd, log)
    end = time.monotonic() + _STARTED_SECONDS
    while time.monotonic() < end and process.poll() is None:
        said = log.read_text().partition("\n")
        if said[1]:
            return process, said[0]
        time.sleep(TICK)
    process.kill()
    raise RuntimeError(f"the stand-in did not start: {log.read_text()[-2000:]}")


def _start(
    words: Sequence[str], extra: Mapping[str, str], fd: int, log: Path
) -> "subprocess.Popen[bytes]":
    """A process that follows this one, with nobody's key and nobody's settings."""
    not_ours = ("LINTEL_", *FOREIGN)
    base = {name: v for name, v in inherited().items() if not name.startswith(not_ours)}
    with log.open("ab") as out:
        return subprocess.Popen(  # noqa: S603  the commands are ours
            words,
            env=base | {"NO_PROXY": "127.0.0.1", FD_VARIABLE: str(fd)} | dict(extra),
            pass_fds=(fd,),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
