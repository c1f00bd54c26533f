"""Offline refuting: looks at the sentences again, not at the reasons of judging."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from agents.analysts.base import Reading
from agents.analysts.lexical.facts import facts, lines
from agents.analysts.lexical.lens import Lens
from agents.analysts.lexical.merge import lens_of
from agents.analysts.lexical.sayings import holds, names, sayings, without_names
from agents.analysts.lexical.sentences import Sentence
from agents.analysts.lexical.signals import index_of
from agents.analysts.lexical.terms import content, names_term, shared_words, speaks_at
from agents.catalogue.loader import Threat
from agents.evidence import Evidence, Label
from agents.findings import Finding, Refutation
from agents.system import Component

MOST = 15
"""More findings than this and nobody reads them: the weakest silent ones go."""
_PER_THREAT = 1
_PER_COMPONENT = 5
_PER_PLACE = 4
_MOST_COMMON = 4
"""Silent findings of the catalogue: what any design of the kind leaves open."""
_CLOSE = 2
_MOST_FOCUS = 8

Outcome = Literal["keeps", "narrows", "drops"]
Ground = Literal["none", "contradicted", "mitigated", "generic", "duplicate"]


def refute(findings: Sequence[Finding], reading: Reading) -> tuple[Refutation, ...]:
    """One refutation for each finding, in the same order."""
    said = tuple(sayings(reading.documents))
    first = [_against_text(finding, said, reading) for finding in findings]
    surplus = _surplus(findings, first, reading)
    return tuple(surplus.get(r.finding_id, r) for r in first)


def _against_text(finding: Finding, said: Sequence[Sentence], reading: Reading) -> Refutation:
    if lens_of(finding) is not None:
        return _answer(finding, "keeps", "none", "The lens found nothing that settles it.")
    threat = reading.catalogue.threats.get(finding.threat_id or "")
    component = reading.system.component(finding.component_id or "")
    if _generic(finding, threat, component):
        return _answer(finding, "drops", "generic", "The quote has nothing to do with the threat.")
    if threat is None or component is None:
        return _answer(finding, "keeps", "none", "Nothing in the text speaks against it.")
    silent = finding.evidence[0].label is Label.ABSENT
    for saying in said:
        if names(component, saying.text) and _settles(threat, saying, reading):
            evidence = saying.evidence(reading.documents[saying.path])
            if evidence is not None and evidence not in finding.evidence:
                return _countered(finding, evidence, silent)
    return _answer(finding, "keeps", "none", "Nothing in the text speaks against it.")


def _settles(threat: Threat, saying: Sentence, reading: Reading) -> bool:
    """A control of the threat, in force; a word of its family alone is not enough."""
    text = without_names(reading.system, saying.text)
    at = speaks_at(threat, text)
    if at is None or not holds(saying, at):
        return False
    return names_term(threat, text) or shared_words(threat, text) >= _CLOSE


def _countered(finding: Finding, evidence: Evidence, silent: bool) -> Refutation:
    where = lines(evidence).capitalize()
    if silent:
        return _answer(finding, "drops", "mitigated", f"{where} says it.", evidence)
    text = f"{where} says something else about the same control."
    return _answer(finding, "narrows", "contradicted", text, evidence)


def _generic(finding: Finding, threat: Threat | None, component: Component | None) -> bool:
    if threat is None:
        return False
    quotes = " ".join(evidence.quote for evidence in finding.evidence)
    if component is not None and (
        names(component, quotes) or content(component.name) & content(quotes)
    ):
        return False
    return shared_words(threat, quotes) == 0


def _surplus(
    findings: Sequence[Finding], answers: Sequence[Refutation], reading: Reading
) -> dict[str, Refutation]:
    """Drops what repeats a threat or crowds a part, and what is beyond the limit, weakest first."""
    dropped = {a.finding_id for a in answers if a.outcome == "drops"}
    threats: Counter[str] = Counter()
    parts: Counter[str] = Counter()
    places: Counter[tuple[str, int]] = Counter()
    out: dict[str, Refutation] = {}
    kept = common = 0

    def crowded(part: str, place: tuple[str, int]) -> bool:
        full = bool(part) and parts[part] >= _PER_COMPONENT
        return full or places[place] >= _PER_PLACE

    for finding in sorted(findings, key=lambda f: _strength(f, reading)):
        if finding.id in dropped:
            continue
        silent = finding.evidence[0].label is Label.ABSENT
        # Each lens asks for something of its own; the catalogue's threats repeat from part to part.
        own = lens_of(finding) is not None or finding.threat_id is None
        key = finding.id if own else str(finding.threat_id)
        part = finding.component_id or ""
        place = (finding.evidence[0].path, finding.evidence[0].line_start)
        if silent and threats[key] >= _PER_THREAT:
            text = "Said for a part that is more exposed."
            out[finding.id] = _answer(finding, "drops", "duplicate", text)
        elif silent and (
            crowded(part, place) or kept >= MOST or (not own and common >= _MOST_COMMON)
        ):
            text = "Rests on silence alone, and stronger findings come first."
            out[finding.id] = _answer(finding, "drops", "generic", text)
        else:
            common += silent and not own
            threats[key] += 1
            parts[part] += 1
            places[place] += 1
            kept += 1
    return out


def _strength(finding: Finding, reading: Reading) -> tuple[bool, bool, int, int, str]:
    """What is said before what is not, what a mechanism leaves open before what any design does."""
    silent = finding.evidence[0].label is Label.ABSENT
    lens = lens_of(finding)
    component = reading.system.component(finding.component_id or "")
    reasons = len(facts(component, reading.system)) if component is not None else 0
    weight = finding.likelihood * finding.impact + (_focus(lens, reading) if lens else 0)
    return silent, silent and lens is None, -weight, -reasons, finding.id


def _focus(lens: Lens, reading: Reading) -> int:
    """How much of the design is about the mechanism: sentences that speak of it, eight at most."""
    return min(_MOST_FOCUS, len(index_of(reading.documents).find_any(lens.when)))


def _answer(
    finding: Finding, outcome: Outcome, ground: Ground, reason: str, *evidence: Evidence
) -> Refutation:
    return Refutation(
        finding_id=finding.id, outcome=outcome, ground=ground, reason=reason, evidence=evidence
    )
