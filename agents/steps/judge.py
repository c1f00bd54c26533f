"""Step judge: verdicts on candidates, and what becomes of each verdict."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from agents.analysts.base import Analyst, Reading
from agents.catalogue.loader import Threat, ordered_references
from agents.evidence import Evidence, Label
from agents.findings import (
    Candidate,
    Finding,
    Judgement,
    Mitigated,
    Question,
    RatingStep,
    Verdict,
)
from agents.steps.checked import Checked, Sieve

MAX_QUESTIONS = 7
MOST_GROUPS = 4
"""Judgements that the candidates of one review are packed into, at most."""
GROUP = 32
"""Candidates that one judgement takes before another is begun."""
_PER_COMPONENT = 3
_PER_DOMAIN = 2


def groups(
    candidates: Iterable[Candidate], reading: Reading
) -> Mapping[str, tuple[Candidate, ...]]:
    """Candidates whose threat and component exist, by domain, in few groups of like size.

    Each group is one judgement, and each judgement reads the whole document: a group for every
    domain would cost more than it separates. The name of a group is its first and last domain.
    """
    domains: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        threat = reading.catalogue.threats.get(candidate.threat_id)
        if threat is not None and reading.system.component(candidate.component_id) is not None:
            domains.setdefault(threat.domain, []).append(candidate)
    count = sum(map(len, domains.values()))
    size = math.ceil(count / max(1, min(MOST_GROUPS, math.ceil(count / GROUP))))
    packed: list[list[str]] = []
    room = 0
    for domain in sorted(domains):
        if room <= 0:
            packed.append([])
            room = size
        packed[-1].append(domain)
        room -= len(domains[domain])
    return {
        "..".join(dict.fromkeys((names[0], names[-1]))): tuple(c for n in names for c in domains[n])
        for names in packed
    }


async def judge(
    candidates: Sequence[Candidate], reading: Reading, analyst: Analyst
) -> Checked[tuple[Judgement, ...]]:
    """The analyst's verdicts; one that applies or mitigates without a verified quote is dropped."""
    answer = await analyst.judge(candidates, reading)
    asked = {candidate.id: candidate for candidate in candidates}
    sieve = Sieve(reading.documents)
    kept: dict[str, Judgement] = {}
    for judgement in answer:
        candidate = asked.get(judgement.candidate.id)
        evidence = sieve.keep(judgement.evidence)
        if candidate is None or candidate.id in kept:
            continue
        update = {"candidate": candidate, "evidence": evidence}
        if not evidence and judgement.verdict is not Verdict.NOT_APPLICABLE:
            continue
        kept[candidate.id] = judgement.model_copy(update=update)
    ordered = tuple(kept[id_] for id_ in asked if id_ in kept)
    return Checked[tuple[Judgement, ...]](value=ordered, dropped=sieve.dropped)


def to_findings(judgements: Iterable[Judgement], reading: Reading) -> tuple[Finding, ...]:
    """A finding for each candidate that applies."""
    return tuple(_finding(j, reading) for j in judgements if j.verdict is Verdict.APPLIES)


def to_questions(
    judgements: Iterable[Judgement], reading: Reading, limit: int = MAX_QUESTIONS
) -> tuple[Question, ...]:
    """The few questions whose answers matter most: one per threat, spread over parts and domains."""
    open_ = [j for j in judgements if j.verdict is Verdict.UNKNOWN]
    open_.sort(key=lambda j: (-_weight(j, reading), j.candidate.id))
    parts: Counter[str] = Counter()
    domains: Counter[str] = Counter()
    threats: set[str] = set()
    chosen: list[Question] = []
    for judgement in open_:
        candidate = judgement.candidate
        domain = reading.catalogue.threats[candidate.threat_id].domain
        full = parts[candidate.component_id] >= _PER_COMPONENT or domains[domain] >= _PER_DOMAIN
        if len(chosen) < limit and candidate.threat_id not in threats and not full:
            threats.add(candidate.threat_id)
            parts[candidate.component_id] += 1
            domains[domain] += 1
            chosen.append(_question(judgement, reading))
    return tuple(chosen)


def to_mitigated(judgements: Iterable[Judgement], reading: Reading) -> tuple[Mitigated, ...]:
    """What the text settles, with the quote; one entry for a threat settled by the same quote."""
    kept: dict[tuple[str, Evidence], Mitigated] = {}
    for judgement in judgements:
        candidate = judgement.candidate
        component = reading.system.component(candidate.component_id)
        if judgement.verdict is not Verdict.MITIGATED or component is None:
            continue
        settled = Mitigated(
            id=candidate.id,
            threat_id=candidate.threat_id,
            title=reading.catalogue.threats[candidate.threat_id].title,
            component_id=component.id,
            component_name=component.name,
            reason=judgement.reason,
            evidence=judgement.evidence,
        )
        kept.setdefault((candidate.threat_id, judgement.evidence[0]), settled)
    return tuple(kept.values())


def _weight(judgement: Judgement, reading: Reading) -> int:
    rating = reading.catalogue.threats[judgement.candidate.threat_id].default_rating
    return rating.likelihood * rating.impact


def _question(judgement: Judgement, reading: Reading) -> Question:
    candidate = judgement.candidate
    threat = reading.catalogue.threats[candidate.threat_id]
    return Question(
        id=f"ask-{candidate.id}",
        text=threat.review_question,
        why=judgement.reason,
        threat_ids=(threat.id,),
        component_id=candidate.component_id,
        evidence=judgement.evidence,
    )


def _finding(judgement: Judgement, reading: Reading) -> Finding:
    candidate = judgement.candidate
    threat = reading.catalogue.threats[candidate.threat_id]
    component = reading.system.component(candidate.component_id)
    base = of_threat(threat, reading)
    if judgement.evidence[0].label is Label.ABSENT:
        base = on_silence(base, reading)
    return base.model_copy(
        update={
            "id": candidate.id,
            "component_id": candidate.component_id,
            "component_name": component.name if component else candidate.component_id,
            "why": judgement.reason,
            "evidence": judgement.evidence,
            "fired": candidate.clauses,
        }
    )


def on_silence(base: Finding, reading: Reading) -> Finding:
    """Silence is weaker than a statement that the control is missing."""
    likelihood = max(1, base.likelihood - 1)
    text = "The document is silent; nothing says that the control is missing: less likely."
    step = RatingStep(text=text, likelihood=likelihood, impact=base.impact)
    severity = reading.catalogue.vocabulary.severity(likelihood * base.impact)
    update = {"likelihood": likelihood, "rating": (*base.rating, step), "severity": severity}
    return base.model_copy(update=update)


def of_threat(threat: Threat, reading: Reading) -> Finding:
    """A finding with what the catalogue says about a threat; place, reason and evidence are open."""
    rating = threat.default_rating
    start = RatingStep(
        text=f"Catalogue: {rating.reasoning}", likelihood=rating.likelihood, impact=rating.impact
    )
    return Finding(
        id=f"{threat.id}@document",
        threat_id=threat.id,
        title=threat.title,
        component_id=None,
        component_name="",
        severity=reading.catalogue.vocabulary.severity(rating.likelihood * rating.impact),
        likelihood=rating.likelihood,
        impact=rating.impact,
        rating=(start,),
        stride=threat.stride,
        category=threat.category,
        domain=threat.domain,
        why="",
        change=". ".join(threat.recommended_controls[:2]) + ".",
        question=threat.review_question,
        controls=threat.recommended_controls,
        references=ordered_references(threat),
        patterns=threat.paved_road_patterns,
        evidence=(),
    )
