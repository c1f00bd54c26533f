"""The questions about the risk class under the EU AI Act, and what in the text speaks for a yes."""

from collections import deque
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from agents.catalogue.facts import answer
from agents.catalogue.loader import Catalogue
from agents.catalogue.schema import Predicate
from agents.compliance.passages import matches, stated
from agents.compliance.rules import QuestionRule, Reach, Rules, Says, SignRule
from agents.compliance.values import AiPart, Duty, RiskQuestion, Sign
from agents.evidence import Evidence, Label
from agents.findings import Draft
from agents.system import Flow, Standing, SystemModel

ACT = "eu-ai-act"
MOST_QUOTES = 3
"""Quotes of one sign."""


@dataclass(frozen=True)
class _Design:
    """What is looked at: the model, the quotes of the draft, and which parts are AI."""

    system: SystemModel
    quotes: tuple[Evidence, ...]
    ai: frozenset[str]
    denied: Says


def risk_questions(
    draft: Draft, catalogue: Catalogue, rules: Rules, ai: Sequence[AiPart]
) -> tuple[RiskQuestion, ...]:
    """All questions in order; a catalogue without the framework asks none."""
    if ACT not in catalogue.frameworks:
        return ()
    parts = frozenset(part.component_id for part in ai)
    design = _Design(draft.system, stated(draft), parts, rules.denied)
    return tuple(_question(rule, design, catalogue) for rule in rules.questions)


def _question(rule: QuestionRule, design: _Design, catalogue: Catalogue) -> RiskQuestion:
    signs = _signs(rule, design)
    strong = any(sign.weight == "strong" for sign in signs)
    return RiskQuestion(
        id=rule.id,
        title=rule.title,
        question=rule.question,
        answer="indicated" if strong else "hinted" if signs else "not_indicated",
        signs=signs,
        consequence=rule.consequence,
        duties=tuple(_duties(rule.duties, catalogue)),
    )


def _duties(ids: Sequence[str], catalogue: Catalogue) -> Iterator[Duty]:
    for id_ in ids:
        item = catalogue.frameworks[ACT].item(id_)
        if item is not None:
            yield Duty(
                reference=f"{ACT}/{item.id}",
                id=item.id,
                title=item.title,
                applies_from=item.applies_from or "",
            )


def _signs(rule: QuestionRule, design: _Design) -> tuple[Sign, ...]:
    """Each quote speaks once: for the first sign that it fits."""
    used: set[Evidence] = set()
    signs: list[Sign] = []
    for sign in rule.signs:
        if sign.alone and signs:
            continue
        text, found = _reached(sign, design) if sign.reach else (sign.text, _said(sign, design))
        fresh = [e for e in dict.fromkeys(found) if e not in used]
        if fresh:
            used.update(fresh)
            shown = tuple(fresh[:MOST_QUOTES])
            signs.append(Sign(text=text, weight=sign.weight, evidence=shown))
    return tuple(signs)


def _said(sign: SignRule, design: _Design) -> Sequence[Evidence]:
    """Quotes that pass the test on the model and hold the words, where each is given."""
    quotes: Sequence[Evidence] = design.quotes
    if sign.when is not None:
        quotes = [e for e in _tested(sign.when, design) if e.label is not Label.ABSENT]
    if sign.says:
        quotes = [e for e in quotes if matches(e, sign, design.denied)]
    return quotes


def _tested(when: Predicate, design: _Design) -> Sequence[Evidence]:
    """What makes the test true; for an attribute, the sentence that states it, where there is one."""
    facts = [
        e
        for fact in design.system.attributes
        if fact.attribute in (when.attribute_any_of or ()) and fact.standing is Standing.IN_FORCE
        for e in fact.evidence
    ]
    hits = answer(when, design.system).hits
    if when.component_any_of:
        hits = tuple(hit for hit in hits if design.ai & set(hit.components))
    return facts or [e for hit in hits for e in hit.evidence]


def _reached(sign: SignRule, design: _Design) -> tuple[str, Sequence[Evidence]]:
    path = _path(sign.reach, design) if sign.reach else ()
    ids = [flow.source for flow in path[:1]] + [flow.target for flow in path]
    components = (design.system.component(id_) for id_ in ids)
    names = " → ".join(c.name for c in components if c is not None)
    return f"{sign.text}: {names}", [flow.evidence[0] for flow in path if flow.evidence]


def _path(reach: Reach, design: _Design) -> tuple[Flow, ...]:
    """The shortest chain of flows to an AI part, from the first kind that has one; else empty."""
    kinds = {component.id: component.kind for component in design.system.components}
    goals = {id_ for id_ in design.ai if kinds.get(id_) in reach.to_any_of}
    barred = {id_ for id_ in kinds if kinds[id_] in reach.not_through}
    for kind in reach.from_any_of:
        starts = sorted(id_ for id_ in kinds if kinds[id_] == kind)
        path = _shortest(starts, goals, barred, design.system)
        if path:
            return path
    return ()


def _shortest(
    starts: Sequence[str], goals: Set[str], barred: Set[str], system: SystemModel
) -> tuple[Flow, ...]:
    flows = sorted(system.flows, key=lambda flow: flow.id)
    waiting = deque[tuple[str, tuple[Flow, ...]]]((id_, ()) for id_ in starts)
    seen = set(starts)
    while waiting:
        at, path = waiting.popleft()
        if at in goals and path:
            return path
        for flow in flows if at not in barred else ():
            if flow.source == at and flow.target not in seen:
                seen.add(flow.target)
                waiting.append((flow.target, (*path, flow)))
    return ()
