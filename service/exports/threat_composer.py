"""Threat Composer, schema version 1: threat statements, mitigations, assumptions and their links."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from agents.catalogue.loader import Catalogue
from agents.evidence import Evidence
from agents.findings import Draft, Finding, Mitigated
from agents.system import Component
from service.exports.descriptions import application, architecture, dataflow, project_name
from service.exports.quoting import lines
from service.exports.text import clip, dump, plain, sentence, stable_uuid
from service.exports.threat_statements import LONGEST_FIELD, Statement, Statements

Json = dict[str, object]

_LONGEST_TAG, _LONGEST_CONTENT, _LONGEST_DESCRIPTION = 30, 1000, 100_000
"""In UTF-16 code units, as the consumer counts; its schema has the same numbers."""
_PRIORITIES = {"critical": "High", "high": "High", "medium": "Medium", "low": "Low"}
_USEFUL = frozenset({"mitigated", "accepted_risk"})
"""Reasons of a dismissal that still leave a threat of this design."""


def threat_composer(draft: Draft, catalogue: Catalogue) -> str:
    """The review as the text of a Threat Composer file."""
    return dump(_Workspace(draft, catalogue).body())


@dataclass
class _Entries:
    """Threats and mitigations while they are collected; a mitigation's text is its identity."""

    threats: list[Json] = field(default_factory=list)
    mitigations: dict[str, Json] = field(default_factory=dict)
    links: list[Json] = field(default_factory=list)


