"""One predicate tested on a system model: three-valued, with what it rests on."""

from collections.abc import Iterable
from dataclasses import dataclass

from agents.catalogue.schema import ANY_KIND, FlowPredicate, Predicate
from agents.evidence import Evidence
from agents.findings import Truth
from agents.system import Flow, Standing, SystemModel

BY_KIND = "The design has "
"""How a test of kinds begins in words."""
OUTSIDERS = frozenset({"external_user", "external_content"})
"""Kinds that lie outside the trust boundary by their meaning: what they send is untrusted."""
WHOLE_DESIGN = 6
"""From this many components on, a kind that is not named is not there."""


@dataclass(frozen=True)
class Hit:
    """A place where a predicate is true."""

    components: tuple[str, ...]
    evidence: tuple[Evidence, ...]

    @property
    def order(self) -> tuple[object, ...]:
        """Sorts hits alike whatever the order of the model's parts."""
        places = (
            (e.path, e.line_start, e.line_end, e.quote, e.label, e.note) for e in self.evidence
        )
        return (self.components, tuple(places))


@dataclass(frozen=True)
class Answer:
    """A predicate in words, its truth, and where it is true."""

    text: str
    truth: Truth
    hits: tuple[Hit, ...] = ()
    trivial: bool = False
    """True for what nearly every design fulfils; such a test alone says nothing."""


def answer(predicate: Predicate, system: SystemModel) -> Answer:
    """The truth of one predicate. Total: every model and every predicate give an answer."""
    if predicate.component_any_of:
        return _component(predicate.component_any_of, system)
    if predicate.attribute_any_of:
        return _attribute(predicate.attribute_any_of, system)
    if predicate.data_class_any_of:
        return _data_class(predicate.data_class_any_of, system)
    if predicate.crosses_boundary_any_of:
        return _boundary(predicate.crosses_boundary_any_of, system)
    return _flow(predicate.flow or FlowPredicate.model_construct(), system)


def all_of(truths: Iterable[Truth]) -> Truth:
    """Kleene's and."""
    values = set(truths)
    if Truth.FALSE in values:
        return Truth.FALSE
    return Truth.UNKNOWN if Truth.UNKNOWN in values else Truth.TRUE


def any_of(truths: Iterable[Truth]) -> Truth:
    """Kleene's or."""
    values = set(truths)
    if Truth.TRUE in values:
        return Truth.TRUE
    return Truth.UNKNOWN if Truth.UNKNOWN in values else Truth.FALSE


def _component(kinds: tuple[str, ...], system: SystemModel) -> Answer:
    hits = [Hit((c.id,), c.evidence) for c in system.of_kind(*kinds)]
    return _answer(f"{BY_KIND}{_words(kinds)}", hits, _missing_kind(system))


def _attribute(attributes: tuple[str, ...], system: SystemModel) -> Answer:
    facts = [fact for fact in system.attributes if fact.attribute in attributes]
    hits = [
        Hit((fact.component,) if fact.component else (), fact.evidence)
        for fact in facts
        if fact.standing is Standing.IN_FORCE
    ]
    hits += [
        Hit((component.id,), component.evidence)
        for component in system.components
        if set(attributes) & set(component.attributes)
    ]
    denied = {fact.attribute for fact in facts if fact.standing is Standing.NEGATED}
    open_ = {fact.attribute for fact in facts if fact.standing is not Standing.NEGATED}
    absent = Truth.FALSE if denied - open_ >= set(attributes) else Truth.UNKNOWN
    return _answer(f"The design is marked {_words(attributes)}", hits, absent)


def _data_class(classes: tuple[str, ...], system: SystemModel) -> Answer:
    hits = [
        Hit((use.component,) if use.component else (), use.evidence)
        for use in system.data
        if use.data_class in classes
    ]
    hits += [
        Hit((flow.source, flow.target), flow.evidence)
        for flow in system.flows
        if set(classes) & set(flow.data_classes)
    ]
    return _answer(f"The design handles {_words(classes)} data", hits, Truth.UNKNOWN)


def _boundary(boundaries: tuple[str, ...], system: SystemModel) -> Answer:
    hits = [
        Hit((flow.source, flow.target), flow.evidence)
        for flow in system.flows
        if set(boundaries) & set(flow.crosses)
    ]
    return _answer(f"A flow crosses the {_words(boundaries)} boundary", hits, Truth.UNKNOWN)


def _flow(wanted: FlowPredicate, system: SystemModel) -> Answer:
    kinds = {component.id: component.kind for component in system.components}
    hits = [
        Hit((flow.source, flow.target), flow.evidence)
        for flow in system.flows
        if _fits(flow, wanted, kinds)
    ]
    present = set(kinds.values())
    both = all(_end(wanted_end, present) for wanted_end in (wanted.from_any_of, wanted.to_any_of))
    absent = Truth.UNKNOWN if both else _missing_kind(system)
    ends = (wanted.from_any_of, wanted.to_any_of)
    anything = all(_is_any(end) for end in ends) and not (
        wanted.crosses_any_of or wanted.carries_any_of
    )
    return _answer(_flow_words(wanted), hits, absent, trivial=anything)


def _fits(flow: Flow, wanted: FlowPredicate, kinds: dict[str, str]) -> bool:
    source, target = kinds.get(flow.source), kinds.get(flow.target)
    if source is None or target is None:
        return False
    carried = set(flow.data_classes)
    if source in OUTSIDERS:
        carried.add("untrusted_content")
    return (
        _end(wanted.from_any_of, {source})
        and _end(wanted.to_any_of, {target})
        and (wanted.crosses_any_of is None or bool(set(wanted.crosses_any_of) & set(flow.crosses)))
        and (wanted.carries_any_of is None or bool(set(wanted.carries_any_of) & carried))
    )


def _is_any(end: tuple[str, ...] | None) -> bool:
    return end is None or ANY_KIND in end


def _end(end: tuple[str, ...] | None, kinds: set[str]) -> bool:
    return bool(kinds) if _is_any(end) else bool(kinds & set(end or ()))


def _missing_kind(system: SystemModel) -> Truth:
    """What a kind is that no component has: absent from a whole design, unknown in a fragment."""
    return Truth.FALSE if len(system.components) >= WHOLE_DESIGN else Truth.UNKNOWN


def _answer(text: str, hits: list[Hit], absent: Truth, *, trivial: bool = False) -> Answer:
    return Answer(text, Truth.TRUE if hits else absent, tuple(dict.fromkeys(hits)), trivial)


def _words(ids: tuple[str, ...]) -> str:
    *first, last = (id_.replace("_", " ") for id_ in ids)
    return f"{', '.join(first)} or {last}" if first else last


def _flow_words(wanted: FlowPredicate) -> str:
    text = "A flow goes"
    if wanted.from_any_of:
        text += f" from {_words(wanted.from_any_of)}"
    if wanted.to_any_of:
        text += f" to {_words(wanted.to_any_of)}"
    if wanted.carries_any_of:
        text += f", carrying {_words(wanted.carries_any_of)}"
    if wanted.crosses_any_of:
        text += f", across the {_words(wanted.crosses_any_of)} boundary"
    return text
