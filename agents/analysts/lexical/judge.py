"""Offline judging: what the text says about the control, how it stands, and how much it matters."""

import heapq
import re
from collections.abc import Iterable

from agents.analysts.base import Reading
from agents.analysts.lexical.facts import Fact, facts, told
from agents.analysts.lexical.index import Hit
from agents.analysts.lexical.sayings import comes_later, left_to_choice, names, without_names
from agents.analysts.lexical.signals import index_of, opening, settling
from agents.analysts.lexical.terms import (
    content,
    expectation,
    in_common,
    names_term,
    noun,
    only_when_stated,
    shared_words,
    speaks_of,
    touches,
)
from agents.analysts.lexical.verdicts import left_open, mitigated, passed_over, stated
from agents.catalogue.facts import answer
from agents.catalogue.loader import Threat
from agents.catalogue.schema import Predicate
from agents.evidence import Evidence, Label
from agents.findings import Candidate, Judgement, Truth, Verdict
from agents.system import Component, ControlStatement, Standing

_DENIED = re.compile(
    r"\b(no|not|without|lacks?|lacking|missing|none|un(authenticated|encrypted|signed|validated"
    r"|verified|protected|restricted|limited))\b|n't\b",
    re.IGNORECASE,
)
# Two negations make a rule: "never used without ...".
_RULE = re.compile(r"\b(never|not|no|cannot)\b[^.]*\b(without|unless|until)\b|\bnever\b", re.I)
_OWN_MODEL = re.compile(
    r"\b(train(ed|ing|s)?|fine-?tun\w+|weights|model registry|self-hosted|dataset|feature store"
    r"|classifier|model drift|retrain\w*|on-device model|edge model)\b",
    re.IGNORECASE,
)
_OF_A_MODEL = frozenset(
    "custom_training fine_tuning self_hosted_model third_party_model open_weights on_device_model "
    "proprietary_model".split()
)
"""Attributes that show a model where no part is named as one."""
_PEOPLE = ("external_user", "web_frontend", "mobile_app")
_SMALL = 8
"""Up to this many parts, one asks about each of the central ones."""
_CENTRAL = 6
"""Parts of a design about which one asks even where the text gives no reason to worry."""
_NAMED, _UNNAMED = 1, 2
"""Words that a statement shares with the threat's controls, for this part or for all."""
_LISTED = 2
"""Words that a control shares with the threat before one says that it answers the threat."""
_VAGUE = content("multi user service account external call action decision")

_OUTDATED = re.compile(
    r"\b(?:tls ?v?1\.[01]|tls ?v?1(?!\.?\d)|ssl ?v?[23]|sha-?1|md5|rc4|3des|wep)\b", re.IGNORECASE
)
_REFUSED = re.compile(
    r"\b(?:no|not|never|disabled|refus\w+|reject\w+|block\w+|forbid\w*|removed|off|higher|later|newer|least"
    r"|above|minimum)\b",
    re.IGNORECASE,
)
"""An outdated method is an answer only where it is turned away."""
_OF_A_TOKEN = re.compile(
    r"\b(?:tokens?|jwts?|webhooks?|mails?)\b[^.]{0,60}\bsignatures?\b|\bsignatures? of (?:the |each |every )?"
    r"(?:tokens?|jwts?|webhooks?|mails?)\b",
    re.IGNORECASE,
)
"""A signature that says who calls, not that what was delivered is unchanged."""
_EVERYWHERE = re.compile(
    r"\b(all|every|each)\b[^.]{0,30}\b(connections?|calls?|services?|requests?|hops?|traffic)\b"
    r"|\bservices in the (namespace|cluster|mesh)\b",
    re.IGNORECASE,
)
"""A statement about every hop concerns each part, named or not."""


