"""The stand-in as the real SDK sees it: answers, streams, refusals."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import anthropic
import httpx2
import pytest
from pydantic_ai.models.anthropic import AnthropicModel

from evals.standin import Scripted, StandIn
from tests.evals.standin_support import ANSWER, MODEL, PREFIX, ask, scripted, with_model
from tests.support import ROOT

TOOLS: list[Any] = [
    {"name": f"submit_{name}", "input_schema": {"type": "object", "properties": {}}}
    for name in ("judge", "write")
]
USER = {"role": "user", "content": "Answer with submit_judge."}
MARK = {"type": "ephemeral"}
GOOD: dict[str, Any] = {"model": MODEL, "max_tokens": 100, "messages": [USER], "tools": TOOLS}


@pytest.fixture
def standin() -> Iterator[StandIn]:
    with scripted() as found:
        yield found


@pytest.fixture
def client(standin: StandIn) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(
        api_key=standin.key, base_url=standin.base_url, max_retries=0, timeout=20
    ) as found:
        yield found


def test_a_stream_says_the_same_as_an_answer_in_one_piece(client: anthropic.Anthropic) -> None:
    whole = client.messages.create(**GOOD)
    with client.messages.stream(**GOOD) as stream:
        streamed = stream.get_final_message()
    [block] = whole.content
    assert isinstance(block, anthropic.types.ToolUseBlock)
    assert (block.name, block.input, whole.stop_reason) == ("submit_judge", ANSWER, "tool_use")
    without = {"id", "content", "parsed_output"}
    assert streamed.model_dump(exclude=without) == whole.model_dump(exclude=without)
    assert streamed.content[0].model_dump(exclude={"id"}) == block.model_dump(exclude={"id"})


def test_events_come_in_the_order_of_the_real_service(standin: StandIn) -> None:
    headers = {"authorization": f"Bearer {standin.key}", "anthropic-version": "2026-10-21"}
    body = {**GOOD, "stream": True}
    answer = httpx2.post(
        f"{standin.base_url}/v1/messages", json=body, headers=headers, trust_env=False
    )
    events = [json.loads(line[6:]) for line in answer.text.splitlines() if line[:5] == "data:"]
    kinds = [event["type"] for event in events]
    start = ["message_start", "ping", "content_block_start"]
    assert kinds[:3] == start
    assert kinds[-3:] == ["content_block_stop", "message_delta", "message_stop"]
    assert kinds[3:-3] == ["content_block_delta"] * (len(kinds) - 6)
    pieces = [event["delta"]["partial_json"] for event in events[3:-3]]
    assert len(pieces) > 1
    assert json.loads("".join(pieces)) == ANSWER
    assert events[0]["message"]["usage"]["cache_read_input_tokens"] == 0
    assert events[-2]["usage"]["output_tokens"] > 1
    assert answer.headers["request-id"].startswith("req_")


def test_usage_reaches_pydantic_ai_alike_in_both_ways(standin: StandIn) -> None:
    async def work(model: AnthropicModel) -> None:
        await ask(model, "judge")
        await ask(model, "judge", began=asyncio.Event())

    with_model(standin, work)
    written, read = (call.usage for call in standin.ledger.calls)
    assert written is not None
    assert read is not None
    assert (written.written, read.read) == (read.read, written.written)
    assert [call.outcome for call in standin.ledger.calls] == ["answered", "answered"]


def test_tokens_are_counted_as_they_are_billed(
    standin: StandIn, client: anthropic.Anthropic
) -> None:
    counted = client.messages.count_tokens(
        model=MODEL, messages=GOOD["messages"], tools=TOOLS, system=PREFIX
    )
    client.messages.create(**GOOD, system=PREFIX)
    [call] = standin.ledger.calls
    assert call.usage is not None
    assert counted.input_tokens == call.usage.total


def test_without_tools_the_answer_is_text(client: anthropic.Anthropic, standin: StandIn) -> None:
    standin.state.brain = Scripted({"": {"said": "so"}})
    answer = client.messages.create(
        model=MODEL, max_tokens=10, messages=[{"role": "user", "content": "Well?"}]
    )
    assert answer.content[0].model_dump(include={"type", "text"}) == {
        "type": "text",
        "text": '{"said":"so"}',
    }


def test_zero_tokens_fill_the_cache_and_answer_nothing(
    client: anthropic.Anthropic, standin: StandIn
) -> None:
    system: Any = [{"type": "text", "text": PREFIX, "cache_control": MARK}]
    first = client.messages.create(**{**GOOD, "max_tokens": 0}, system=system)
    client.messages.create(**GOOD, system=system)
    assert (first.content, first.stop_reason) == ([], "max_tokens")
    assert standin.ledger.summary().read_share > 0.9


def marked(count: int) -> list[dict[str, Any]]:
    return [{"type": "text", "text": f"{n}", "cache_control": MARK} for n in range(count)]


SYSTEM = {"role": "system", "content": "Use a tool."}
ASSISTANT = {"role": "assistant", "content": "Yes."}
CALL = {"type": "tool_use", "id": "t1", "name": "submit_judge", "input": {}}
RESULT = {"type": "tool_result", "tool_use_id": "t2", "content": "no"}
HOUR = {**MARK, "ttl": "1h"}


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"max_tokens": None}, 400, "max_tokens: Field required"),
        ({"model": "claude-1"}, 404, "model: claude-1"),
        ({"messages": []}, 400, "at least one message"),
        ({"messages": [ASSISTANT]}, 400, 'first message must use the "user" role'),
        ({"messages": [USER, ASSISTANT, SYSTEM]}, 400, "must follow a user turn"),
        ({"messages": [USER, SYSTEM], "model": "claude-opus-4-6"}, 400, "messages.1.role"),
        ({"messages": [{"role": "user", "content": " "}]}, 400, "must be non-empty"),
        ({"messages": [USER, {"role": "assistant", "content": [CALL]}, USER]}, 400, "t1"),
        ({"messages": [USER, ASSISTANT, {"role": "user", "content": [RESULT]}]}, 400, "t2"),
        ({"system": marked(5)}, 400, "A maximum of 4 blocks with cache_control"),
        ({"system": [*marked(1), {**marked(1)[0], "cache_control": HOUR}]}, 400, "ttl='1h'"),
        ({"tools": [*TOOLS, TOOLS[0]]}, 400, "Tool names must be unique"),
        ({"tool_choice": {"type": "tool", "name": "nobody"}}, 400, "'nobody' not found"),
        ({"tool_choice": {"type": "any"}}, 400, "not supported by claude-sonnet-5-5"),
        ({"max_tokens": 0, "stream": True}, 400, "max_tokens: 0"),
        ({"system": "x" * 700_000}, 400, "prompt is too long: 200"),
        ({"extra_headers": {"authorization": "Bearer wrong"}}, 401, "invalid x-api-key"),
        ({"extra_headers": {"anthropic-version": ""}}, 400, "anthropic-version"),
    ],
)
def test_refusals(
    client: anthropic.Anthropic, standin: StandIn, change: dict[str, Any], status: int, words: str
) -> None:
    body = {**GOOD, **change}
    with pytest.raises(anthropic.APIStatusError) as caught:
        client.messages.create(**body)
    assert (caught.value.status_code, words in caught.value.message) == (status, True)
    assert caught.value.request_id
    assert len(standin.ledger.refusals) == 1
    assert standin.ledger.calls == []


def test_forcing_a_tool_works_where_the_model_allows_it_and_not_while_it_thinks(
    client: anthropic.Anthropic,
) -> None:
    body = {**GOOD, "model": "claude-opus-5", "tool_choice": {"type": "any"}}
    assert client.messages.create(**body).stop_reason == "tool_use"
    with pytest.raises(anthropic.BadRequestError, match="Thinking may not be enabled"):
        client.messages.create(**body, thinking={"type": "enabled", "budget_tokens": 1024})


def test_it_runs_as_a_process_of_its_own() -> None:
    command = [sys.executable, "-m", "evals.standin", "--port", "0", "--key", "k"]
    command += ["--brain", "evals.standin:Minimal"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=os.environ)
    assert process.stdout is not None
    try:
        url = process.stdout.readline().strip()
        with anthropic.Anthropic(api_key="k", base_url=url, max_retries=0) as client:
            httpx2.post(f"{url}/_standin/faults", json=[{"kind": "overloaded"}], trust_env=False)
            with pytest.raises(anthropic.InternalServerError):
                client.messages.create(**GOOD)
            assert client.messages.create(**GOOD).content[0].model_dump()["input"] == {}
        seen = httpx2.get(f"{url}/_standin/ledger", trust_env=False).json()
        assert [call["outcome"] for call in seen["calls"]] == ["overloaded", "answered"]
        assert seen["summary"]["depth"] == 2
    finally:
        process.terminate()
        process.stdout.close()
        code = process.wait(20)
    assert code in (0, -15)
