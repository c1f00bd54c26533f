"""What a model says wrong goes back once, by name; what stays wrong is left out and counted."""

from collections.abc import Sequence
from typing import Any

import pytest

from agents.analysts.base import Reading
from agents.analysts.lexical import LexicalAnalyst
from agents.analysts.model.analyst import ModelAnalyst
from agents.evidence import verify
from agents.findings import Candidate, Verdict
from agents.steps.candidates import candidates
from evals.standin import Asked, Fault
from tests.agents.model.support import RULES, Answer, Lab, Spoil, Spoiled, reading_of, record
from tests.support import DESIGN

INVENTED = "every call is signed with a quantum key"
GOOD = "issues refunds without approval"
_CORRECTION = "Code checked your answer"


@pytest.fixture(scope="module")
def reading() -> Reading:
    return reading_of(DESIGN)


@pytest.fixture(scope="module")
def few(reading: Reading) -> tuple[Candidate, ...]:
    """Six candidates that the rules have a verdict on."""
    return candidates(reading.system, reading.catalogue)[:6]


def first(*path: str, **values: Any) -> Spoil:
    """Changes members of the first entry of a list (the list's name, then inner ones)."""

    def spoil(answer: Answer, _: Asked) -> Answer:
        place: Any = answer
        for name in path:
            place = place[name][0]
        place |= values
        return answer

    return spoil


def invented(*path: str) -> Spoil:
    return first(*path, "evidence", quote=INVENTED)


def unheard(answer: Answer, _: Asked) -> Answer:
    """The first control has its words from nowhere."""
    answer["controls"][0]["evidence"] |= {"quote": INVENTED}
    return answer


# Step, mistake, and what the correction must say of it.
MISTAKES: dict[str, tuple[str, Spoil, str]] = {
    "a reason's quote": ("triage", invented("reasons"), 'reason 1, quote 1: "every call'),
    "no design, full depth": (
        "triage",
        lambda answer, _: answer | {"is_design": False, "depth": "full"},
        "depth is none exactly when is_design is false",
    ),
    "a component's quote": ("extract", invented("components"), "component web-app, quote 1"),
    "a kind": (
        "extract",
        first("components", kind="web_fronted"),
        "kind of component: web_fronted is not a known id. Did you mean web_frontend?",
    ),
    "no kind": ("extract", first("components", kind=""), "kind of component: it is empty"),
    "a data class": ("extract", first("data", data_class="personel"), "data class: personel"),
    "an attribute": ("extract", first("attributes", attribute="x9"), "x9 is not a known id. Leave"),
    "an end of a flow": (
        "extract",
        first("flows", source="webapp"),
        "end of a flow: webapp is not a known id. Did you mean web-app?",
    ),
    "one id twice": (
        "extract",
        lambda answer, _: answer | {"components": [*answer["components"], answer["components"][0]]},
        "two components have it",
    ),
    "a threat's part": (
        "propose",
        first("threats", component="refund-tol"),
        "threat 1, component: refund-tol is not a known id. Did you mean refund-tool?",
    ),
    "no part": ("propose", first("threats", component=""), "threat 1, component: it is empty"),
    "a threat's id": ("propose", first("threats", catalogue_id="T9"), "catalogue_id: T9 is not"),
    "a threat without words": ("propose", first("threats", evidence=[]), "threat 1: it needs a"),
    "a pattern": (
        "roads",
        lambda answer, _: {"roads": [{"pattern": "PR-999", "status": "adopted", "reason": "x"}]},
        "pattern: PR-999 is not a known id",
    ),
    "a comment's number": (
        "write",
        first("comments", about=0),
        "about: there is no number 0.",
    ),
    "a comment's length": ("write", first("comments", why="word " * 120), "words are too long"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_goes_back_once_and_the_corrected_answer_counts(
    lab: Lab, reading: Reading, name: str
) -> None:
    step, spoil, words = MISTAKES[name]
    brain = lab.standin.state.brain = Spoiled({step: spoil}, mends=True)
    result, meter = lab.step(lambda analyst: _step(analyst, step, reading))
    assert len(brain.corrections) == 1, brain.corrections
    assert brain.corrections[0].startswith(_CORRECTION)
    assert words in brain.corrections[0]
    problems = brain.corrections[0].partition("Problems:\n")[2].splitlines()
    assert all(line.startswith("- ") for line in problems)
    assert meter.dropped == 0
    lab.standin.state.brain = RULES
    assert lab.step(lambda analyst: _step(analyst, step, reading))[0] == result


async def _step(analyst: ModelAnalyst, step: str, reading: Reading) -> Any:
    findings = await LexicalAnalyst().propose(reading)
    if step == "propose":
        # Two calls side by side.
        return {finding.id for finding in await analyst.propose(reading)}
    if step == "roads":
        return await analyst.roads(tuple(reading.catalogue.patterns.values()), findings, reading)
    if step == "write":
        return await analyst.write(findings, (), (), reading)
    return await getattr(analyst, step)(reading)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("broken_tool", "valid"),
        ("text", "in a tool call"),
        ("wrong_tool", "Answer with submit_triage, not with another tool."),
        ("empty", "in a tool call"),
    ],
)
@pytest.mark.parametrize("streamed", [True, False])
def test_what_is_no_answer_at_all_is_asked_for_again(
    lab: Lab, reading: Reading, kind: Any, words: str, streamed: bool
) -> None:
    brain = lab.standin.state.brain = Spoiled({"triage": lambda answer, _: answer})
    lab.standin.faults.add(Fault(kind, step="triage", after=0 if streamed else 1))

    async def work(analyst: ModelAnalyst) -> object:
        # The first call of a prefix streams; those behind it come in one piece.
        for _ in range(1 if streamed else 2):
            found = await analyst.triage(reading)
        return found

    found, meter = lab.step(work)
    assert lab.calls("triage") == [*([] if streamed else ["answered"]), kind, "answered"]
    assert words in brain.corrections[-1]
    assert (meter.dropped, meter.notes) == (0, [])
    lab.standin.state.brain = RULES
    assert lab.step(lambda analyst: analyst.triage(reading))[0] == found


