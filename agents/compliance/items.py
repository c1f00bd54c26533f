"""Articles, subcategories and controls that a review speaks of, each with the reasons."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from typing import Literal

from agents.catalogue.coverage import references_of
from agents.catalogue.loader import Catalogue
from agents.catalogue.schema import Framework
from agents.compliance.passages import matches
from agents.compliance.risk import ACT
from agents.compliance.rules import FrameworkRule, Rules
from agents.compliance.values import AiPart, FrameworkView, Ground, Item, ItemStanding
from agents.evidence import Evidence, Label
from agents.findings import Dismissal, Draft, Finding
from agents.system import Standing, SystemModel

MOST_QUOTES = 3
"""Quotes of one ground."""

Grounds = dict[str, dict[Ground, None]]
"""By `framework/id`, as it is referred to; each ground once, in the order it came."""


def framework_views(
    draft: Draft, catalogue: Catalogue, rules: Rules, ai: Sequence[AiPart]
) -> tuple[FrameworkView, ...]:
    """One view for each framework of the rules that the catalogue has."""
    grounds: Grounds = defaultdict(dict)
    for references, ground in (*_judged(draft, catalogue), *_said(draft, rules, ai)):
        for reference in dict.fromkeys(references):
            if ground.evidence:
                grounds[reference][ground] = None
    return tuple(
        _view(rule, catalogue, grounds, rules)
        for rule in rules.frameworks
        if rule.key in catalogue.frameworks
    )


def _view(
    rule: FrameworkRule, catalogue: Catalogue, grounds: Grounds, rules: Rules
) -> FrameworkView:
    framework = catalogue.frameworks[rule.key]
    return FrameworkView(
        key=framework.key,
        name=framework.name,
        version=framework.version,
        nature=rule.nature,
        checked=catalogue.vocabulary.verification_values.get(framework.verification, ""),
        items=tuple(_items(framework, grounds, rules)),
    )


def _items(framework: Framework, grounds: Grounds, rules: Rules) -> Iterator[Item]:
    """In the order of the framework's file; a retired id counts for its successor."""
    of: Grounds = defaultdict(dict)
    for reference, reasons in grounds.items():
        key, _, id_ = reference.partition("/")
        item = framework.item(id_) if key == framework.key else None
        if item is not None:
            of[item.id] |= reasons
    for item in framework.items:
        if item.id in of:
            act = framework.key == ACT
            yield Item(
                reference=f"{framework.key}/{item.id}",
                id=item.id,
                title=item.full_title or item.title,
                standing=_standing(of[item.id]),
                applies_from=(item.applies_from or "") if act else "",
                only_if=rules.condition.get(item.id, "") if act else "",
                grounds=tuple(of[item.id]),
            )


def _standing(grounds: Iterable[Ground]) -> ItemStanding:
    kinds = {ground.kind for ground in grounds}
    if "finding" in kinds:
        return ItemStanding.ENGAGED
    return ItemStanding.OPEN if "question" in kinds else ItemStanding.EVIDENCED


Referring = tuple[tuple[str, ...], Ground]


def _judged(draft: Draft, catalogue: Catalogue) -> Iterator[Referring]:
    """What the review found, asked and saw settled."""
    for finding in draft.findings:
        if _stands(finding.dismissed):
            references = (*finding.references, *_also(finding, catalogue))
            text = _accepted(finding)
            yield references, _ground("finding", finding.id, text, finding.evidence)
    for question in draft.questions:
        if _stands(question.dismissed):
            references = _of_threats(question.threat_ids, catalogue)
            yield references, _ground("question", question.id, question.text, question.evidence)
    for settled in draft.mitigated:
        references = _of_threats((settled.threat_id,), catalogue)
        text = f"{settled.title}: {settled.reason}"
        yield references, _ground("mitigated", settled.id, text, settled.evidence)


def _ground(
    kind: Literal["finding", "question", "mitigated"],
    id_: str,
    text: str,
    evidence: tuple[Evidence, ...],
) -> Ground:
    return Ground(kind=kind, id=id_, text=text, evidence=evidence[:MOST_QUOTES])


def _stands(dismissed: Dismissal | None) -> bool:
    """An accepted risk is still there; everything else that an architect left out is not."""
    return dismissed is None or dismissed.reason == "accepted_risk"


def _accepted(finding: Finding) -> str:
    if finding.dismissed is None:
        return finding.title
    return f"{finding.title} (risk accepted by {finding.dismissed.by})"


def _also(finding: Finding, catalogue: Catalogue) -> tuple[str, ...]:
    """References of the threats that were merged into this finding."""
    return _of_threats([id_.partition("@")[0] for id_ in finding.also], catalogue)


def _of_threats(ids: Iterable[str], catalogue: Catalogue) -> tuple[str, ...]:
    threats = (catalogue.threats[id_] for id_ in ids if id_ in catalogue.threats)
    return tuple(reference for threat in threats for reference in references_of(threat))


def _said(draft: Draft, rules: Rules, ai: Sequence[AiPart]) -> Iterator[Referring]:
    """What the text states of its AI parts: controls and attributes in force, each quote once."""
    statements = tuple(_statements(draft.system, rules, {part.component_id for part in ai}))
    for rule in rules.shown:
        seen: set[Evidence] = set()
        for ground in statements:
            quote = ground.evidence[0]
            named = ground.kind == "attribute" and ground.id == rule.attribute
            if quote not in seen and (named or matches(quote, rule, rules.denied)):
                seen.add(quote)
                yield rule.references, ground


def _statements(system: SystemModel, rules: Rules, parts: Set[str]) -> Iterator[Ground]:
    """One ground for each quote that is about AI: by the part it is tied to, or by its words."""

    def about(quote: Evidence, components: Set[str]) -> bool:
        named = bool(parts & components or rules.about_ai.found(quote.quote))
        return named and quote.label is not Label.ABSENT

    for control in system.controls:
        quote = control.evidence
        if control.standing is Standing.IN_FORCE and about(quote, set(control.components)):
            yield Ground(kind="control", id="", text=control.text, evidence=(quote,))
    for fact in system.attributes:
        text = f"The design is marked {fact.attribute.replace('_', ' ')}"
        for quote in fact.evidence if fact.standing is Standing.IN_FORCE else ():
            if about(quote, {fact.component or ""}):
                yield Ground(kind="attribute", id=fact.attribute, text=text, evidence=(quote,))
