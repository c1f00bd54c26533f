"""Endpoints of reviews: all of a review is stored, or none of it."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from service.demo import payloads, talk
from service.demo.auth import Access, ReadPulls, WritePulls
from service.demo.branches import find_pull
from service.demo.paging import PageHere
from service.demo.refusals import not_found, unprocessable
from service.demo.rows import Json, Pull, Review, ReviewComment
from service.demo.store import stamp
from service.demo.validate import TOO_LONG, Anchor, BadAnchor, Place, body_errors, files_at, place

router = APIRouter(prefix="/repos/{owner}/{repo}/pulls/{number}/reviews")

STATES = {
    "APPROVE": "APPROVED",
    "REQUEST_CHANGES": "CHANGES_REQUESTED",
    "COMMENT": "COMMENTED",
    None: "PENDING",
}


class DraftComment(Anchor):
    body: str


class NewReview(BaseModel):
    model_config = ConfigDict(strict=True)

    commit_id: str | None = None
    body: str | None = None
    event: str | None = None
    comments: list[DraftComment] = []


class EditedBody(BaseModel):
    model_config = ConfigDict(strict=True)

    body: str


@router.get("")
def list_reviews(access: ReadPulls, number: int, page: PageHere) -> list[Json]:
    pull = find_pull(access.store, access.repo, number)
    found = talk.reviews_of(access.store, pull, access.login)
    return [talk.review(access.world, access.repo, pull, item) for item in page.cut(found)]


@router.post("")
def create_review(access: WritePulls, number: int, new: NewReview) -> Json:
    pull = find_pull(access.store, access.repo, number)
    errors = _event_errors(access, pull, new)
    places, place_errors = _places(access, pull, new)
    if errors or place_errors:
        raise unprocessable(*errors, *place_errors)
    review_id = _store(access, pull, new, places)
    item = _find(access, pull, review_id)
    if item.state != "PENDING":
        payload = payloads.review(access.world, access.repo, pull, item)
        access.world.hooks.send("pull_request_review", payload, access.repo.id)
    return talk.review(access.world, access.repo, pull, item)


def _event_errors(access: Access, pull: Pull, new: NewReview) -> list[str]:
    if new.event not in STATES:
        return [
            "Variable $event of type PullRequestReviewEvent was provided invalid value "
            f"for {new.event}"
        ]
    errors = []
    body = new.body or ""
    if new.event in ("COMMENT", "REQUEST_CHANGES") and not body.strip():
        errors.append("Body can't be blank")
    if len(body) > 65_536:
        errors.append(TOO_LONG)
    if new.event in ("APPROVE", "REQUEST_CHANGES") and access.login == pull.user:
        verb = "approve" if new.event == "APPROVE" else "request changes on"
        errors.append(f"Can not {verb} your own pull request")
    pending = "select 1 from reviews where pull_id = ? and user = ? and state = 'PENDING'"
    if access.store.scalar(pending, pull.id, access.login):
        errors.append("User can only have one pending review per pull request")
    return errors


def _places(access: Access, pull: Pull, new: NewReview) -> tuple[list[Place], list[str]]:
    files = files_at(access.store, pull, new.commit_id or pull.head_sha)
    if files is None:
        return [], ["Commit is not part of the pull request"]
    places, errors = [], []
    for comment in new.comments:
        errors += body_errors(comment.body)
        try:
            places.append(place(comment, files))
        except BadAnchor as error:
            errors.append(str(error))
    return places, errors


def _store(access: Access, pull: Pull, new: NewReview, places: list[Place]) -> int:
    moment, commit_id = stamp(), new.commit_id or pull.head_sha
    state = STATES[new.event]
    with access.store.writing():
        review_id = access.store.insert(
            "reviews",
            pull_id=pull.id,
            user=access.login,
            body=new.body or "",
            state=state,
            commit_id=commit_id,
            submitted_at=None if state == "PENDING" else moment,
        )
        for comment, at in zip(new.comments, places, strict=True):
            add_comment(access, pull, review_id, comment.body, at, commit_id)
    return review_id


def add_comment(
    access: Access,
    pull: Pull,
    review_id: int,
    body: str,
    at: Place,
    commit_id: str,
    *,
    subject_type: str = "line",
    in_reply_to: int | None = None,
) -> int:
    """Store one comment on the diff; answers its id."""
    moment = stamp()
    return access.store.insert(
        "review_comments",
        pull_id=pull.id,
        review_id=review_id,
        user=access.login,
        body=body,
        path=at.path,
        commit_id=commit_id,
        subject_type=subject_type,
        line=at.line,
        side=at.side,
        start_line=at.start_line,
        start_side=at.start_side,
        diff_hunk=at.diff_hunk,
        in_reply_to=in_reply_to,
        created_at=moment,
        updated_at=moment,
    )


def _find(access: Access, pull: Pull, review_id: int) -> Review:
    for item in talk.reviews_of(access.store, pull, access.login):
        if item.id == review_id:
            return item
    raise not_found()


@router.get("/{review_id}")
def get_review(access: ReadPulls, number: int, review_id: int) -> Json:
    pull = find_pull(access.store, access.repo, number)
    return talk.review(access.world, access.repo, pull, _find(access, pull, review_id))


@router.put("/{review_id}")
def edit_review(access: WritePulls, number: int, review_id: int, edit: EditedBody) -> Json:
    pull = find_pull(access.store, access.repo, number)
    found = _find(access, pull, review_id)
    errors = body_errors(edit.body)
    if errors or found.user != access.login:
        raise unprocessable(*(errors or ["Can not edit a review of somebody else"]))
    access.store.update("reviews", found.id, body=edit.body)
    return talk.review(access.world, access.repo, pull, _find(access, pull, review_id))


@router.get("/{review_id}/comments")
def list_comments_of_review(
    access: ReadPulls, number: int, review_id: int, page: PageHere
) -> list[Json]:
    pull = find_pull(access.store, access.repo, number)
    found = access.store.all(
        ReviewComment,
        "select * from review_comments where review_id = ? order by id",
        _find(access, pull, review_id).id,
    )
    return [talk.review_comment(access.world, access.repo, pull, item) for item in page.cut(found)]
