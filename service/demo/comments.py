"""Endpoints of single comments on the diff, and of replies to them."""

from typing import Literal

from fastapi import APIRouter

from service.demo import payloads, talk
from service.demo.auth import Access, ReadPulls, WritePulls
from service.demo.branches import find_pull
from service.demo.paging import PageHere
from service.demo.refusals import forbidden, invalid_field, not_found
from service.demo.reviews import DraftComment, EditedBody, add_comment
from service.demo.rows import Json, Pull, ReviewComment
from service.demo.store import stamp
from service.demo.validate import BadAnchor, Place, body_errors, files_at, place

router = APIRouter(prefix="/repos/{owner}/{repo}/pulls")
_RESOURCE = "PullRequestReviewComment"


class NewComment(DraftComment):
    commit_id: str
    subject_type: Literal["line", "file"] = "line"
    in_reply_to: int | None = None


@router.get("/{number}/comments")
def list_comments(access: ReadPulls, number: int, page: PageHere) -> list[Json]:
    pull = find_pull(access.store, access.repo, number)
    found = talk.review_comments_of(access.store, pull)
    return [talk.review_comment(access.world, access.repo, pull, item) for item in page.cut(found)]


@router.post("/{number}/comments", status_code=201)
def create_comment(access: WritePulls, number: int, new: NewComment) -> Json:
    pull = find_pull(access.store, access.repo, number)
    if new.in_reply_to is not None:
        return reply(access, number, new.in_reply_to, EditedBody(body=new.body))
    _check_body(new.body)
    at = _place(access, pull, new)
    return _shape(access, pull, store_alone(access, pull, new.body, at, new.commit_id))


def _check_body(body: str) -> None:
    for error in body_errors(body):
        raise invalid_field(_RESOURCE, "body", error)


def _place(access: Access, pull: Pull, new: NewComment) -> Place:
    files = files_at(access.store, pull, new.commit_id)
    if files is None:
        message = "commit_id is not part of the pull request"
        raise invalid_field(_RESOURCE, "commit_id", message)
    try:
        if new.subject_type == "line":
            return place(new, files)
    except BadAnchor as error:
        field = "path" if "Path" in str(error) else "pull_request_review_thread.line"
        raise invalid_field(_RESOURCE, field, str(error)) from error
    if new.path not in files:
        raise invalid_field(_RESOURCE, "path", "Path could not be resolved")
    if new.line is not None or new.start_line is not None or new.position is not None:
        message = "line is not permitted when subject_type is file"
        raise invalid_field(_RESOURCE, "pull_request_review_thread.line", message)
    return Place(new.path, None, None, None, None, files[new.path].patch or "")


def store_alone(
    access: Access, pull: Pull, body: str, at: Place, commit_id: str, reply_to: int | None = None
) -> ReviewComment:
    """Store a comment sent on its own. GitHub wraps it in a review without a body."""
    store = access.store
    with store.writing():
        review_id = store.insert(
            "reviews",
            pull_id=pull.id,
            user=access.login,
            body="",
            state="COMMENTED",
            commit_id=commit_id,
            submitted_at=stamp(),
        )
        kind = "file" if at.line is None else "line"
        comment_id = add_comment(
            access, pull, review_id, body, at, commit_id, subject_type=kind, in_reply_to=reply_to
        )
    item = find_comment(access, comment_id)
    payload = payloads.review_comment(access.world, access.repo, pull, item)
    access.world.hooks.send("pull_request_review_comment", payload, access.repo.id)
    return item


def find_comment(access: Access, comment_id: int) -> ReviewComment:
    found = access.store.one(
        ReviewComment,
        "select c.* from review_comments c join pulls p on p.id = c.pull_id "
        "where c.id = ? and p.repo_id = ?",
        *(comment_id, access.repo.id),
    )
    if found is None:
        raise not_found()
    return found


def _shape(access: Access, pull: Pull, item: ReviewComment) -> Json:
    return talk.review_comment(access.world, access.repo, pull, item)


@router.post("/{number}/comments/{comment_id}/replies", status_code=201)
def reply(access: WritePulls, number: int, comment_id: int, new: EditedBody) -> Json:
    pull = find_pull(access.store, access.repo, number)
    parent = find_comment(access, comment_id)
    if parent.pull_id != pull.id:
        raise not_found()
    if parent.in_reply_to is not None:
        message = "Replies to replies are not supported"
        raise invalid_field(_RESOURCE, "in_reply_to", message)
    _check_body(new.body)
    spot = (parent.line, parent.side, parent.start_line, parent.start_side)
    at = Place(parent.path, *spot, parent.diff_hunk)
    return _shape(
        access, pull, store_alone(access, pull, new.body, at, parent.commit_id, parent.id)
    )


@router.get("/comments/{comment_id}")
def get_comment(access: ReadPulls, comment_id: int) -> Json:
    item = find_comment(access, comment_id)
    return _shape(access, talk.pull_of_id(access.store, access.repo, item.pull_id), item)


@router.patch("/comments/{comment_id}")
def edit_comment(access: WritePulls, comment_id: int, edit: EditedBody) -> Json:
    item = find_comment(access, comment_id)
    if item.user != access.login:
        raise forbidden()
    _check_body(edit.body)
    access.store.update("review_comments", item.id, body=edit.body, updated_at=stamp())
    return get_comment(access, comment_id)
