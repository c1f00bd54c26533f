"""The JSON that `lintel review --format json` prints: stable, versioned, built from a draft.

Documented in `docs/review-json.md`; a test compares the two.
"""

from typing import Literal

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
    return ReviewJson(
        outcome=draft.outcome,
        triage=draft.triage,
        findings=tuple(_finding(f, draft.comment_on(f.id)) for f in draft.findings),
        questions=tuple(_question(q, draft.comment_on(q.id)) for q in draft.questions),
        mitigated=draft.mitigated,
        roads=draft.roads,
        summary=draft.summary,
        brief=draft.brief,
        diagram=draft.diagram,
        system=draft.system,
        coverage=draft.coverage,
        provenance=draft.provenance,
    )


def review_json_text(draft: Draft) -> str:
    """The same as text, indented, with a line end."""
    return escaped(review_json(draft).model_dump_json(indent=2)) + "\n"


def _finding(finding: Finding, comment: Comment | None) -> FindingJson:
    return FindingJson(
        id=finding.id,
        threat_id=finding.threat_id,
        title=finding.title,
        severity=finding.severity,
        likelihood=finding.likelihood,
        impact=finding.impact,
        rating=finding.rating,
        stride=finding.stride,
        category=finding.category,
        domain=finding.domain,
        component=ComponentJson(id=finding.component_id, name=finding.component_name),
        why=finding.why,
        change=finding.change,
        question=finding.question,
        controls=finding.controls,
        references=finding.references,
        patterns=finding.patterns,
        also=finding.also,
        rank=finding.rank,
        for_author=finding.for_author,
        evidence=finding.evidence,
        comment=_comment(comment),
    )


def _question(question: Question, comment: Comment | None) -> QuestionJson:
    return QuestionJson(
        id=question.id,
        text=question.text,
        why=question.why,
        threat_ids=question.threat_ids,
        component_id=question.component_id,
        for_author=question.for_author,
        evidence=question.evidence,
        comment=_comment(comment),
    )


def _comment(comment: Comment | None) -> CommentJson | None:
    if comment is None:
        return None
    return CommentJson(
        path=comment.path,
        line_start=comment.line_start,
        line_end=comment.line_end,
        body=comment.body,
    )
