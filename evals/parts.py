"""What a case may say beyond the shared format: gold lines, questions, what is no finding, parts.

These parts are the project's own, so an unknown field in them is an error; foreign files lack them.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import BeforeValidator, Field

from agents.catalogue.files import Where
from agents.catalogue.loader import Catalogue
from agents.document import Document
from agents.evidence import Evidence, Label, verify
from agents.system import Standing
from agents.values import Value

Line = Annotated[int, Field(ge=1, description="1-based line of the design")]
Words = Annotated[str, Field(min_length=1)]
_LinesText = Annotated[
    str,
    Field(pattern=r"^[1-9]\d*(-[1-9]\d*)?$", description="one line, or first-last"),
]
Lines = Annotated[
    _LinesText,
    BeforeValidator(
        lambda value: str(value) if isinstance(value, int) else value,
        json_schema_input_type=_LinesText | Line,
    ),
]
Problem = tuple[Where, str]
"""A place in a file, and what is wrong there."""


class Anchor(Value):
    """Where the design shows a gold item: a verbatim quote with its lines."""

    lines: Lines
    quote: Words

    @property
    def span(self) -> tuple[int, int]:
        """First and last line."""
        first, _, last = self.lines.partition("-")
        return int(first), int(last or first)

    def evidence(self, path: str) -> Evidence:
        """The same as evidence of a document."""
        first, last = self.span
        return Evidence(
            path=path, line_start=first, line_end=last, quote=self.quote, label=Label.STATED
        )


class NotGold(Value):
    """What looks like a finding and is none: the text settles it."""

    title: Words
    why: Words
    line: Line | None = None
    """Where the text settles it."""


class GoldQuestion(Value):
    """What the design leaves open and an expert would ask."""

    text: Words
    why: str = ""
    line: Line | None = None


class GoldComponent(Value):
    """A part of the system; `kind` and `attributes` are ids of the vocabulary."""

    name: Words
    kind: str
    aliases: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    line: Line | None = None


class GoldFlow(Value):
    """From one component to another, by name."""

    source: str
    target: str
    label: str = ""
    data_classes: tuple[str, ...] = ()
    crosses: tuple[str, ...] = ()
    line: Line | None = None


class GoldBoundary(Value):
    """A trust boundary that the design has."""

    kind: str
    name: str = ""
    line: Line | None = None


class GoldData(Value):
    """A class of data that the design stores or carries."""

    data_class: str
    component: str | None = None
    line: Line | None = None


class GoldAttribute(Value):
    """A design attribute, and how the text states it."""

    attribute: str
    standing: Standing = Standing.IN_FORCE
    component: str | None = None
    line: Line | None = None


class GoldSystem(Value):
    """`system.yaml`: what a reader takes out of the design before any judgement."""

    case: str
    components: tuple[GoldComponent, ...]
    flows: tuple[GoldFlow, ...] = ()
    boundaries: tuple[GoldBoundary, ...] = ()
    data: tuple[GoldData, ...] = ()
    attributes: tuple[GoldAttribute, ...] = ()


def unquoted(anchors: Sequence[Anchor], document: Document, where: Where) -> Iterator[Problem]:
    """Anchors whose words are not verbatim on their lines."""
    for place, anchor in enumerate(anchors):
        if not verify(anchor.evidence(document.path), {document.path: document}):
            yield (*where, place, "quote"), f"this is not verbatim on line {anchor.lines}"


def beyond(
    items: Sequence[NotGold | GoldQuestion], document: Document, where: Where
) -> Iterator[Problem]:
    """Items at lines that the document does not have."""
    for place, item in enumerate(items):
        if item.line is not None and item.line > document.line_count:
            yield (*where, place, "line"), f"the document has {document.line_count} lines"


def unknown_threats(ids: Sequence[str], catalogue: Catalogue, where: Where) -> Iterator[Problem]:
    """Ids that the catalogue does not have."""
    for place, id_ in enumerate(ids):
        if id_ not in catalogue.threats:
            yield (*where, place), f"the catalogue has no threat {id_}"


def system_problems(
    system: GoldSystem, catalogue: Catalogue, document: Document
) -> Iterator[Problem]:
    """What is wrong in a `system.yaml`: ids outside the vocabulary, ends and lines that are not there."""
    words = catalogue.vocabulary
    names = {name for c in system.components for name in (c.name, *c.aliases)}
    for (key, place, field), ids in _ids(system).items():
        known = {
            "kind": words.boundaries if key == "boundaries" else words.kinds,
            "attributes": words.attributes,
            "attribute": words.attributes,
            "data_classes": words.data_classes,
            "data_class": words.data_classes,
            "crosses": words.boundaries,
        }.get(field, names)
        for id_ in ids:
            if id_ not in known:
                said = "is no component here" if known is names else "is not in the vocabulary"
                yield (key, place, field), f"{id_} {said}"
    for key in ("components", "flows", "boundaries", "data", "attributes"):
        for place, entry in enumerate(getattr(system, key)):
            if entry.line is not None and entry.line > document.line_count:
                yield (key, place, "line"), f"the document has {document.line_count} lines"


def _ids(system: GoldSystem) -> dict[tuple[str, int, str], tuple[str, ...]]:
    """Every id or name that must exist, by list, position and field."""
    found: dict[tuple[str, int, str], tuple[str, ...]] = {}
    for place, part in enumerate(system.components):
        found["components", place, "kind"] = (part.kind,)
        found["components", place, "attributes"] = part.attributes
    for place, flow in enumerate(system.flows):
        found["flows", place, "source"] = (flow.source,)
        found["flows", place, "target"] = (flow.target,)
        found["flows", place, "data_classes"] = flow.data_classes
        found["flows", place, "crosses"] = flow.crosses
    for place, boundary in enumerate(system.boundaries):
        found["boundaries", place, "kind"] = (boundary.kind,)
    for place, data in enumerate(system.data):
        found["data", place, "data_class"] = (data.data_class,)
        found["data", place, "component"] = (data.component,) if data.component else ()
    for place, fact in enumerate(system.attributes):
        found["attributes", place, "attribute"] = (fact.attribute,)
        found["attributes", place, "component"] = (fact.component,) if fact.component else ()
    return found