def judge(candidate: Candidate, reading: Reading) -> Judgement:
    """The verdict on one candidate."""
    threat = reading.catalogue.threats[candidate.threat_id]
    component = reading.system.component(candidate.component_id)
    if component is None:
        return Judgement(candidate=candidate, verdict=Verdict.NOT_APPLICABLE, reason="No such part")
    if not _concerned(threat, component, reading):
        reason = f"{component.name} has no part in what the model reads or writes."
        return Judgement(candidate=candidate, verdict=Verdict.NOT_APPLICABLE, reason=reason)
    index = index_of(reading.documents)
    about = concerning(threat, component, reading)
    held = [s for s in about if _answers(s, threat, component, reading)]
    broken = [s for s in about if _missing(s, threat) and near(s, component, reading)]
    # "It" may be another part: a gap that names this part counts before a control, another after.
    here = [s for s in broken if component.id in s.components]
    if candidate.certain and (here or (broken and not held)):
        return stated(candidate, component, threat, (here or broken)[0], reading)
    settled = _first(settling(threat.id, index), component, reading)
    if settled is not None and in_common(threat, settled.quote):
        return mitigated(candidate, settled, "the design answers it")
    if held:
        what = noun(threat, held[0].text)
        if in_common(threat, without_names(reading.system, held[0].text)) >= _LISTED:
            return mitigated(candidate, held[0].evidence, f"{what} is in force")
        return passed_over(candidate, held[0].evidence, what)
    if settled is not None:
        return passed_over(candidate, settled, "a control of another kind")
    said = _first(opening(threat.id, index), component, reading)
    if said is not None:
        return left_open(candidate, component, said, reading)
    return _silent(candidate, component, threat, reading)


def _first(hits: Iterable[Hit], component: Component, reading: Reading) -> Evidence | None:
    """The first sentence that speaks of the component, of a neighbour, or of no part at all.

    In a small design every sentence concerns every part.
    """
    around = neighbours(component, reading)
    small = len(reading.system.components) <= _SMALL
    for hit in hits:
        text = hit.sentence.text
        parts = () if small else [c for c in reading.system.components if names(c, text)]
        if not parts or any(part.id in around for part in parts):
            return hit.sentence.evidence(reading.documents[hit.sentence.path])
    return None


def _concerned(threat: Threat, component: Component, reading: Reading) -> bool:
    """A threat to a model concerns a partner's service only where the model's words reach it."""
    if threat.category != "ai" or component.kind != "third_party_api":
        return True
    flows = (f for f in reading.system.flows if component.id in (f.source, f.target))
    return any("model_provider" in f.crosses or "prompts" in f.data_classes for f in flows)


def near(statement: ControlStatement, component: Component, reading: Reading) -> bool:
    """True when the statement names the component, or stands in a section that does."""
    if component.id in statement.components:
        return True
    quote = statement.evidence
    text = reading.documents[quote.path].section_at(quote.line_start)
    return not statement.components and names(component, text)


def neighbours(component: Component, reading: Reading) -> set[str]:
    """Ids of the component and of those it exchanges something with."""
    return {component.id} | {
        end
        for flow in reading.system.flows
        if component.id in (flow.source, flow.target)
        for end in (flow.source, flow.target)
    }


def concerning(
    threat: Threat, component: Component, reading: Reading
) -> tuple[ControlStatement, ...]:
    """Control statements that speak of the threat and of this component, the closest first."""
    near = neighbours(component, reading)
    found: list[tuple[int, int, ControlStatement]] = []
    for order, statement in enumerate(reading.system.controls):
        named = set(statement.components)
        here = component.id in named or component.name.lower() in statement.text.lower()
        reach = 2 if here else 1 if not named else 0
        if statement.standing is Standing.IN_FORCE and named & near:
            reach = max(reach, 1)
        if reach and speaks_of(threat, without_names(reading.system, statement.text)):
            found.append((reach * 10 + shared_words(threat, statement.text), -order, statement))
    return tuple(s for *_, s in sorted(found, key=lambda item: item[:2], reverse=True))


def _answers(
    statement: ControlStatement, threat: Threat, component: Component, reading: Reading
) -> bool:
    """True for a control in force that is close enough to what the threat asks for."""
    if statement.standing is not Standing.IN_FORCE:
        return False
    text = without_names(reading.system, statement.text)
    if _OUTDATED.search(text) and not _REFUSED.search(text):
        return False
    if _OF_A_TOKEN.search(text) and not in_common(threat, "token webhook"):
        return False
    if _EVERYWHERE.search(text):
        return True
    enough = _NAMED if component.id in statement.components else _UNNAMED
    return names_term(threat, text) or shared_words(threat, text) >= enough


