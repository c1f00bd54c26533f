"""The typed answer of each judgement, one tool each.

What belongs into a field is said once, in the prompt of the step, and not again in the schemas: every
call of a review carries all of them. Of the docstrings a model reads those of the answers.
"""

from typing import Annotated, Literal

from pydantic import Field

from agents.analysts.model.cited import Answer, Cited, Id, Member, Quotes, Sentence, Short, most

Scale = Annotated[int, Field(ge=1, le=5)]
Stride = Literal["S", "T", "R", "I", "D", "E"]


class TriageReason(Member):
    """Why this tier."""

    text: Sentence
    evidence: Quotes = ()


class TriageAnswer(Answer):
    """Is it a design, how risky is it, how deep to look."""

    is_design: bool
    tier: Literal["low", "medium", "high", "critical"]
    depth: Literal["none", "light", "full"]
    reasons: Annotated[tuple[TriageReason, ...], most(6)]


class Part(Member):
    """A component under the name that the document uses."""

    id: Id
    name: Short
    kind: Id
    aliases: tuple[Short, ...] = ()
    attributes: tuple[Id, ...] = ()
    evidence: Quotes


class Move(Member):
    """Something moves or calls from one component to another."""

    source: Id
    target: Id
    label: Short = ""
    data: tuple[Id, ...] = ()
    crosses: tuple[Id, ...] = ()
    evidence: Quotes


class Border(Member):
    """A trust boundary."""

    kind: Id
    name: Short = ""
    evidence: Quotes


class Holding(Member):
    """A class of data, and the component that stores or carries it."""

    data_class: Id
    component: Id = ""
    evidence: Quotes


class Trait(Member):
    """A design attribute and how it stands in the text."""

    attribute: Id
    standing: Literal["in_force", "negated", "planned", "conditional", "out_of_scope"]
    component: Id = ""
    evidence: Quotes


class Control(Member):
    """A statement about a security control and how it stands in the text."""

    text: Sentence
    standing: Literal["in_force", "negated", "planned", "conditional", "out_of_scope"]
    components: tuple[Id, ...] = ()
    evidence: Cited


class Seen(Member):
    """A technology that the text names."""

    name: Short
    evidence: Cited


class ExtractAnswer(Answer):
    """The system that the documents describe."""

    components: Annotated[tuple[Part, ...], most(150)]
    flows: Annotated[tuple[Move, ...], most(300)]
    boundaries: Annotated[tuple[Border, ...], most(40)] = ()
    data: Annotated[tuple[Holding, ...], most(150)] = ()
    attributes: Annotated[tuple[Trait, ...], most(200)] = ()
    controls: Annotated[tuple[Control, ...], most(150)] = ()
    assumptions: Annotated[tuple[Cited, ...], most(40)] = ()
    technologies: Annotated[tuple[Seen, ...], most(80)] = ()


class Ruling(Member):
    """The verdict on one candidate."""

    candidate: int
    verdict: Literal["applies", "mitigated", "unknown"]
    reason: Sentence
    evidence: Quotes


class Rejected(Member):
    """Candidates that do not apply to this design, for one reason."""

    candidates: tuple[int, ...]
    reason: Sentence


class JudgeAnswer(Answer):
    """A verdict for every candidate, by its number."""

    verdicts: tuple[Ruling, ...]
    not_applicable: tuple[Rejected, ...] = ()


class Threat(Member):
    """One attack or failure that this very design makes possible."""

    title: Short
    component: Id
    stride: Annotated[tuple[Stride, ...], most(3)]
    category: Literal["ai", "classic"]
    likelihood: Scale
    impact: Scale
    why: Sentence
    change: Sentence
    question: Sentence = ""
    catalogue_id: Id = ""
    evidence: Quotes


class ProposeAnswer(Answer):
    """Threats of this design, the most consequential first; empty when nothing is material."""

    threats: Annotated[tuple[Threat, ...], most(40)]


class Same(Member):
    """Findings that are one: the same attack on the same part with the same fix."""

    keep: int
    also: tuple[int, ...]
    reason: Sentence


class Named(Member):
    """The catalogue threat that a finding is an instance of."""

    finding: int
    catalogue_id: Id


class MergeAnswer(Answer):
    """Which findings are the same; those that are not named stay as they are."""

    same: tuple[Same, ...] = ()
    named: tuple[Named, ...] = ()


class Attempt(Member):
    """An attempt to break a finding that did something to it."""

    finding: int
    outcome: Literal["narrows", "drops"]
    ground: Literal["contradicted", "mitigated", "generic", "duplicate"]
    reason: Sentence
    evidence: Quotes = ()


class RefuteAnswer(Answer):
    """What is left of each finding; every number is in one of the two lists."""

    keeps: tuple[int, ...]
    broken: tuple[Attempt, ...] = ()


class Shown(Member):
    """One required control of a pattern."""

    control: Id
    shown: bool
    evidence: Cited | None = None
    missing: Short = ""


class Road(Member):
    """How the design stands to one pattern."""

    pattern: Id
    status: Literal["adopted", "partly", "deviates", "recommended"]
    reason: Sentence
    controls: tuple[Shown, ...] = ()
    covers: tuple[int, ...] = ()


class RoadsAnswer(Answer):
    """Verdicts on the patterns that concern this design; leave out those that do not."""

    roads: tuple[Road, ...] = ()


class Worded(Member):
    """One review comment in words for the author."""

    about: int
    title: Short
    why: Sentence
    change: Sentence
    question: Sentence = ""


class WriteAnswer(Answer):
    """What people read."""

    comments: tuple[Worded, ...]
    summary: Annotated[str, most(1600)]
    brief: Annotated[str, most(900)]
