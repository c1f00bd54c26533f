"""Offline judging: what the text says about the control, how it stands, and how much it matters."""

import re

from agents.analysts.base import Reading
from agents.analysts.lexical.facts import Fact, facts, lines
from agents.analysts.lexical.terms import (
    expectation,
    only_when_stated,
    shared_words,
    speaks_of,
)
from agents.catalogue.loader import Threat
from agents.evidence import Evidence, Label
from agents.findings import Candidate, Judgement, Truth, Verdict
from agents.system import Component, ControlStatement, Standing

_OPTIONAL = re.compile(
    r"\b(optional|optionally|may|can be|if (enabled|configured|set|desired)|when (enabled|configured)"
    r"|should|recommended|opt-in|not (strictly )?required)\b",
    re.IGNORECASE,
)
_STANDS = {
    Standing.PLANNED: "puts the control off until later",
    Standing.NEGATED: "says that the control is not there",
    Standing.CONDITIONAL: "makes the control optional",
}
_STRENGTH = {"exposure": 2, "data": 2, "autonomy": 2}
_ENOUGH = 2


def judge(candidate: Candidate, reading: Reading) -> Judgement:
    """The verdict on one candidate."""
    threat = reading.catalogue.threats[candidate.threat_id]
    component = reading.system.component(candidate.component_id)
    if component is None:
        return Judgement(candidate=candidate, verdict=Verdict.NOT_APPLICABLE, reason="No such part")
    about = concerning(threat, component, reading)
    held = [s for s in about if s.standing is Standing.IN_FORCE]
    broken = [s for s in about if _missing(s)]
    if broken and candidate.certain:
        return _stated(candidate, component, broken[0], reading)
    if held:
        return Judgement(
            candidate=candidate,
            verdict=Verdict.MITIGATED,
            reason=f"{_place(held[0]).capitalize()} says so: the control is in force.",
            evidence=(held[0].evidence,),
        )
    return _silent(candidate, component, threat, reading)


def concerning(
    threat: Threat, component: Component, reading: Reading
) -> tuple[ControlStatement, ...]:
    """Control statements that speak of the threat and of this component, the closest first."""
    near = {component.id} | {
        end
        for flow in reading.system.flows
        if component.id in (flow.source, flow.target)
        for end in (flow.source, flow.target)
    }
    found: list[tuple[int, int, ControlStatement]] = []
    for order, statement in enumerate(reading.system.controls):
        named = set(statement.components)
        here = component.id in named or component.name.lower() in statement.text.lower()
        reach = 2 if here else 1 if not named else 0
        if statement.standing is Standing.IN_FORCE and named & near:
            reach = max(reach, 1)
        if reach and speaks_of(threat, statement.text):
            found.append((reach * 10 + shared_words(threat, statement.text), -order, statement))
    return tuple(s for *_, s in sorted(found, key=lambda item: item[:2], reverse=True))


def _missing(statement: ControlStatement) -> bool:
    if statement.standing is Standing.CONDITIONAL:
        return _OPTIONAL.search(statement.text) is not None
    return statement.standing in (Standing.PLANNED, Standing.NEGATED)


def _stated(
    candidate: Candidate, component: Component, statement: ControlStatement, reading: Reading
) -> Judgement:
    known = facts(component, reading.system)
    reason = f"{_place(statement).capitalize()} {_STANDS[statement.standing]}."
    if known:
        reason += f" {_upper(component.name)} {known[0].cited()}."
    return Judgement(
        candidate=candidate,
        verdict=Verdict.APPLIES,
        reason=reason,
        evidence=(statement.evidence, *(fact.evidence for fact in known[:1])),
    )


def _silent(
    candidate: Candidate, component: Component, threat: Threat, reading: Reading
) -> Judgement:
    known = facts(component, reading.system)
    gap = expectation(threat).gap
    place = _expected_at(candidate, component, known).model_copy(
        update={"label": Label.ABSENT, "note": gap}
    )
    enough = sum(_STRENGTH[fact.sort] for fact in known) >= _ENOUGH
    if not enough or only_when_stated(threat):
        return Judgement(
            candidate=candidate,
            verdict=Verdict.NOT_APPLICABLE,
            reason="The document is silent, and nothing it says makes the gap matter here.",
        )
    verdict = Verdict.APPLIES if candidate.certain else Verdict.UNKNOWN
    said = " and ".join(fact.cited() for fact in known[:2])
    if verdict is Verdict.UNKNOWN:
        open_ = next(c.text for c in candidate.clauses if c.truth is Truth.UNKNOWN)
        reason = f"{_upper(component.name)} {said}. Whether this holds is not said: {open_}."
    else:
        reason = f"{_upper(component.name)} {said}. The document does not say {gap}."
    return Judgement(candidate=candidate, verdict=verdict, reason=reason, evidence=(place,))


def _expected_at(candidate: Candidate, component: Component, known: tuple[Fact, ...]) -> Evidence:
    exposed = next((fact.evidence for fact in known if fact.sort == "exposure"), None)
    if exposed is not None:
        return exposed
    fired = (e for c in candidate.clauses if component.id in c.components for e in c.evidence)
    return next(fired, component.evidence[0])


def _place(statement: ControlStatement) -> str:
    return lines(statement.evidence)


def _upper(name: str) -> str:
    return name[:1].upper() + name[1:]
