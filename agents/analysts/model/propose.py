"""Proposing by a model: two generators side by side, the plain row and the lenses."""

import asyncio
import hashlib
from collections.abc import Iterable

from agents.analysts.model.answers import ProposeAnswer, Threat
from agents.analysts.model.proof import unknown
from agents.analysts.model.room import Room
from agents.evidence import Evidence, Label
from agents.fence import flat
from agents.findings import Finding, RatingStep
from agents.metering import meter
from agents.steps.judge import of_threat, on_silence

GENERATORS = ("sweep", "lenses")
"""Prompts: element by element through STRIDE, and the ways of looking that find the rest."""


async def propose(room: Room) -> tuple[Finding, ...]:
    """Threats of this very design, each with a proven quote and a known part."""

    async def one(part: int) -> list[Finding]:
        asked = (_generate(name, room, part) for name in GENERATORS)
        both = await asyncio.gather(*asked, return_exceptions=True)
        findings: list[Finding] = []
        for found in both:
            # Only now: while the other one still runs, it costs, and its step must hear of it.
            if isinstance(found, BaseException):
                raise found
            findings += found
        return findings

    found = [f for answers in await room.over(room.all_parts, one) for f in answers]
    return tuple(_distinct(found))


async def _generate(prompt: str, room: Room, part: int) -> list[Finding]:
    system, threats = room.reading.system, room.reading.catalogue.threats
    ids = {component.id for component in system.components}

    def problems(answer: ProposeAnswer) -> list[str]:
        found = []
        for number, threat in enumerate(answer.threats, 1):
            where = f"threat {number}"
            found += unknown(f"{where}, component", (threat.component,), ids, needed=True)
            found += unknown(f"{where}, catalogue_id", (threat.catalogue_id,), threats)
            found += room.proof.problems(where, threat.evidence)
            if not threat.evidence:
                found.append(f"{where}: it needs a quote.")
        return found

    answer = await room.ask(ProposeAnswer, prompt, problems, part=part)
    findings = [_finding(threat, room) for threat in answer.threats]
    meter().dropped += sum(finding is None for finding in findings)
    return [finding for finding in findings if finding is not None]


def _finding(threat: Threat, room: Room) -> Finding | None:
    reading = room.reading
    component = reading.system.component(threat.component)
    evidence = room.proof.all(threat.evidence)
    if component is None or not evidence:
        return None
    known = reading.catalogue.threats.get(threat.catalogue_id)
    meter().dropped += known is None and bool(threat.catalogue_id)
    start = RatingStep(
        text="Judged for this design, before exposure and data are looked at.",
        likelihood=threat.likelihood,
        impact=threat.impact,
    )
    values: dict[str, object] = {
        "id": finding_id(threat.catalogue_id if known else "own", component.id, evidence),
        "title": flat(threat.title),
        "component_id": component.id,
        "component_name": component.name,
        "severity": reading.catalogue.vocabulary.severity(threat.likelihood * threat.impact),
        "likelihood": threat.likelihood,
        "impact": threat.impact,
        "rating": (start,),
        "stride": tuple(dict.fromkeys(threat.stride)),
        "why": flat(threat.why),
        "change": flat(threat.change),
        "question": flat(threat.question),
        "evidence": evidence,
    }
    if known is not None:
        finding = of_threat(known, reading).model_copy(update=values)
    else:
        rest = {"threat_id": None, "category": threat.category, "domain": ""}
        finding = Finding.model_validate(values | rest)
    silent = any(e.label is Label.ABSENT for e in evidence)
    return on_silence(finding, reading) if silent else finding


def finding_id(kind: str, component: str, evidence: tuple[Evidence, ...]) -> str:
    """Stable while the quote is: another wording of the same point keeps its id."""
    words = " ".join(evidence[0].quote.split()).casefold()
    mark = hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{kind}.{mark}@{component}"


def _distinct(findings: Iterable[Finding]) -> list[Finding]:
    """Two points at one quote and part are two findings: the second gets a number."""
    seen: dict[str, int] = {}
    kept = []
    for finding in findings:
        count = seen[finding.id] = seen.get(finding.id, 0) + 1
        if count > 1:
            kind, _, place = finding.id.partition("@")
            finding = finding.model_copy(update={"id": f"{kind}.{count}@{place}"})
        kept.append(finding)
    return kept
