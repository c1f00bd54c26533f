"""What a model may and may not do to findings: unite them, break them, and never lose one."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from agents.analysts.base import Reading
from agents.analysts.lexical import LexicalAnalyst
from agents.findings import Finding
from agents.steps.merge import merge
from agents.steps.refute import apply, refute
from tests.agents.model.support import Answer, Lab, Spoiled, reading_of
from tests.support import DESIGN

INVENTED = "every call is signed with a quantum key"
GOOD = "issues refunds without approval"


@pytest.fixture(scope="module")
def reading() -> Reading:
    return reading_of(DESIGN)


@pytest.fixture(scope="module")
def found(reading: Reading) -> tuple[Finding, ...]:
    """Three on the index, two on the assistant, one on the log store."""
    all_ = asyncio.run(LexicalAnalyst().propose(reading))
    by_part = {
        part: [f for f in all_ if f.component_id == part]
        for part in ("vector-index", "assistant-service", "log-store")
    }
    return (
        *by_part["vector-index"][:3],
        *by_part["assistant-service"][:2],
        by_part["log-store"][0],
    )


def merged(lab: Lab, found: Sequence[Finding], reading: Reading, answer: Answer) -> Any:
    """The step with its own checks, as the pipeline runs it, and what was said to the model."""
    brain = lab.standin.state.brain = Spoiled({"merge": lambda _a, _q: answer})
    kept, meter = lab.step(lambda analyst: merge(found, reading, analyst))
    return {f.id: f for f in kept.value}, meter, brain.corrections


def same(keep: int, *also: int) -> Answer:
    return {"keep": keep, "also": [*also], "reason": "The same."}


def test_merging_unites_on_one_part_and_loses_nothing(
    lab: Lab, found: tuple[Finding, ...], reading: Reading
) -> None:
    kept, meter, said = merged(lab, found, reading, {"same": [same(1, 2), same(3, 1, 1)]})
    assert said == ()
    accounted = {id_ for f in kept.values() for id_ in (f.id, *f.also)}
    assert accounted == {f.id for f in found}
    assert kept[found[0].id].also == (found[1].id,)
    assert set(found[1].evidence) <= set(kept[found[0].id].evidence)
    # What findings went into stays, so `3 takes 1, twice` was not done.
    assert found[2].id in kept
    assert meter.dropped == 2


def test_parts_that_are_not_together_stay_apart(
    lab: Lab, found: tuple[Finding, ...], reading: Reading
) -> None:
    answer = {
        "same": [same(1, 6), same(4, 5, 77)],
        "named": [{"finding": 2, "catalogue_id": "no-such-threat"}],
    }
    kept, meter, said = merged(lab, found, reading, answer)
    assert "6 is on another part than 1: they are two." in said[0]
    assert "same: there is no number 77." in said[0]
    assert "named: no-such-threat is not a known id." in said[0]
    assert found[5].id in kept
    assert kept[found[3].id].also == (found[4].id,)
    assert len(kept) == 5
    assert meter.dropped == 3


def refuted(lab: Lab, found: Sequence[Finding], reading: Reading, answer: Answer) -> Any:
    """What is left, the refutations by id, the meter, what was said to the model."""
    brain = lab.standin.state.brain = Spoiled({"refute": lambda _a, _q: answer})
    checked, meter = lab.step(lambda analyst: refute(found, reading, analyst))
    left = [f.id for f in apply(found, checked.value)]
    return left, {r.finding_id: r for r in checked.value}, meter, "".join(brain.corrections)


def broken(number: int, ground: str, reason: str = "So.", **more: Any) -> Answer:
    return {"finding": number, "outcome": "drops", "ground": ground, "reason": reason} | more


def test_contradicted_needs_words_of_the_document(
    lab: Lab, found: tuple[Finding, ...], reading: Reading
) -> None:
    answer = {
        "keeps": [4, 5],
        "broken": [
            broken(1, "contradicted"),
            broken(2, "mitigated", evidence=[{"line": 6, "quote": INVENTED}]),
            broken(3, "mitigated", evidence=[{"line": 6, "quote": GOOD}]),
            broken(4, "generic"),
        ],
    }
    left, why, meter, said = refuted(lab, found, reading, answer)
    assert "finding 1: contradicted needs a quote; without one keep it." in said
    assert f'finding 2, quote 1: "{INVENTED}" is not in the document.' in said
    assert "These numbers have no verdict: 6." in said
    assert "These numbers have several verdicts: 4." in said
    assert left == [f.id for n, f in enumerate(found, 1) if n != 3]
    assert why[found[2].id].evidence[0].quote == GOOD
    # Kept and broken at once is kept.
    assert why[found[3].id].outcome == "keeps"
    assert meter.dropped == 1 + 2 + 1


def test_two_that_name_each_other_do_not_both_vanish(
    lab: Lab, found: tuple[Finding, ...], reading: Reading
) -> None:
    answer = {
        "keeps": [6],
        "broken": [
            broken(1, "duplicate", "The same as finding 2."),
            broken(2, "duplicate", "The same as finding 1, see line 6."),
            broken(3, "duplicate", "Like another, see line 6."),
            broken(4, "duplicate", "Finding 4 repeats 5."),
            broken(5, "generic"),
        ],
    }
    left, why, meter, said = refuted(lab, found, reading, answer)
    assert "finding 3: duplicate needs the number of the stronger in reason." in said
    # 1 stays for 2 that goes; 3 named none; 4 stays because 5 itself is gone.
    assert left == [found[n].id for n in (0, 2, 3, 5)]
    assert why[found[1].id].reason == f"The same as “{found[0].title}”, see line 6."
    assert meter.dropped == 3
