"""Decisions and posts: bound to the text that was seen, and only an approval reaches GitHub."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from agents.findings import Dismissal, Draft, Severity
from service.db import Database
from service.errors import BadInput, Conflict, NotFound, ServiceError
from service.models import Decision, DraftRevision, Post, Review
from service.reviews import decisions, editing, posting, service
from service.reviews.render import included, render, sha256
from service.reviews.states import State
from tests.conftest import Sent
from tests.drafts import PATH, document, draft, drafted, state
from tests.support import design_change


def edit(
    database: Database, review_id: str, revision: int, change: Callable[[Draft], Draft]
) -> int:
    with database.transaction() as session:
        return decisions.edit(
            session, review_id, by="ada", revision=revision, kind="edit", about="x", change=change
        )


def approve(database: Database, review_id: str, revision: int, sha: str | None = None) -> str:
    with database.transaction() as session:
        post = decisions.preview(session, review_id, revision, "COMMENT", "ada")
        return decisions.approve(
            session,
            review_id,
            by="ada",
            revision=revision,
            event="COMMENT",
            seen_sha256=sha or sha256(post),
        )


def test_an_edit_makes_a_new_revision_and_keeps_the_old_one(database: Database) -> None:
    review_id = drafted(database)
    changed = edit(database, review_id, 1, lambda d: editing.edit_summary(d, "Mine."))
    assert changed == 2
    with database.reading() as session:
        assert service.draft_of(session, review_id, 1).summary == draft().summary
        assert service.draft_of(session, review_id, 2).summary == "Mine."


def test_of_two_who_edit_the_same_revision_the_second_is_told(database: Database) -> None:
    review_id = drafted(database)
    edit(database, review_id, 1, lambda d: editing.edit_summary(d, "First."))
    with pytest.raises(Conflict, match="reload"):
        edit(database, review_id, 1, lambda d: editing.edit_summary(d, "Second."))
    with database.reading() as session:
        last = service.latest(session, review_id)
        assert last is not None
        assert last.body["summary"] == "First."


def test_an_approval_binds_the_text_and_the_commit_and_queues_the_post(
    database: Database, sent: Sent
) -> None:
    review_id = drafted(database)
    decision_id = approve(database, review_id, 1)
    with database.reading() as session:
        row = session.get(Decision, decision_id)
        assert row is not None
        expected = render(
            draft(), design_change(), review_id=review_id, event="COMMENT", approved_by="ada"
        )
        assert (row.text_sha256, row.head_sha) == (sha256(expected), "a" * 40)
    assert ("posting.post", (decision_id,)) in [(j.task, j.ids) for j in sent.jobs]
    assert state(database, review_id) == State.APPROVED


def test_what_was_not_seen_cannot_be_approved(database: Database) -> None:
    review_id = drafted(database)
    with pytest.raises(Conflict, match="preview"):
        approve(database, review_id, 1, sha="0" * 64)
    edit(database, review_id, 1, lambda d: editing.edit_summary(d, "Changed."))
    with pytest.raises(Conflict, match="reload"):
        approve(database, review_id, 1)
    assert state(database, review_id) == State.AWAITING_ARCHITECT


def test_after_an_approval_nothing_can_be_edited(database: Database) -> None:
    review_id = drafted(database)
    approve(database, review_id, 1)
    with pytest.raises(Conflict, match="approved"):
        edit(database, review_id, 1, lambda d: editing.edit_summary(d, "Late."))


def test_a_rejection_needs_a_reason_and_queues_no_post(database: Database, sent: Sent) -> None:
    review_id = drafted(database)
    with pytest.raises(BadInput), database.transaction() as session:
        decisions.reject(session, review_id, by="ada", revision=1, reason="  ")
    with database.transaction() as session:
        decisions.reject(session, review_id, by="ada", revision=1, reason="not for us")
    assert state(database, review_id) == State.REJECTED
    assert "posting.post" not in sent.tasks()


def begin(database: Database, decision_id: str) -> posting.Ready | None:
    with database.transaction() as session:
        return posting.begin(session, decision_id, "poster", 60)


def test_posting_refuses_a_text_that_differs_from_the_approved_one(database: Database) -> None:
    review_id = drafted(database)
    decision_id = approve(database, review_id, 1)
    tampered = draft().model_copy(update={"summary": "Tampered."}).model_dump(mode="json")
    with database.transaction() as session:
        session.execute(update(DraftRevision).values(body=tampered))
    assert begin(database, decision_id) is None
    assert state(database, review_id) == State.FAILED
    with database.reading() as session:
        row = session.get(Post, decision_id)
        assert row is not None
        assert "differs" in row.error


def test_posting_refuses_another_head_commit(database: Database) -> None:
    review_id = drafted(database)
    decision_id = approve(database, review_id, 1)
    with database.transaction() as session:
        session.execute(update(Review).values(head_sha="c" * 40))
    assert begin(database, decision_id) is None
    assert state(database, review_id) == State.FAILED


def test_only_one_poster_gets_the_approval(database: Database) -> None:
    review_id = drafted(database)
    decision_id = approve(database, review_id, 1)
    assert begin(database, decision_id) is not None
    with database.transaction() as session:
        assert posting.begin(session, decision_id, "another", 60) is None


def test_a_rejection_cannot_be_posted(database: Database) -> None:
    review_id = drafted(database)
    with database.transaction() as session:
        decision_id = decisions.reject(session, review_id, by="ada", revision=1, reason="no")
    assert begin(database, decision_id) is None


def test_a_failed_post_is_retried_as_a_post(database: Database, sent: Sent) -> None:
    review_id = drafted(database)
    decision_id = approve(database, review_id, 1)
    assert begin(database, decision_id) is not None
    with database.transaction() as session:
        posting.give_up(session, decision_id, "GitHub refused")
    sent.jobs.clear()
    with database.transaction() as session:
        posting.retry(session, service.get(session, review_id), actor="ada")
    assert ("posting.post", (decision_id,)) in [(j.task, j.ids) for j in sent.jobs]
    assert begin(database, decision_id) is not None


def test_dismissed_and_left_out_points_are_not_rendered() -> None:
    first = draft().findings[0].id
    dismissal = Dismissal(by="ada", reason="mitigated", text="the broker asks")
    assert [c.about for c in included(draft())] == ["refund@tool", "tenant@index", "logs"]
    without = editing.dismiss(draft(), first, dismissal)
    assert first not in [c.about for c in included(without)]
    assert included(editing.restore(without, first)) == included(draft())
    left_out = editing.include(draft(), "logs", included=False)
    assert "logs" not in [c.about for c in included(left_out)]


def test_an_added_finding_quotes_the_chosen_lines() -> None:
    found = editing.add_finding(
        draft(),
        {PATH: document()},
        path=PATH,
        line_start=4,
        line_end=7,
        title="Mine",
        body="Look here.",
        severity=Severity.CRITICAL,
    ).findings[-1]
    (evidence,) = found.evidence
    assert evidence.line_start == 5
    assert document().lines(evidence.line_start, evidence.line_end) == evidence.quote


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda d: editing.edit_comment(d, "nothing", "x"), NotFound),
        (lambda d: editing.edit_comment(d, "logs", " \n"), BadInput),
        (lambda d: editing.edit_comment(d, "logs", "x" * 20_001), BadInput),
        (lambda d: editing.set_severity(d, "logs", Severity.LOW), BadInput),
        (lambda d: editing.dismiss(d, "no", Dismissal(by="a", reason="noise")), NotFound),
    ],
)
def test_a_senseless_edit_is_refused_and_stores_nothing(
    database: Database, change: Callable[[Draft], Draft], error: type[ServiceError]
) -> None:
    review_id = drafted(database)
    with pytest.raises(error):
        edit(database, review_id, 1, change)
    with database.reading() as session:
        assert len(session.scalars(select(DraftRevision)).all()) == 1


def test_the_post_fits_github_however_long_the_texts_are() -> None:
    long = draft().model_copy(update={"summary": "word " * 40_000})
    post = render(long, design_change(), review_id="r", event="COMMENT", approved_by="ada")
    assert len(post.body) <= 65_536
    assert "shortened" in post.body
    assert post.marker in post.body


def test_comments_outside_the_diff_are_not_lost() -> None:
    change = design_change().model_copy(update={"files": ()})
    post = render(draft(), change, review_id="r", event="COMMENT", approved_by="ada")
    assert post.comments == ()
    for comment in draft().comments:
        assert comment.body in post.body


def test_a_long_comment_on_a_file_keeps_its_marker() -> None:
    (file,) = design_change().files
    change = design_change().model_copy(
        update={"files": (file.model_copy(update={"patch": None}),)}
    )
    comments = tuple(c.model_copy(update={"body": "x" * 70_000}) for c in draft().comments)
    long = draft().model_copy(update={"comments": comments})
    post = render(long, change, review_id="r", event="COMMENT", approved_by="ada")
    assert len(post.file_comments) == 3
    for comment in post.file_comments:
        assert len(comment.body) <= 65_536
        assert comment.marker in comment.body
