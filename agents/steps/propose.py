"""Step propose: threats of this very design beyond the catalogue, and instructions to the reviewer."""

from agents.analysts.base import Analyst, Reading
from agents.change import Change
from agents.evidence import Evidence
from agents.fence import suspicious
from agents.findings import Finding
from agents.hidden.instructions import ADDRESSED, addressed
from agents.steps.checked import Checked, Sieve
from agents.steps.judge import of_threat

HIDDEN_INSTRUCTIONS = "hidden-or-encoded-instructions"


async def propose(reading: Reading, analyst: Analyst) -> Checked[tuple[Finding, ...]]:
    """The analyst's own findings; those without a verified quote or a known component are dropped."""
    sieve = Sieve(reading.documents)
    kept: dict[str, Finding] = {}
    for finding in await analyst.propose(reading):
        evidence = sieve.keep(finding.evidence)
        known = (
            finding.component_id is None
            or reading.system.component(finding.component_id) is not None
        )
        known = known and (
            finding.threat_id is None or finding.threat_id in reading.catalogue.threats
        )
        if evidence and known:
            kept.setdefault(finding.id, finding.model_copy(update={"evidence": evidence}))
    return Checked[tuple[Finding, ...]](value=tuple(kept.values()), dropped=sieve.dropped)


def spoken_to(change: Change) -> tuple[str, ...]:
    """A sentence for each part of the pull request, outside its documents, that orders a reviewer.

    Such text has no line that a comment could stand at, so it is said in coverage.
    """
    places = {
        "title": change.title,
        "description": change.body,
        "author's name": change.author,
        "name of a document": "\n".join(d.path.replace("-", " ") for d in change.documents),
    }
    return tuple(
        f"The {place} of the pull request holds {ADDRESSED}; it was read as data."
        for place, text in places.items()
        if next(iter(addressed(text)), None) is not None
    )


def instructions_found(reading: Reading) -> tuple[Finding, ...]:
    """One finding per document that hides text or speaks to its reviewer."""
    found = []
    for path, document in reading.documents.items():
        evidence = suspicious(document)
        if evidence:
            found.append(_instructions(path, evidence, reading))
    return tuple(found)


def _instructions(path: str, evidence: tuple[Evidence, ...], reading: Reading) -> Finding:
    whats = " and ".join(dict.fromkeys(e.note for e in evidence))
    count = f" at {len(evidence)} places" if len(evidence) > 1 else ""
    values: dict[str, object] = {
        "id": f"{HIDDEN_INSTRUCTIONS}@{path}",
        "title": f"The document contains {whats}",
        "component_name": path,
        "why": f"{path} contains {whats}{count}, first on line {evidence[0].line_start}. It was "
        "read as data and did not change this review.",
        "change": "Remove it, and find out who put it there and which other tools read this file.",
        "question": "Who added this, and for whom was it meant?",
        "evidence": evidence,
    }
    threat = reading.catalogue.threats.get(HIDDEN_INSTRUCTIONS)
    if threat is not None:
        return of_threat(threat, reading).model_copy(update=values)
    rest: dict[str, object] = {
        "threat_id": None,
        "component_id": None,
        "severity": reading.catalogue.vocabulary.severity(12),
        "likelihood": 4,
        "impact": 3,
    }
    return Finding.model_validate(values | rest)
