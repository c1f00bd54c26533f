"""Endpoints of the conversation of a pull request, and of reactions."""

import sqlite3

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict

from service.demo import payloads, talk
from service.demo.auth import Access, ReadIssues, ReadPulls, WriteIssues, WritePulls
from service.demo.branches import find_pull
from service.demo.comments import find_comment
from service.demo.paging import PageHere
from service.demo.refusals import forbidden, invalid_field, invalid_request, not_found
from service.demo.reviews import EditedBody
from service.demo.rows import IssueComment, Json, Pull, Reaction
from service.demo.store import stamp
from service.demo.validate import body_errors

router = APIRouter(prefix="/repos/{owner}/{repo}")


class NewReaction(BaseModel):
    model_config = ConfigDict(strict=True)

    content: str


def _check_body(body: str) -> None:
    for error in body_errors(body):
        raise invalid_field("IssueComment", "data", error, "unprocessable")


@router.get("/issues/{number}")
def get_issue(access: ReadIssues, number: int) -> Json:
    pull = find_pull(access.store, access.repo, number)
    return payloads.issue(access.world, access.repo, pull)


@router.get("/issues/{number}/comments")
def list_comments(access: ReadIssues, number: int, page: PageHere) -> list[Json]:
    pull = find_pull(access.store, access.repo, number)
    found = page.cut(talk.issue_comments_of(access.store, pull))
    return [talk.issue_comment(access.world, access.repo, pull, item) for item in found]


@router.post("/issues/{number}/comments", status_code=201)
def create_comment(access: WriteIssues, number: int, new: EditedBody) -> Json:
    pull = find_pull(access.store, access.repo, number)
    _check_body(new.body)
    item = add_issue_comment(access, pull, access.login, new.body)
    return talk.issue_comment(access.world, access.repo, pull, item)


def add_issue_comment(access: Access, pull: Pull, login: str, body: str) -> IssueComment:
    """Store a comment in the conversation and send its event."""
    moment = stamp()
    comment_id = access.store.insert(
        "issue_comments",
        pull_id=pull.id,
        user=login,
        body=body,
        created_at=moment,
        updated_at=moment,
    )
    item = _find(access, comment_id)
    _announce(access, pull, item, "created")
    return item


def _announce(access: Access, pull: Pull, item: IssueComment, action: str) -> None:
    payload = payloads.issue_comment(access.world, access.repo, pull, item, action)
    access.world.hooks.send("issue_comment", payload, access.repo.id)


def _find(access: Access, comment_id: int) -> IssueComment:
    found = access.store.one(
        IssueComment,
        "select c.* from issue_comments c join pulls p on p.id = c.pull_id "
        "where c.id = ? and p.repo_id = ?",
        *(comment_id, access.repo.id),
    )
    if found is None:
        raise not_found()
    return found


@router.get("/issues/comments/{comment_id}")
def get_comment(access: ReadIssues, comment_id: int) -> Json:
    item = _find(access, comment_id)
    pull = talk.pull_of_id(access.store, access.repo, item.pull_id)
    return talk.issue_comment(access.world, access.repo, pull, item)


@router.patch("/issues/comments/{comment_id}")
def edit_comment(access: WriteIssues, comment_id: int, edit: EditedBody) -> Json:
    item = _find(access, comment_id)
    if item.user != access.login:
        raise forbidden()
    _check_body(edit.body)
    access.store.update("issue_comments", item.id, body=edit.body, updated_at=stamp())
    pull = talk.pull_of_id(access.store, access.repo, item.pull_id)
    _announce(access, pull, _find(access, comment_id), "edited")
    return get_comment(access, comment_id)


def _react(
    access: Access, response: Response, subject: str, subject_id: int, new: NewReaction
) -> Json:
    if new.content not in talk.EMOJI:
        raise invalid_request(f"{new.content} is not a valid reaction.")
    try:
        access.store.insert(
            "reactions",
            subject=subject,
            subject_id=subject_id,
            user=access.login,
            content=new.content,
            created_at=stamp(),
        )
        response.status_code = 201
    except sqlite3.IntegrityError:
        # The same reaction again is answered with the one that is there.
        response.status_code = 200
    found = talk.reactions(access.store, subject, subject_id)
    mine = (item for item in found if (item.user, item.content) == (access.login, new.content))
    return talk.reaction(access.world, next(mine))


def _shapes(access: Access, found: list[Reaction], page: PageHere) -> list[Json]:
    return [talk.reaction(access.world, item) for item in page.cut(found)]


@router.post("/issues/comments/{comment_id}/reactions")
def react_to_issue_comment(
    access: WriteIssues, comment_id: int, new: NewReaction, response: Response
) -> Json:
    item = _find(access, comment_id)
    return _react(access, response, talk.ISSUE_COMMENT, item.id, new)


@router.get("/issues/comments/{comment_id}/reactions")
def issue_comment_reactions(access: ReadIssues, comment_id: int, page: PageHere) -> list[Json]:
    item = _find(access, comment_id)
    return _shapes(access, talk.reactions(access.store, talk.ISSUE_COMMENT, item.id), page)


@router.post("/pulls/comments/{comment_id}/reactions")
def react_to_review_comment(
    access: WritePulls, comment_id: int, new: NewReaction, response: Response
) -> Json:
    item = find_comment(access, comment_id)
    return _react(access, response, talk.REVIEW_COMMENT, item.id, new)


@router.get("/pulls/comments/{comment_id}/reactions")
def review_comment_reactions(access: ReadPulls, comment_id: int, page: PageHere) -> list[Json]:
    item = find_comment(access, comment_id)
    return _shapes(access, talk.reactions(access.store, talk.REVIEW_COMMENT, item.id), page)
