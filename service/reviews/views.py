"""What the review page and the preview show, gathered from the rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy.orm import Session

from agents.catalogue.loader import Catalogue, load, reference_title
from agents.change import Change
from agents.document import Document
from agents.evidence import Evidence
from agents.findings import Comment, Draft, Finding, Question
from agents.steps.read import read_documents
from service.github.posts import ReviewPost
from service.models import Decision, Post, Review
from service.reviews import decisions, service, waiting
from service.reviews.cost import Cost, cost_of
from service.reviews.document_view import DocumentView, Mark, mark, view
from service.reviews.render import Event, included, sha256
from service.reviews.states import DECIDABLE, State
from service.settings import Settings
from service.web.audit import Line, lines

MOVING = frozenset({State.QUEUED, State.DRAFTING, State.APPROVED, State.POSTING})
"""States that change without anybody's doing: the page looks again by itself."""
REFRESH_SECONDS, WAITING_SECONDS = 3, 30

OUTCOMES = {
    "findings": "Findings",
    "nothing_material": "No material threat found",
    "too_little_information": "Too little information",
    "not_a_design": "Not a design",
}


@dataclass(frozen=True)
class Quote:
    """One piece of evidence with the way to its lines."""

    evidence: Evidence
    href: str
    where: str


@dataclass(frozen=True)
class Point:
    """A finding or question on the page; `anchor` is its id there."""

    number: str
    anchor: str
    item: Finding | Question
    comment: Comment | None
    quotes: tuple[Quote, ...]
    references: tuple[tuple[str, str], ...] = ()
    """`framework/id` and its title."""

    @property
    def sent(self) -> bool:
        """True when the author gets it as things stand."""
        return self.item.for_author and self.item.dismissed is None


@dataclass(frozen=True)
class DraftView:
    """A draft with its documents, ready to be drawn."""

    draft: Draft
    outcome: str
    documents: tuple[DocumentView, ...]
    findings: tuple[Point, ...]
    questions: tuple[Point, ...]
    cost: Cost

    def quote(self, evidence: Evidence) -> Quote:
        """The way from any evidence to its lines."""
        return _quote(evidence, {d.path: d.key for d in self.documents})

    def name(self, about: str) -> str:
        """What people call a finding or question: its number and title."""
        for point in (*self.findings, *self.questions):
            if point.item.id == about:
                text = point.item.title if isinstance(point.item, Finding) else point.item.text
                return f"{point.number} {text}"
        return about

    @property
    def left_out(self) -> int:
        """Points that the author does not get."""
        return sum(not p.sent for p in (*self.findings, *self.questions))

    @property
    def sent(self) -> int:
        """Comments that the author gets."""
        return len(included(self.draft))


@dataclass(frozen=True)
class ReviewView:
    """Everything about one review."""

    review: Review
    state: State
    pull_url: str
    revision: int
    """0 before the first draft."""
    shown: DraftView | None
    decidable: bool
    refresh: int
    """Seconds until the page looks again; 0 when nothing moves by itself."""
    approval: Decision | None
    post: Post | None
    history: tuple[Decision, ...]
    events: tuple[Line, ...]
    waits_until: datetime | None
    """When a review that was put aside goes on."""


@dataclass(frozen=True)
class PreviewView:
    """Exactly what will be posted, and the hash that an approval of it carries."""

    review: Review
    revision: int
    newest: int
    event: Event
    post: ReviewPost
    in_summary: int
    """Comments without a place in the diff; they stand in the summary's text."""
    text_sha256: str
    decidable: bool


def review_view(session: Session, review_id: str, settings: Settings) -> ReviewView:
    """The review as it is now; raises `NotFound`."""
    review = service.get(session, review_id)
    state, last = State(review.state), service.latest(session, review_id)
    approval = decisions.approval_of(session, review_id)
    shown = None
    if last is not None:
        change = Change.model_validate(review.change or {"repository": review.repository})
        shown = draft_view(Draft.model_validate(last.body), change, catalogue(settings.catalogue))
    waits_until = review.due_at if state in waiting.UNFINISHED else None
    refresh = WAITING_SECONDS if waits_until else REFRESH_SECONDS
    return ReviewView(
        review=review,
        state=state,
        pull_url=f"{settings.github_web_url}/{review.repository}/pull/{review.number}",
        revision=last.revision if last else 0,
        shown=shown,
        decidable=state in DECIDABLE and last is not None,
        refresh=refresh if state in MOVING else 0,
        approval=approval,
        post=session.get(Post, approval.id) if approval else None,
        history=tuple(decisions.history(session, review_id)),
        events=tuple(lines(session, review_id)),
        waits_until=waits_until,
    )


def preview_view(
    session: Session, review_id: str, revision: int, event: Event, by: str
) -> PreviewView:
    """The post of a revision as `by` would approve it; revision 0 means the newest."""
    review, last = service.get(session, review_id), service.latest(session, review_id)
    newest = last.revision if last else 0
    asked = revision or newest
    post = decisions.preview(session, review_id, asked, event, by)
    comments = included(service.draft_of(session, review_id, asked))
    return PreviewView(
        review=review,
        revision=asked,
        newest=newest,
        event=event,
        post=post,
        in_summary=len(comments) - len(post.comments) - len(post.file_comments),
        text_sha256=sha256(post),
        decidable=State(review.state) in DECIDABLE and asked == newest,
    )


def draft_view(draft: Draft, change: Change, known: Catalogue) -> DraftView:
    """A draft over the documents of its change."""
    documents = read_documents(change)
    keys = {path: f"d{n}" for n, path in enumerate(documents, 1)}
    findings = tuple(_point("f", n, f, draft, keys, known) for n, f in enumerate(draft.findings, 1))
    questions = tuple(
        _point("q", n, q, draft, keys, known) for n, q in enumerate(draft.questions, 1)
    )
    points = (*findings, *questions)
    drawn = tuple(view(d, keys[path], _marks(d, points)) for path, d in documents.items())
    return DraftView(
        draft, OUTCOMES[draft.outcome], drawn, findings, questions, cost_of(draft.provenance)
    )


@lru_cache(maxsize=4)
def catalogue(directories: tuple[str, ...]) -> Catalogue:
    """The catalogue with an organisation's own directories, read once per process."""
    return load([Path(d) for d in directories])


def _point(
    letter: str,
    number: int,
    item: Finding | Question,
    draft: Draft,
    keys: dict[str, str],
    known: Catalogue,
) -> Point:
    references = item.references if isinstance(item, Finding) else ()
    return Point(
        number=str(number) if letter == "f" else f"Q{number}",
        anchor=f"{letter}-{number}",
        item=item,
        comment=draft.comment_on(item.id),
        quotes=tuple(_quote(e, keys) for e in item.evidence),
        references=tuple((ref, reference_title(known, ref) or "") for ref in references),
    )


def _quote(evidence: Evidence, keys: dict[str, str]) -> Quote:
    key, first, last = keys.get(evidence.path), evidence.line_start, evidence.line_end
    lines_ = f"line {first}" if first == last else f"lines {first} to {last}"
    where = f"{evidence.path}, {lines_}" if len(keys) != 1 else lines_
    return Quote(evidence, f"#{key}-L{first}" if key else "", where)


def _marks(document: Document, points: Sequence[Point]) -> list[Mark]:
    found = [
        mark(document, evidence, point.anchor, point.number)
        for point in points
        if point.item.dismissed is None
        for evidence in point.item.evidence
        if evidence.path == document.path and evidence.line_end <= document.line_count
    ]
    return list(dict.fromkeys(found))
