"""What goes wrong on the way to a model and in its answers, and what becomes of the review."""

import asyncio
import socket
from typing import Any

import pytest
from pydantic import SecretStr
from pydantic_ai.models.anthropic import AnthropicModel

from agents.analysts.lexical import LexicalAnalyst
from agents.analysts.model.analyst import ModelAnalyst
from agents.analysts.model.models import Models
from agents.analysts.model.options import STEPS
from agents.analysts.trouble import Kind, Remedy
from agents.findings import Draft, Triage
from agents.journal import MemoryJournal
from evals.standin import Fault
from tests.agents.model.support import Lab, Spoiled, noted, raised_by, reading_of, record
from tests.support import DESIGN

NAME = "claude-sonnet-5-5"
OTHER = "claude-opus-5"
ALWAYS = 99
PATIENCE = {"hang": 1.5, "hang_midway": 1.5}
"""Seconds of a call that is meant to run out of time."""

RAISED = {
    # Fault: kind, remedy, next step, calls of a leader until it is given up.
    "rate_limit": (Kind.RATE_LIMITED, Remedy.WAIT, "limiting our rate", 1),
    "overloaded": (Kind.OVERLOADED, Remedy.WAIT, "overloaded", 1),
    "server_error": (Kind.SERVER_ERROR, Remedy.WAIT, "on its side", 1),
    "error_midway": (Kind.OVERLOADED, Remedy.WAIT, "overloaded", 1),
    "reset": (Kind.UNREACHABLE, Remedy.WAIT, "LINTEL_MODEL_BASE_URL", 2),
    "reset_midway": (Kind.UNREACHABLE, Remedy.WAIT, "LINTEL_MODEL_BASE_URL", 2),
    "hang": (Kind.TIMED_OUT, Remedy.WAIT, "in time", 1),
    "hang_midway": (Kind.TIMED_OUT, Remedy.WAIT, "in time", 1),
    "not_json": (Kind.SERVER_ERROR, Remedy.WAIT, "LINTEL_MODEL_BASE_URL", 1),
    "authentication": (Kind.BAD_KEY, Remedy.OPERATOR, "check LINTEL_MODEL_API_KEY", 1),
    "not_found": (Kind.UNKNOWN_MODEL, Remedy.OPERATOR, "check LINTEL_MODEL", 1),
    "credit": (Kind.QUOTA, Remedy.OPERATOR, "with the provider", 1),
}
BY_RULES = {
    # Fault: what the note says, calls until the rules do it.
    "broken_tool": ("no usable answer", 3),
    "text": ("no usable answer", 3),
    "wrong_tool": ("no usable answer", 3),
    "empty": ("no usable answer", 3),
    "refusal": ("refused to answer", 1),
    "cut": ("cut off at its longest", 2),
}


def check_sentence(sentence: str, step: str) -> None:
    """Names the model and the next step, and nothing that must not be in a log."""
    assert NAME in sentence
    assert step in sentence
    assert "standin-key" not in sentence
    words = DESIGN.split()
    parts = {" ".join(words[i : i + 3]) for i in range(len(words) - 2)}
    assert not [part for part in parts if part in sentence]


READING = reading_of(DESIGN)


async def twice(analyst: ModelAnalyst) -> Triage:
    """The first call of a prefix streams, the second comes in one piece."""
    await analyst.triage(READING)
    return await analyst.triage(READING)


@pytest.mark.parametrize("streamed", [True, False])
@pytest.mark.parametrize("fault", RAISED)
def test_what_passes_or_needs_an_operator_is_raised(lab: Lab, fault: Any, streamed: bool) -> None:
    kind, remedy, words, calls = RAISED[fault]
    lab.standin.faults.add(Fault(fault, after=0 if streamed else 1, times=ALWAYS))
    trouble = raised_by(lambda: lab.step(twice, timeout_seconds=PATIENCE.get(fault, 20)))
    assert (trouble.kind, trouble.remedy, trouble.retry_after) == (kind, remedy, None)
    check_sentence(trouble.sentence, words)
    assert lab.calls() == ["answered"] * (not streamed) + [fault] * calls


@pytest.mark.parametrize("step", ["extract", "judge", "write"])
def test_a_trouble_comes_out_of_a_review_wherever_it_happens(lab: Lab, step: str) -> None:
    lab.standin.faults.add(Fault("overloaded", step=step))
    assert raised_by(lab.review).kind is Kind.OVERLOADED
    assert lab.standin.faults.waiting() == 0


