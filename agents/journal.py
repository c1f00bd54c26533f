"""The journal: finished work of a review under a hash of its inputs, so that it is not paid twice."""

import hashlib
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar, runtime_checkable

from opentelemetry import trace
from pydantic import BaseModel

from agents.findings import StepRecord
from agents.metering import Meter, current
from agents.values import Value

T = TypeVar("T", bound=BaseModel)
_tracer = trace.get_tracer("lintel")


class Entry(Value):
    """A finished step."""

    output: str
    """JSON text."""
    record: StepRecord
    """What it cost when it was done."""


class Journal(Protocol):
    """Where finished steps are kept. A worker's is a table; `MemoryJournal` is a dictionary."""

    async def get(self, step: str, input_hash: str) -> Entry | None:
        """The step as it was finished for these inputs, or None."""

    async def put(self, step: str, input_hash: str, output: str, record: StepRecord) -> None:
        """Keeps the JSON text of the output with its provenance."""


class MemoryJournal:
    """A journal that lives as long as the process: command line and tests."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], Entry] = {}

    async def get(self, step: str, input_hash: str) -> Entry | None:
        """See `Journal.get`."""
        return self.entries.get((step, input_hash))

    async def put(self, step: str, input_hash: str, output: str, record: StepRecord) -> None:
        """See `Journal.put`."""
        self.entries[(step, input_hash)] = Entry(output=output, record=record)


@runtime_checkable
class Prompted(Protocol):
    """An analyst that works with prompt or template files says which, per step."""

    def prompts(self, step: str) -> tuple[str, ...]:
        """`name/version sha256:…` of every file the step uses."""


@runtime_checkable
class Paying(Protocol):
    """An analyst with a budget hears what earlier runs of the same review have spent."""

    def paid(self, record: StepRecord) -> None:
        """A step that comes from the journal, with what it cost."""


def digest(*inputs: BaseModel | str | Sequence[BaseModel]) -> str:
    """sha256 over the canonical JSON of typed inputs, in hexadecimal."""
    plain = [_plain(value) for value in inputs]
    canonical = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: BaseModel | str | Sequence[BaseModel]) -> object:
    if isinstance(value, str):
        return value
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    return [item.model_dump(mode="json") for item in value]


@dataclass
class Notebook:
    """Runs steps through the journal and keeps their records, in the order they finished."""

    journal: Journal
    analyst: object
    signature: str
    """Analyst name, version and catalogue hash: part of every input hash."""
    name: str
    on_step: Callable[[str], None] | None = None
    on_done: Callable[[StepRecord], None] | None = None
    records: list[StepRecord] = field(default_factory=list)

    def announce(self, step: str) -> None:
        """Tells the caller that a step begins."""
        if self.on_step is not None:
            self.on_step(step)

    async def step(
        self,
        name: str,
        inputs: Sequence[BaseModel | str | Sequence[BaseModel]],
        output: type[T],
        work: Callable[[], Awaitable[T]],
    ) -> T:
        """The journal's output for these inputs, or the result of `work`, which is then kept."""
        self.announce(name)
        prompt = self._prompt(name)
        input_hash = digest(name, self.signature, prompt, *inputs)
        started = time.perf_counter()
        stored = await self.journal.get(name, input_hash)
        if stored is not None:
            record = stored.record.model_copy(update={"from_journal": True})
            if isinstance(self.analyst, Paying):
                self.analyst.paid(record)
            self._done(record)
            return output.model_validate_json(stored.output)
        value, meter = await _metered(name, work)
        if meter.done_by:
            # What it cost is kept, but not as this analyst's answer: the next run asks it again.
            input_hash = digest(input_hash, meter.done_by)
        record = StepRecord(
            step=name,
            input_hash=input_hash,
            analyst=meter.done_by or self.name,
            prompt="" if meter.done_by else prompt,
            duration_ms=round((time.perf_counter() - started) * 1000, 3),
            **_counted(meter),
        )
        await self.journal.put(name, input_hash, value.model_dump_json(), record)
        self._done(record)
        return value

    @property
    def notes(self) -> tuple[str, ...]:
        """What the steps so far noted, each sentence once."""
        return tuple(dict.fromkeys(note for record in self.records for note in record.notes))

    @property
    def dropped(self) -> int:
        """What the analyst said and could not prove, over all steps so far."""
        return sum(record.dropped for record in self.records)

    def code(self, name: str, started: float, input_hash: str) -> None:
        """Records a step of plain code that began at `started` (`time.perf_counter`)."""
        elapsed = round((time.perf_counter() - started) * 1000, 3)
        self._done(StepRecord(step=name, input_hash=input_hash, duration_ms=elapsed))

    def _done(self, record: StepRecord) -> None:
        self.records.append(record)
        if self.on_done is not None:
            self.on_done(record)

    def _prompt(self, step: str) -> str:
        if not isinstance(self.analyst, Prompted):
            return ""
        return "; ".join(self.analyst.prompts(step.partition(":")[0]))


def _counted(meter: Meter) -> dict[str, Any]:
    counts = {name: value for name, value in vars(meter).items() if name != "done_by"}
    return counts | {"notes": tuple(meter.notes)}


async def _metered(name: str, work: Callable[[], Awaitable[T]]) -> tuple[T, Meter]:
    """The result of a step and what it cost; a span with no content of documents."""
    meter = Meter()
    before = current.set(meter)
    try:
        with _tracer.start_as_current_span("review.step", attributes={"lintel.step": name}) as span:
            value = await work()
            span.set_attribute("lintel.requests", meter.requests)
            span.set_attribute("lintel.dropped", meter.dropped)
            return value, meter
    finally:
        current.reset(before)
