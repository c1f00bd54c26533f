"""A system model against `system.yaml`: which parts, flows and facts were read out of the text."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from agents.system import Component, Standing, SystemModel
from agents.values import Value
from evals.matching import assigned
from evals.parts import GoldComponent, GoldSystem
from evals.words import stems

SAME_NAME, NEARLY = 1.0, 0.99
ALIKE = 0.5
"""Share of the words of two names that they must have in common to be the same part."""
KIND = 0.004
"""Decides between two parts with equally fitting names."""
_REST = re.compile(r"[^a-z0-9]+")
T = TypeVar("T")


class Tally(Value):
    """How many are in the gold, in the model, and in both."""

    gold: int
    found: int
    both: int


class SystemTally(Value):
    """The tallies of one system model. What the gold leaves out counts against precision."""

    components: Tally
    kinds: Tally
    """Of the components in both: with the kind of the gold."""
    flows: Tally
    attributes: Tally
    """Attributes with their standing, over the whole design."""
    boundaries: Tally
    data: Tally
    missed_components: tuple[str, ...]
    missed_flows: tuple[str, ...]
    missed_attributes: tuple[str, ...]


def tally(system: SystemModel, gold: GoldSystem) -> SystemTally:
    """Components one to one by name, flows by their matched ends, the others by their ids."""
    pairs = matched_components(system.components, gold.components)
    by_id = {component.id: component for component in system.components}
    kinds = {part.name: part.kind for part in gold.components}
    right = sum(by_id[id_].kind == kinds[name] for name, id_ in pairs.items())
    wanted = _flows(gold)
    found = {(flow.source, flow.target) for flow in system.flows}
    met = {ends for ends in wanted if (pairs.get(ends[0]), pairs.get(ends[1])) in found}
    said, facts = _stated(system), _gold_facts(gold)
    return SystemTally(
        components=Tally(gold=len(gold.components), found=len(system.components), both=len(pairs)),
        kinds=Tally(gold=len(pairs), found=len(pairs), both=right),
        flows=Tally(gold=len(wanted), found=len(found), both=len(met)),
        attributes=_sets(facts, said),
        boundaries=_sets({b.kind for b in gold.boundaries}, {b.kind for b in system.boundaries}),
        data=_sets(_gold_data(gold), _data(system)),
        missed_components=tuple(c.name for c in gold.components if c.name not in pairs),
        missed_flows=tuple(f"{source} -> {target}" for source, target in sorted(wanted - met)),
        missed_attributes=tuple(f"{name} ({how})" for name, how in sorted(facts - said)),
    )


def matched_components(
    found: Sequence[Component], gold: Sequence[GoldComponent]
) -> Mapping[str, str]:
    """Name of a gold component to the id of the component that is it, one to one."""
    scores = [[_alike(part, component) for component in found] for part in gold]
    return {gold[r].name: found[c].id for r, c in assigned(scores, ALIKE)}


def _alike(part: GoldComponent, component: Component) -> float:
    names = [
        _name_score(one, other)
        for one in (part.name, *part.aliases)
        for other in (component.name, *component.aliases)
    ]
    best = max(names)
    return best + KIND if best and part.kind == component.kind else best


def _name_score(one: str, other: str) -> float:
    if _REST.sub("", one.lower()) == _REST.sub("", other.lower()):
        return SAME_NAME
    first, second = set(stems(one)), set(stems(other))
    return NEARLY * len(first & second) / len(first | second) if first and second else 0.0


def _flows(gold: GoldSystem) -> set[tuple[str, str]]:
    """Ends of the flows under the first name of their component."""
    first = {alias: c.name for c in gold.components for alias in (*c.aliases, c.name)}
    return {(first[flow.source], first[flow.target]) for flow in gold.flows}


def _stated(system: SystemModel) -> set[tuple[str, str]]:
    own = {(a, Standing.IN_FORCE.value) for c in system.components for a in c.attributes}
    return own | {(fact.attribute, fact.standing.value) for fact in system.attributes}


def _gold_facts(gold: GoldSystem) -> set[tuple[str, str]]:
    own = {(a, Standing.IN_FORCE.value) for c in gold.components for a in c.attributes}
    return own | {(fact.attribute, fact.standing.value) for fact in gold.attributes}


def _data(system: SystemModel) -> set[str]:
    return {use.data_class for use in system.data} | _of_flows(f.data_classes for f in system.flows)


def _gold_data(gold: GoldSystem) -> set[str]:
    return {use.data_class for use in gold.data} | _of_flows(f.data_classes for f in gold.flows)


def _of_flows(classes: Iterable[tuple[str, ...]]) -> set[str]:
    return {name for of_flow in classes for name in of_flow}


def _sets(gold: set[T], found: set[T]) -> Tally:
    return Tally(gold=len(gold), found=len(found), both=len(gold & found))