def test_the_wait_that_the_provider_asks_for_is_known(lab: Lab) -> None:
    lab.standin.faults.add(Fault("rate_limit", step="extract", retry_after=37))
    assert raised_by(lab.review).retry_after == 37


@pytest.mark.parametrize("streamed", [True, False])
@pytest.mark.parametrize("fault", BY_RULES)
def test_what_this_model_will_not_do_is_done_by_the_rules(
    lab: Lab, fault: Any, streamed: bool
) -> None:
    words, calls = BY_RULES[fault]
    lab.standin.faults.add(Fault(fault, after=0 if streamed else 1, times=ALWAYS))
    # The second call of a prefix that failed leads again.
    work = (lambda a: a.triage(READING)) if streamed else twice
    found, meter = lab.step(work)
    assert found == asyncio.run(LexicalAnalyst().triage(READING))
    check_sentence(meter.notes[0], words)
    assert meter.notes[0].endswith("The offline rules did the step triage.")
    assert lab.calls() == ["answered"] * (not streamed) + [fault] * calls
    assert meter.requests == len(lab.calls())


@pytest.mark.parametrize("step", ["judge", "refute"])
def test_the_other_steps_are_still_the_models(lab: Lab, step: str) -> None:
    lab.standin.faults.add(Fault("refusal", step=step, times=ALWAYS))
    draft = lab.review()
    assert noted(draft, "did the step") == noted(draft, f"rules did the step {step}.") != []
    others = [c for c in lab.standin.ledger.calls if c.step != step]
    assert {c.step for c in others} == {*STEPS} - {step}
    assert {c.outcome for c in others} == {"answered"}
    assert draft.outcome == "findings"


def test_a_step_that_the_rules_do_is_theirs(lab: Lab) -> None:
    lab.standin.faults.add(Fault("refusal", step="propose", times=ALWAYS))
    found, meter = lab.step(lambda analyst: analyst.propose(READING))
    assert found == asyncio.run(LexicalAnalyst().propose(READING))
    assert lab.calls() == ["refusal", "refusal"]
    assert meter.input_tokens > 0


def test_no_fault_of_all_steps_makes_an_empty_clean_draft(lab: Lab) -> None:
    lab.standin.faults.add(Fault("refusal", times=ALWAYS))
    draft = lab.review()
    assert draft.outcome == "findings"
    assert len(draft.findings) > 10
    assert len(noted(draft, "refused to answer. The offline rules did the step")) == 8


def test_a_connection_that_breaks_once_says_nothing(lab: Lab) -> None:
    lab.standin.faults.add(Fault("reset", step="triage"), Fault("reset_midway", step="merge"))
    draft = lab.review()
    assert draft.coverage.notes == ()
    assert sorted(set(lab.calls())) == ["answered", "reset", "reset_midway"]


def test_an_answer_that_is_cut_off_is_asked_for_again_shorter(lab: Lab) -> None:
    brain = lab.standin.state.brain = Spoiled({"extract": lambda answer, _: answer})
    lab.standin.faults.add(Fault("cut", step="extract"))
    draft = lab.review()
    assert lab.calls("extract") == ["cut", "answered"]
    first, second = (asked.text for asked in brain.asked)
    assert "at most half the length" in second
    assert second.startswith(first.partition("\n\nAnswer with")[0])
    assert brain.asked[1].corrections == ()
    assert noted(draft, "(extract) was cut off at its longest; a shorter one was taken.")


def test_half_an_answer_is_never_taken_for_a_whole_one(lab: Lab) -> None:
    """What came of this answer would be valid: the rest of it may be left out."""
    found = asyncio.run(LexicalAnalyst().propose(READING))
    lab.standin.state.brain = Spoiled({"merge": lambda _a, _q: {"same": [], "named": []}})
    lab.standin.faults.add(Fault("cut", times=ALWAYS))
    _, meter = lab.step(lambda analyst: analyst.merge(found, READING))
    assert meter.notes[0].endswith("The offline rules did the step merge.")
    assert lab.calls() == ["cut", "cut"]


