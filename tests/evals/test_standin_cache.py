"""The prompt cache of the stand-in, through the real client and by hand."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from pydantic_ai.models.anthropic import AnthropicModel

from evals.standin.cache import PrefixCache, Prompt, Usage
from tests.evals.standin_support import (
    DETAIL,
    MODEL,
    STEPS,
    Clock,
    ask,
    make_agent,
    scripted,
    with_model,
)


async def all_steps(model: AnthropicModel) -> None:
    for step in STEPS:
        await ask(model, step, detail=DETAIL)


def test_six_tools_in_one_order_carry_the_prefix_over_all_steps() -> None:
    with scripted() as standin:
        with_model(standin, all_steps)
        summary = standin.ledger.summary()
    assert [call.step for call in standin.ledger.calls] == list(STEPS)
    # 11 400 tokens of prefix and 400 of tools are read, 870 of the step are not.
    assert summary.read_share == pytest.approx(0.931, abs=0.002)
    assert summary.written_5m == pytest.approx(11_800, rel=0.01)


def test_a_tool_list_of_its_own_per_step_reads_nothing() -> None:
    async def work(model: AnthropicModel) -> None:
        for step in STEPS:
            await ask(model, step, agent=make_agent([step]), detail=DETAIL)

    with scripted() as standin:
        with_model(standin, work)
        summary = standin.ledger.summary()
    assert (summary.calls, summary.read_share) == (6, 0)


def test_a_leader_writes_once_where_all_at_once_write_six_times() -> None:
    async def at_once(model: AnthropicModel) -> None:
        await asyncio.gather(*(ask(model, step) for step in STEPS))

    async def led(model: AnthropicModel) -> None:
        began = asyncio.Event()
        first, *others = STEPS
        leader = asyncio.create_task(ask(model, first, began=began))
        await began.wait()
        assert not leader.done()
        await asyncio.gather(leader, *(ask(model, step) for step in others))

    written = []
    for work in (at_once, led):
        # The first token comes late enough for six calls to arrive before it, and the rest late
        # enough for the followers to arrive before the leader's end.
        with scripted(delay=1.0, duration=2.0) as standin:
            with_model(standin, work)
            summary = standin.ledger.summary()
            written.append(summary.written_5m)
            assert summary.depth == 1
    assert written[0] == pytest.approx(6 * written[1], rel=0.01)


def test_shared_input_that_is_marked_is_read_by_the_next_call() -> None:
    async def work(model: AnthropicModel) -> None:
        for step in ("triage", "judge"):
            await ask(model, step, shared="The system model. " * 200)

    with scripted() as standin:
        with_model(standin, work)
        first, second = (call.usage for call in standin.ledger.calls)
    assert first is not None
    assert second is not None
    assert second == Usage(second.uncached, first.written_5m, 0, 0)
    assert second.uncached < 50


def test_another_model_reads_nothing_of_the_first() -> None:
    with scripted() as standin:
        for name in (MODEL, "claude-opus-5"):
            with_model(standin, lambda model: ask(model, "judge"), name)
        usages = [call.usage for call in standin.ledger.calls]
    assert [usage.read for usage in usages if usage] == [0, 0]


def text(content: str, ttl: str = "") -> dict[str, Any]:
    block: dict[str, Any] = {"type": "text", "text": content}
    if ttl:
        block["cache_control"] = {"type": "ephemeral", "ttl": ttl}
    return block


def request(*parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"model": MODEL, "messages": [{"role": "user", "content": [*parts]}], **more}


def bill(cache: PrefixCache, body: Mapping[str, Any]) -> Usage:
    """One call that is answered at once."""
    account = cache.account(Prompt.read(body))
    account.begin()
    return account.usage


A, B = "a" * 3500, "b" * 7000  # 1 000 and 2 000 tokens


@pytest.mark.parametrize(("ttl", "seconds"), [("5m", 300), ("1h", 3600)])
def test_an_entry_lives_from_the_last_request_that_used_it(ttl: str, seconds: int) -> None:
    clock = Clock()
    cache, body = PrefixCache(clock), request(text(A, ttl), text("?"))
    reads = []
    for wait in (0, seconds - 1, seconds - 1, seconds):
        clock.now += wait
        reads.append(bill(cache, body).read)
    assert reads == [0, 1000, 1000, 0]


def test_an_entry_lives_from_the_start_of_its_request_not_from_its_answer() -> None:
    clock = Clock()
    cache, body = PrefixCache(clock), request(text(A, "5m"))
    account = cache.account(Prompt.read(body))
    clock.now += 200
    account.begin()
    clock.now += 100
    assert bill(cache, body).read == 0


def test_an_entry_can_be_read_only_when_its_answer_has_begun() -> None:
    cache, body = PrefixCache(Clock()), request(text(A, "5m"))
    first = cache.account(Prompt.read(body))
    assert cache.account(Prompt.read(body)).usage.read == 0
    first.begin()
    assert cache.account(Prompt.read(body)).usage == Usage(0, 1000, 0, 0)


def test_an_hour_and_five_minutes_in_one_request_are_billed_apart() -> None:
    cache = PrefixCache(Clock())
    body = request(text(A, "1h"), text(B, "5m"), text("?" * 35))
    assert bill(cache, body) == Usage(10, 0, 2000, 1000)
    assert bill(cache, body) == Usage(10, 3000, 0, 0)
    assert Usage(10, 3000, 2000, 1000).uncached_equivalent == 10 + 300 + 2500 + 2000


def test_a_breakpoint_looks_back_twenty_positions_and_no_further() -> None:
    for between, expected in ((19, 1000), (20, 0)):
        cache = PrefixCache(Clock())
        bill(cache, request(text(A, "5m")))
        filling = [text(f"{n:07}") for n in range(between - 1)]
        assert bill(cache, request(text(A), *filling, text("end", "5m"))).read == expected


def test_results_in_a_row_are_one_position() -> None:
    cache = PrefixCache(Clock())
    results = [{"type": "tool_result", "tool_use_id": str(n), "content": "r"} for n in range(30)]
    bill(cache, request(text(A, "5m")))
    assert bill(cache, request(text(A), *results, text("end", "5m"))).read == 1000


def test_a_prefix_below_the_minimum_is_silently_not_cached() -> None:
    for model, written in (("claude-sonnet-5-5", 1000), ("claude-sonnet-5", 0)):
        body = request(text(A, "5m")) | {"model": model}
        assert bill(PrefixCache(Clock()), body).written == written


SYSTEM = [text(A, "5m")]


@pytest.mark.parametrize(
    ("change", "read"),
    [
        ({}, 3000),
        ({"output_config": {"effort": "high"}}, 3000),  # the default
        ({"max_tokens": 7, "stream": True, "temperature": 1}, 3000),
        ({"tool_choice": {"type": "none"}}, 1000),
        ({"thinking": {"type": "adaptive"}}, 1000),
        ({"output_config": {"effort": "low"}}, 1000),
        ({"speed": "fast"}, 0),
        ({"output_config": {"format": {"type": "json_schema"}}}, 0),
        ({"tools": [{"name": "t", "input_schema": {"type": "object"}}]}, 0),
        ({"system": [text("c" + A[1:], "5m")]}, 0),
    ],
)
def test_what_a_change_breaks(change: dict[str, Any], read: int) -> None:
    cache = PrefixCache(Clock())
    body = request(text(B, "5m"), system=SYSTEM)
    bill(cache, body)
    assert bill(cache, body | change).read == read


def test_one_mark_on_the_request_means_its_last_block() -> None:
    cache = PrefixCache(Clock())
    body = request(text(A), text(B), cache_control={"type": "ephemeral"})
    assert bill(cache, body) == Usage(0, 0, 3000, 0)


def test_messages_of_one_role_in_a_row_are_one_turn() -> None:
    cache = PrefixCache(Clock())
    bill(cache, request(text(A), text(B, "5m")))
    split = [{"role": "user", "content": A}, {"role": "user", "content": [text(B, "5m")]}]
    assert bill(cache, request() | {"messages": split}).read == 3000
