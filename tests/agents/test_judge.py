"""Offline judging, merging and refuting on designs made by hand."""

import asyncio
from pathlib import Path

import pytest
import yaml

from agents.analysts.lexical import LexicalAnalyst, terms
from agents.analysts.lexical import judge as judging
from agents.analysts.lexical.terms import expectation, known_threats, stem
from agents.catalogue.loader import load
from agents.evidence import Label, verify
from agents.findings import Finding, Judgement, Truth, Verdict
from agents.steps import judge as step
from agents.steps import refute as refuting
from agents.system import Standing
from tests.agents.designs import PATH, Design, candidate, shop

FAMILIES = yaml.safe_load(Path(terms.__file__).with_name("controls.yaml").read_text())["nouns"]
AUTHN = "missing-endpoint-authentication"
AUTHZ = "broken-object-authorisation"


def judged(design: Design, threat: str = AUTHN, *truths: Truth) -> Judgement:
    return judging.judge(candidate(threat, "order-api", *truths), design.reading())


def test_a_control_in_force_mitigates_with_its_quote() -> None:
    line = "The Order API authenticates every caller with OIDC."
    result = judged(shop(line).control("OIDC", Standing.IN_FORCE, "order-api"))
    assert result.verdict is Verdict.MITIGATED
    assert [e.quote for e in result.evidence] == [line]


def test_a_control_of_another_part_mitigates_nothing() -> None:
    line = "The Backup tool authenticates with a password."
    design = shop(line).part("Backup tool", "batch_job")
    result = judged(design.control("Backup tool", Standing.IN_FORCE, "backup-tool"))
    assert result.verdict is Verdict.APPLIES
    assert result.evidence[0].label is Label.ABSENT


@pytest.mark.parametrize(
    ("line", "standing", "said"),
    [
        ("The Order API will get authentication later.", Standing.PLANNED, "left for later"),
        ("The Order API does no authentication.", Standing.NEGATED, "is missing"),
        ("Authentication on the Order API is optional.", Standing.CONDITIONAL, "optional"),
    ],
)
def test_what_is_not_in_force_is_the_strongest_evidence(
    line: str, standing: Standing, said: str
) -> None:
    result = judged(shop(line).control(line, standing, "order-api"))
    assert result.verdict is Verdict.APPLIES
    assert result.evidence[0].quote == line
    assert said in result.reason
    assert "line 6" in result.reason.lower()


def test_a_condition_that_enforces_is_no_gap() -> None:
    line = "If authentication fails, the Order API refuses the call."
    result = judged(shop(line).control("refuses", Standing.CONDITIONAL, "order-api"))
    assert result.evidence[0].label is Label.ABSENT


def test_silence_applies_only_where_it_matters() -> None:
    result = judged(shop())
    assert result.verdict is Verdict.APPLIES
    assert "does not say how callers are authenticated" in result.reason
    assert "Customers" in result.reason
    assert result.evidence[0].label is Label.ABSENT
    assert result.evidence[0].line_start == 3
    inner = Design("The Worker reads the Queue.\n").part("Worker", "service").part("Queue", "queue")
    inner.flow("worker", "queue", "reads")
    quiet = judging.judge(candidate(AUTHN, "worker"), inner.reading())
    assert quiet.verdict is Verdict.UNKNOWN


def test_an_unknown_clause_becomes_a_question() -> None:
    design = shop()
    result = judged(design, AUTHZ, Truth.TRUE, Truth.UNKNOWN)
    assert result.verdict is Verdict.UNKNOWN
    questions = step.to_questions((result,), design.reading())
    assert [q.component_id for q in questions] == ["order-api"]
    assert questions[0].text.endswith("?")
    assert questions[0].threat_ids == (AUTHZ,)


def test_a_baseline_threat_needs_a_statement() -> None:
    assert judged(shop(), "dependency-compromise").verdict is Verdict.NOT_APPLICABLE
    line = "The Order API does not pin its dependencies and has no lock file."
    stated = judged(shop(line).control("lock file", Standing.NEGATED, "order-api"),
                    "dependency-compromise")  # fmt: skip
    assert stated.verdict is Verdict.APPLIES


