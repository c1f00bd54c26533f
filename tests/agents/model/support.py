"""A review by the model-backed analyst against the stand-in, and single judgements of it."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any, TypeVar

import pytest
from pydantic import SecretStr

from agents.analysts.base import Reading
from agents.analysts.lexical import LexicalAnalyst
from agents.analysts.model.analyst import ModelAnalyst
from agents.analysts.model.models import Models, Wrap
from agents.analysts.model.options import ModelOptions
from agents.analysts.trouble import Trouble
from agents.catalogue.loader import Catalogue, load
from agents.change import Change, cut
from agents.findings import Draft, StepRecord
from agents.journal import Journal, MemoryJournal
from agents.metering import Meter, current
from agents.pipeline import review
from agents.steps.extract import extract
from agents.steps.read import read_documents
from evals.standin import Asked, StandIn
from evals.standin.cache import PrefixCache
from evals.standin.rules import Rules
from tests.support import design_change

T = TypeVar("T")
Answer = dict[str, Any]
Spoil = Callable[[Answer, Asked], Mapping[str, object]]

catalogue: Callable[[], Catalogue] = lru_cache(load)
"""Loaded once for all modules."""


class Remembered:
    """The rules, thinking once about each request: their thinking holds up the stand-in's loop."""

    def __init__(self) -> None:
        self._rules = Rules()
        self._known: dict[tuple[str, str, str], str] = {}

    def answer(self, asked: Asked) -> Answer:
        """See `Brain.answer`; each answer is the caller's own."""
        key = (asked.step, asked.system, asked.text)
        if key not in self._known:
            self._known[key] = json.dumps(self._rules.answer(asked))
        found: Answer = json.loads(self._known[key])
        return found


RULES = Remembered()


@dataclass
class Spoiled:
    """The rules' answers with mistakes in those of some steps.

    `mends`: a correction helps; else the mistake comes again. `asked` keeps what was asked of the
    spoilt steps.
    """

    spoils: Mapping[str, Spoil]
    mends: bool = False
    asked: list[Asked] = field(default_factory=list)

    def answer(self, asked: Asked) -> Mapping[str, object]:
        """See `Brain.answer`."""
        good = RULES.answer(asked)
        if asked.step not in self.spoils:
            return good
        self.asked.append(asked)
        if asked.corrections and self.mends:
            return good
        return self.spoils[asked.step](good, asked)

    @property
    def corrections(self) -> tuple[str, ...]:
        """What was said about the answers of the spoilt steps."""
        return tuple(said for asked in self.asked[-1:] for said in asked.corrections)


@dataclass
class Lab:
    """The stand-in, set back before each test, and how a test works with it."""

    standin: StandIn

    def reset(self) -> None:
        """The rules as brain, nothing asked, nothing planned, nothing in the cache."""
        state = self.standin.state
        state.brain, state.delay, state.duration = RULES, 0.0, 0.0
        state.window = 200_000
        state.cache = PrefixCache(state.clock)
        state.faults.clear()
        state.ledger.clear()

    def options(self, **more: Any) -> ModelOptions:
        """Of a model at the stand-in, with a short patience."""
        given = {
            "api_key": SecretStr(self.standin.key),
            "base_url": self.standin.base_url,
            "timeout_seconds": 20,
        }
        return ModelOptions(**(given | more))

    def review(
        self,
        change: Change | None = None,
        journal: Journal | None = None,
        wrap: Wrap | None = None,
        **options: Any,
    ) -> Draft:
        """The whole pipeline on one change; raises what `agents.pipeline.review` raises."""

        async def work(analyst: ModelAnalyst) -> Draft:
            kept = journal if journal is not None else MemoryJournal()
            return await review(change or design_change(), catalogue(), analyst, kept)

        return self.with_analyst(work, wrap, **options)

    def with_analyst(
        self, work: Callable[[ModelAnalyst], Awaitable[T]], wrap: Wrap | None = None, **options: Any
    ) -> T:
        """`work` on a loop of its own; the models are closed there."""

        async def main() -> T:
            models = Models(self.options(**options), wrap)
            try:
                return await work(ModelAnalyst(models))
            finally:
                await models.close()

        return asyncio.run(main())

    def step(self, work: Callable[[ModelAnalyst], Awaitable[T]], **options: Any) -> tuple[T, Meter]:
        """One judgement and its meter."""

        async def metered(analyst: ModelAnalyst) -> tuple[T, Meter]:
            meter = Meter()
            before = current.set(meter)
            try:
                return await work(analyst), meter
            finally:
                current.reset(before)

        return self.with_analyst(metered, **options)

    def calls(self, step: str = "") -> list[str]:
        """How the calls of a step, or of all, ended."""
        return [c.outcome for c in self.standin.ledger.calls if step in ("", c.step)]

    def asked(self) -> list[str]:
        """Steps of the calls so far."""
        return [call.step for call in self.standin.ledger.calls]


def demo_change() -> Change:
    """The demo's pull request: about 1,850 words of design."""
    place = "docs/design/support-assistant.md"
    text = (files("service.demo") / f"sample/pull-1/files/{place}").read_text(encoding="utf-8")
    return Change(repository="acme/support-assistant", number=1, documents=(cut(place, text),))


@lru_cache(maxsize=32)
def reading_of(*texts: str, knows_system: bool = True, title: str = "") -> Reading:
    """Documents `a.md`, `b.md`, …, with the system model that the rules make of them."""
    documents = tuple(cut(f"{chr(97 + n)}.md", text) for n, text in enumerate(texts))
    change = Change(repository="acme/support", title=title, documents=documents)
    bare = Reading(change, read_documents(change), catalogue())
    if not knows_system:
        return bare
    system = asyncio.run(extract(bare, LexicalAnalyst())).value
    return Reading(change, bare.documents, bare.catalogue, system)


def trouble_of(error: BaseException) -> Trouble:
    """The first trouble, as a worker looks for it."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    assert isinstance(error, Trouble), repr(error)
    return error


def raised_by(work: Callable[[], object]) -> Trouble:
    with pytest.raises((Trouble, ExceptionGroup)) as caught:
        work()
    return trouble_of(caught.value)


def record(draft: Draft, step: str) -> StepRecord:
    """The record of a step; of the first one where it has several."""
    assert draft.provenance is not None
    return next(r for r in draft.provenance.steps if r.step.partition(":")[0] == step)


def noted(draft: Draft, words: str) -> Sequence[str]:
    """Sentences of coverage with these words in them."""
    return [note for note in draft.coverage.notes if words in note]
