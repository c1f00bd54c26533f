"""Step write: comments, summaries and the diagram, from what is ranked."""

from collections.abc import Sequence

from agents.analysts.base import Analyst, Reading
from agents.fence import neutralise, within
from agents.findings import Comment, Finding, Question, RoadVerdict, Writing

MOST_COMMENT = 4_000
MOST_SUMMARY = 60_000
"""Characters: what nobody reads to its end is not worth sending, and GitHub takes 65,536."""


def with_notes(summary: str, notes: Sequence[str]) -> str:
    """The summary with what was read or judged in part, so that nobody takes it for the whole."""
    if not notes:
        return summary
    rows = "\n".join(f"- {neutralise(note)}" for note in notes)
    return within(f"{summary}\n\n**Partly**\n\n{rows}", MOST_SUMMARY)


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
                "body": within(comment.body, MOST_COMMENT),
            }
            comments.setdefault(comment.about, comment.model_copy(update=anchor))
    return answer.model_copy(
        update={
            "comments": tuple(comments.values()),
            "summary": within(answer.summary, MOST_SUMMARY),
            "brief": within(answer.brief, MOST_COMMENT),
        }
    )
