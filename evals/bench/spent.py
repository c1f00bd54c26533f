"""What one review costs with a model: counted by the stand-in for Anthropic's API, in this process."""

import asyncio
from collections.abc import Mapping

from agents.analysts.model.analyst import ModelAnalyst
from agents.analysts.model.models import Models
from agents.analysts.model.options import DEFAULT_MODEL, ModelOptions
from agents.catalogue.loader import Catalogue
from agents.change import Change, SourceText
from agents.findings import Draft
from agents.journal import MemoryJournal
from agents.pipeline import review
from agents.values import Value
from evals.standin import Asked, Brain, StandIn
from evals.standin.brains import Value as Answer
from evals.standin.ledger import Call, Ledger
from evals.standin.rules import Rules

MODEL = DEFAULT_MODEL.removeprefix("anthropic:")
FIRST_WORD, LAST_WORD = 0.2, 1.5
"""Seconds from a request to the beginning and to the end of its answer: calls that do not wait for
each other shall be seen side by side, also where the processor is busy."""


class CallSpent(Value):
    """Tokens of one call by price."""

    step: str
    uncached: int
    written: int
    read: int
    output: int


class Spent(Value):
    """What the calls of one review, or of several, came to. Tokens are the stand-in's estimate."""

    words: int
    calls: int
    depth: int
    """Calls that wait for each other, at most."""
    uncached: int
    written: int
    read: int
    output: int
    read_share: float
    """Cache reads among the input of all calls but the first."""
    uncached_equivalent: float
    """Input in units of one uncached token: writing 1.25, reading 0.1."""
    usd: float
    """List price of `MODEL`."""
    corrections: int
    """Answers that were sent back."""
    findings: int
    by_call: tuple[CallSpent, ...] = ()


class Remembering:
    """A brain that thinks once about the same question, so that it answers at once when asked again.

    Without `by_prefix` the documents do not belong to the question: for reviews of the same ones.
    """

    def __init__(self, brain: Brain, *, by_prefix: bool = True) -> None:
        self._brain = brain
        self._by_prefix = by_prefix
        self._known: dict[tuple[str, ...], Answer] = {}
        self.corrections = 0

    def answer(self, asked: Asked) -> Answer:
        """See `Brain.answer`."""
        self.corrections += bool(asked.corrections)
        prefix = asked.system if self._by_prefix else ""
        key = (asked.step, prefix, asked.text, *asked.corrections)
        if key not in self._known:
            self._known[key] = self._brain.answer(asked)
        return self._known[key]


def spent(text: str, catalogue: Catalogue) -> tuple[Spent, Draft]:
    """Review a design twice: once to think, once to count, with calls that take their time.

    Raises whatever the pipeline raises.
    """
    brain = Remembering(Rules())
    with StandIn(brain) as standin:
        asyncio.run(_reviewed(text, catalogue, standin))
    brain.corrections = 0
    with StandIn(brain, delay=FIRST_WORD, duration=LAST_WORD) as standin:
        draft = asyncio.run(_reviewed(text, catalogue, standin))
        return _counted(standin.ledger, len(text.split()), brain.corrections, draft), draft


async def _reviewed(text: str, catalogue: Catalogue, standin: StandIn) -> Draft:
    models = Models(ModelOptions(api_key=standin.key, base_url=standin.base_url))
    change = Change(repository="local", documents=(SourceText(path="design.md", text=text),))
    try:
        return await review(change, catalogue, ModelAnalyst(models), MemoryJournal())
    finally:
        await models.close()


def _counted(ledger: Ledger, words: int, corrections: int, draft: Draft) -> Spent:
    found = ledger.summary()
    return Spent(
        words=words,
        calls=found.calls,
        depth=found.depth,
        uncached=found.uncached,
        written=found.written_5m + found.written_1h,
        read=found.read,
        output=found.output,
        read_share=round(found.read_share, 3),
        uncached_equivalent=round(found.uncached_equivalent, 1),
        usd=round(float(ledger.cost()), 4),
        corrections=corrections,
        findings=len(draft.findings),
        by_call=tuple(_call(call) for call in ledger.calls),
    )


def _call(call: Call) -> CallSpent:
    usage = call.usage
    return CallSpent(
        step=call.step,
        uncached=usage.uncached if usage else 0,
        written=usage.written if usage else 0,
        read=usage.read if usage else 0,
        output=call.output_tokens,
    )


def total(rows: Mapping[str, Spent]) -> Spent:
    """All rows as one; depth is the largest, the share that of all input but the first calls'."""
    each = tuple(rows.values())
    later = [call for row in each for call in row.by_call[1:]]
    prompt = sum(c.uncached + c.written + c.read for c in later)
    sums = {
        name: sum(getattr(row, name) for row in each)
        for name in ("words", "calls", "uncached", "written", "read", "output", "corrections", "findings")
    }  # fmt: skip
    return Spent(
        **sums,
        depth=max(row.depth for row in each),
        read_share=round(sum(c.read for c in later) / prompt, 3) if prompt else 0.0,
        uncached_equivalent=round(sum(row.uncached_equivalent for row in each), 1),
        usd=round(sum(row.usd for row in each), 4),
    )