def test_questions_are_few_and_spread() -> None:
    design = shop()
    reading = design.reading()
    ids = sorted(reading.catalogue.threats)
    unknown = Truth.UNKNOWN
    many = [judging.judge(candidate(i, "order-api", Truth.TRUE, unknown), reading) for i in ids]
    questions = step.to_questions(many, reading)
    assert 0 < len(questions) <= 3
    assert len({q.threat_ids for q in questions}) == len(questions)


def test_the_step_drops_foreign_and_unproven_judgements() -> None:
    reading = shop().reading()
    asked = candidate(AUTHN, "order-api")
    fine = judging.judge(asked, reading)
    forged = fine.evidence[0].model_copy(update={"quote": "never written"})

    class Inventive(LexicalAnalyst):
        async def judge(self, *_: object) -> tuple[Judgement, ...]:
            foreign = fine.model_copy(update={"candidate": candidate("made-up", "order-api")})
            return (foreign, fine.model_copy(update={"evidence": (forged,)}), fine)

    answer = asyncio.run(step.judge((asked,), reading, Inventive()))
    assert [j.candidate.id for j in answer.value] == [asked.id]
    assert answer.dropped == 1
    assert all(verify(e, reading.documents) for j in answer.value for e in j.evidence)


def found(design: Design, *threats: str) -> tuple[Finding, ...]:
    reading = design.reading()
    judgements = [judging.judge(candidate(t, "order-api"), reading) for t in threats]
    return step.to_findings(judgements, reading)


def test_one_statement_about_one_control_is_one_finding() -> None:
    line = "The Order API does no authentication."
    design = shop(line).control(line, Standing.NEGATED, "order-api")
    both = found(design, AUTHN, "implicit-network-trust", "application-denial-of-service")
    merged = asyncio.run(LexicalAnalyst().merge(both, design.reading()))
    assert [f.id for f in merged] == [
        f"{AUTHN}@order-api",
        "application-denial-of-service@order-api",
    ]
    assert merged[0].also == ("implicit-network-trust@order-api",)


def test_refuting_reads_the_text_again() -> None:
    line = "The Order API has a rate limit of 10 requests per second per client."
    design = shop(line)
    before = found(shop(), "application-denial-of-service", AUTHN)
    reading = design.reading()
    answers = asyncio.run(LexicalAnalyst().refute(before, reading))
    assert [(a.outcome, a.ground) for a in answers] == [("drops", "mitigated"), ("keeps", "none")]
    assert answers[0].evidence[0].quote == line
    after = refuting.apply(before, answers)
    assert [f.threat_id for f in after] == [AUTHN]
    assert refuting.said(answers) == ("Dropped when tested against the text: 1 mitigated.",)


@pytest.mark.parametrize(
    "word", ["will eventually have", "might get", "does not have", "should have"]
)
def test_a_wish_refutes_nothing(word: str) -> None:
    design = shop(f"The Order API {word} a rate limit per client.")
    before = found(design, "application-denial-of-service")
    answers = asyncio.run(LexicalAnalyst().refute(before, design.reading()))
    assert [a.outcome for a in answers] == ["keeps"]


def test_a_quote_about_something_else_is_generic() -> None:
    design = shop("The colour of the logo is blue.")
    (finding,) = found(design, AUTHN)
    elsewhere = finding.model_copy(update={"evidence": (design.quote("logo"),)})
    (answer,) = asyncio.run(LexicalAnalyst().refute((elsewhere,), design.reading()))
    assert (answer.outcome, answer.ground) == ("drops", "generic")


def test_a_claim_of_mitigation_needs_its_quote() -> None:
    design = shop()
    before = found(design, AUTHN)

    class Liar(LexicalAnalyst):
        async def refute(self, *_: object):  # type: ignore[no-untyped-def]
            answers = await super().refute(before, design.reading())
            update = {"outcome": "drops", "ground": "mitigated", "evidence": ()}
            return tuple(a.model_copy(update=update) for a in answers)

    answer = asyncio.run(refuting.refute(before, design.reading(), Liar()))
    assert answer.value == ()
    assert refuting.apply(before, answer.value)


