"""The types of the catalogue: what a threat, a pattern, a framework and the vocabulary hold."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from agents.findings import Severity
from agents.values import Value

Terms = Annotated[tuple[str, ...], Field(min_length=1)]
"""Ids of the vocabulary, at least one."""
Scale = Annotated[int, Field(ge=1, le=5)]
"""A likelihood or an impact, 1-5."""
Verification = Literal["verified", "verified_secondary", "from_memory"]

ANY_KIND = "any"
"""At an end of a flow predicate: a component of any kind."""
UNASSIGNED = "TO BE ASSIGNED"
"""Owner of a pattern that nobody has taken yet."""


class FlowPredicate(Value):
    """One flow that fits everything given; an end that is not given may be of any kind."""

    from_any_of: Terms | None = None
    to_any_of: Terms | None = None
    crosses_any_of: Terms | None = None
    carries_any_of: Terms | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("a flow predicate names at least one of from, to, crosses, carries")
        return self


class Predicate(Value):
    """Exactly one test on the system model."""

    component_any_of: Terms | None = None
    attribute_any_of: Terms | None = None
    data_class_any_of: Terms | None = None
    crosses_boundary_any_of: Terms | None = None
    flow: FlowPredicate | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError("a predicate holds exactly one test; split it into list entries")
        return self


class Preconditions(Value):
    """When a threat applies: every test of `all_of`, and one of `any_of` where it is given."""

    all_of: Annotated[tuple[Predicate, ...], Field(min_length=1)]
    any_of: tuple[Predicate, ...] = ()
    in_words: str

    @property
    def predicates(self) -> tuple[Predicate, ...]:
        """All tests, those of `all_of` first."""
        return self.all_of + self.any_of


class Rating(Value):
    """Start value for an unmitigated, internet-reachable design."""

    likelihood: Scale
    impact: Scale
    reasoning: str


class Examples(Value):
    """Short design prose that shows when a threat applies; a test reviews each of them."""

    fires: tuple[str, ...] = ()
    """The threat applies, and nothing in the text answers it."""
    quiet: tuple[str, ...] = ()
    """Close to it, but the threat does not apply."""
    mitigated: tuple[str, ...] = ()
    """The threat would apply, and the text states the control."""


class Threat(Value):
    """One thing that can go wrong, and how a reviewer recognises it in a document."""

    id: str
    title: str
    category: Literal["ai", "classic"]
    domain: str
    description: str
    stride: Terms
    """Letters of STRIDE."""
    applies_to: Terms
    """Component kinds that can carry the threat."""
    preconditions: Preconditions
    mitigated_when_document_shows: tuple[str, ...]
    evidence_terms: tuple[str, ...]
    """Search hints; a term alone is not evidence."""
    review_question: str
    recommended_controls: tuple[str, ...]
    references: tuple[str, ...]
    """`framework/id`."""
    cwe: tuple[str, ...]
    """`CWE-79`: ids of the framework `cwe`."""
    default_rating: Rating
    paved_road_patterns: tuple[str, ...]
    examples: Examples = Examples()


class Disabled(Value):
    """A threat that an organisation switched off, and why."""

    id: str
    disabled: Literal[True]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    expires: date | None = None
    """Last day on which it is off; afterwards the threat is back."""


class PatternControl(Value):
    """One control that a design following the pattern must have."""

    id: str
    """`PR-01.C1`."""
    text: str


class Pattern(Value):
    """A paved road: a pre-approved reusable design."""

    id: str
    name: str
    problem: str
    applies_when: str
    applies_to: Terms
    required_controls: Annotated[tuple[PatternControl, ...], Field(min_length=1)]
    covers_threats: Terms
    adopted_when_document_shows: tuple[str, ...]
    verification_steps: tuple[str, ...]
    trade_offs: tuple[str, ...]
    owner: str
    status: Literal["proposed", "approved", "retired"]
    review_after_months: Annotated[int, Field(ge=1)]
    review_by: date | None = None
    """When an approved pattern is looked at again; None until it is approved."""

    @model_validator(mode="after")
    def _approved_is_owned(self) -> Self:
        owned = self.owner.strip() not in ("", UNASSIGNED)
        if self.status == "approved" and not (owned and self.review_by):
            raise ValueError("an approved pattern has an owner and a review_by date")
        return self


class FrameworkItem(Value):
    """One id of a public framework with its title; the other fields where the framework has them."""

    id: str
    title: str
    type: str | None = None
    parent: str | None = None
    full_title: str | None = None
    successor: str | None = None
    predecessor: str | None = None
    level: int | None = None
    category: str | None = None
    meaning: str | None = None
    applies_from: str | None = None
    violates: str | None = None
    elements: tuple[str, ...] = ()
    ai_specific: bool = False
    status: str | None = None
    verification: Verification | None = None
    """Where it differs from that of the whole list."""


class Framework(Value):
    """A public framework: version, licence, source and its ids."""

    key: str
    name: str
    version: str
    date: str
    licence: str
    redistribution: str
    source: str
    verification: Verification
    verification_note: str = ""
    retired_ids: Mapping[str, str] = Field(default_factory=dict)
    """Retired id to its successor, so that old reviews still resolve."""
    per_element: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    """STRIDE only: letters by element of a data flow diagram."""
    count: int | None = None
    """Number of ids where the publisher states it; compared with the list."""
    items: Annotated[tuple[FrameworkItem, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.count is not None and self.count != len(self.items):
            raise ValueError(f"count says {self.count}, the list has {len(self.items)} items")
        return self

    @cached_property
    def by_id(self) -> Mapping[str, FrameworkItem]:
        """Items by id."""
        return {item.id: item for item in self.items}

    def item(self, id_: str) -> FrameworkItem | None:
        """The item with this id or, for a retired id, its successor."""
        return self.by_id.get(id_) or self.by_id.get(self.retired_ids.get(id_, ""))


class Term(Value):
    """A word of the closed vocabulary."""

    id: str
    meaning: str


class ComponentKind(Term):
    """A component kind with its group and its element of a data flow diagram."""

    group: Literal["ai", "client", "external", "service", "data", "security", "platform"]
    stride_element: Literal["process", "data_store", "data_flow", "external_entity"]


class RatingScale(Value):
    """What the numbers 1-5 mean."""

    likelihood: Mapping[int, str]
    impact: Mapping[int, str]


class RatingBand(Value):
    """A severity and the lowest product of likelihood and impact that reaches it."""

    severity: Severity
    at_least: int
    meaning: str


class Vocabulary(Value):
    """The closed lists: nothing outside them appears in a threat, a pattern or a system model."""

    component_kinds: tuple[ComponentKind, ...]
    data_class_terms: Annotated[tuple[Term, ...], Field(alias="data_classes")]
    trust_boundaries: tuple[Term, ...]
    attribute_terms: Annotated[tuple[Term, ...], Field(alias="attributes")]
    predicates: Mapping[str, str]
    evaluation: str
    rating_scale: RatingScale
    rating_bands: tuple[RatingBand, ...]
    """From critical to low."""
    reference_format: str
    stride: Mapping[str, str]
    categories: Mapping[str, str]
    domains: tuple[str, ...]
    verification_values: Mapping[str, str]

    @cached_property
    def _kinds(self) -> Mapping[str, ComponentKind]:
        return {kind.id: kind for kind in self.component_kinds}

    @cached_property
    def kinds(self) -> frozenset[str]:
        """Ids of component kinds."""
        return frozenset(self._kinds)

    @cached_property
    def data_classes(self) -> frozenset[str]:
        """Ids of data classes."""
        return frozenset(term.id for term in self.data_class_terms)

    @cached_property
    def boundaries(self) -> frozenset[str]:
        """Ids of trust boundaries."""
        return frozenset(term.id for term in self.trust_boundaries)

    @cached_property
    def attributes(self) -> frozenset[str]:
        """Ids of attributes."""
        return frozenset(term.id for term in self.attribute_terms)

    def kind(self, id_: str) -> ComponentKind | None:
        """The component kind with this id, with its group and stride_element."""
        return self._kinds.get(id_)

    def severity(self, score: int) -> Severity:
        """The band of a product of likelihood and impact (1-25)."""
        return next(band.severity for band in self.rating_bands if score >= band.at_least)
