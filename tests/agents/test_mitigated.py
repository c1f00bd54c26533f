"""What the text settles: listed with the quote that does, so that nobody asks again."""

import asyncio

from agents.analysts.lexical import judge as judging
from agents.catalogue.loader import load
from agents.evidence import verify
from agents.findings import Judgement, Verdict
from agents.journal import MemoryJournal
from agents.pipeline import review
from agents.steps.judge import to_findings, to_mitigated, to_questions
from agents.system import Standing
from tests.agents.designs import Design, candidate, shop
from tests.agents.test_pipeline import Knowing, change

AUTHN = "missing-endpoint-authentication"
OIDC = "The Order API authenticates every caller with OIDC."


def settled() -> Design:
    return shop(OIDC).control("OIDC", Standing.IN_FORCE, "order-api")


def judged(design: Design, threat: str = AUTHN, part: str = "order-api") -> Judgement:
    return judging.judge(candidate(threat, part), design.reading())


def test_a_settled_candidate_is_listed_with_its_quote() -> None:
    design = settled()
    judgement = judged(design)
    (item,) = to_mitigated((judgement,), design.reading())
    assert item.id == f"{AUTHN}@order-api"
    assert (item.threat_id, item.component_id, item.component_name) == (
        AUTHN,
        "order-api",
        "Order API",
    )
    assert item.title == load().threats[AUTHN].title
    assert item.reason == judgement.reason
    assert [e.quote for e in item.evidence] == [OIDC]


def test_nothing_else_is_listed() -> None:
    design = settled()
    judgement = judged(design)
    for verdict in set(Verdict) - {Verdict.MITIGATED}:
        other = judgement.model_copy(update={"verdict": verdict})
        assert to_mitigated((other,), design.reading()) == ()
    assert to_findings((judgement,), design.reading()) == ()
    assert to_questions((judgement,), design.reading()) == ()


def test_one_threat_settled_by_one_quote_is_listed_once() -> None:
    design = settled()
    here = judged(design)
    there = here.model_copy(update={"candidate": candidate(AUTHN, "order-database")})
    other = here.model_copy(update={"candidate": candidate("session-token-weakness", "order-api")})
    elsewhere = there.model_copy(update={"evidence": (design.quote("Customers call"),)})
    listed = to_mitigated((here, there, other, elsewhere), design.reading())
    assert [(item.id, item.evidence[0].quote) for item in listed] == [
        (f"{AUTHN}@order-api", OIDC),
        ("session-token-weakness@order-api", OIDC),
        (f"{AUTHN}@order-database", elsewhere.evidence[0].quote),
    ]


def test_a_part_that_is_gone_is_left_out() -> None:
    design = settled()
    gone = judged(design).model_copy(update={"candidate": candidate(AUTHN, "gone")})
    assert to_mitigated((gone,), design.reading()) == ()


def test_a_draft_lists_what_is_settled_and_raises_none_of_it() -> None:
    design = settled()
    draft = asyncio.run(
        review(change(design.document.text), load(), Knowing(design), MemoryJournal())
    )
    settled_ids = {item.id for item in draft.mitigated}
    assert f"{AUTHN}@order-api" in settled_ids
    assert not settled_ids & {f.id for f in draft.findings}
    assert not {f"ask-{id_}" for id_ in settled_ids} & {q.id for q in draft.questions}
    documents = design.reading().documents
    assert all(verify(e, documents) for item in draft.mitigated for e in item.evidence)
