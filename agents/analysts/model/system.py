"""From an extract answer to a system model, and from the models of several parts to one."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeVar

from agents.analysts.lexical.lexicon import lexicon, words
from agents.analysts.model.answers import ExtractAnswer
from agents.analysts.model.room import Room
from agents.fence import flat
from agents.metering import meter
from agents.system import (
    AttributeFact,
    Boundary,
    Component,
    ControlStatement,
    DataUse,
    Flow,
    Sighting,
    Standing,
    SystemModel,
)
from agents.values import Value

V = TypeVar("V", bound=Value)

_MOST = 8
_OF_A_PART = 2
"""Quotes of a component that a further part adds: what it says of the component is judged there."""


def converted(answer: ExtractAnswer, room: Room) -> SystemModel:
    """What can be proven of an answer; the step checks ids against the vocabulary."""
    proof = room.proof
    components = [
        Component(
            id=part.id,
            name=flat(part.name),
            kind=part.kind,
            aliases=tuple(flat(alias) for alias in part.aliases if alias != part.name),
            attributes=part.attributes,
            evidence=evidence,
        )
        for part in answer.components
        if (evidence := proof.all(part.evidence))
    ]
    flows = [
        Flow(
            id=f"{move.source}->{move.target}",
            source=move.source,
            target=move.target,
            label=flat(move.label),
            data_classes=move.data,
            crosses=move.crosses,
            evidence=evidence,
        )
        for move in answer.flows
        if (evidence := proof.all(move.evidence))
    ]
    boundaries = [
        Boundary(kind=border.kind, name=flat(border.name), evidence=evidence)
        for border in answer.boundaries
        if (evidence := proof.all(border.evidence))
    ]
    return SystemModel(
        components=tuple(components),
        flows=tuple(flows),
        boundaries=tuple(boundaries),
        assumptions=proof.all(answer.assumptions, needed=False),
        **_statements(answer, room),
    )


def _statements(answer: ExtractAnswer, room: Room) -> dict[str, tuple[object, ...]]:
    proof = room.proof
    known = lexicon().terms
    data = [
        DataUse(data_class=held.data_class, component=held.component or None, evidence=evidence)
        for held in answer.data
        if (evidence := proof.all(held.evidence))
    ]
    attributes = [
        AttributeFact(
            attribute=trait.attribute,
            standing=Standing(trait.standing),
            component=trait.component or None,
            evidence=evidence,
        )
        for trait in answer.attributes
        if (evidence := proof.all(trait.evidence))
    ]
    controls = [
        ControlStatement(
            text=flat(control.text),
            standing=Standing(control.standing),
            components=control.components,
            evidence=evidence[0],
        )
        for control in answer.controls
        if (evidence := proof.all((control.evidence,)))
    ]
    sightings = [
        Sighting(name=flat(seen.name), count=_count(seen.name, room), evidence=evidence[0])
        for seen in answer.technologies
        if words(seen.name) not in known and (evidence := proof.all((seen.evidence,)))
    ]
    return {
        "data": tuple(data),
        "attributes": tuple(attributes),
        "controls": tuple(controls),
        "sightings": tuple(sightings),
    }


def _count(name: str, room: Room) -> int:
    """Lines that name it, at least the one it was seen on."""
    texts = (document.text for document in room.reading.documents.values())
    return max(1, sum(name in line for text in texts for line in text.splitlines()))


def united(models: Sequence[SystemModel]) -> SystemModel:
    """One model: components with a name in common are one, and everything follows its component."""
    if len(models) == 1:
        return models[0]
    homes: dict[str, str] = {}
    """Names of any part, in lower case, to the id in the united model."""
    kept: dict[str, Component] = {}
    moved: list[dict[str, str]] = []
    for model in models:
        moves: dict[str, str] = {}
        for component in model.components:
            names = [n.casefold() for n in (component.name, *component.aliases)]
            home = next((homes[n] for n in names if n in homes), None)
            if home is None:
                home = _free(component.id, kept)
                kept[home] = component.model_copy(update={"id": home})
            else:
                kept[home] = _both(kept[home], component)
            moves[component.id] = home
            homes |= dict.fromkeys(names, home)
        moved.append(moves)
    meter().note(f"The system was read in {len(models)} parts and put together by names.")
    pairs = list(zip(models, moved, strict=True))
    return SystemModel(
        components=tuple(kept.values()),
        flows=_flows(pairs),
        boundaries=_once(b for m in models for b in m.boundaries),
        data=_once(_at(d, moves) for m, moves in pairs for d in m.data),
        attributes=_once(_at(a, moves) for m, moves in pairs for a in m.attributes),
        controls=_once(
            c.model_copy(update={"components": tuple(moves.get(x, x) for x in c.components)})
            for m, moves in pairs
            for c in m.controls
        ),
        assumptions=_once(a for m in models for a in m.assumptions),
        sightings=tuple({s.name: s for m in reversed(models) for s in m.sightings}.values()),
    )


def _flows(pairs: Iterable[tuple[SystemModel, dict[str, str]]]) -> tuple[Flow, ...]:
    found: dict[tuple[str, str], Flow] = {}
    for model, moves in pairs:
        for flow in model.flows:
            source, target = moves.get(flow.source), moves.get(flow.target)
            if source is None or target is None:
                continue
            update = {"id": f"{source}->{target}", "source": source, "target": target}
            at_home = flow.model_copy(update=update)
            found.setdefault((at_home.id, flow.label), at_home)
    return tuple(found.values())


def _at(item: V, moves: dict[str, str]) -> V:
    place = getattr(item, "component", None)
    return item.model_copy(update={"component": moves.get(place)}) if place else item


def _both(one: Component, two: Component) -> Component:
    aliases = dict.fromkeys((*one.aliases, two.name, *two.aliases))
    return one.model_copy(
        update={
            "aliases": tuple(name for name in aliases if name != one.name),
            "attributes": tuple(dict.fromkeys((*one.attributes, *two.attributes))),
            "evidence": tuple(dict.fromkeys((*one.evidence, *two.evidence[:_OF_A_PART])))[:_MOST],
        }
    )


def _free(id_: str, taken: Iterable[str]) -> str:
    used = Counter(taken)
    return next(name for name in (id_, *(f"{id_}-{n}" for n in range(2, 1000))) if name not in used)


def _once(items: Iterable[V]) -> tuple[V, ...]:
    return tuple(dict.fromkeys(items))
