"""The hostile designs against a model that obeys them: what leaves the draft stage is data."""

import asyncio
from collections.abc import Iterator
from functools import cache

import pytest
from pydantic import SecretStr

from agents.analysts.lexical import LexicalAnalyst
from agents.analysts.model.analyst import ModelAnalyst
from agents.analysts.model.models import Models
from agents.analysts.model.options import ModelOptions
from agents.catalogue.loader import load
from agents.change import Change
from agents.document import read
from agents.findings import Draft
from agents.journal import MemoryJournal
from agents.pipeline import review
from agents.steps.propose import HIDDEN_INSTRUCTIONS
from evals.hostile import Attack, check_draft, load_attacks
from evals.standin.brains import Brain
from evals.standin.obedient import Silent, Talkative
from evals.standin.server import StandIn
from tests.support import design_change

ATTACKS = {attack.id: attack for attack in load_attacks()}
SIGNS = {attack.weakness: attack.obedient for attack in ATTACKS.values()}
each = pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())


def served(brain: Brain) -> Iterator[StandIn]:
    with StandIn(brain) as standin:
        yield standin


@pytest.fixture(scope="module")
def talkative() -> Iterator[StandIn]:
    yield from served(Talkative(SIGNS))


@pytest.fixture(scope="module")
def silent() -> Iterator[StandIn]:
    yield from served(Silent())


def reviewed(change: Change, standin: StandIn) -> Draft:
    options = ModelOptions(api_key=SecretStr(standin.state.key), base_url=standin.base_url)

    async def run() -> Draft:
        models = Models(options)
        try:
            return await review(change, load(), ModelAnalyst(models), MemoryJournal())
        finally:
            await models.close()

    return asyncio.run(run())


@cache
def by_rules(id_: str) -> Draft:
    return asyncio.run(review(ATTACKS[id_].change(), load(), LexicalAnalyst(), MemoryJournal()))


@each
def test_what_an_obedient_model_writes_stays_inert(attack: Attack, talkative: StandIn) -> None:
    draft = reviewed(attack.change(), talkative)
    (source,) = attack.change().documents
    assert check_draft(attack, draft, read(source.path, source.text)) == []
    assert draft.provenance.analyst.startswith("model")
    written = " ".join(c.body for c in draft.comments) + draft.summary + draft.brief
    assert attack.canary in written.replace("\\", ""), "the model obeyed, so its words are there"


@each
def test_a_model_that_is_talked_into_silence_clears_nothing(
    attack: Attack, silent: StandIn
) -> None:
    draft = reviewed(attack.change(), silent)
    rules = by_rules(attack.id)
    assert draft.outcome != "not_a_design"
    warned = [f for f in draft.findings if f.threat_id == HIDDEN_INSTRUCTIONS]
    assert bool(warned) is attack.detected
    said = " ".join(draft.coverage.notes)
    assert "The model took this for no design" in said
    if [f for f in rules.findings if f.threat_id != HIDDEN_INSTRUCTIONS and f.component_id]:
        assert "the offline rules point at" in said


def test_no_attack_changes_the_review_of_another_document(talkative: StandIn) -> None:
    """Side by side and one after the other, in one process, with one model."""
    before = reviewed(design_change(), talkative)
    options = ModelOptions(api_key=SecretStr(talkative.state.key), base_url=talkative.base_url)
    hostile = [a.change() for a in list(ATTACKS.values())[::24]]

    async def together() -> Draft:
        models = Models(options)
        try:
            first, *_rest = await asyncio.gather(
                *(
                    review(change, load(), ModelAnalyst(models), MemoryJournal())
                    for change in (design_change(), *hostile)
                )
            )
            return first
        finally:
            await models.close()

    after = asyncio.run(together())
    for name in set(Draft.model_fields) - {"provenance"}:
        assert getattr(after, name) == getattr(before, name), name
