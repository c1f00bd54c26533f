"""The system model: what the documents say exists, each element with its evidence.

Kinds, attributes, data classes and boundaries are ids of the catalogue's closed vocabulary
(`agents/catalogue/vocabulary.yaml`); the steps drop what is outside it.
"""

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property

from agents.evidence import Evidence
from agents.values import Value


class Standing(StrEnum):
    """How a statement stands in the text: only `in_force` counts as true."""

    IN_FORCE = "in_force"
    NEGATED = "negated"
    PLANNED = "planned"
    CONDITIONAL = "conditional"
    OUT_OF_SCOPE = "out_of_scope"


class Component(Value):
    """A part of the system under the name the document uses."""

    id: str
    """Slug of the name, unique in the model."""
    name: str
    kind: str
    """A component kind of the vocabulary."""
    aliases: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...]


class Flow(Value):
    """Something moves or calls from one component to another."""

    id: str
    """`source->target`."""
    source: str
    target: str
    label: str = ""
    data_classes: tuple[str, ...] = ()
    crosses: tuple[str, ...] = ()
    """Trust boundaries of the vocabulary that this flow crosses."""
    evidence: tuple[Evidence, ...]


class Boundary(Value):
    """A trust boundary that the design has."""

    kind: str
    name: str = ""
    evidence: tuple[Evidence, ...]


class DataUse(Value):
    """A class of data that is stored or carried, where known by which component."""

    data_class: str
    component: str | None = None
    evidence: tuple[Evidence, ...]


class AttributeFact(Value):
    """A design attribute that the text states, or states to be absent."""

    attribute: str
    standing: Standing
    component: str | None = None
    evidence: tuple[Evidence, ...]


class ControlStatement(Value):
    """A sentence about a security control, and how it stands: planned and negated are no controls."""

    text: str
    standing: Standing
    components: tuple[str, ...] = ()
    evidence: Evidence


class Sighting(Value):
    """A name that the text treats as technology and the vocabulary does not know; for the radar."""

    name: str
    count: int
    """Sentences that name it."""
    evidence: Evidence
    """The first of them."""


class SystemModel(Value):
    """Everything the analyst read out of the documents of one change."""

    components: tuple[Component, ...] = ()
    flows: tuple[Flow, ...] = ()
    boundaries: tuple[Boundary, ...] = ()
    data: tuple[DataUse, ...] = ()
    attributes: tuple[AttributeFact, ...] = ()
    controls: tuple[ControlStatement, ...] = ()
    assumptions: tuple[Evidence, ...] = ()
    sightings: tuple[Sighting, ...] = ()

    def component(self, id_: str) -> Component | None:
        """The component with this id, or None."""
        return next((c for c in self.components if c.id == id_), None)

    @cached_property
    def degrees(self) -> Mapping[str, int]:
        """How many flows touch each component, by id."""
        return Counter(end for flow in self.flows for end in {flow.source, flow.target})

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every name of every component."""
        return tuple(name for part in self.components for name in (part.name, *part.aliases))

    def of_kind(self, *kinds: str) -> tuple[Component, ...]:
        """Components of any of these kinds."""
        return tuple(c for c in self.components if c.kind in kinds)
