"""The words of a review: from candidate to draft. Every analyst produces and consumes these."""

from enum import StrEnum
from typing import Literal

from agents.evidence import Evidence
from agents.provenance import Coverage as Coverage
from agents.provenance import DocumentCoverage as DocumentCoverage
from agents.provenance import Provenance as Provenance
from agents.provenance import StepRecord as StepRecord
from agents.system import SystemModel
from agents.values import Value

SCHEMA_VERSION = "1.2"
"""Version of the JSON form of `Draft`; the major part changes when a field is removed or renamed."""


class Severity(StrEnum):
    """Bands of likelihood x impact: critical >= 20, high 15-19, medium 9-14, low below 9."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Reason(Value):
    """A sentence with what supports it."""

    text: str
    evidence: tuple[Evidence, ...] = ()


class Triage(Value):
    """Is this a design, how risky, how deep to look."""

    is_design: bool
    tier: Literal["low", "medium", "high", "critical"]
    depth: Literal["none", "light", "full"]
    reasons: tuple[Reason, ...]


class Truth(StrEnum):
    """Three-valued: what a document does not say is unknown, not false."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


class Clause(Value):
    """One predicate of a threat's precondition, evaluated on the system model."""

    text: str
    truth: Truth
    components: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class Candidate(Value):
    """A catalogue threat whose preconditions hold (or may hold) on one component."""

    threat_id: str
    component_id: str
    clauses: tuple[Clause, ...]

    @property
    def id(self) -> str:
        """`threat@component`: stable across runs and commits."""
        return f"{self.threat_id}@{self.component_id}"

    @property
    def certain(self) -> bool:
        """True when no clause that the verdict depends on is unknown."""
        return all(c.truth is not Truth.UNKNOWN for c in self.clauses)


class Verdict(StrEnum):
    """What judging says about a candidate."""

    APPLIES = "applies"
    MITIGATED = "mitigated"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class Judgement(Value):
    """A candidate with its verdict."""

    candidate: Candidate
    verdict: Verdict
    reason: str
    evidence: tuple[Evidence, ...] = ()


class Refutation(Value):
    """The attempt to break a finding against the text."""

    finding_id: str
    outcome: Literal["keeps", "narrows", "drops"]
    ground: Literal["none", "contradicted", "mitigated", "generic", "duplicate"]
    reason: str
    evidence: tuple[Evidence, ...] = ()


class RatingStep(Value):
    """One line of the arithmetic behind a rating."""

    text: str
    likelihood: int
    impact: int
    """The values after this step, each 1-5."""


class Dismissal(Value):
    """An architect's reason for leaving a finding or question out."""

    by: str
    reason: Literal[
        "false_positive",
        "mitigated",
        "accepted_risk",
        "duplicate",
        "out_of_scope",
        "noise",
        "other",
    ]
    text: str = ""


class Finding(Value):
    """A threat that survived judging and refutation; what the architect sees."""

    id: str
    """`threat@component`, or `added-…` for one that an architect wrote."""
    threat_id: str | None
    """Catalogue id; None when proposed beyond the catalogue or added by an architect."""
    title: str
    component_id: str | None
    component_name: str
    severity: Severity
    likelihood: int
    impact: int
    rating: tuple[RatingStep, ...] = ()
    stride: tuple[str, ...] = ()
    category: str = ""
    """`ai` or `classic`."""
    domain: str = ""
    why: str
    """Why this design, at this place, has the problem; one or two sentences."""
    change: str
    """What to change."""
    question: str = ""
    """The one question whose answer would settle the finding."""
    controls: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    """`framework/id`, most specific first."""
    patterns: tuple[str, ...] = ()
    """Paved roads that cover the threat."""
    evidence: tuple[Evidence, ...]
    fired: tuple[Clause, ...] = ()
    refutation: Refutation | None = None
    precedents: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    """Ids merged into this finding."""
    rank: int = 0
    for_author: bool = True
    """Within the cap that the author gets; the architect sees all."""
    dismissed: Dismissal | None = None


class Question(Value):
    """What the document does not say and a verdict depends on."""

    id: str
    text: str
    why: str
    threat_ids: tuple[str, ...] = ()
    component_id: str | None = None
    evidence: tuple[Evidence, ...]
    for_author: bool = True
    dismissed: Dismissal | None = None


class Mitigated(Value):
    """A candidate that the text settles, with the quote that does."""

    id: str
    """`threat@component`."""
    threat_id: str
    title: str
    component_id: str
    component_name: str
    reason: str
    evidence: tuple[Evidence, ...]


class RoadControl(Value):
    """One required control of a pattern, with the quote that shows it, or missing."""

    id: str
    text: str
    shown: bool
    evidence: Evidence | None = None
    missing: str = ""
    """The words of the control that the text lacks; empty where the control is shown."""


class RoadVerdict(Value):
    """How a design stands to a pre-approved pattern."""

    pattern_id: str
    name: str
    status: Literal["adopted", "partly", "deviates", "recommended"]
    reason: str
    controls: tuple[RoadControl, ...]
    covers: tuple[str, ...] = ()
    """Ids of findings that adopting the pattern would answer."""
    verification: tuple[str, ...] = ()
    """Steps that show whether the controls work, as a checklist."""


class Comment(Value):
    """One review comment, tied to lines. `body` is the author-facing Markdown, ready to post."""

    about: str
    """Id of the finding or question it speaks for."""
    path: str
    line_start: int
    line_end: int
    body: str


class Writing(Value):
    """What the write step produces."""

    comments: tuple[Comment, ...]
    summary: str
    """For engineers."""
    brief: str
    """For a reader without a technical background."""
    diagram: str
    """Mermaid text of the system model; empty when there is nothing to draw."""


class Draft(Value):
    """Everything an architect needs; immutable, stored as numbered revisions."""

    schema_version: str = SCHEMA_VERSION
    repository: str
    number: int | None = None
    head_sha: str = ""
    outcome: Literal["findings", "nothing_material", "too_little_information", "not_a_design"]
    triage: Triage
    system: SystemModel
    findings: tuple[Finding, ...]
    """By rank, the highest first."""
    questions: tuple[Question, ...]
    mitigated: tuple[Mitigated, ...] = ()
    """Candidates that the text settles; shown so that nobody asks again."""
    roads: tuple[RoadVerdict, ...]
    comments: tuple[Comment, ...]
    summary: str
    brief: str
    diagram: str
    coverage: Coverage
    provenance: Provenance

    def comment_on(self, about: str) -> Comment | None:
        """The comment that speaks for this finding or question."""
        return next((c for c in self.comments if c.about == about), None)
