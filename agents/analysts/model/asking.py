"""One judgement: one call, one typed answer, checked before it is believed.

The layout keeps the provider's cache: every call of a review sends the same tools in the same order
and the same system text; what several calls share comes first in the user message and is marked;
the wanted tool is named in words, because forcing one would change what is cached.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterable, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Generic, Literal, TypeVar, cast

from pydantic_ai import (
    Agent,
    CachePoint,
    CallToolsNode,
    ModelRetry,
    NativeOutput,
    RunContext,
    ToolOutput,
)
from pydantic_ai.capabilities import Hooks
from pydantic_ai.exceptions import IncompleteToolCall, ModelConnectionError, ModelTimeoutError
from pydantic_ai.messages import UserContent
from pydantic_ai.models import Model
from pydantic_ai.usage import RunUsage

import prompts
from agents.analysts.model.answers import (
    ExtractAnswer,
    JudgeAnswer,
    MergeAnswer,
    ProposeAnswer,
    RefuteAnswer,
    RoadsAnswer,
    TriageAnswer,
    WriteAnswer,
)
from agents.analysts.model.cited import Answer
from agents.analysts.model.failures import translated
from agents.analysts.model.models import Models, caches
from agents.analysts.model.spending import Spending
from agents.analysts.model.warmth import Warmth
from agents.analysts.trouble import Kind, Trouble
from agents.metering import meter

A = TypeVar("A", bound=Answer)

ANSWERS: dict[str, type[Answer]] = {
    "triage": TriageAnswer,
    "extract": ExtractAnswer,
    "judge": JudgeAnswer,
    "propose": ProposeAnswer,
    "merge": MergeAnswer,
    "refute": RefuteAnswer,
    "roads": RoadsAnswer,
    "write": WriteAnswer,
}
STEPS: dict[type[Answer], str] = {type_: step for step, type_ in ANSWERS.items()}
TOOLS = [ToolOutput(type_, name=f"submit_{step}") for step, type_ in ANSWERS.items()]
"""One list, one order, for every call of a review: another list would be another prefix."""

LONG_PREFIX = 40_000
"""Characters of documents and rules from which on the system model may be twice as long as other
answers. It is streamed then, because the SDK insists on that; a stream takes more of a processor."""
OUTPUT_TRIES = 2
"""Times that an answer goes back: for what the schema refuses and for what cannot be proven."""
MOST_PROBLEMS = 12
"""Problems that one correction names."""
_AGAIN_SECONDS = 0.5


@dataclass
class Asked:
    """What one run wants, for the validator."""

    want: type[Answer]
    problems: Callable[[Any], Sequence[str]]
    correction: str | None = None
    """Version of the prompt; None for the newest."""
    sent_back: int = 0


@dataclass(frozen=True)
class Call(Generic[A]):
    """One judgement to be asked for."""

    want: type[A]
    prefix: str
    text: str
    problems: Callable[[A], Sequence[str]]
    """What of an answer does not check out, in sentences that say how to mend it."""
    shared: str = ""
    """Text that several calls begin with, byte for byte the same."""

    @property
    def step(self) -> str:
        """The step whose answer this is."""
        return STEPS[self.want]

    @property
    def long(self) -> bool:
        """True where the answer may be twice as long as others."""
        return issubclass(self.want, ExtractAnswer) and len(self.prefix) > LONG_PREFIX


async def _checked(ctx: RunContext[Asked], answer: Any) -> Any:
    """The wanted answer with everything proven, or a correction; at last it is taken as it is.

    A coroutine although it waits for nothing: a function would be given to a thread each time, which
    looks through all tasks of the loop first.
    """
    if not isinstance(answer, ctx.deps.want):
        step = STEPS[ctx.deps.want]
        raise ModelRetry(f"Answer with submit_{step}, not with another tool.")
    problems = ctx.deps.problems(answer)
    if problems and ctx.deps.sent_back == 0 and ctx.retry < OUTPUT_TRIES:
        ctx.deps.sent_back += 1
        shown = [f"- {problem}" for problem in problems[:MOST_PROBLEMS]]
        if len(problems) > MOST_PROBLEMS:
            shown.append(f"- and {len(problems) - MOST_PROBLEMS} more of the same sort")
        raise ModelRetry(
            prompts.load("correction", ctx.deps.correction).render(problems="\n".join(shown))
        )
    return answer


async def _whole(_: RunContext[Any], /, *, node: Any, result: Any) -> Any:
    """An answer that ended at its longest is none: what came of it may pass for a whole one.

    The library itself would only ask for the same length again.
    """
    del node
    if isinstance(result, CallToolsNode) and result.model_response.finish_reason == "length":
        raise IncompleteToolCall("The answer was cut off.")
    return result


@dataclass
class Asking:
    """Asks for the judgements of one review."""

    models: Models
    spending: Spending
    warmth: Warmth = field(default_factory=Warmth)

    def __post_init__(self) -> None:
        self._gate = asyncio.Semaphore(self.models.options.parallel)

    async def ask(self, call: Call[A]) -> A:
        """The answer of the step's model, or of the next one where it refuses or is down.

        Raises `Trouble`: that of the first model, when none could answer.
        """
        options = self.models.options
        first: Trouble | None = None
        for name in dict.fromkeys((options.name_for(call.step), *options.fallbacks)):
            try:
                return await self._with(name, call)
            except Trouble as trouble:
                if trouble.kind in (Kind.BUDGET, Kind.TOO_LONG):
                    raise
                first = first or trouble
                if name != options.name_for(call.step) or options.fallbacks:
                    meter().note(f"{trouble.sentence} ({call.step})")
        raise first or Trouble(Kind.UNUSABLE, "No model is configured.")

    async def _with(self, name: str, call: Call[A]) -> A:
        model = self.models.get(name)
        try:
            return await self._led(model, name, call)
        except Trouble as trouble:
            if trouble.kind is not Kind.CUT_OFF:
                raise
        words = prompts.load("shorter", self.models.options.prompts.get("shorter"))
        shorter = f"{call.text}\n\n{words.render()}"
        answer = await self._led(model, name, replace(call, text=shorter))
        meter().note(
            f"An answer ({call.step}) was cut off at its longest; a shorter one was taken."
        )
        return answer

    async def _led(self, model: Model, name: str, call: Call[A]) -> A:
        """One run, behind the call that writes the same prefix where there is one."""
        key = hashlib.sha256(f"{name}\0{call.prefix}\0{call.shared}".encode("utf-8", "replace"))
        if not caches(model):
            return await self._run(model, call, None)
        async with self.warmth.turn(key.hexdigest()) as began:
            return await self._run(model, call, began)

    async def _run(self, model: Model, call: Call[A], began: asyncio.Event | None) -> A:
        usage, options = RunUsage(), self.models.options

        async def first_word(_: RunContext[Asked], events: AsyncIterable[Any]) -> None:
            async for _event in events:
                if began is not None:
                    began.set()
                # The rest need not come through here: it is read all the same.
                break

        async def run() -> A:
            self.spending.check()
            result = await _agent(_output(model, call.want)).run(
                _prompt(call),
                instructions=call.prefix,
                deps=Asked(call.want, call.problems, options.prompts.get("correction")),
                model=model,
                model_settings=self.models.settings(model, long=call.long),
                usage=usage,
                timeout=options.timeout_seconds * (1 + OUTPUT_TRIES),
                event_stream_handler=first_word if began or call.long else None,
            )
            return cast(A, result.output)

        async with self._gate:
            try:
                return await _once_more(run)
            except Exception as error:
                raise translated(error, model.model_name) from error
            finally:
                self.spending.add(usage, model.model_name)


def _prompt(call: Call[A]) -> list[UserContent]:
    shared: list[UserContent] = [call.shared, CachePoint()] if call.shared else []
    return [*shared, f"{call.text}\n\nAnswer with submit_{call.step}."]


Output = Literal["tools", "tool", "native"]


@lru_cache(maxsize=64)
def _agent(output: tuple[Output, type[Answer] | None]) -> Agent[Asked, Any]:
    """An agent holds no model and no connection, so one of each sort serves all reviews."""
    sort, want = output
    type_: Any = TOOLS
    if want is not None:
        named = ToolOutput(want, name=f"submit_{STEPS[want]}")
        type_ = NativeOutput(want) if sort == "native" else named
    agent: Agent[Asked, Any] = Agent(
        deps_type=Asked,
        output_type=type_,
        name="reviewer",
        retries={"output": OUTPUT_TRIES},
        capabilities=[Hooks(after_node_run=_whole)],
    )
    agent.output_validator(_checked)
    return agent


def _output(model: Model, want: type[Answer]) -> tuple[Output, type[Answer] | None]:
    """All tools where prefixes are cached; elsewhere the one schema that is wanted."""
    if caches(model):
        return "tools", None
    native = model.profile.get("supports_json_schema_output")
    return ("native" if native else "tool"), want


async def _once_more(run: Callable[[], Awaitable[A]]) -> A:
    """A connection that the other side closes as we use it says nothing about the model."""
    try:
        return await run()
    except ModelConnectionError as error:
        # A call that was begun and not answered in time would only take as long again.
        if isinstance(error, ModelTimeoutError) and error.phase != "connect":
            raise
        await asyncio.sleep(_AGAIN_SECONDS)
        return await run()