class _Workspace:
    def __init__(self, draft: Draft, catalogue: Catalogue) -> None:
        self.draft = draft
        self.catalogue = catalogue
        self.statements = Statements(draft.system, catalogue)
        self.entries = _Entries()
        for finding in draft.findings:
            self._add_finding(finding)
        for item in draft.mitigated:
            self._add_mitigated(item)

    def body(self) -> Json:
        """The whole file."""
        draft = self.draft
        return {
            "schema": 1,
            "applicationInfo": {
                "name": clip(plain(project_name(draft)), LONGEST_FIELD),
                "description": application(draft, _LONGEST_DESCRIPTION),
            },
            "architecture": {
                "description": architecture(draft, self.catalogue, _LONGEST_DESCRIPTION)
            },
            "dataflow": {"description": dataflow(draft, _LONGEST_DESCRIPTION)},
            "assumptions": self._assumptions(),
            "mitigations": list(self.entries.mitigations.values()),
            "assumptionLinks": self._assumption_links(),
            "mitigationLinks": self.entries.links,
            "threats": self.entries.threats,
        }

    def _add_finding(self, finding: Finding) -> None:
        statement = self.statements.about(
            finding.title, finding.component_id, finding.component_name, finding.stride
        )
        metadata: list[Json] = [
            {"key": "Comments", "value": clip(_comment(finding), _LONGEST_CONTENT)},
            {"key": "STRIDE", "value": _letters(finding.stride)},
            {"key": "Priority", "value": _PRIORITIES[finding.severity]},
            {"key": "custom:lintel-id", "value": plain(finding.id)},
            {"key": "custom:severity", "value": finding.severity.value},
            {"key": "custom:likelihood", "value": str(finding.likelihood)},
            {"key": "custom:impact", "value": str(finding.impact)},
            {"key": "custom:references", "value": [plain(r) for r in finding.references]},
        ]
        tags = (finding.severity, finding.category, finding.domain)
        id_ = self._add_threat(finding.id, statement, metadata, tags, _status(finding))
        controls = [plain(control) for control in finding.controls or (finding.change,)]
        for text in filter(None, dict.fromkeys(controls)):
            self._mitigate(id_, text, "mitigationIdentified")

    def _add_mitigated(self, item: Mitigated) -> None:
        threat = self.catalogue.threats.get(item.threat_id)
        stride = threat.stride if threat is not None else ()
        statement = self.statements.about(
            item.title, item.component_id, item.component_name, stride
        )
        metadata: list[Json] = [
            {"key": "Comments", "value": clip(sentence(item.reason), _LONGEST_CONTENT)},
            {"key": "STRIDE", "value": _letters(stride)},
            {"key": "custom:lintel-id", "value": plain(item.id)},
        ]
        id_ = self._add_threat(item.id, statement, metadata, ("mitigated",), "threatResolved")
        quoted = [f"“{e.quote}” ({plain(e.path)}:{lines(e)})" for e in item.evidence[:1]]
        self._mitigate(id_, " ".join((sentence(item.reason), *quoted)), "mitigationResolved")

    def _add_threat(
        self,
        key: str,
        statement: Statement,
        metadata: Sequence[Json],
        tags: Sequence[str],
        status: str,
    ) -> str:
        number = len(self.entries.threats) + 1
        id_ = self._uuid("threat", key)
        self.entries.threats.append(
            {
                "id": id_,
                "numericId": number,
                "displayOrder": number,
                "metadata": list(metadata),
                "tags": [clip(plain(tag), _LONGEST_TAG) for tag in dict.fromkeys(tags) if tag],
                "threatSource": statement.source,
                "prerequisites": statement.prerequisites,
                "threatAction": statement.action,
                "threatImpact": statement.impact,
                "impactedGoal": list(statement.goals),
                "impactedAssets": list(statement.assets),
                "statement": statement.text(),
                "status": status,
            }
        )
        return id_

    def _mitigate(self, threat: str, content: str, status: str) -> None:
        """Controls of several threats are one mitigation with several links."""
        id_ = self._uuid("mitigation", status, content)
        number = len(self.entries.mitigations) + 1
        self.entries.mitigations.setdefault(
            id_,
            {
                "id": id_,
                "numericId": number,
                "displayOrder": number,
                "content": clip(content, _LONGEST_CONTENT),
                "status": status,
            },
        )
        self.entries.links.append({"mitigationId": id_, "linkedId": threat})

    def _assumptions(self) -> list[Json]:
        return [
            {
                "id": id_,
                "numericId": number,
                "displayOrder": number,
                "content": clip(evidence.quote, _LONGEST_CONTENT),
                "metadata": [
                    {
                        "key": "custom:stated-at",
                        "value": plain(f"{evidence.path}:{lines(evidence)}"),
                    }
                ],
            }
            for number, (id_, evidence) in enumerate(self._assumed().items(), 1)
        ]

    def _assumption_links(self) -> list[Json]:
        """An assumption is linked where a threat's quote overlaps it or it names the component."""
        findings = {f.id: (f.component_id, f.evidence) for f in self.draft.findings}
        mitigated = {m.id: (m.component_id, m.evidence) for m in self.draft.mitigated}
        return [
            {"type": "Threat", "assumptionId": id_, "linkedId": self._uuid("threat", about)}
            for id_, assumption in self._assumed().items()
            for about, (component_id, evidence) in (findings | mitigated).items()
            if any(_overlap(assumption, e) for e in evidence)
            or self._names(assumption, component_id)
        ]

    def _names(self, assumption: Evidence, component_id: str | None) -> bool:
        component = self.draft.system.component(component_id) if component_id is not None else None
        return component is not None and _named(assumption.quote, component)

    def _assumed(self) -> dict[str, Evidence]:
        return {
            self._uuid("assumption", e.path, lines(e), e.quote): e
            for e in self.draft.system.assumptions
        }

    def _uuid(self, *parts: str) -> str:
        """Stable for a repository and, where there is none, for the document."""
        local = self.draft.number is None
        return stable_uuid(project_name(self.draft) if local else self.draft.repository, *parts)


def _comment(finding: Finding) -> str:
    """Why, what to change, and where it stands."""
    parts = [sentence(finding.why)]
    if finding.change:
        parts.append(f"Change: {sentence(finding.change)}")
    places = ", ".join(f"{e.path}:{lines(e)}" for e in finding.evidence)
    return " ".join(part for part in (*parts, plain(places)) if part)


def _letters(stride: Sequence[str]) -> list[str]:
    return [letter for letter in dict.fromkeys(stride) if letter in set("STRIDE")]


def _status(finding: Finding) -> str:
    if finding.dismissed is None:
        return "threatIdentified"
    return "threatResolved" if finding.dismissed.reason in _USEFUL else "threatResolvedNotUseful"


def _overlap(one: Evidence, other: Evidence) -> bool:
    return (
        one.path == other.path
        and one.line_start <= other.line_end
        and other.line_start <= one.line_end
    )


def _named(text: str, component: Component) -> bool:
    """The text names the component as a whole word."""
    names = [re.escape(name) for name in (component.name, *component.aliases) if name]
    pattern = rf"(?<!\w)(?:{'|'.join(names)})(?!\w)"
    return bool(names) and re.search(pattern, text, re.IGNORECASE) is not None
