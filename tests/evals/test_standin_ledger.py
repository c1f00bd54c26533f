"""The ledger's arithmetic, computed by hand, and many calls at once."""

import asyncio
from collections.abc import Sequence
from decimal import Decimal

import httpx2
import pytest

from evals.standin.cache import Usage
from evals.standin.ledger import Call, Ledger, depth, summarise
from tests.evals.standin_support import MODEL, Clock, scripted


def play(events: str) -> list[Call]:
    """`"Aa"` is a call A that begins with the capital and ends with the small letter."""
    ledger, calls = Ledger(Clock()), {}
    for letter in events:
        if letter.isupper():
            calls[letter.lower()] = ledger.begin("judge", MODEL, "prefix")
        else:
            ledger.end(calls[letter])
    return ledger.calls


@pytest.mark.parametrize(
    ("events", "expected", "together"),
    [
        ("", 0, 0),
        ("AaBbCc", 3, 1),
        ("ABCabc", 1, 3),
        # A, then B beside C, then D which begins when only B has ended.
        ("AaBCbDdc", 3, 2),
        # C outlives everything and is behind nothing; B and D follow A.
        ("ACaBbDdc", 3, 2),
        ("AaB", 2, 1),
    ],
)
def test_depth_is_the_longest_chain_of_calls(events: str, expected: int, together: int) -> None:
    calls = play(events)
    assert depth(calls) == expected
    assert summarise(calls).most_in_flight == together


def billed(usages: Sequence[Usage | None], output: int = 100) -> Ledger:
    ledger = Ledger(Clock())
    for usage in usages:
        call = ledger.begin("judge", MODEL, "prefix")
        call.usage, call.output_tokens = usage, output if usage else 0
        ledger.end(call)
    return ledger


USAGES = [Usage(100, 0, 4000, 1000), None, Usage(200, 5000, 800, 0), Usage(1000, 3000, 0, 0)]


def test_shares_and_equivalents() -> None:
    summary = billed(USAGES).summary()
    # Calls after the first: 8 000 read of 200 + 5 000 + 800 + 1 000 + 3 000.
    assert summary.read_share == 0.8
    # 100 + 1.25 x 4 000 + 2 x 1 000; 200 + 500 + 1.25 x 800; 1 000 + 300.
    assert summary.uncached_equivalent == 7100 + 1700 + 1300
    assert (summary.calls, summary.depth, summary.output) == (4, 4, 300)


def test_cost_is_the_list_price_of_each_class_of_tokens() -> None:
    ledger = billed([Usage(1_000_000, 0, 0, 0)], output=0)
    # Dollars for a million tokens of this model: input 2, output 10, 5 min write 2.5, 1 h write 4.
    assert ledger.cost() == Decimal(2)
    assert billed([Usage(0, 0, 1_000_000, 0)], output=0).cost() == Decimal("2.5")
    assert billed([Usage(0, 0, 0, 1_000_000)], output=0).cost() == Decimal(4)
    assert billed([Usage(0, 1_000_000, 0, 0)], output=0).cost() == Decimal("0.1")
    both = billed([Usage(1_000_000, 0, 0, 0), None], output=1_000_000)
    assert both.cost() == Decimal(12)


def test_calls_of_one_review_stand_together() -> None:
    ledger = Ledger(Clock())
    for prefix in ("p", "q", "p"):
        ledger.end(ledger.begin("judge", MODEL, prefix))
    assert [[call.prefix for call in calls] for calls in ledger.reviews()] == [["p", "p"], ["q"]]


def test_a_call_that_is_left_ends_in_the_ledger_all_the_same() -> None:
    ledger = Ledger(Clock())
    call = ledger.begin("judge", MODEL, "prefix")
    ledger.end(call, "left")
    ledger.end(call)
    assert (call.outcome, ledger.begin("write", MODEL, "prefix").in_flight) == ("left", 1)


def test_hundreds_of_calls_wait_at_once() -> None:
    body = {
        "model": MODEL,
        "max_tokens": 10,
        "messages": [{"role": "user", "content": "x" * 28_000 + " Answer with submit_judge."}],
        "tools": [{"name": "submit_judge", "input_schema": {"type": "object"}}],
    }

    async def main(url: str, key: str) -> set[int]:
        headers = {"x-api-key": key, "anthropic-version": "2026-10-21"}
        limits = httpx2.Limits(max_connections=None)
        async with httpx2.AsyncClient(limits=limits, timeout=60, trust_env=False) as client:
            calls = [
                client.post(f"{url}/v1/messages", json=body, headers=headers) for _ in range(400)
            ]
            return {answer.status_code for answer in await asyncio.gather(*calls)}

    with scripted(delay=5.0) as standin:
        assert asyncio.run(main(standin.base_url, standin.key)) == {200}
        summary = standin.ledger.summary()
    assert summary.calls == 400
    # One that waits for another would keep them below a handful.
    assert summary.most_in_flight > 200
