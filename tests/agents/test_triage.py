"""Triage without a model: design or not, tier and depth, with reasons that are proven."""

import asyncio
from pathlib import Path

import pytest

from agents.analysts.base import Reading
from agents.analysts.lexical.triage import triage
from agents.catalogue.loader import load
from agents.change import Change, SourceText
from agents.document import read
from agents.evidence import verify
from agents.findings import Triage
from tests.support import offline_draft, require_cases

REFUNDS = """# Refund agent

## Architecture

Customers send messages to the Web chat. The Web chat calls the Refund agent. The Refund agent automatically approves
refunds, and calls Stripe with card numbers. The Refund agent sends prompts with health records to OpenAI.
"""
REPORTS = """# Report viewer

## Architecture

The Report service reads figures from Postgres. The Report service writes pages to S3. The Cleanup job reads from S3.
"""
PROSE = """# Naming of branches

## Rationale

Names are short. Use lower case and hyphens, for example `fix-login`. Names must not hold spaces.
"""


def judged(text: str) -> Triage:
    document = read("design.md", text)
    answer = triage(Reading(Change(repository="local"), {"design.md": document}, load()))
    for reason in answer.reasons:
        assert all(verify(piece, {"design.md": document}) for piece in reason.evidence)
        assert reason.text.endswith(".")
    return answer


def test_money_health_data_and_autonomy_are_critical() -> None:
    answer = judged(REFUNDS)
    assert (answer.is_design, answer.tier, answer.depth) == (True, "critical", "full")
    assert all(reason.evidence for reason in answer.reasons)


def test_reasons_name_data_exposure_and_what_it_does() -> None:
    texts = [reason.text for reason in judged(REFUNDS).reasons]
    assert "It handles special-category personal data." in texts
    assert "It is reachable from the internet." in texts
    assert "It acts without a person confirming each step." in texts


def test_an_internal_design_without_sensitive_data_gets_a_light_review() -> None:
    answer = judged(REPORTS)
    assert (answer.is_design, answer.tier, answer.depth) == (True, "low", "light")


@pytest.mark.parametrize("text", [PROSE, "", "\n\n", "# Architecture\n", "Hello world."])
def test_no_design_no_review(text: str) -> None:
    answer = judged(text)
    assert (answer.is_design, answer.tier, answer.depth) == (False, "low", "none")
    assert answer.reasons


PAPERS = sorted((Path(__file__).parent / "papers").glob("*-*.md"))


@pytest.mark.parametrize("paper", [p for p in PAPERS if p.name.startswith("not-")], ids=str)
def test_papers_that_are_no_designs_are_cleared_with_a_reason(paper: Path) -> None:
    answer = judged(paper.read_text())
    assert (answer.is_design, answer.depth) == (False, "none")
    (reason,) = answer.reasons
    assert len(reason.text.split()) > 5


@pytest.mark.parametrize("paper", [p for p in PAPERS if p.name.startswith("thin-")], ids=str)
def test_a_design_that_says_too_little_is_blocked_with_three_questions(paper: Path) -> None:
    text = paper.read_text()
    change = Change(repository="r", documents=(SourceText(path=paper.name, text=text),))
    draft = asyncio.run(offline_draft(change))
    assert draft.outcome == "too_little_information"
    assert not draft.findings
    assert len(draft.questions) == 3
    assert {p.name.split("-")[0] for p in PAPERS} == {"not", "thin"}


def test_a_design_in_words_of_security_alone_is_a_design() -> None:
    text = "# Policy API\n\n## Design\n\n" + "".join(
        f"Rule {n} requires that every request is authenticated with a short-lived token.\n\n"
        for n in range(5)
    )
    answer = judged(text)
    assert answer.is_design
    assert "5 statements" in answer.reasons[0].text


def test_real_documents() -> None:
    for path in require_cases():
        answer = judged(path.read_text())
        assert answer.is_design is not path.parent.name.startswith("clean-"), path