def test_a_missing_key_is_named(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    trouble = raised_by(lambda: lab.review(api_key=None))
    assert (trouble.kind, trouble.remedy) == (Kind.BAD_KEY, Remedy.OPERATOR)
    assert "set ANTHROPIC_API_KEY or LINTEL_MODEL_API_KEY" in trouble.sentence


def test_a_wrong_key_is_not_repeated(lab: Lab) -> None:
    trouble = raised_by(lambda: lab.review(api_key=SecretStr("sk-wrong-key")))
    assert trouble.kind is Kind.BAD_KEY
    assert "sk-wrong-key" not in trouble.sentence


@pytest.mark.parametrize("model", ["nobody:claude", "anthropic:claude-1"])
def test_a_model_that_nobody_knows(lab: Lab, model: str) -> None:
    trouble = raised_by(lambda: lab.review(model=model))
    assert (trouble.kind, trouble.remedy) == (Kind.UNKNOWN_MODEL, Remedy.OPERATOR)
    assert model.removeprefix("anthropic:") in trouble.sentence


def test_nobody_listens(lab: Lab) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{taken.getsockname()[1]}"
        trouble = raised_by(lambda: lab.review(base_url=nowhere))
    assert (trouble.kind, trouble.remedy) == (Kind.UNREACHABLE, Remedy.WAIT)


@pytest.mark.parametrize("fault", ["refusal", "overloaded", "authentication", "text"])
def test_the_next_model_answers_and_it_is_noted(lab: Lab, fault: Any) -> None:
    lab.standin.faults.add(Fault(fault, step="merge", times=3 if fault == "text" else 1))
    draft = lab.review(fallbacks=(OTHER,))
    asked = [call for call in lab.standin.ledger.calls if call.step == "merge"]
    assert [asked[0].model, asked[-1].model] == [NAME, OTHER]
    assert asked[-1].outcome == "answered"
    (note,) = draft.coverage.notes
    assert note.endswith("(merge)")
    assert NAME in note
    assert OTHER in record(draft, "merge").model
    assert record(draft, "refute").model == NAME


def test_when_no_model_answers_the_first_ones_trouble_counts(lab: Lab) -> None:
    lab.standin.faults.add(Fault("overloaded", step="merge"), Fault("refusal", step="merge"))
    trouble = raised_by(lambda: lab.review(fallbacks=(OTHER,)))
    assert trouble.kind is Kind.OVERLOADED


def test_after_a_late_failure_no_finished_step_is_asked_for_again(lab: Lab) -> None:
    journal = MemoryJournal()
    lab.standin.faults.add(Fault("overloaded", step="write"))
    raised_by(lambda: lab.review(journal=journal))
    before = len(lab.calls())
    draft = lab.review(journal=journal)
    assert lab.asked()[before:] == ["write"]
    assert record(draft, "triage").from_journal
    assert draft.coverage.notes == ()


def test_a_call_that_fails_beside_another_leaves_none_behind(lab: Lab) -> None:
    """What is paid is in the record of the step, and nothing runs on after it."""
    lab.standin.state.delay = lab.standin.state.duration = 0.3
    lab.standin.faults.add(Fault("refusal", step="propose"))
    draft: Draft = lab.review()
    assert lab.calls("propose") == ["refusal", "answered"]
    assert record(draft, "propose").requests == 2


def test_the_key_of_one_provider_is_not_sent_to_another(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "its-own")
    elsewhere = Models(lab.options(model="openai:gpt-5", fallbacks=(NAME,))).get(NAME)
    assert isinstance(elsewhere, AnthropicModel)
    assert vars(elsewhere.client)["api_key"] == "its-own"
    assert lab.standin.base_url not in str(elsewhere.base_url)
    ours = Models(lab.options(model=NAME)).get(NAME)
    assert isinstance(ours, AnthropicModel)
    assert vars(ours.client)["api_key"] == lab.standin.key


def test_a_review_that_is_cancelled_ends_at_once(lab: Lab) -> None:
    """As a worker does when its lease is lost: nothing takes its place, and nothing is left open."""
    lab.standin.faults.add(Fault("hang", step="merge"))

    async def work(analyst: ModelAnalyst) -> None:
        found = await LexicalAnalyst().propose(READING)
        task = asyncio.create_task(analyst.merge(found, READING))
        while not lab.calls():
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    _, meter = lab.step(work)
    assert meter.notes == []
    assert lab.calls() == ["hang"]
