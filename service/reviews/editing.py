"""What an architect may do to a draft, as pure functions: draft in, next draft out."""

import re
from collections.abc import Mapping

from agents.document import Document
from agents.evidence import Evidence, Label
from agents.findings import Comment, Dismissal, Draft, Finding, Question, Severity
from service.errors import BadInput, NotFound

MAX_TEXT = 20_000
"""Characters of one comment; GitHub takes 65,536 and a comment of this size is none."""
MAX_SUMMARY = 60_000
MIDPOINT = {
    Severity.CRITICAL: (5, 4),
    Severity.HIGH: (4, 4),
    Severity.MEDIUM: (3, 3),
    Severity.LOW: (2, 3),
}
"""Likelihood and impact that stand for a severity which an architect sets by hand."""


def checked(text: str, limit: int, what: str) -> str:
    """The text with LF line ends, or `BadInput` when it is empty or too long."""
    clean = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not clean:
        raise BadInput(f"the {what} is empty: write it, or dismiss the point instead")
    if len(clean) > limit:
        raise BadInput(f"the {what} has {len(clean)} characters, the limit is {limit}")
    return clean


def edit_comment(draft: Draft, about: str, body: str) -> Draft:
    """Replace the text that will be posted for a finding or question."""
    if draft.comment_on(about) is None:
        raise NotFound(f"the draft has no comment for {about}")
    text = checked(body, MAX_TEXT, "comment")
    comments = tuple(
        c.model_copy(update={"body": text}) if c.about == about else c for c in draft.comments
    )
    return draft.model_copy(update={"comments": comments})


def edit_summary(draft: Draft, summary: str) -> Draft:
    """Replace the summary for engineers."""
    return draft.model_copy(update={"summary": checked(summary, MAX_SUMMARY, "summary")})


def set_severity(draft: Draft, finding_id: str, severity: Severity) -> Draft:
    """Override a finding's severity; the arithmetic before it stays visible."""
    finding = find(draft, finding_id)
    if not isinstance(finding, Finding):
        raise BadInput("a question has no severity")
    likelihood, impact = MIDPOINT[severity]
    update = {"severity": severity, "likelihood": likelihood, "impact": impact}
    return _replace(draft, finding.model_copy(update=update))


def dismiss(draft: Draft, about: str, dismissal: Dismissal) -> Draft:
    """Leave a finding or question out of what is posted; the reason is kept."""
    return _replace(draft, find(draft, about).model_copy(update={"dismissed": dismissal}))


def restore(draft: Draft, about: str) -> Draft:
    """Take a dismissal back."""
    return _replace(draft, find(draft, about).model_copy(update={"dismissed": None}))


def include(draft: Draft, about: str, included: bool) -> Draft:
    """Choose whether the author gets the comment of a finding or question."""
    return _replace(draft, find(draft, about).model_copy(update={"for_author": included}))


def add_finding(
    draft: Draft,
    documents: Mapping[str, Document],
    *,
    path: str,
    line_start: int,
    line_end: int,
    title: str,
    body: str,
    severity: Severity,
) -> Draft:
    """A finding that the architect saw and the analyst did not, with the chosen lines as evidence."""
    evidence = _chosen_lines(documents, path, line_start, line_end)
    title = checked(title, 200, "title").replace("\n", " ")
    text = checked(body, MAX_TEXT, "comment")
    likelihood, impact = MIDPOINT[severity]
    taken = {f.id for f in draft.findings}
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60] or "finding"
    number = next(n for n in range(1, 10_000) if f"added-{slug}-{n}" not in taken)
    finding = Finding(
        id=f"added-{slug}-{number}",
        threat_id=None,
        title=title,
        component_id=None,
        component_name="",
        severity=severity,
        likelihood=likelihood,
        impact=impact,
        why=text,
        change="",
        evidence=(evidence,),
        rank=len(draft.findings) + 1,
    )
    comment = Comment(
        about=finding.id,
        path=path,
        line_start=evidence.line_start,
        line_end=evidence.line_end,
        body=f"**{title}**\n\n{text}",
    )
    return draft.model_copy(
        update={
            "findings": (*draft.findings, finding),
            "comments": (*draft.comments, comment),
            "outcome": "findings",
        }
    )


def find(draft: Draft, about: str) -> Finding | Question:
    """The finding or question with this id, or `NotFound`."""
    items: tuple[Finding | Question, ...] = (*draft.findings, *draft.questions)
    for item in items:
        if item.id == about:
            return item
    raise NotFound(f"the draft has no finding or question {about}")


def _chosen_lines(
    documents: Mapping[str, Document], path: str, line_start: int, line_end: int
) -> Evidence:
    document = documents.get(path)
    if document is None:
        raise BadInput(f"{path or 'no file'} is not a document of this review")
    if not 1 <= line_start <= line_end <= document.line_count:
        raise BadInput(f"{path} has lines 1 to {document.line_count}")
    while line_start < line_end and not document.lines(line_start, line_start).strip():
        line_start += 1
    while line_end > line_start and not document.lines(line_end, line_end).strip():
        line_end -= 1
    quote = document.lines(line_start, line_end).strip()
    if not quote:
        raise BadInput("the chosen lines are blank: choose lines with text")
    return Evidence(
        path=path, line_start=line_start, line_end=line_end, quote=quote, label=Label.STATED
    )


def _replace(draft: Draft, item: Finding | Question) -> Draft:
    if isinstance(item, Finding):
        findings = tuple(item if f.id == item.id else f for f in draft.findings)
        return draft.model_copy(update={"findings": findings})
    questions = tuple(item if q.id == item.id else q for q in draft.questions)
    return draft.model_copy(update={"questions": questions})
