"""Open Threat Model 0.2.0: the system model with zones, flows, threats and mitigations."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from agents.catalogue.loader import Catalogue
from agents.evidence import Evidence
from agents.fence import neutralise
from agents.findings import Draft
from agents.system import Component, Flow
from service.exports.descriptions import project_name
from service.exports.otm_threats import Json, Threats, attributes
from service.exports.quoting import lines
from service.exports.text import dump, identifier, label, plain, visible
from service.exports.zones import Zones

DOCUMENTS = "documents"
"""Id of the one representation: the reviewed text."""
WHOLE_DESIGN = "whole-design"
"""Id of the component that carries threats of no single component; `component-` begins all others."""
_RISKS = {
    "public": (0, 50, 50),
    "internal": (25, 50, 50),
    "confidential": (75, 75, 50),
    "personal": (75, 75, 50),
    "special_category": (100, 75, 50),
    "credentials": (100, 100, 75),
    "payment": (100, 100, 75),
    "prompts": (50, 50, 25),
    "embeddings": (50, 50, 25),
    "model_weights": (75, 100, 50),
    "training_data": (50, 100, 50),
    "source_code": (50, 100, 50),
    "telemetry": (50, 50, 50),
    "untrusted_content": (25, 50, 25),
}
"""Confidentiality, integrity and availability, 0 to 100: the same for every design."""
_UNKNOWN_RISK = (50, 50, 50)
_RISK_COMMENT = "A fixed value for this class of data; the design does not state one."


def otm(draft: Draft, catalogue: Catalogue) -> str:
    """The review as the text of an OTM document."""
    return dump(_Model(draft, catalogue).body())


class _Model:
    def __init__(self, draft: Draft, catalogue: Catalogue) -> None:
        self.draft = draft
        self.catalogue = catalogue
        self.zones = Zones(draft.system, catalogue.vocabulary)
        self.threats = Threats(draft, catalogue)

    def body(self) -> Json:
        """The whole document."""
        system = self.draft.system
        return {
            "otmVersion": "0.2.0",
            "project": self._project(),
            "representations": [self._representation()],
            "assets": [self._asset(class_) for class_ in self._classes()],
            "trustZones": self.zones.listed(represented),
            "components": [*map(self._component, system.components), *self._whole_design()],
            "dataflows": [
                self._flow(flow)
                for flow in {flow.id: flow for flow in system.flows}.values()
                if system.component(flow.source) and system.component(flow.target)
            ],
            "threats": self.threats.listed(),
            "mitigations": self.threats.mitigations(),
        }

    def _project(self) -> Json:
        draft = self.draft
        title = project_name(draft)
        unread = [
            *(f"{d.path}: {text}" for d in draft.coverage.documents for text in d.skipped),
            *draft.coverage.notes,
        ]
        return {
            "name": label(title),
            "id": identifier("lintel", title),
            "description": visible(draft.brief),
            "tags": [f"risk-{draft.triage.tier}"],
            "attributes": attributes(
                outcome=draft.outcome,
                headSha=draft.head_sha,
                analyst=draft.provenance.analyst,
                catalogue=f"{draft.provenance.catalogue_version} {draft.provenance.catalogue_hash}",
                boundaries=", ".join(b.kind for b in draft.system.boundaries),
                openQuestions="\n".join(question.text for question in draft.questions),
                notRead="\n".join(unread),
            ),
        }

    def _representation(self) -> Json:
        draft = self.draft
        return {
            "name": "Design documents",
            "id": DOCUMENTS,
            "type": "code",
            "description": "The reviewed text, by path and line.",
            "attributes": attributes(repository=draft.repository, headSha=draft.head_sha),
        }

    def _classes(self) -> list[str]:
        """Data classes in use, in the vocabulary's order."""
        system = self.draft.system
        used = {use.data_class for use in system.data}
        used |= {class_ for flow in system.flows for class_ in flow.data_classes}
        known = [term.id for term in self.catalogue.vocabulary.data_class_terms]
        return [*(id_ for id_ in known if id_ in used), *sorted(used - set(known))]

    def _asset(self, class_: str) -> Json:
        terms = self.catalogue.vocabulary.data_class_terms
        meaning = next((term.meaning for term in terms if term.id == class_), class_)
        confidentiality, integrity, availability = _RISKS.get(class_, _UNKNOWN_RISK)
        return {
            "name": label(class_.replace("_", " ")),
            "id": identifier("asset", class_),
            "description": neutralise(plain(meaning)),
            "risk": {
                "confidentiality": confidentiality,
                "integrity": integrity,
                "availability": availability,
                "comment": _RISK_COMMENT,
            },
        }

    def _component(self, component: Component) -> Json:
        kind = self.catalogue.vocabulary.kind(component.kind)
        meaning = f"{kind.meaning}. " if kind is not None else ""
        known = f"Also called {', '.join(component.aliases)}." if component.aliases else ""
        return {
            "id": component_id(component.id),
            "name": label(component.name),
            "type": label(component.kind),
            "description": neutralise(plain(f"{meaning}{known}")),
            "parent": {"trustZone": self.zones.of(component)},
            "representations": represented(component_id(component.id), component.evidence),
            "assets": self._handled(component),
            "threats": self.threats.at(component.id),
            "tags": [label(attribute) for attribute in component.attributes],
            "attributes": attributes(
                lintelId=component.id,
                group=kind.group if kind is not None else "",
                element=kind.stride_element if kind is not None else "",
            ),
        }

    def _whole_design(self) -> Iterator[Json]:
        """A component for what no single component has; only where there is such a threat."""
        instances = self.threats.elsewhere()
        if instances:
            yield {
                "id": WHOLE_DESIGN,
                "name": "The design as a whole",
                "type": "generic",
                "description": "Carries what the review found about no single component.",
                "parent": {"trustZone": self.zones.inside},
                "threats": instances,
            }

    def _handled(self, component: Component) -> Mapping[str, Sequence[str]]:
        """Classes at this component and on its flows; a data store stores them."""
        system = self.draft.system
        here = {use.data_class for use in system.data if use.component == component.id}
        touching = (f for f in system.flows if component.id in (f.source, f.target))
        here |= set(chain.from_iterable(flow.data_classes for flow in touching))
        ids = [identifier("asset", class_) for class_ in self._classes() if class_ in here]
        kind = self.catalogue.vocabulary.kind(component.kind)
        stores = kind is not None and kind.stride_element == "data_store"
        return {"processed": [] if stores else ids, "stored": ids if stores else []}

    def _flow(self, flow: Flow) -> Json:
        ends = [self.draft.system.component(id_) for id_ in (flow.source, flow.target)]
        names = " to ".join(end.name for end in ends if end is not None)
        return {
            "id": identifier("flow", flow.id),
            "name": label(f"{names}: {flow.label}" if flow.label.strip() else names),
            "bidirectional": False,
            "source": component_id(flow.source),
            "destination": component_id(flow.target),
            "assets": [identifier("asset", c) for c in self._classes() if c in flow.data_classes],
            "tags": [label(f"crosses-{boundary}") for boundary in flow.crosses],
            "attributes": attributes(lintelId=flow.id) | _first_place(flow.evidence),
        }


def component_id(id_: str) -> str:
    """Id of a component of the system model."""
    return identifier("component", id_)


def represented(id_: str, evidence: Sequence[Evidence]) -> list[Json]:
    """Each quote as an element of the text, under ids that start with that of the element."""
    return [
        {
            "representation": DOCUMENTS,
            "id": f"{id_}.{number}",
            "name": label(f"{e.path}:{lines(e)}"),
            "file": e.path,
            "line": e.line_start,
            "codeSnippet": e.quote,
            "attributes": attributes(lineEnd=str(e.line_end), label=e.label, note=e.note),
        }
        for number, e in enumerate(evidence, 1)
    ]


def _first_place(evidence: Sequence[Evidence]) -> dict[str, str]:
    """Flows have no representations in the schema."""
    if not evidence:
        return {}
    first = evidence[0]
    return attributes(file=first.path, lines=lines(first)) | {"quote": first.quote}
