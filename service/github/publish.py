"""Write a review to a pull request exactly once, however often it is asked for."""

from collections.abc import Iterable

from github.PullRequest import PullRequest, ReviewComment
from github.PullRequestComment import PullRequestComment
from github.PullRequestReview import PullRequestReview

from service.github.client import POST, GitHubApp, pull_of, repository_of, written
from service.github.errors import GitHubRefused
from service.github.posts import FileComment as FileComment
from service.github.posts import LineComment as LineComment
from service.github.posts import Posted as Posted
from service.github.posts import PostedComment as PostedComment
from service.github.posts import RefusedComment as RefusedComment
from service.github.posts import ReviewPost as ReviewPost
from service.github.translate import translated

MAX_BODY = 65_536
"""Characters of one body; GitHub refuses more."""


def find_review(
    app: GitHubApp, installation_id: int, repository: str, number: int, marker: str
) -> Posted | None:
    """The review of this App on the pull request whose text holds `marker`, with its comments.

    Reviews of anyone else do not count, whatever they hold. Raises `GitHubError`.
    """
    login = app.identity().login
    doing = f"look for the review on {repository}#{number}"
    with app.session(installation_id, POST, doing) as client:
        pull = pull_of(client, repository, number)
        review = _review(pull, login, marker)
        return None if review is None else _posted(pull, review)


def post_review(
    app: GitHubApp, installation_id: int, repository: str, number: int, post: ReviewPost
) -> Posted:
    """Write the review unless it is there already, then its comments on files likewise.

    The write itself is never repeated. After `GitHubUnavailable` it may or may not have happened:
    call again, the marker tells. `GitHubRefused` means that no review was written. A comment on
    a file that GitHub refuses after the review is there is listed in `refused`.
    """
    _check_sizes(post)
    login = app.identity().login
    with app.session(installation_id, POST, f"post to {repository}#{number}") as client:
        pull = pull_of(client, repository, number)
        review = _review(pull, login, post.marker)
        if review is None:
            commit = repository_of(client, repository).get_commit(post.commit_id)
            review = pull.create_review(
                commit, post.body, post.event, [_line_comment(c) for c in post.comments]
            )
        posted = _posted(pull, review)
        return _with_file_comments(pull, login, post, posted)


def _check_sizes(post: ReviewPost) -> None:
    bodies = [("the review", post.body)]
    bodies += [(f"the comment on {c.path}", c.body) for c in post.comments]
    bodies += [(f"the comment on {c.path}", c.body) for c in post.file_comments]
    for name, body in bodies:
        if len(body) > MAX_BODY:
            raise GitHubRefused(
                f"{name} has {len(body):,} characters and GitHub takes {MAX_BODY:,}"
            )


def _review(pull: PullRequest, login: str, marker: str) -> PullRequestReview | None:
    ours = (r for r in pull.get_reviews() if r.user is not None and r.user.login == login)
    return next((r for r in ours if marker in (r.body or "")), None)


def _posted(pull: PullRequest, review: PullRequestReview) -> Posted:
    review_id = written(review.id, "the review")
    comments = pull.get_single_review_comments(review_id)
    return Posted(
        review_id=review_id, url=review.html_url, comments=tuple(_comment(c) for c in comments)
    )


def _comment(comment: PullRequestComment) -> PostedComment:
    return PostedComment(
        comment_id=written(comment.id, "the comment"),
        path=comment.path,
        body=comment.body,
        url=comment.html_url,
    )


def _line_comment(comment: LineComment) -> ReviewComment:
    fields: ReviewComment = {
        "path": comment.path,
        "body": comment.body,
        "line": comment.line,
        "side": comment.side,
    }
    if comment.start_line is not None:
        fields["start_line"] = comment.start_line
        fields["start_side"] = comment.side
    return fields


def _with_file_comments(pull: PullRequest, login: str, post: ReviewPost, posted: Posted) -> Posted:
    if not post.file_comments:
        return posted
    there = [c for c in pull.get_review_comments() if c.user is not None and c.user.login == login]
    written: list[PostedComment] = []
    refused: list[RefusedComment] = []
    for comment in post.file_comments:
        try:
            with translated(f"comment on {comment.path}"):
                written.append(_file_comment(pull, post.commit_id, comment, there))
        except GitHubRefused as e:
            # Only what GitHub says of this very comment; a lost permission concerns all of them.
            if e.github_status != 422:
                raise
            refused.append(
                RefusedComment(path=comment.path, marker=comment.marker, reason=e.message)
            )
    comments = (*posted.comments, *written)
    return posted.model_copy(update={"comments": comments, "refused": tuple(refused)})


def _file_comment(
    pull: PullRequest, commit_id: str, comment: FileComment, there: Iterable[PullRequestComment]
) -> PostedComment:
    found = next((c for c in there if comment.marker in c.body), None)
    return _comment(
        found
        or pull.create_review_comment(comment.body, commit_id, comment.path, subject_type="file")
    )