def _missing(statement: ControlStatement, threat: Threat) -> bool:
    """True for a plain statement that the control is absent, postponed or left to choice."""
    if statement.standing is Standing.CONDITIONAL:
        return not only_when_stated(threat) and left_to_choice(statement.text)
    if statement.standing is Standing.PLANNED:
        return postponed(statement)
    denied = _DENIED.search(statement.text) and not _RULE.search(statement.text)
    return statement.standing is Standing.NEGATED and bool(denied)


def postponed(statement: ControlStatement) -> bool:
    """True when the statement itself says that the control comes later."""
    return statement.standing is Standing.PLANNED and comes_later(statement.text)


def _silent(
    candidate: Candidate, component: Component, threat: Threat, reading: Reading
) -> Judgement:
    known = facts(component, reading.system)
    gap = expectation(threat).gap
    matters = bool(known) and not only_when_stated(threat)
    small = len(reading.system.components) <= _SMALL
    asked = central(component, reading) and (small or (known and not only_when_stated(threat)))
    if not _askable(candidate, threat, reading) or not (matters or asked):
        return Judgement(
            candidate=candidate,
            verdict=Verdict.NOT_APPLICABLE,
            reason="The document is silent, and nothing it says makes the gap matter here.",
        )
    place = _expected_at(candidate, component, known).model_copy(
        update={"label": Label.ABSENT, "note": gap}
    )
    verdict = Verdict.APPLIES if candidate.certain and matters else Verdict.UNKNOWN
    reason = f"{told(component, known)} The document does not say {gap}.".strip()
    return Judgement(candidate=candidate, verdict=verdict, reason=reason, evidence=(place,))


def central(component: Component, reading: Reading) -> bool:
    """True for one of the parts around which the design turns: most flows, then first named."""
    degrees, parts = reading.system.degrees, reading.system.components
    ranked = heapq.nsmallest(
        _CENTRAL, range(len(parts)), key=lambda n: (-degrees.get(parts[n].id, 0), n)
    )
    return any(parts[n].id == component.id for n in ranked)


def _askable(candidate: Candidate, threat: Threat, reading: Reading) -> bool:
    """Silence says something only where the text gives an occasion.

    A threat to a model needs a model, one to its making needs a word about that, and an open
    attribute needs a word of its name.
    """
    if not concerned(threat, reading):
        return False
    if not any(touches(threat, d.text) for d in reading.documents.values()):
        return False
    if candidate.certain:
        return True
    if any(p.data_class_any_of and _unknown(p, reading) for p in threat.preconditions.predicates):
        return False
    known = {fact.attribute for fact in reading.system.attributes}
    words = frozenset().union(*(content(d.text) for d in reading.documents.values()))
    people = bool(reading.system.of_kind(*_PEOPLE))
    asked = [p.attribute_any_of for p in threat.preconditions.all_of if p.attribute_any_of]
    return all(
        known & set(options) or any(_occasion(option, words, people) for option in options)
        for options in asked
    )


def concerned(threat: Threat, reading: Reading) -> bool:
    """False for a threat to models in a design without one, or to their making where none is made."""
    return threat.category != "ai" or _has_model(threat, reading)


def _has_model(threat: Threat, reading: Reading) -> bool:
    kinds = (reading.catalogue.vocabulary.kind(c.kind) for c in reading.system.components)
    stated = {a.attribute for a in reading.system.attributes if a.standing is Standing.IN_FORCE}
    if not any(kind is not None and kind.group == "ai" for kind in kinds):
        if not stated & _OF_A_MODEL:
            return False
    made_here = (_OWN_MODEL.search(d.text) for d in reading.documents.values())
    return not threat.domain.startswith("ml_") or any(made_here)


def _unknown(predicate: Predicate, reading: Reading) -> bool:
    return answer(predicate, reading.system).truth is Truth.UNKNOWN


def _occasion(attribute: str, words: frozenset[str], people: bool) -> bool:
    own = content(attribute.replace("_", " ")) - _VAGUE
    return (bool(own) and own <= words) or (attribute == "multi_user" and people)


def _expected_at(candidate: Candidate, component: Component, known: tuple[Fact, ...]) -> Evidence:
    exposed = next((fact.evidence for fact in known if fact.sort == "exposure"), None)
    if exposed is not None:
        return exposed
    fired = (e for c in candidate.clauses if component.id in c.components for e in c.evidence)
    return next(fired, component.evidence[0])
