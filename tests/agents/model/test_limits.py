"""Changes that are too long for the model, and reviews that would cost too much."""

from agents.analysts.model.options import Budget
from agents.change import Change
from agents.journal import MemoryJournal
from evals.standin import Fault
from tests.agents.model.support import Lab, noted, raised_by, record
from tests.support import DESIGN, design_change

ALWAYS = 99


def test_a_change_that_is_too_long_is_read_in_parts(lab: Lab) -> None:
    lab.standin.state.window = 22_000
    draft = lab.review(long_change())
    assert draft.outcome == "findings"
    notes = noted(draft, "Too long for one reading: read in")
    parts = {int(note.partition("read in ")[2].partition(" ")[0]) for note in notes}
    assert parts
    assert max(parts) <= 6
    assert lab.standin.ledger.refusals
    assert all("prompt is too long" in refusal for refusal in lab.standin.ledger.refusals)
    # Steps side by side hear of it together, and the change is cut for all of them at once.
    assert len(lab.standin.ledger.refusals) <= 8
    assert not noted(draft, "offline rules did")


def test_one_part_that_is_too_long_is_cut_too(lab: Lab) -> None:
    lab.standin.faults.add(Fault("too_long", step="extract", after=1))
    draft = lab.review(long_change(), window_tokens=50_000)
    assert not noted(draft, "was not judged")
    assert lab.calls("extract").count("too_long") == 1


def test_what_cannot_be_made_shorter_is_done_by_the_rules(lab: Lab) -> None:
    lab.standin.faults.add(Fault("too_long", times=ALWAYS))
    draft = lab.review()
    assert len(draft.findings) > 10
    assert len(noted(draft, "cannot take a text of this length; lower LINTEL_MODEL_WINDOW")) == 8
    # Nothing was asked for twice: the text is as short as it can be.
    assert len(lab.calls()) <= 12


def long_change() -> Change:
    """About 50,000 characters in many sections, with the design in the middle."""
    said = "Nobody has measured how often colleagues take the stairs when the lift is slow. "
    pages = [f"## Page {n}\n\n{said * 12}\n\n" for n in range(50)]
    return design_change(
        "".join((*pages[:25], DESIGN.replace("# Ticket", "## Ticket"), *pages[25:]))
    )


def test_the_steps_after_the_budget_are_done_by_the_rules(lab: Lab) -> None:
    draft = lab.review(budget=Budget(tokens=60_000))
    (note,) = {n.partition(" The offline")[0] for n in noted(draft, "The offline rules did")}
    assert note == "The budget of this review, 60,000 tokens, is spent."
    assert "write" not in lab.asked()
    assert noted(draft, "did the step write.")
    assert record(draft, "triage").requests == 1
    assert draft.outcome == "findings"
    spent = sum(c.usage.total + c.output_tokens for c in lab.standin.ledger.calls if c.usage)
    assert 60_000 <= spent < 140_000


def test_a_budget_of_money_ends_a_review_too(lab: Lab) -> None:
    draft = lab.review(budget=Budget(usd=0.05))
    assert noted(
        draft, "The budget of this review, $0.05, is spent. The offline rules did the step"
    )
    assert 0.05 <= float(lab.standin.ledger.cost()) < 0.2
    assert draft.outcome == "findings"


def test_what_an_earlier_run_has_spent_counts(lab: Lab) -> None:
    journal, budget = MemoryJournal(), Budget(tokens=60_000)
    lab.standin.faults.add(Fault("overloaded", step="write"))
    raised_by(lambda: lab.review(journal=journal))
    before = len(lab.calls())
    draft = lab.review(journal=journal, budget=budget)
    assert len(lab.calls()) == before
    assert noted(draft, "is spent. The offline rules did the step write.")
