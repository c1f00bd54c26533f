"""Threats and mitigations of an OTM document, and their instances at components."""

from collections.abc import Sequence
from dataclasses import dataclass

from agents.catalogue.loader import Catalogue, ordered_references
from agents.evidence import Evidence
from agents.fence import neutralise
from agents.findings import Draft, Finding, Mitigated
from service.exports.quoting import fenced
from service.exports.sarif_rules import cwe_ids
from service.exports.text import identifier, label, plain, sentence, visible

Json = dict[str, object]

_SCALE = 20
"""Likelihood and impact are 1 to 5 in a review, 0 to 100 here."""
_DISMISSED = {"mitigated": "mitigated", "accepted_risk": "accepted"}
_NOT_APPLICABLE = "not-applicable"
_BEFORE = "Start value of the catalogue, before what mitigates it here."


@dataclass(frozen=True)
class _Measure:
    """A mitigation as it stands at one threat."""

    id: str
    name: str
    description: str
    reduction: int
    state: str


@dataclass(frozen=True)
class _Case:
    """A finding, or a candidate that the text settles, as a threat with its instance."""

    id: str
    component_id: str | None
    state: str
    body: Json
    measures: tuple[_Measure, ...]


class Threats:
    """All threats of a review: the findings by rank, then what is mitigated."""

    def __init__(self, draft: Draft, catalogue: Catalogue) -> None:
        self._components = {component.id for component in draft.system.components}
        self._catalogue = catalogue
        self._cases = [
            *map(self._finding, draft.findings),
            *map(self._mitigated, draft.mitigated),
        ]

    def listed(self) -> list[Json]:
        """The threats with their risk."""
        return [case.body for case in self._cases]

    def mitigations(self) -> list[Json]:
        """Each mitigation once."""
        measures = {m.id: m for case in self._cases for m in case.measures}
        return [
            {
                "id": measure.id,
                "name": measure.name,
                "description": measure.description,
                "riskReduction": measure.reduction,
            }
            for measure in measures.values()
        ]

    def at(self, component_id: str) -> list[Json]:
        """Instances at one component."""
        return [_instance(case) for case in self._cases if case.component_id == component_id]

    def elsewhere(self) -> list[Json]:
        """Instances at no component of the system model."""
        return [_instance(c) for c in self._cases if c.component_id not in self._components]

    def _finding(self, finding: Finding) -> _Case:
        id_ = identifier("threat", finding.id)
        parts = [neutralise(finding.why)]
        if finding.change:
            parts.append(f"Change: {neutralise(finding.change)}")
        if finding.question:
            parts.append(f"Question: {neutralise(finding.question)}")
        arithmetic = " ".join(
            f"{sentence(step.text)} Likelihood {step.likelihood}, impact {step.impact}."
            for step in finding.rating
        )
        comment = neutralise(arithmetic)
        body = _threat(id_, finding.title, parts, finding.evidence) | {
            "categories": self._categories(finding.stride),
            "cwes": [label(id_) for id_ in cwe_ids(finding.references)],
            "risk": {
                "likelihood": finding.likelihood * _SCALE,
                "likelihoodComment": comment,
                "impact": finding.impact * _SCALE,
                "impactComment": comment,
            },
            "tags": [label(t) for t in (finding.severity, finding.category, finding.domain) if t],
            "attributes": attributes(
                lintelId=finding.id,
                severity=finding.severity,
                references=", ".join(finding.references),
                patterns=", ".join(finding.patterns),
                dismissed=_dismissal(finding),
            ),
        }
        return _Case(id_, finding.component_id, _state(finding), body, _recommended(finding))

    def _mitigated(self, item: Mitigated) -> _Case:
        id_ = identifier("threat", item.id)
        threat = self._catalogue.threats.get(item.threat_id)
        rating = threat.default_rating if threat is not None else None
        body = _threat(id_, item.title, [neutralise(item.reason)], item.evidence) | {
            "categories": self._categories(threat.stride if threat is not None else ()),
            "cwes": list(cwe_ids(ordered_references(threat))) if threat is not None else [],
            "risk": {
                "likelihood": rating.likelihood * _SCALE if rating is not None else None,
                "likelihoodComment": _BEFORE if rating is not None else "Not in the catalogue.",
                "impact": rating.impact * _SCALE if rating is not None else 0,
                "impactComment": _BEFORE if rating is not None else "Not in the catalogue.",
            },
            "tags": ["mitigated"],
            "attributes": attributes(lintelId=item.id),
        }
        measure = _Measure(
            identifier("shown", item.id),
            label(item.reason),
            _described([neutralise(item.reason)], item.evidence),
            100,
            "implemented",
        )
        return _Case(id_, item.component_id, "mitigated", body, (measure,))

    def _categories(self, stride: Sequence[str]) -> list[str]:
        framework = self._catalogue.frameworks.get("stride")
        known = framework.by_id if framework is not None else {}
        return [known[letter].title for letter in stride if letter in known]


def attributes(**values: str) -> dict[str, str]:
    """Free attributes are strings in OTM; empty ones are left out."""
    return {key: visible(str(value)) for key, value in values.items() if value}


def _threat(id_: str, title: str, parts: list[str], evidence: Sequence[Evidence]) -> Json:
    return {
        "id": id_,
        "name": label(title),
        "description": _described(parts, evidence),
    }


def _described(parts: list[str], evidence: Sequence[Evidence]) -> str:
    """Markdown, with the quotes verbatim and fenced."""
    return "\n\n".join(part for part in (*parts, *map(fenced, evidence)) if part)


def _state(finding: Finding) -> str:
    if finding.dismissed is None:
        return "exposed"
    return _DISMISSED.get(finding.dismissed.reason, _NOT_APPLICABLE)


def _dismissal(finding: Finding) -> str:
    if finding.dismissed is None:
        return ""
    return f"{finding.dismissed.reason}: {finding.dismissed.text}".rstrip(": ")


def _recommended(finding: Finding) -> tuple[_Measure, ...]:
    """The controls of the threat, or the change where it has none; equal parts of the reduction."""
    texts = tuple(dict.fromkeys(finding.controls)) or ((finding.change,) if finding.change else ())
    about = finding.threat_id or finding.id
    return tuple(
        _Measure(
            identifier("control", f"{about} {text}"),
            label(text),
            neutralise(plain(text)),
            100 // len(texts),
            "recommended",
        )
        for text in texts
    )


def _instance(case: _Case) -> Json:
    measures = [{"mitigation": measure.id, "state": measure.state} for measure in case.measures]
    return {"threat": case.id, "state": case.state, "mitigations": measures}
