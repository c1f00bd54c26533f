"""Triage without a model: is this a design, at what risk, to what depth."""

import re
from collections.abc import Sequence

from agents.analysts.base import Reading
from agents.analysts.lexical.extract import extract
from agents.analysts.lexical.sentences import PROSE, section_standing
from agents.document import BlockKind
from agents.evidence import Evidence, Label, locate
from agents.findings import Reason, Triage
from agents.system import AttributeFact, Standing, SystemModel

_HEADING = re.compile(
    r"\b(architecture|design( details| overview| proposal)?|data ?flows?|components?"
    r"|system (overview|summary|context)"
    r"|deployment|infrastructure|trust boundar|api (design|proposal|information|changes)"
    r"|implementation details"
    r"|sequence|proposal|security (considerations|architecture|model|functions)|threat model"
    r"|specification"
    r"|abstract|summary|non-goals|extended|considerations for)\b",
    re.I,
)
_OTHER = re.compile(
    r"\b(style( guide)?|naming|names for|conventions?|guidelines?|release notes|changelog|what.s new|meeting"
    r"|minutes|weekly|stand-?up|retrospective|agenda|glossary|terminology|onboarding|first (day|week|two weeks)"
    r"|contributing|code of conduct|templates?|how we (write|work|name|review|document)|documentation policy"
    r"|docs policy|writing guide|newsletter|faq|reading list|checklist|job description|team charter|cheat sheet"
    r"|coding (rules|standards?)|docstring|formatting|linting|editorial)\b",
    re.I,
)
"""Titles of documents that are about how people write, name, meet and report."""
_CALLED = re.compile(
    r"\b(design|architecture|proposal|rfc|adr|system|technical specification|concept|blueprint)\b",
    re.I,
)
_MANY_FLOWS = 6
_AI = frozenset({"llm", "agent", "ml_model", "orchestrator", "inference_endpoint", "mcp_server"})
_DATA = {
    "special_category": (4, "special-category personal data"),
    "payment": (4, "payment data"),
    "credentials": (3, "credentials"),
    "personal": (3, "personal data"),
    "confidential": (2, "confidential data"),
    "model_weights": (2, "model artefacts"),
    "training_data": (2, "training data"),
    "prompts": (1, "prompts and responses"),
}
_EXPOSURE = {
    "internet": (2, "is reachable from the internet"),
    "partner": (1, "exchanges data with another organisation"),
    "model_provider": (1, "sends data to a model provider"),
    "tenant": (2, "separates tenants"),
    "content_to_instruction": (2, "lets outside content reach a model's instructions"),
    "device": (1, "talks to devices that it does not control"),
}
_DOES = {
    "irreversible_actions": (3, "can take actions that cannot be undone"),
    "autonomous_actions": (3, "acts without a person confirming each step"),
    "automated_decision": (3, "decides about people or money"),
    "high_risk_use": (3, "is used where the law sees a high risk"),
    "code_execution": (3, "executes code"),
    "shell_execution": (3, "starts system commands"),
    "security_decision": (2, "takes decisions that security depends on"),
    "multi_tenant": (2, "is shared by several customers"),
    "tool_use": (2, "lets a model call tools"),
    "user_uploads": (1, "accepts uploaded files"),
    "external_content_ingest": (1, "reads outside content"),
}
_MANY_CONTROLS = 5
_CRITICAL, _HIGH, _MEDIUM = 9, 5, 3


def triage(reading: Reading) -> Triage:
    """Decide from parts, flows and headings; each reason is a sentence with its evidence.

    The tier adds up the highest score of data, of exposure and of what the system does by itself.
    """
    system = extract(reading)
    design, why = _is_design(reading, system)
    if not design:
        return Triage(is_design=False, tier="low", depth="none", reasons=(why,))
    data, exposure, does = _data(system), _exposure(system), _does(system)
    score = sum(max((points for points, _ in group), default=0) for group in (data, exposure, does))
    tier = _tier(score)
    reasons = tuple(reason for group in (data, exposure, does) for _, reason in _top(group))
    depth = "light" if tier == "low" else "full"
    return Triage(is_design=True, tier=tier, depth=depth, reasons=(why, *reasons))


def _tier(score: int) -> str:
    if score >= _CRITICAL:
        return "critical"
    if score >= _HIGH:
        return "high"
    return "medium" if score >= _MEDIUM else "low"


