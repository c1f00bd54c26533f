"""Step write: comments, summaries and the diagram, from what is ranked."""

from collections.abc import Sequence

from agents.analysts.base import Analyst, Reading
from agents.findings import Comment, Finding, Question, RoadVerdict, Writing


async def write(
    findings: Sequence[Finding],
    questions: Sequence[Question],
    roads: Sequence[RoadVerdict],
    reading: Reading,
    analyst: Analyst,
) -> Writing:
    """The analyst's texts; a comment stands where its finding's or question's first quote stands."""
    answer = await analyst.write(findings, questions, roads, reading)
    places = {finding.id: finding.evidence[0] for finding in findings if finding.evidence}
    places |= {question.id: question.evidence[0] for question in questions if question.evidence}
    comments: dict[str, Comment] = {}
    for comment in answer.comments:
        place = places.get(comment.about)
        if place is not None and comment.body.strip():
            anchor = {
                "path": place.path,
                "line_start": place.line_start,
                "line_end": place.line_end,
            }
            comments.setdefault(comment.about, comment.model_copy(update=anchor))
    return answer.model_copy(update={"comments": tuple(comments.values())})
