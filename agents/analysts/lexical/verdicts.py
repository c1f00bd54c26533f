"""Judgements as values: what is said of a threat whose control stands, is weak, or is missing."""

from agents.analysts.base import Reading
from agents.analysts.lexical.facts import facts, leaves_open, lines, told
from agents.analysts.lexical.sayings import without_names
from agents.analysts.lexical.terms import expectation, noun
from agents.catalogue.loader import Threat
from agents.evidence import Evidence
from agents.findings import Candidate, Judgement, Verdict
from agents.system import Component, ControlStatement, Standing

_STANDS = {
    Standing.PLANNED: "is left for later",
    Standing.NEGATED: "is missing",
    Standing.CONDITIONAL: "is optional",
}


def mitigated(candidate: Candidate, evidence: Evidence, how: str) -> Judgement:
    """The text states a control in force; `how` ends the sentence that says so."""
    return Judgement(
        candidate=candidate,
        verdict=Verdict.MITIGATED,
        reason=f"By {lines(evidence)}, {how}.",
        evidence=(evidence,),
    )


def passed_over(candidate: Candidate, evidence: Evidence, what: str) -> Judgement:
    """A control in force of the right sort, too far from the threat to be called its answer."""
    return Judgement(
        candidate=candidate,
        verdict=Verdict.NOT_APPLICABLE,
        reason=f"{lines(evidence).capitalize()} may answer it: {what} is in force.",
        evidence=(evidence,),
    )


def left_open(
    candidate: Candidate, component: Component, evidence: Evidence, reading: Reading
) -> Judgement:
    """The text itself says that the control is missing or weak."""
    known = facts(component, reading.system)[:1]
    threat = reading.catalogue.threats[candidate.threat_id]
    gap = expectation(threat).gap
    reason = f"{leaves_open(evidence, gap)} {told(component, known)}".strip()
    return Judgement(
        candidate=candidate,
        verdict=Verdict.APPLIES,
        reason=reason,
        evidence=(evidence, *(fact.evidence for fact in known)),
    )


def stated(
    candidate: Candidate,
    component: Component,
    threat: Threat,
    statement: ControlStatement,
    reading: Reading,
) -> Judgement:
    """A statement says that the control is missing, optional or left for later."""
    known = facts(component, reading.system)[:1]
    what = noun(threat, without_names(reading.system, statement.text))
    reason = f"By {lines(statement.evidence)}, {what} {_STANDS[statement.standing]}."
    return Judgement(
        candidate=candidate,
        verdict=Verdict.APPLIES,
        reason=f"{reason} {told(component, known)}".strip(),
        evidence=(statement.evidence, *(fact.evidence for fact in known)),
    )
