"""Step extract: the system model, with nothing in it that is unproven or outside the vocabulary."""

from agents.analysts.base import Analyst, Reading
from agents.evidence import Evidence, Label, locate
from agents.findings import Question
from agents.steps.checked import Checked, Sieve
from agents.system import Component, Flow, SystemModel

_FEW = 4
"""Parts below which at least one flow must be stated in so many words."""
_ASKED = (
    ("parts", "Which components does {name} have, and which of them call each other?"),
    ("data", "What data do they handle, where is it stored, and how sensitive is it?"),
    ("reach", "Who can reach it, from which network, and how are they authenticated?"),
)


async def extract(reading: Reading, analyst: Analyst) -> Checked[SystemModel]:
    """The analyst's system model after checking evidence, ids and the closed vocabulary."""
    answer = await analyst.extract(reading)
    sieve = Sieve(reading.documents)
    components = _components(answer, reading, sieve)
    ids = {component.id for component in components}
    vocabulary = reading.catalogue.vocabulary
    known = vocabulary.data_classes
    system = SystemModel(
        components=components,
        flows=_flows(answer, ids, reading, sieve),
        boundaries=tuple(
            b.model_copy(update={"evidence": kept})
            for b in answer.boundaries
            if b.kind in vocabulary.boundaries and (kept := sieve.keep(b.evidence))
        ),
        data=tuple(
            d.model_copy(update={"evidence": kept, "component": _known(d.component, ids)})
            for d in answer.data
            if d.data_class in known and (kept := sieve.keep(d.evidence))
        ),
        attributes=tuple(
            a.model_copy(update={"evidence": kept, "component": _known(a.component, ids)})
            for a in answer.attributes
            if a.attribute in vocabulary.attributes and (kept := sieve.keep(a.evidence))
        ),
        controls=tuple(
            c.model_copy(update={"components": tuple(x for x in c.components if x in ids)})
            for c in answer.controls
            if sieve.keep((c.evidence,))
        ),
        assumptions=sieve.keep(answer.assumptions),
        sightings=tuple(s for s in answer.sightings if sieve.keep((s.evidence,))),
    )
    return Checked[SystemModel](value=system, dropped=sieve.dropped)


def too_thin(system: SystemModel) -> bool:
    """True when a design says too little to judge it: fewer than two parts, or none connected."""
    stated = any(e.label is not Label.INFERRED for f in system.flows for e in f.evidence)
    few = len(system.components) < _FEW and not stated
    return len(system.components) < 2 or not system.flows or few


def ask_for_more(reading: Reading) -> tuple[Question, ...]:
    """What must be said before a design can be judged; tied to its first line with text."""
    for document in reading.documents.values():
        block = next((b for b in document.blocks if b.text.strip()), None)
        if block is None:
            continue
        title = next((b.text for b in document.blocks if b.level == 1), document.path)
        name = title.lstrip("#= ").splitlines()[0].strip().rstrip("#=").strip() or document.path
        place = _first_line(reading, document.path, block.text, block.line_start)
        return tuple(
            Question(
                id=f"missing-{key}",
                text=text.format(name=name),
                why="The document says too little about the parts of the system to judge it.",
                evidence=(place,),
            )
            for key, text in _ASKED
            if place is not None
        )
    return ()


def _first_line(reading: Reading, path: str, text: str, line: int) -> Evidence | None:
    first = next(part for part in text.splitlines() if part.strip())
    return locate(
        reading.documents[path],
        first,
        label=Label.ABSENT,
        near_line=line,
        note="the parts of the system, their data and who reaches them",
    )


def _components(answer: SystemModel, reading: Reading, sieve: Sieve) -> tuple[Component, ...]:
    kinds = reading.catalogue.vocabulary.kinds
    attributes = reading.catalogue.vocabulary.attributes
    kept: dict[str, Component] = {}
    for component in answer.components:
        evidence = sieve.keep(component.evidence)
        if component.kind in kinds and evidence and component.id not in kept:
            known = tuple(a for a in component.attributes if a in attributes)
            update = {"evidence": evidence, "attributes": known}
            kept[component.id] = component.model_copy(update=update)
    return tuple(kept.values())


def _flows(answer: SystemModel, ids: set[str], reading: Reading, sieve: Sieve) -> tuple[Flow, ...]:
    vocabulary = reading.catalogue.vocabulary
    kept: list[Flow] = []
    for flow in answer.flows:
        evidence = sieve.keep(flow.evidence)
        if evidence and flow.source in ids and flow.target in ids:
            update = {
                "evidence": evidence,
                "data_classes": tuple(d for d in flow.data_classes if d in vocabulary.data_classes),
                "crosses": tuple(b for b in flow.crosses if b in vocabulary.boundaries),
            }
            kept.append(flow.model_copy(update=update))
    return tuple(kept)


def _known(component: str | None, ids: set[str]) -> str | None:
    return component if component in ids else None
