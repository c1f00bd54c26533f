"""Rating of one finding: likelihood and impact from their start value, each change in a sentence."""

import re
from collections.abc import Iterator
from itertools import chain

from agents.catalogue.facts import OUTSIDERS
from agents.catalogue.loader import Catalogue, Threat
from agents.findings import Finding, RatingStep
from agents.system import Component, Flow, Standing, SystemModel

LOWEST, HIGHEST = 1, 5
OUTSIDE_BOUNDARIES = frozenset({"internet", "partner"})
ACTING_KINDS = frozenset(
    {"agent", "orchestrator", "tool", "mcp_server", "llm", "code_interpreter", "saas_connector"}
)
GRAVE = frozenset({"credentials", "special_category", "payment"})
PERSONAL_CEILING = 4
"""Personal data alone does not make an impact severe."""

Change = tuple[str, int, int]
"""A sentence, and the new likelihood and impact before clamping."""


def rate(finding: Finding, system: SystemModel, catalogue: Catalogue) -> Finding:
    """The finding with its adjusted likelihood, impact, arithmetic and severity."""
    threat = catalogue.threats.get(finding.threat_id or "")
    steps = list(finding.rating) or [_start(finding, threat)]
    likelihood, impact = _clamp(finding.likelihood), _clamp(finding.impact)
    for rule in (_exposure, _data, _autonomy):
        for text, more_likely, impact_after in rule(finding, impact, system):
            likelihood, impact = _clamp(likelihood + more_likely), _clamp(impact_after)
            steps.append(RatingStep(text=text, likelihood=likelihood, impact=impact))
    for text in _controls(finding, threat, system):
        likelihood = _clamp(likelihood - 1)
        steps.append(RatingStep(text=text, likelihood=likelihood, impact=impact))
    return finding.model_copy(
        update={
            "likelihood": likelihood,
            "impact": impact,
            "rating": tuple(steps),
            "severity": catalogue.vocabulary.severity(likelihood * impact),
        }
    )


def _clamp(value: int) -> int:
    return max(LOWEST, min(HIGHEST, value))


def _start(finding: Finding, threat: Threat | None) -> RatingStep:
    values = {"likelihood": _clamp(finding.likelihood), "impact": _clamp(finding.impact)}
    rating = threat.default_rating if threat else None
    if rating and (rating.likelihood, rating.impact) == (finding.likelihood, finding.impact):
        return RatingStep(text=f"Start value: {rating.reasoning}", **values)
    return RatingStep(text="Start value of the judgement.", **values)


def _exposure(finding: Finding, impact: int, system: SystemModel) -> Iterator[Change]:
    """The start value assumes reach from outside; where the flows show none it is less likely."""
    if finding.component_id is None or not _flows_of(finding.component_id, system):
        return
    if finding.component_id in _reached(system):
        text = f"{finding.component_name} can be reached from outside, as the start value assumes."
        yield text, 0, impact
    else:
        text = f"No flow from outside leads to {finding.component_name}: less likely."
        yield text, -1, impact


def _data(finding: Finding, impact: int, system: SystemModel) -> Iterator[Change]:
    classes = _classes(finding.component_id, system)
    grave = sorted(classes & GRAVE)
    if grave:
        words = " and ".join(name.replace("_", " ") for name in grave)
        yield f"It handles {words} data: the impact rises by one.", 0, impact + 1
    elif "personal" in classes and impact < PERSONAL_CEILING:
        yield "It handles personal data: the impact rises by one.", 0, impact + 1
    elif classes == {"public"}:
        yield "It handles public data only: the impact falls by one.", 0, impact - 1


def _autonomy(finding: Finding, impact: int, system: SystemModel) -> Iterator[Change]:
    component = system.component(finding.component_id or "")
    if component is None or component.kind not in ACTING_KINDS:
        return
    if not _marked("autonomous_actions", component, system):
        return
    if not _marked("human_approval", component, system):
        yield "It acts with no person confirming the step: more likely.", 1, impact
    if _marked("irreversible_actions", component, system):
        text = "It can act beyond recall without a person: the impact rises by one."
        yield text, 0, impact + 1


def _controls(finding: Finding, threat: Threat | None, system: SystemModel) -> Iterator[str]:
    """The first control in force at this place that speaks of what would mitigate the threat."""
    if threat is None or finding.component_id is None or not threat.evidence_terms:
        return
    terms = "|".join(re.escape(term.casefold()) for term in threat.evidence_terms)
    pattern = re.compile(rf"\b(?:{terms})\b")
    for control in sorted(
        system.controls, key=lambda c: (c.evidence.path, c.evidence.line_start, c.text)
    ):
        here = finding.component_id in control.components
        if (
            control.standing is Standing.IN_FORCE
            and here
            and pattern.search(control.text.casefold())
        ):
            line = control.evidence.line_start
            yield f"A control in force covers part of it ({control.evidence.path}:{line}): less likely."
            return


def _flows_of(component_id: str, system: SystemModel) -> list[Flow]:
    return [flow for flow in system.flows if component_id in (flow.source, flow.target)]


def _reached(system: SystemModel) -> set[str]:
    """Components to which a chain of flows leads from outside."""
    outside = {c.id for c in system.components if c.kind in OUTSIDERS}
    # Which side of a crossing is outside is not recorded, so both ends count.
    crossing = (f for f in system.flows if OUTSIDE_BOUNDARIES & set(f.crosses))
    waiting = list(chain(outside, *((f.source, f.target) for f in crossing)))
    onward: dict[str, list[str]] = {}
    for flow in system.flows:
        onward.setdefault(flow.source, []).append(flow.target)
    reached: set[str] = set()
    while waiting:
        at = waiting.pop()
        if at not in reached:
            reached.add(at)
            waiting.extend(onward.get(at, ()))
    return reached


def _classes(component_id: str | None, system: SystemModel) -> set[str]:
    """Data classes at a component; those of the whole design where none is tied to it."""
    if component_id is None:
        return set()
    here = {use.data_class for use in system.data if use.component == component_id}
    here |= {name for flow in _flows_of(component_id, system) for name in flow.data_classes}
    return here or {use.data_class for use in system.data if use.component is None}


def _marked(attribute: str, component: Component, system: SystemModel) -> bool:
    return attribute in component.attributes or any(
        fact.attribute == attribute
        and fact.standing is Standing.IN_FORCE
        and fact.component in (None, component.id)
        for fact in system.attributes
    )
