"""A model as the judge of findings against gold, instead of the deterministic matcher.

Its prompt is `prompts/match`. How well it agrees with labels made by hand is measured by
`python -m evals.agree MODEL`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import Field
from pydantic_ai import Agent, ModelRetry, NativeOutput, RunContext, ToolOutput
from pydantic_ai.models import Model
from pydantic_ai.usage import RunUsage

import prompts
from agents.analysts.model.failures import translated
from agents.analysts.model.models import Models, caches
from agents.fence import fence
from agents.findings import Finding
from agents.values import Value
from evals.cases import GoldItem
from evals.drafting import Purse

PROMPT = "match"
TOOL = "submit_match"
TRIES = 2
"""Times that an answer goes back for what the schema or the numbers refuse."""
Said = Mapping[str, frozenset[str]]
"""Gold id to the ids of the findings that make its point."""


class Pair(Value):
    """A comment that makes a point."""

    point: int = Field(description="number of the expert's point")
    comment: int = Field(description="number of the comment")
    why: str = Field(max_length=300, description="why the fix is the same, in a few words")


class MatchAnswer(Value):
    """Every pair that fits, each once; none is a valid answer."""

    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class _Counts:
    """How many there are of each, for the check of the numbers."""

    points: int
    comments: int


class Judge:
    """Asks one model; its connections are the caller's to close."""

    def __init__(self, models: Models, purse: Purse) -> None:
        """The model is that of the options."""
        self._models = models
        self._purse = purse

    @property
    def name(self) -> str:
        """Model and prompt, as a report names them."""
        return f"{self._models.options.model}, {prompts.load(PROMPT).label[:24]}"

    async def said(self, gold: Sequence[GoldItem], findings: Sequence[Finding]) -> Said:
        """All findings against all gold items in one call; raises Trouble and OverLimit."""
        if not gold or not findings:
            return {}
        self._purse.check()
        model = self._models.get(self._models.options.model)
        usage = RunUsage()
        try:
            result = await _agent(_native(model)).run(
                _text(gold, findings),
                deps=_Counts(len(gold), len(findings)),
                model=model,
                model_settings=self._models.settings(model),
                usage=usage,
            )
        except Exception as error:
            raise translated(error, model.model_name) from error
        finally:
            self._purse.spent += float(usage.cost or 0)
        found: dict[str, set[str]] = {}
        for pair in result.output.pairs:
            ids = found.setdefault(gold[pair.point - 1].id, set())
            ids.add(findings[pair.comment - 1].id)
        return {gold_id: frozenset(ids) for gold_id, ids in found.items()}


def _text(gold: Sequence[GoldItem], findings: Sequence[Finding]) -> str:
    points = [
        f"{n}: {item.title} [{', '.join(item.components)}]\n{item.description}"
        for n, item in enumerate(gold, start=1)
    ]
    comments = [
        f"{n}: {f.title} [{f.component_name}]\n{f.why} {f.change}"
        for n, f in enumerate(findings, start=1)
    ]
    text = prompts.load(PROMPT).render(
        points=fence("\n\n".join(points), "points"),
        comments=fence("\n\n".join(comments), "comments"),
    )
    return f"{text}\n\nAnswer with {TOOL}."


def _native(model: Model) -> bool:
    """As the review asks: by tool where prefixes are cached, else by the schema if it is enforced."""
    return not caches(model) and bool(model.profile.get("supports_json_schema_output"))


@cache
def _agent(native: bool) -> Agent[_Counts, MatchAnswer]:
    """An agent holds no model, so one of each sort is enough."""
    output: Any = NativeOutput(MatchAnswer) if native else ToolOutput(MatchAnswer, name=TOOL)
    agent: Agent[_Counts, MatchAnswer] = Agent(
        deps_type=_Counts, output_type=output, name="judge", retries={"output": TRIES}
    )
    agent.output_validator(_checked)
    return agent


def _checked(ctx: RunContext[_Counts], answer: MatchAnswer) -> MatchAnswer:
    """Numbers that are there, or the answer goes back."""
    wrong = [
        f"point {p.point}, comment {p.comment}"
        for p in answer.pairs
        if not 1 <= p.point <= ctx.deps.points or not 1 <= p.comment <= ctx.deps.comments
    ]
    if wrong:
        raise ModelRetry(f"There are no such numbers: {'; '.join(wrong)}. Send all pairs again.")
    return answer
