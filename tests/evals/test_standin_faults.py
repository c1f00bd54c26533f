"""Each planned failure as pydantic-ai reports it, and what the plan does with several."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import get_args

import pydantic_ai
import pytest
from pydantic_ai import capture_run_messages
from pydantic_ai.exceptions import ContentFilterError
from pydantic_ai.messages import ModelMessage
from pydantic_ai.models.anthropic import AnthropicModel

from evals.standin import Asked, Fault, Scripted
from evals.standin.brains import Value
from evals.standin.faults import FaultPlan, Kind
from tests.evals.standin_support import ANSWER, PREFIX, STEPS, ask, scripted, with_model

Way = Callable[[AnthropicModel], Awaitable[object]]


async def whole(model: AnthropicModel) -> object:
    return await ask(model, "judge")


async def streamed(model: AnthropicModel) -> object:
    return await ask(model, "judge", began=asyncio.Event())


ways = pytest.mark.parametrize("way", [whole, streamed])

ENDS: dict[Kind, type[Exception]] = {
    "rate_limit": pydantic_ai.ModelRateLimitError,
    "overloaded": pydantic_ai.ModelOverloadedError,
    "server_error": pydantic_ai.ModelServerError,
    "credit": pydantic_ai.ModelQuotaExceededError,
    "too_long": pydantic_ai.ModelContextWindowExceededError,
    "authentication": pydantic_ai.ModelAuthenticationError,
    "not_found": pydantic_ai.ModelNotFoundError,
    "reset": pydantic_ai.ModelConnectionError,
    "reset_midway": pydantic_ai.ModelConnectionError,
    "hang": pydantic_ai.ModelTimeoutError,
    "hang_midway": pydantic_ai.ModelTimeoutError,
    "error_midway": pydantic_ai.ModelOverloadedError,
    "refusal": ContentFilterError,
}
RETRIED: dict[Kind, tuple[str, str]] = {
    # What the retry that goes back to the model says, for an answer in one piece and for a stream.
    "broken_tool": ("string_type", "json_invalid"),
    "cut": ("missing", "json_invalid"),
    "text": ("tool call", "tool call"),
    "empty": ("tool call", "tool call"),
}


def test_every_kind_is_tried_here() -> None:
    assert {*ENDS, *RETRIED, "wrong_tool", "not_json"} == {*get_args(Kind)}


@ways
@pytest.mark.parametrize("kind", ENDS)
def test_what_ends_a_run(kind: Kind, way: Way) -> None:
    with scripted() as standin:
        standin.faults.add(Fault(kind, step="judge"))
        with pytest.raises(ENDS[kind]):
            with_model(standin, way, timeout=1 if "hang" in kind else 20)
        # The next call is answered as ever.
        with_model(standin, way)
    assert [call.outcome for call in standin.ledger.calls] == [kind, "answered"]
    midway = kind.endswith("midway") and (kind != "error_midway" or way is streamed)
    billed = midway or kind == "refusal"
    assert (standin.ledger.calls[0].usage is not None) == billed


@ways
def test_an_answer_that_is_no_json(way: Way) -> None:
    kind = pydantic_ai.UnexpectedModelBehavior if way is streamed else pydantic_ai.ModelAPIError
    with scripted() as standin:
        standin.faults.add(Fault("not_json"))
        with pytest.raises(kind):
            with_model(standin, way)


def said_back(messages: list[ModelMessage]) -> str:
    """What went back to the model after its first answer."""
    parts = messages[2].parts
    return " ".join(str(part.content) for part in parts if hasattr(part, "content"))


@ways
@pytest.mark.parametrize("kind", RETRIED)
def test_what_a_run_asks_again_for(kind: Kind, way: Way) -> None:
    with scripted() as standin:
        standin.faults.add(Fault(kind))
        with capture_run_messages() as messages:
            answer = with_model(standin, way)
    assert answer == STEPS["judge"].model_validate(ANSWER)
    assert RETRIED[kind][way is streamed] in said_back(messages)
    first, second = standin.ledger.calls
    assert (first.outcome, second.outcome, second.step) == (kind, "answered", "judge")


@ways
def test_the_wrong_tool_comes_with_a_valid_answer_of_its_own(way: Way) -> None:
    with scripted() as standin:
        standin.faults.add(Fault("wrong_tool"))
        answer = with_model(standin, way)
    assert isinstance(answer, STEPS["triage"])


@pytest.mark.parametrize("seconds", [7, None])
def test_a_rate_limit_says_how_long_or_does_not(seconds: int | None) -> None:
    with scripted() as standin:
        standin.faults.add(Fault("rate_limit", retry_after=seconds))
        with pytest.raises(pydantic_ai.ModelRateLimitError) as caught:
            with_model(standin, whole)
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize("name", ["claude-sonnet-5-5", "claude-opus-4-6"])
@pytest.mark.parametrize(("kind", "words"), [("broken_tool", "verdict"), ("text", "tool call")])
def test_the_brain_hears_what_was_wrong_and_still_knows_the_prompt(
    name: str, kind: Kind, words: str
) -> None:
    heard: list[Asked] = []

    def judge(asked: Asked) -> Value:
        heard.append(asked)
        return ANSWER

    with scripted() as standin:
        standin.state.brain = Scripted({"judge": judge})
        standin.faults.add(Fault(kind))
        with_model(standin, whole, name)
    first, second = heard
    assert first.text == second.text == "Do judge. \n\nAnswer with submit_judge."
    assert first.corrections == ()
    assert words in " ".join(second.corrections)
    assert (first.system, first.tool, first.model) == (PREFIX, "submit_judge", name)
    assert first.schema["required"] == ["verdict", "reasons"]


def test_a_brain_that_fails_is_told_as_an_error() -> None:
    with scripted() as standin:
        standin.state.brain = Scripted({})
        with pytest.raises(pydantic_ai.ModelServerError, match="the script has no answer for"):
            with_model(standin, whole)
    assert standin.ledger.calls[0].outcome == "brain_failed"


def test_faults_strike_in_their_order_by_step_and_by_count() -> None:
    plan = FaultPlan()
    plan.add(Fault("overloaded", step="judge", after=1, times=2), Fault("reset", after=2))
    steps = ["judge", "write", "judge", "judge", "write", "judge"]
    struck = [plan.take(step) for step in steps]
    assert [fault and fault.kind for fault in struck] == [
        None,  # both let it pass
        None,
        "overloaded",
        "overloaded",
        "reset",
        None,
    ]
    assert plan.waiting() == 0
