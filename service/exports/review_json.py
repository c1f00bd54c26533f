"""The JSON that `lintel review --format json` prints: stable, versioned, built from a draft.

Documented in `docs/review-json.md`; a test compares the two.
"""

from typing import Literal, TypeVar

from agents.evidence import Evidence
from agents.findings import (
    SCHEMA_VERSION,
    Comment,
    Coverage,
    Draft,
    Finding,
    Mitigated,
    Provenance,
    Question,
    RatingStep,
    RoadVerdict,
    Severity,
    Triage,
)
from agents.system import SystemModel
from agents.values import Value
from service.exports.text import escaped

V = TypeVar("V", bound=Value)


class CommentJson(Value):
    """The review comment as it would be posted."""

    path: str
    line_start: int
    line_end: int
    body: str


class ComponentJson(Value):
    """The component a finding is about; `id` is null when it is about the design as a whole."""

    id: str | None
    name: str


class FindingJson(Value):
    """One finding, ready to use: what, where, why, what to change."""

    id: str
    threat_id: str | None
    title: str
    severity: Severity
    likelihood: int
    impact: int
    rating: tuple[RatingStep, ...]
    stride: tuple[str, ...]
    category: str
    domain: str
    component: ComponentJson
    why: str
    change: str
    question: str
    controls: tuple[str, ...]
    references: tuple[str, ...]
    patterns: tuple[str, ...]
    also: tuple[str, ...]
    rank: int
    for_author: bool
    evidence: tuple[Evidence, ...]
    comment: CommentJson | None


class QuestionJson(Value):
    """What the document does not say and a verdict depends on."""

    id: str
    text: str
    why: str
    threat_ids: tuple[str, ...]
    component_id: str | None
    for_author: bool
    evidence: tuple[Evidence, ...]
    comment: CommentJson | None


class ReviewJson(Value):
    """The whole answer of `lintel review`."""

    schema_version: str = SCHEMA_VERSION
    kind: Literal["lintel.review"] = "lintel.review"
    outcome: Literal["findings", "nothing_material", "too_little_information", "not_a_design"]
    triage: Triage
    findings: tuple[FindingJson, ...]
    questions: tuple[QuestionJson, ...]
    mitigated: tuple[Mitigated, ...]
    roads: tuple[RoadVerdict, ...]
    summary: str
    brief: str
    diagram: str
    system: SystemModel
    coverage: Coverage
    provenance: Provenance


def review_json(draft: Draft) -> ReviewJson:
    """The draft in its public form; findings keep their order, the highest rank first."""
    return _public(
        ReviewJson,
        draft,
        schema_version=SCHEMA_VERSION,
        kind="lintel.review",
        findings=tuple(_finding(f, draft.comment_on(f.id)) for f in draft.findings),
        questions=tuple(_question(q, draft.comment_on(q.id)) for q in draft.questions),
    )


def review_json_text(draft: Draft) -> str:
    """The same as text, indented, with a line end."""
    return escaped(review_json(draft).model_dump_json(indent=2)) + "\n"


def _finding(finding: Finding, comment: Comment | None) -> FindingJson:
    component = ComponentJson(id=finding.component_id, name=finding.component_name)
    return _public(FindingJson, finding, component=component, comment=_comment(comment))


def _question(question: Question, comment: Comment | None) -> QuestionJson:
    return _public(QuestionJson, question, comment=_comment(comment))


def _comment(comment: Comment | None) -> CommentJson | None:
    return None if comment is None else _public(CommentJson, comment)


def _public(form: type[V], value: Value, **own: object) -> V:
    """A value in its public form: fields of the same name are taken over, the others are `own`."""
    same = {name: getattr(value, name) for name in form.model_fields if name not in own}
    return form.model_validate(same | own)
