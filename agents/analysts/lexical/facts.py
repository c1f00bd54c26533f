"""What the document says about one component that makes a gap there matter."""

from dataclasses import dataclass
from typing import Literal

from agents.evidence import Evidence
from agents.system import Component, Flow, Standing, SystemModel

SENSITIVE = {
    "credentials": "credentials",
    "special_category": "special-category personal data",
    "payment": "payment data",
    "personal": "personal data",
    "confidential": "confidential data",
    "prompts": "prompts and responses",
    "model_weights": "model artefacts",
}
_OUTSIDE = {
    "internet": "over the internet",
    "partner": "across the border to a partner",
    "model_provider": "across the border to a model provider",
    "tenant": "across a tenant border",
    "agent_to_tool": "from an agent to a tool",
    "content_to_instruction": "as text that can become an instruction",
    "device": "from a device outside your control",
}
_AUTONOMY = {
    "autonomous_actions": "acts without a person confirming each step",
    "irreversible_actions": "can take actions that cannot be undone",
    "automated_decision": "decides about people or money without a person",
    "security_decision": "takes a decision that others rely on for security",
    "high_risk_use": "is used where the law sees a high risk",
    "code_execution": "executes code",
    "user_uploads": "accepts files from users",
    "url_fetch": "fetches addresses that others give it",
}


@dataclass(frozen=True)
class Fact:
    """One reason why a gap at a component matters."""

    sort: Literal["exposure", "data", "autonomy"]
    text: str
    """Completes `<component> …`; has no line number."""
    evidence: Evidence

    def cited(self) -> str:
        """The text with its line."""
        return f"{self.text} ({lines(self.evidence)})"


def lines(evidence: Evidence) -> str:
    """`line 12` or `lines 12-14`."""
    if evidence.line_start == evidence.line_end:
        return f"line {evidence.line_start}"
    return f"lines {evidence.line_start}-{evidence.line_end}"


def facts(component: Component, system: SystemModel) -> tuple[Fact, ...]:
    """Exposure first, then data, then what it does by itself; at most one fact of each."""
    found = (
        _exposure(component, system),
        _data(component, system),
        _autonomy(component, system),
    )
    return tuple(fact for fact in found if fact is not None)


def _exposure(component: Component, system: SystemModel) -> Fact | None:
    touching = [f for f in system.flows if component.id in (f.source, f.target)]
    for boundary, words in _OUTSIDE.items():
        for flow in sorted(touching, key=lambda f: f.target != component.id):
            if boundary in flow.crosses:
                return Fact("exposure", _moved(flow, component, system, words), flow.evidence[0])
    return None


def _moved(flow: Flow, component: Component, system: SystemModel, how: str) -> str:
    carried = [SENSITIVE[d] for d in SENSITIVE if d in flow.data_classes][:1]
    incoming = flow.target == component.id
    other = system.component(flow.source if incoming else flow.target)
    name = other.name if other is not None else "another party"
    what = carried[0] if carried else ("input" if incoming else "data")
    return f"takes {what} from {name} {how}" if incoming else f"sends {what} to {name} {how}"


def _data(component: Component, system: SystemModel) -> Fact | None:
    for data_class, words in SENSITIVE.items():
        for use in system.data:
            if use.data_class == data_class and use.component == component.id:
                return Fact("data", f"handles {words}", use.evidence[0])
        for flow in system.flows:
            if data_class in flow.data_classes and component.id in (flow.source, flow.target):
                return Fact("data", f"handles {words}", flow.evidence[0])
    return None


def _autonomy(component: Component, system: SystemModel) -> Fact | None:
    for attribute, words in _AUTONOMY.items():
        for fact in system.attributes:
            here = fact.component == component.id
            if fact.attribute == attribute and here and fact.standing is Standing.IN_FORCE:
                return Fact("autonomy", words, fact.evidence[0])
    return None
