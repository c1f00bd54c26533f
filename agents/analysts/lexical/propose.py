"""Offline proposing: what the lenses show, and pairs of sentences that do not go together."""

from collections.abc import Iterator
from itertools import product

from agents.analysts.base import Reading
from agents.analysts.lexical.facts import Fact, facts, leaves_open, lines
from agents.analysts.lexical.judge import concerned, postponed
from agents.analysts.lexical.look import look, sight_of
from agents.analysts.lexical.sayings import without_names
from agents.analysts.lexical.signals import index_of, opening, settling
from agents.analysts.lexical.terms import content, expectation, families
from agents.catalogue.predicates import evaluate, truth
from agents.evidence import Evidence
from agents.findings import Finding, Truth
from agents.steps.judge import of_threat
from agents.system import Component, ControlStatement, Standing

_MOST_STATED = 200
"""Beyond these a document repeats itself; the time spent stays linear."""
_ALIKE = 0.5


def propose(reading: Reading) -> tuple[Finding, ...]:
    """Findings beyond the catalogue, in the order of the rules."""
    found = [*look(reading), *_opened(reading), *_contradictions(reading), *_postponed(reading)]
    return tuple({finding.id: finding for finding in reversed(found)}.values())[::-1]


def _opened(reading: Reading) -> Iterator[Finding]:
    """Threats that the text itself leaves open, though the model shows no part that has them."""
    index = index_of(reading.documents)
    for threat in reading.catalogue.threats.values():
        if truth(threat, reading.system) is Truth.FALSE or evaluate(threat, reading.system):
            continue
        hits = [] if settling(threat.id, index) else opening(threat.id, index)
        sight = next((s for s in (sight_of(hit, reading) for hit in hits) if s is not None), None)
        if sight is None or not concerned(threat, reading):
            continue
        part = sight.component
        name = part.name if part is not None else "the design"
        yield of_threat(threat, reading).model_copy(
            update={
                "id": f"{threat.id}@{part.id if part is not None else 'document'}",
                "component_id": part.id if part is not None else None,
                "component_name": name,
                "why": leaves_open(sight.evidence, expectation(threat).gap),
                "evidence": (sight.evidence,),
            }
        )


def _fact(component: Component, reading: Reading) -> Fact | None:
    return next(iter(facts(component, reading.system)), None)


def _contradictions(reading: Reading) -> Iterator[Finding]:
    stated = reading.system.controls
    denied = [s for s in stated if s.standing is Standing.NEGATED and s.components][:_MOST_STATED]
    held = [s for s in stated if s.standing is Standing.IN_FORCE and s.components][:_MOST_STATED]
    for one, other in product(held, denied):
        if set(one.components) & set(other.components):
            part = next((c for c in one.components if c in other.components), None)
            component = reading.system.component(part or "")
            if component is not None and _same_control(one, other, reading):
                yield _contradiction(component, one, other, reading)


def _same_control(one: ControlStatement, other: ControlStatement, reading: Reading) -> bool:
    first, second = (without_names(reading.system, s.text) for s in (one, other))
    smaller = min(len(content(first)), len(content(second)))
    close = smaller > 2 and len(content(first) & content(second)) >= _ALIKE * smaller
    return close and bool(families(first) & families(second))


def _contradiction(
    component: Component, one: ControlStatement, other: ControlStatement, reading: Reading
) -> Finding:
    held, denied = (one, other) if one.standing is Standing.IN_FORCE else (other, one)
    return _own(
        reading,
        f"contradiction@{component.id}",
        "The document contradicts itself about a control",
        component,
        f"{lines(held.evidence).capitalize()} says that the control is there for {component.name}, "
        f"{lines(denied.evidence)} that it is not.",
        "Decide which sentence holds, correct the other, and say where the control is enforced.",
        "Which of the two describes what will run?",
        (denied.evidence, held.evidence),
    )


def _postponed(reading: Reading) -> Iterator[Finding]:
    """A planned control on a part that is exposed today."""
    for statement in reading.system.controls:
        part = next(iter(statement.components), "")
        component = reading.system.component(part)
        if not postponed(statement) or component is None:
            continue
        known = _fact(component, reading)
        spoken = families(without_names(reading.system, statement.text))
        if known is None or known.sort != "exposure" or not spoken:
            continue
        yield _own(
            reading,
            f"planned-control@{component.id}",
            "The exposure is there before its control",
            component,
            f"{component.name} {known.cited()}, while {lines(statement.evidence)} puts the control "
            "off until later.",
            "Bring the control forward, or keep this path closed until it is there.",
            "What protects this path on the first day, and what blocks the release without it?",
            (statement.evidence, known.evidence),
        )


def _own(
    reading: Reading,
    id_: str,
    title: str,
    component: Component,
    why: str,
    change: str,
    question: str,
    evidence: tuple[Evidence, ...],
) -> Finding:
    likelihood, impact = 3, 4
    return Finding(
        id=id_,
        threat_id=None,
        title=title,
        component_id=component.id,
        component_name=component.name,
        severity=reading.catalogue.vocabulary.severity(likelihood * impact),
        likelihood=likelihood,
        impact=impact,
        category="classic",
        why=why,
        change=change,
        question=question,
        evidence=evidence,
    )