Scored = tuple[int, Reason]


def _top(group: Sequence[Scored]) -> list[Scored]:
    return sorted(group, key=lambda item: -item[0])[:2]


def _is_design(reading: Reading, system: SystemModel) -> tuple[bool, Reason]:
    stated = [f for f in system.flows if any(e.label is not Label.INFERRED for e in f.evidence)]
    parts, flows = len(system.components), len(stated)
    signs = _headings(reading)
    evidence = tuple(f.evidence[0] for f in stated[:2]) or tuple(signs[:1])
    title = _title(reading)
    other = title is not None and _OTHER.search(title.quote) is not None
    if other and flows < _MANY_FLOWS:
        text = "By its title the document sets rules or reports; it describes no system to review."
        return False, Reason(text=text, evidence=(title,) if title else ())
    enough = (flows >= 2 and parts >= 3) or (flows >= 1 and parts >= 2 and bool(signs))
    ai = any(c.kind in _AI for c in system.components) and any(
        f.standing is Standing.IN_FORCE for f in system.attributes
    )
    if enough or (ai and parts >= 1):
        text = f"The text describes a system: {parts} parts and {flows} flows between them."
        return True, Reason(text=text, evidence=evidence or system.components[0].evidence[:1])
    if signs and len(system.controls) >= _MANY_CONTROLS:
        text = (
            f"The text makes {len(system.controls)} statements about security controls of a system."
        )
        return True, Reason(text=text, evidence=tuple(c.evidence for c in system.controls[:2]))
    if title is not None and _CALLED.search(title.quote) and _says_something(reading):
        text = "The document calls itself a design and says little about the parts of the system."
        return True, Reason(text=text, evidence=(title,))
    text = f"The text describes no system to review: {parts} parts and {flows} flows were found."
    return False, Reason(text=text, evidence=evidence)


def _title(reading: Reading) -> Evidence | None:
    """The first heading of the first document."""
    for document in reading.documents.values():
        for block in document.blocks:
            if block.kind is BlockKind.HEADING:
                line = block.text.split("\n")[0].strip()[:300].strip()
                return locate(document, line, label=Label.STATED, near_line=block.line_start)
    return None


def _says_something(reading: Reading) -> bool:
    """True when there is text below the headings."""
    blocks = (b for d in reading.documents.values() for b in d.blocks)
    return any(b.kind in PROSE and len(b.text.split()) > 5 for b in blocks)


def _headings(reading: Reading) -> list[Evidence]:
    found: list[Evidence] = []
    for document in reading.documents.values():
        for block in document.blocks:
            if block.kind is not BlockKind.HEADING or not _HEADING.search(block.text):
                continue
            if section_standing(block.section) is not Standing.IN_FORCE:
                continue
            line = block.text.split("\n")[0].strip()
            evidence = locate(document, line[:300], label=Label.STATED, near_line=block.line_start)
            found += [evidence] if evidence else []
    return found


def _data(system: SystemModel) -> list[Scored]:
    found: list[Scored] = []
    for data_class, (points, words) in _DATA.items():
        use = next((d for d in system.data if d.data_class == data_class), None)
        flow = next((f for f in system.flows if data_class in f.data_classes), None)
        evidence = use.evidence[:1] if use else flow.evidence[:1] if flow else ()
        if evidence:
            found.append((points, Reason(text=f"It handles {words}.", evidence=evidence)))
    return found


def _exposure(system: SystemModel) -> list[Scored]:
    found: list[Scored] = []
    for boundary, (points, words) in _EXPOSURE.items():
        flow = next((f for f in system.flows if boundary in f.crosses), None)
        if flow is not None:
            found.append((points, Reason(text=f"It {words}.", evidence=flow.evidence[:1])))
    return found


def _does(system: SystemModel) -> list[Scored]:
    found: list[Scored] = []
    for attribute, (points, words) in _DOES.items():
        fact = _fact(system.attributes, attribute)
        if fact is not None:
            found.append((points, Reason(text=f"It {words}.", evidence=fact.evidence[:1])))
    return found


def _fact(facts: Sequence[AttributeFact], attribute: str) -> AttributeFact | None:
    in_force = (f for f in facts if f.attribute == attribute and f.standing is Standing.IN_FORCE)
    return next(in_force, None)