def test_a_sentence_that_experts_stop_at_is_proposed() -> None:
    line = "The Order API trusts that requests are already authenticated."
    later = "The Order API trusts every caller."
    text = f"{line}\nThe Order API must not trust all headers.\n# Future work\n{later}"
    proposed = asyncio.run(LexicalAnalyst().propose(shop(text).reading()))
    (trusts,) = [f for f in proposed if f.id.startswith("trust-without-check")]
    assert trusts.component_id == "order-api"
    assert [e.quote for e in trusts.evidence] == [line]
    assert "line 6" in trusts.why


def test_a_sentence_without_a_part_speaks_of_the_design() -> None:
    design = shop("All users are allowed to call all operations.")
    proposed = asyncio.run(LexicalAnalyst().propose(design.reading()))
    (everybody,) = [f for f in proposed if f.id.startswith("everybody-may")]
    assert (everybody.id, everybody.component_id) == ("everybody-may@document", None)
    assert not [
        f for f in asyncio.run(LexicalAnalyst().propose(shop().reading())) if f.id == everybody.id
    ]


def test_opposite_statements_are_a_contradiction() -> None:
    yes = "The Order API encrypts all stored orders at rest with KMS keys."
    no = "Stored orders of the Order API are not encrypted at rest with KMS."
    design = shop(f"{yes}\n{no}")
    design.control(yes, Standing.IN_FORCE, "order-api").control(no, Standing.NEGATED, "order-api")
    proposed = asyncio.run(LexicalAnalyst().propose(design.reading()))
    (finding,) = [f for f in proposed if f.id.startswith("contradiction")]
    assert [e.quote for e in finding.evidence] == [no, yes]


def test_a_name_is_no_control() -> None:
    line = "The Signature checker does not keep orders."
    design = shop(line).part("Signature checker", "service")
    design.flow("customers", "signature-checker", "Signature checker", ("internet",))
    design.control(line, Standing.NEGATED, "signature-checker")
    webhook = judging.judge(candidate("webhook-spoofing", "signature-checker"), design.reading())
    assert webhook.evidence[0].label is Label.ABSENT


@pytest.mark.parametrize(
    "rule", ["The Order API never answers without authentication.",
             "The Order API does not answer until authentication is done."],
)  # fmt: skip
def test_two_negations_are_a_rule(rule: str) -> None:
    result = judged(shop(rule).control(rule, Standing.NEGATED, "order-api"))
    assert result.verdict is Verdict.MITIGATED or result.evidence[0].quote != rule


def test_facts_agree_with_their_name_in_number() -> None:
    line = "Order workers read payment data of customers over the internet."
    design = shop(line).part("Order workers", "service")
    design.flow("customers", "order-workers", line, ("internet",), ("payment",))
    workers = judging.judge(candidate(AUTHN, "order-workers"), design.reading())
    assert workers.reason.startswith("Order workers take payment data from Customers over the int")


def test_what_the_whole_design_does_counts_for_its_agents() -> None:
    design = shop("The Helper is an agent.\nRefunds are paid and cannot be undone.")
    design.part("Helper", "agent").attribute("irreversible_actions", None, "Refunds")
    about = judging.judge(candidate("irreversible-action-unapproved", "helper"), design.reading())
    assert about.verdict is Verdict.APPLIES
    assert "The design can take actions that cannot be undone (line 7)" in about.reason


def test_every_threat_has_an_expectation() -> None:
    assert known_threats() == set(load().threats)
    for threat in load().threats.values():
        own = expectation(threat)
        assert len(own.gap.split()) > 3
        assert all(name in FAMILIES for name in own.families)
    foreign = load().threats[AUTHN].model_copy(update={"id": "own-threat"})
    assert expectation(foreign).gap.startswith("anything about ")


@pytest.mark.parametrize(
    "words",
    [("authenticated", "authentication"), ("encrypt", "encryption"), ("logs", "logging"),
     ("rotation", "rotated"), ("signature", "signed"), ("limits", "limiting")],
)  # fmt: skip
def test_stems_join_forms_of_a_word(words: tuple[str, str]) -> None:
    assert stem(words[0]) == stem(words[1])


def test_path_is_kept() -> None:
    assert {e.path for f in found(shop(), AUTHN) for e in f.evidence} == {PATH}
