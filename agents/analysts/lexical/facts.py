"""What the document says about one component that makes a gap there matter."""

from collections.abc import Sequence
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
    "agent_to_tool": "across the border between agent and tool",
    "content_to_instruction": "as text that can become an instruction",
    "device": "across the border to devices in other hands",
}
_LEAVING = frozenset({"partner", "model_provider", "agent_to_tool"})
"""Where sending matters to the sender; elsewhere the receiver is exposed."""
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


_PLURAL = {"is": "are", "fetches": "fetch"}
_COMMON_NOUNS = frozenset(
    "agent api application assistant backend browser client cluster database frontend function gateway model "
    "operator orchestrator pipeline proxy queue scheduler server service store user webhook worker".split()
)


_THINKING = frozenset({"llm", "agent", "orchestrator", "ml_model", "inference_endpoint"})


@dataclass(frozen=True)
class Fact:
    """One reason why a gap at a component matters."""

    sort: Literal["exposure", "data", "autonomy"]
    text: str
    """Completes `<component> …`; has no line number."""
    evidence: Evidence
    whole: bool = False
    """True for a fact about the whole design."""

    def cited(self) -> str:
        """The text with its line."""
        return f"{self.text} ({lines(self.evidence)})"


def lines(evidence: Evidence) -> str:
    """`line 12` or `lines 12-14`."""
    if evidence.line_start == evidence.line_end:
        return f"line {evidence.line_start}"
    return f"lines {evidence.line_start}-{evidence.line_end}"


def leaves_open(evidence: Evidence, gap: str) -> str:
    """`Line 12 leaves open who may write.` as a sentence."""
    verb = "leaves" if evidence.line_start == evidence.line_end else "leave"
    return f"{lines(evidence).capitalize()} {verb} open {gap}."


def facts(component: Component, system: SystemModel) -> tuple[Fact, ...]:
    """Exposure first, then data, then what it does by itself; at most one fact of each."""
    # What the text says of the whole design holds for what thinks in it.
    whole = component.kind in _THINKING
    exposure, data = _exposure(component, system), _data(component, system, whole)
    found = (exposure, data, _autonomy(component, system, whole))
    return tuple(fact for fact in found if fact is not None)


def told(component: Component, known: Sequence[Fact]) -> str:
    """One sentence with at most two of the facts and their lines; empty when there is none."""
    if not known:
        return ""
    first, *rest = known
    # "takes personal data from X" already says that it handles personal data.
    other = next((f for f in rest if _object(f.text) not in first.text), None)
    if other is None:
        return f"{_said(component, first)} ({lines(first.evidence)})."
    if first.whole != other.whole:
        return (
            f"{_said(component, first)} ({lines(first.evidence)}), and the design {other.cited()}."
        )
    second = _verb(component, other)
    if lines(first.evidence) == lines(other.evidence):
        return f"{_said(component, first)} and {second} ({lines(first.evidence)})."
    return (
        f"{_said(component, first)} ({lines(first.evidence)}) and {second} "
        f"({lines(other.evidence)})."
    )


def _said(component: Component, fact: Fact) -> str:
    subject = "The design" if fact.whole else _subject(component.name)
    return f"{subject} {_verb(component, fact)}"


def _verb(component: Component, fact: Fact) -> str:
    """The fact with its verb in the plural where the name is one."""
    last = component.name.split()[-1]
    plain = last.islower() or last[:-1].isupper()
    many = last[-1:] == "s" and plain and not last.endswith("ss")
    verb, _, rest = fact.text.partition(" ")
    if fact.whole or not many or verb == "can":
        return fact.text
    return f"{_PLURAL.get(verb, verb.removesuffix('s'))} {rest}"


def _object(text: str) -> str:
    return text.rpartition("handles ")[2]


def _subject(name: str) -> str:
    """The name at the start of a sentence: a common noun gets its article."""
    common = name[:1].islower() and (" " in name or name.rstrip("s") in _COMMON_NOUNS)
    return f"The {name}" if common else name


def _exposure(component: Component, system: SystemModel) -> Fact | None:
    touching = [f for f in system.flows if component.id in (f.source, f.target)]
    for boundary, words in _OUTSIDE.items():
        for flow in sorted(touching, key=lambda f: f.target != component.id):
            matters = flow.target == component.id or boundary in _LEAVING
            if boundary in flow.crosses and matters:
                return Fact("exposure", _moved(flow, component, system, words), flow.evidence[0])
    return None


def _moved(flow: Flow, component: Component, system: SystemModel, how: str) -> str:
    carried = [SENSITIVE[d] for d in SENSITIVE if d in flow.data_classes][:1]
    incoming = flow.target == component.id
    other = system.component(flow.source if incoming else flow.target)
    name = other.name if other is not None else "another party"
    what = carried[0] if carried else ("input" if incoming else "data")
    return f"takes {what} from {name} {how}" if incoming else f"sends {what} to {name} {how}"


def _data(component: Component, system: SystemModel, whole: bool) -> Fact | None:
    for data_class, words in SENSITIVE.items():
        for use in system.data:
            if use.data_class == data_class and use.component == component.id:
                return Fact("data", f"handles {words}", use.evidence[0])
        for flow in system.flows:
            if data_class in flow.data_classes and component.id in (flow.source, flow.target):
                return Fact("data", f"handles {words}", flow.evidence[0])
    for data_class, words in SENSITIVE.items():
        for use in system.data:
            if whole and use.data_class == data_class and use.component is None:
                return Fact("data", f"handles {words}", use.evidence[0], True)
    return None


def _autonomy(component: Component, system: SystemModel, whole: bool) -> Fact | None:
    held = [fact for fact in system.attributes if fact.standing is Standing.IN_FORCE]
    for attribute, words in _AUTONOMY.items():
        for fact in held:
            if fact.attribute == attribute and fact.component == component.id:
                return Fact("autonomy", words, fact.evidence[0])
    for attribute, words in _AUTONOMY.items():
        for fact in held:
            if whole and fact.attribute == attribute and fact.component is None:
                return Fact("autonomy", words, fact.evidence[0], True)
    return None
