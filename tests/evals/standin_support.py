"""A reviewer of six steps on one prefix, as the product sends it, and what the tests share."""

import asyncio
from collections.abc import AsyncIterable, Awaitable, Callable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel
from pydantic_ai import Agent, CachePoint, RunContext, ToolOutput
from pydantic_ai.messages import UserContent
from pydantic_ai.models.anthropic import AnthropicModel, AnthropicModelSettings
from pydantic_ai.providers.anthropic import AnthropicProvider

from evals.standin import Scripted, StandIn

MODEL = "claude-sonnet-5-5"
PREFIX = ("You review designs. " * 2000).strip()
"""40 000 characters: about 11 400 tokens."""
DETAIL = "Look at this. " * 214
"""3 000 characters: about 860 tokens of a step's own."""
R = TypeVar("R")


class Verdict(BaseModel):
    """What one step says."""

    verdict: str
    reasons: list[str]


STEPS: dict[str, type[Verdict]] = {
    name: type(name.title(), (Verdict,), {"__doc__": f"The answer of {name}."})
    for name in ("triage", "extract", "judge", "propose", "refute", "write")
}
ANSWER = {"verdict": "fine", "reasons": ["one", "two"]}
SCRIPT = dict.fromkeys(STEPS, ANSWER)


class Clock:
    """Seconds that pass only when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def scripted(**options: Any) -> StandIn:
    """A stand-in that answers every step."""
    return StandIn(make_brain(), **options)


def make_model(standin: StandIn, name: str = MODEL, **settings: Any) -> AnthropicModel:
    """The real client, pointed at the stand-in."""
    provider = AnthropicProvider(api_key=standin.key, base_url=standin.base_url)
    given = {"max_tokens": 1000, "max_retries": 0, "timeout": 20, "parallel_tool_calls": False}
    given |= {"anthropic_cache_instructions": True, **settings}
    return AnthropicModel(name, provider=provider, settings=AnthropicModelSettings(**given))  # type: ignore[typeddict-item]


def make_agent(steps: Sequence[str] = tuple(STEPS)) -> Agent[str, Verdict]:
    """One list of output tools; `deps` names the wanted step."""
    tools = [ToolOutput(STEPS[name], name=f"submit_{name}") for name in steps]
    return Agent(deps_type=str, output_type=tools, name="reviewer", retries={"output": 1})


SIX = make_agent()


async def ask(
    model: AnthropicModel,
    step: str,
    *,
    agent: Agent[str, Verdict] = SIX,
    shared: str = "",
    detail: str = "",
    began: asyncio.Event | None = None,
) -> Verdict:
    """One judgement; with `began` it streams and tells when its answer begins."""

    async def watch(_: RunContext[str], events: AsyncIterable[object]) -> None:
        async for _event in events:
            if began:
                began.set()

    prompt: list[UserContent] = [shared, CachePoint()] if shared else []
    prompt.append(f"Do {step}. {detail}\n\nAnswer with submit_{step}.")
    run = await agent.run(
        prompt,
        instructions=PREFIX,
        deps=step,
        model=model,
        event_stream_handler=watch if began else None,
    )
    return run.output


def with_model(
    standin: StandIn,
    work: Callable[[AnthropicModel], Awaitable[R]],
    name: str = MODEL,
    **settings: Any,
) -> R:
    """Run `work` on a loop of its own and close the client there."""

    async def main() -> R:
        model = make_model(standin, name, **settings)
        try:
            return await work(model)
        finally:
            await model.client.close()

    return asyncio.run(main())


def make_brain() -> Scripted:
    """For `--brain tests.evals.standin_support:make_brain`."""
    return Scripted(SCRIPT)
