"""The JSON of reviews, comments and reactions, and where an older comment stands today."""

from collections import Counter

from service.demo.branches import find_pull
from service.demo.diff import carry_line
from service.demo.repository import file_at
from service.demo.rows import IssueComment, Json, Pull, Reaction, Repo, Review, ReviewComment
from service.demo.shapes import association, node_id, repo_path, user
from service.demo.store import Store
from service.demo.validate import is_in_diff
from service.demo.world import World

EMOJI = ("+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes")
ISSUE_COMMENT, REVIEW_COMMENT = "issue_comment", "review_comment"


def current_line(store: Store, pull: Pull, comment: ReviewComment) -> int | None:
    """The line a comment stands at in the head commit; None once it is outdated."""
    if comment.line is None or comment.commit_id == pull.head_sha:
        return comment.line
    line: int | None = comment.line
    if comment.side == "RIGHT":
        old = file_at(store, comment.commit_id, comment.path) or b""
        line = carry_line(old, file_at(store, pull.head_sha, comment.path) or b"", comment.line)
    shown = line is not None and is_in_diff(
        store, pull, comment.path, (comment.side or "RIGHT", line)
    )
    return line if shown else None


def _reactions(world: World, subject: str, subject_id: int, url: str) -> Json:
    found = reactions(world.store, subject, subject_id)
    counts = Counter(item.content for item in found)
    tally: Json = {name: counts[name] for name in EMOJI}
    return tally | {"url": url, "total_count": len(found)}


def reactions(store: Store, subject: str, subject_id: int) -> list[Reaction]:
    return store.all(
        Reaction,
        "select * from reactions where subject = ? and subject_id = ? order by id",
        *(subject, subject_id),
    )


def reaction(world: World, item: Reaction) -> Json:
    return {
        "id": item.id,
        "node_id": node_id("Reaction", item.id),
        "user": user(world, item.user),
        "content": item.content,
        "created_at": item.created_at,
    }


def review(world: World, repo: Repo, pull: Pull, item: Review) -> Json:
    html = world.url(f"/{repo.full_name}/pull/{pull.number}#pullrequestreview-{item.id}")
    api = world.url(f"{repo_path(repo)}/pulls/{pull.number}")
    shape: Json = {
        "id": item.id,
        "node_id": node_id("PullRequestReview", item.id),
        "user": user(world, item.user),
        "body": item.body,
        "state": item.state,
        "html_url": html,
        "pull_request_url": api,
        "author_association": association(item.user),
        "_links": {"html": {"href": html}, "pull_request": {"href": api}},
        "commit_id": item.commit_id,
    }
    return shape | ({"submitted_at": item.submitted_at} if item.submitted_at else {})


def review_comment(world: World, repo: Repo, pull: Pull, item: ReviewComment) -> Json:
    url = world.url(f"{repo_path(repo)}/pulls/comments/{item.id}")
    html = world.url(f"/{repo.full_name}/pull/{pull.number}#discussion_r{item.id}")
    api = world.url(f"{repo_path(repo)}/pulls/{pull.number}")
    line = current_line(world.store, pull, item)
    moved = (line or 0) - (item.line or 0)
    begin = item.start_line + moved if item.start_line and line else None
    outdated = item.subject_type == "line" and line is None
    shape: Json = {
        "id": item.id,
        "node_id": node_id("PullRequestReviewComment", item.id),
        "url": url,
        "html_url": html,
        "pull_request_url": api,
        "pull_request_review_id": item.review_id,
        "diff_hunk": item.diff_hunk,
        "path": item.path,
        "commit_id": item.commit_id if outdated else pull.head_sha,
        "original_commit_id": item.commit_id,
        "user": user(world, item.user),
        "body": item.body,
        "author_association": association(item.user),
        "created_at": item.created_at,
        "updated_at": item.updated_at,
        "_links": {
            "self": {"href": url},
            "html": {"href": html},
            "pull_request": {"href": api},
        },
        "reactions": _reactions(world, REVIEW_COMMENT, item.id, f"{url}/reactions"),
        "subject_type": item.subject_type,
        "line": line,
        "original_line": item.line,
        "side": item.side,
        "start_line": begin,
        "original_start_line": item.start_line,
        "start_side": item.start_side,
    }
    return shape | ({"in_reply_to_id": item.in_reply_to} if item.in_reply_to else {})


def issue_comment(world: World, repo: Repo, pull: Pull, item: IssueComment) -> Json:
    url = world.url(f"{repo_path(repo)}/issues/comments/{item.id}")
    page = f"/{repo.full_name}/pull/{pull.number}#issuecomment-{item.id}"
    return {
        "id": item.id,
        "node_id": node_id("IssueComment", item.id),
        "url": url,
        "html_url": world.url(page),
        "issue_url": world.url(f"{repo_path(repo)}/issues/{pull.number}"),
        "user": user(world, item.user),
        "body": item.body,
        "author_association": association(item.user),
        "created_at": item.created_at,
        "updated_at": item.updated_at,
        "reactions": _reactions(world, ISSUE_COMMENT, item.id, f"{url}/reactions"),
    }


def reviews_of(store: Store, pull: Pull, viewer: str | None = None) -> list[Review]:
    """Reviews of a pull request; a pending one is seen by its own writer only."""
    found = store.all(Review, "select * from reviews where pull_id = ? order by id", pull.id)
    return [item for item in found if item.state != "PENDING" or item.user == viewer]


def review_comments_of(store: Store, pull: Pull) -> list[ReviewComment]:
    """Comments on the diff, without those of pending reviews."""
    return store.all(
        ReviewComment,
        "select c.* from review_comments c join reviews r on r.id = c.review_id "
        "where c.pull_id = ? and r.state != 'PENDING' order by c.id",
        pull.id,
    )


def issue_comments_of(store: Store, pull: Pull) -> list[IssueComment]:
    return store.all(
        IssueComment, "select * from issue_comments where pull_id = ? order by id", pull.id
    )


def pull_of_id(store: Store, repo: Repo, pull_id: int) -> Pull:
    number = store.scalar("select number from pulls where id = ? and repo_id = ?", pull_id, repo.id)
    return find_pull(store, repo, int(number or 0))
