"""Offline proposing: sentences and pairs of sentences that experts stop at."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import islice, product

import yaml

from agents.analysts.base import Reading
from agents.analysts.lexical.facts import Fact, facts, lines
from agents.analysts.lexical.judge import postponed
from agents.analysts.lexical.sayings import named, planned, sayings, without_names
from agents.analysts.lexical.sentences import Sentence
from agents.analysts.lexical.terms import content, families
from agents.evidence import Evidence
from agents.findings import Finding
from agents.steps.judge import of_threat
from agents.system import Component, ControlStatement, Standing

_PER_LENS = 2
_MOST_SEEN = 20
_MOST_STATED = 200
"""Beyond these a document repeats itself; the time spent stays linear."""
_ALIKE = 0.5


@dataclass(frozen=True)
class Lens:
    """One kind of sentence, and what to say about it."""

    id: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str]
    threat: str
    """Catalogue threat that gives rating, controls and references."""
    title: str
    why: str
    """A sentence with `{name}` and `{line}`."""
    change: str
    question: str
    answers: tuple[str, ...] = ()
    """Further threats on which the document is not silent once it says this."""


@lru_cache(maxsize=1)
def lenses() -> tuple[Lens, ...]:
    """The lenses of `lenses.yaml`."""
    text = (resources.files("agents.analysts.lexical") / "lenses.yaml").read_text()
    return tuple(
        Lens(**entry | {key: re.compile(entry[key]) for key in ("pattern", "unless")})
        for entry in yaml.safe_load(text)["lenses"]
    )


def propose(reading: Reading) -> tuple[Finding, ...]:
    """Findings beyond the catalogue, in the order of the rules."""
    found = [*_seen(reading), *_contradictions(reading), *_postponed(reading)]
    return tuple({finding.id: finding for finding in reversed(found)}.values())[::-1]


_PEOPLE = frozenset({"external_user", "human_operator", "external_content"})


def _seen(reading: Reading) -> Iterator[Finding]:
    said = list(sayings(reading.documents))
    for lens in lenses():
        places: dict[str, Finding] = {}
        for saying, at in islice(_through(lens, said), _MOST_SEEN):
            finding = _found(lens, saying, at, reading)
            if finding is not None:
                places.setdefault(finding.id, finding)
        yield from _clearest(list(places.values()))


def _through(lens: Lens, said: list[Sentence]) -> Iterator[tuple[Sentence, int]]:
    """Sentences that the lens shows, with the character at which it stops."""
    for saying in said:
        low = saying.text.lower()
        match = lens.pattern.search(low)
        if match and not lens.unless.search(low) and not planned(saying, match.start()):
            yield saying, match.start()


def _clearest(found: list[Finding]) -> list[Finding]:
    """Those that name a part of the design; one without only where none does."""
    named_ones = [finding for finding in found if finding.component_id is not None]
    return named_ones[:_PER_LENS] or found[:1]


def _found(lens: Lens, saying: Sentence, at: int, reading: Reading) -> Finding | None:
    evidence = saying.evidence(reading.documents[saying.path])
    threat = reading.catalogue.threats.get(lens.threat)
    if evidence is None or threat is None:
        return None
    component = named(reading.system, saying.text, at)
    if component is not None and component.kind in _PEOPLE:
        component = None  # what is wrong is wrong with the design, not with its users
    name = component.name if component is not None else "the design"
    reason = lens.why.format(name=name, line=lines(evidence))
    return of_threat(threat, reading).model_copy(
        update={
            "id": f"{lens.id}@{component.id if component is not None else 'document'}",
            "threat_id": None,
            "title": lens.title,
            "component_id": component.id if component is not None else None,
            "component_name": name,
            "why": reason,
            "change": lens.change,
            "question": lens.question,
            "evidence": (evidence,),
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