def test_a_wrong_line_number_is_no_mistake(lab: Lab, reading: Reading) -> None:
    brain = lab.standin.state.brain = Spoiled({"triage": first("reasons", "evidence", line=1)})
    found, meter = lab.step(lambda analyst: analyst.triage(reading))
    assert brain.corrections == ()
    assert meter.requests == 1
    assert verify(found.reasons[0].evidence[0], reading.documents)


def test_an_invented_quote_is_told_the_nearest_line(lab: Lab, reading: Reading) -> None:
    nearly = first("reasons", "evidence", quote="The web app calls the assistant service over SSH.")
    brain = lab.standin.state.brain = Spoiled({"triage": nearly})
    lab.step(lambda analyst: analyst.triage(reading))
    line = next(n for n, text in enumerate(DESIGN.splitlines(), 1) if "over TLS" in text)
    assert f'Line {line} reads: "{DESIGN.splitlines()[line - 1][:60]}' in brain.corrections[0]


def test_what_stays_wrong_is_left_out_and_counted_and_the_rest_survives(lab: Lab) -> None:
    lab.standin.state.brain = Spoiled(
        {
            "triage": invented("reasons"),
            "extract": unheard,
            "propose": first("threats", component="nobody"),
            "write": first("comments", about=99),
        }
    )
    draft = lab.review()
    assert record(draft, "triage").dropped == 1
    assert record(draft, "extract").dropped == 1
    assert record(draft, "propose").dropped == 2
    assert draft.coverage.dropped_evidence == sum(s.dropped for s in draft.provenance.steps) >= 4
    lab.reset()
    whole = lab.review()
    assert len(draft.system.controls) == len(whole.system.controls) - 1
    assert draft.system.components == whole.system.components
    assert len(draft.triage.reasons) == len(whole.triage.reasons)
    assert 0 < len(draft.findings) < len(whole.findings)


def judged(lab: Lab, few: Sequence[Candidate], reading: Reading, answer: Answer) -> Any:
    """Judgements and meter of an answer that stays as it is, and what was said about it."""
    brain = lab.standin.state.brain = Spoiled({"judge": lambda _a, _q: answer})
    found, meter = lab.step(lambda analyst: analyst.judge(few, reading))
    assert len(brain.corrections) == 1
    return {j.candidate.id: j for j in found}, meter, brain.corrections[0]


def ruling(number: int, verdict: str = "applies", quote: str = GOOD) -> Answer:
    evidence = [{"line": 6, "quote": quote}]
    return {"candidate": number, "verdict": verdict, "reason": "So.", "evidence": evidence}


def test_verdicts_that_are_missing_out_of_range_or_given_twice(
    lab: Lab, few: tuple[Candidate, ...], reading: Reading
) -> None:
    answer = {
        "verdicts": [ruling(1), ruling(1, "mitigated"), ruling(2, quote=INVENTED), ruling(40)],
        "not_applicable": [{"candidates": [3, 1], "reason": "Not here."}],
    }
    found, meter, said = judged(lab, few, reading, answer)
    assert "These numbers have no verdict: 4, 5, 6." in said
    assert "These numbers have several verdicts: 1." in said
    assert "verdicts: there is no number 40." in said
    assert f'candidate 2, quote 1: "{INVENTED}" is not in the document.' in said
    assert found.keys() == {few[0].id, few[2].id}
    assert found[few[0].id].verdict is Verdict.APPLIES
    # Candidate 1 twice too often, number 40, the quote; and four without a verdict.
    assert meter.dropped == 2 + 1 + 1 + 4
    assert "4 candidates of the catalogue got no verdict that could be proven." in meter.notes


def test_at_most_twelve_problems_are_named_in_one_correction(
    lab: Lab, few: tuple[Candidate, ...], reading: Reading
) -> None:
    answer = {"verdicts": [ruling(n) for n in range(50, 70)]}
    _, _, said = judged(lab, few, reading, answer)
    assert said.partition("Problems:")[2].count("\n- ") == 13
    assert said.rstrip().endswith("- and 9 more of the same sort")
