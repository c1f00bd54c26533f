"""The typed answer of each judgement. Docstrings and descriptions are what the model reads."""

from typing import Annotated, Literal

from pydantic import Field

from agents.analysts.model.cited import Answer, Cited, Id, Quotes, Sentence, Short

Scale = Annotated[int, Field(ge=1, le=5)]
Stride = Literal["S", "T", "R", "I", "D", "E"]


class TriageReason(Answer):
    """Why this tier."""

    text: Sentence
    evidence: Quotes = ()


class TriageAnswer(Answer):
    """Is it a design, how risky is it, how deep to look."""

    is_design: bool
    tier: Literal["low", "medium", "high", "critical"]
    depth: Literal["none", "light", "full"] = Field(description="none only when it is no design.")
    reasons: tuple[TriageReason, ...] = Field(max_length=6)


class Part(Answer):
    """A component under the name that the document uses."""

    id: Id = Field(description="Lower-case slug of the name, unique in this answer.")
    name: Short
    kind: Id
    aliases: tuple[Short, ...] = ()
    attributes: tuple[Id, ...] = Field(default=(), description="Attributes that the text states.")
    evidence: Quotes


class Move(Answer):
    """Something moves or calls from one component to another."""

    source: Id
    target: Id
    label: Short = ""
    data: tuple[Id, ...] = Field(default=(), description="Data class ids.")
    crosses: tuple[Id, ...] = Field(default=(), description="Boundary ids.")
    evidence: Quotes


class Border(Answer):
    """A trust boundary."""

    kind: Id
    name: Short = ""
    evidence: Quotes


class Holding(Answer):
    """A class of data, and the component that stores or carries it."""

    data_class: Id
    component: Id = ""
    evidence: Quotes


class Trait(Answer):
    """A design attribute and how it stands in the text."""

    attribute: Id
    standing: Literal["in_force", "negated", "planned", "conditional", "out_of_scope"]
    component: Id = ""
    evidence: Quotes


class Control(Answer):
    """A statement about a security control and how it stands in the text."""

    text: Sentence
    standing: Literal["in_force", "negated", "planned", "conditional", "out_of_scope"]
    components: tuple[Id, ...] = ()
    evidence: Cited


class Seen(Answer):
    """A technology that the text names."""

    name: Short
    evidence: Cited


class ExtractAnswer(Answer):
    """The system that the documents describe."""

    components: tuple[Part, ...] = Field(max_length=60)
    flows: tuple[Move, ...] = Field(max_length=120)
    boundaries: tuple[Border, ...] = Field(default=(), max_length=20)
    data: tuple[Holding, ...] = Field(default=(), max_length=60)
    attributes: tuple[Trait, ...] = Field(default=(), max_length=80)
    controls: tuple[Control, ...] = Field(default=(), max_length=80)
    assumptions: tuple[Cited, ...] = Field(default=(), max_length=20)
    technologies: tuple[Seen, ...] = Field(default=(), max_length=40)


class Ruling(Answer):
    """The verdict on one candidate."""

    candidate: int
    verdict: Literal["applies", "mitigated", "unknown"]
    reason: Sentence = Field(description="One or two sentences with the document's own names.")
    evidence: Quotes


class Rejected(Answer):
    """Candidates that do not apply to this design, for one reason."""

    candidates: tuple[int, ...]
    reason: Sentence


class JudgeAnswer(Answer):
    """A verdict for every candidate, by its number."""

    verdicts: tuple[Ruling, ...]
    not_applicable: tuple[Rejected, ...] = ()


class Threat(Answer):
    """One attack or failure that this very design makes possible."""

    title: Short = Field(description="The consequence at this part, at most 12 words.")
    component: Id = Field(description="Id of the component of the system model that is at fault.")
    stride: tuple[Stride, ...] = Field(max_length=3)
    category: Literal["ai", "classic"]
    likelihood: Scale
    impact: Scale
    why: Sentence = Field(description="The path: who does what at which part, and what follows.")
    change: Sentence = Field(description="What to change in this design.")
    question: Sentence = Field(default="", description="The one question that would settle it.")
    catalogue_id: Id = Field(default="", description="Only an id that was shown to you.")
    evidence: Quotes


class ProposeAnswer(Answer):
    """Threats of this design, the most consequential first; empty when nothing is material."""

    threats: tuple[Threat, ...] = Field(max_length=25)


class Same(Answer):
    """Findings that are one: the same attack on the same part with the same fix."""

    keep: int = Field(description="Number of the finding that says it best.")
    also: tuple[int, ...] = Field(description="Numbers of the others.")
    reason: Sentence


class Named(Answer):
    """The catalogue threat that a finding is an instance of."""

    finding: int
    catalogue_id: Id


class MergeAnswer(Answer):
    """Which findings are the same; those that are not named stay as they are."""

    same: tuple[Same, ...] = ()
    named: tuple[Named, ...] = ()


class Attempt(Answer):
    """An attempt to break a finding that did something to it."""

    finding: int
    outcome: Literal["narrows", "drops"]
    ground: Literal["contradicted", "mitigated", "generic", "duplicate"]
    reason: Sentence
    evidence: Quotes = Field(
        default=(), description="The words that contradict or mitigate; needed for these two."
    )


class RefuteAnswer(Answer):
    """What is left of each finding; every number is in one of the two lists."""

    keeps: tuple[int, ...] = Field(description="Numbers of findings that could not be broken.")
    broken: tuple[Attempt, ...] = ()


class Shown(Answer):
    """One required control of a pattern."""

    control: Id
    shown: bool
    evidence: Cited | None = Field(
        default=None, description="The words that show it, or that deny it."
    )
    missing: Short = Field(default="", description="What the text lacks, where it is not shown.")


class Road(Answer):
    """How the design stands to one pattern."""

    pattern: Id
    status: Literal["adopted", "partly", "deviates", "recommended"]
    reason: Sentence
    controls: tuple[Shown, ...] = ()
    covers: tuple[int, ...] = Field(
        default=(), description="Numbers of findings that adopting the pattern would answer."
    )


class RoadsAnswer(Answer):
    """Verdicts on the patterns that concern this design; leave out those that do not."""

    roads: tuple[Road, ...] = ()


class Worded(Answer):
    """One review comment in words for the author."""

    about: int
    title: Short
    why: Sentence = Field(description="Why here, with the document's own names; two sentences.")
    change: Sentence = Field(description="What to change; one or two sentences.")
    question: Sentence = Field(default="", description="One question, or nothing.")


class WriteAnswer(Answer):
    """What people read."""

    comments: tuple[Worded, ...]
    summary: Annotated[str, Field(max_length=1600)] = Field(
        description="For engineers: three to six sentences."
    )
    brief: Annotated[str, Field(max_length=900)] = Field(
        description="For a reader who is not technical: two to four sentences."
    )
