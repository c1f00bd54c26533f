"""Exactly one review, whatever GitHub answers."""

from itertools import count

import pytest
from pydantic import ValidationError

from service.github.client import GitHubApp
from service.github.errors import GitHubRateLimited, GitHubRefused, GitHubUnavailable
from service.github.publish import (
    FileComment,
    LineComment,
    Posted,
    ReviewPost,
    find_review,
    post_review,
)
from tests.github.server import Answer, Request, Scripted

PULL = "/repos/acme/api/pulls/3"
US = "lintel-test[bot]"
MARK = "<!-- lintel:review:1 -->"
POST = ReviewPost(
    body=f"Summary\n{MARK}",
    event="COMMENT",
    commit_id="c0ffee",
    marker=MARK,
    comments=(
        LineComment(path="a.md", line=4, body="one"),
        LineComment(path="a.md", line=9, start_line=7, body="two"),
    ),
    file_comments=(
        FileComment(path="b.md", body="file b <!-- f1 -->", marker="<!-- f1 -->"),
        FileComment(path="c.md", body="file c <!-- f2 -->", marker="<!-- f2 -->"),
    ),
)


class Pull:
    """The reviews and comments of one pull request, kept by the scripted server."""

    def __init__(self, server: Scripted) -> None:
        self.reviews: list[dict[str, object]] = []
        self.comments: list[dict[str, object]] = []
        self.ids = count(1)
        server.on("GET", f"{PULL}/reviews", lambda _: Answer(body=self.reviews))
        server.on("POST", f"{PULL}/reviews", self.review)
        server.on("GET", f"{PULL}/comments", lambda _: Answer(body=self.comments))
        server.on("POST", f"{PULL}/comments", lambda r: Answer(201, self.comment(r.body)))
        server.on("GET", f"{PULL}/reviews/1/comments", lambda _: Answer(body=self.of_review(1)))

    def review(self, request: Request) -> Answer:
        number = next(self.ids)
        fields = {"id": number, "html_url": f"https://x/{number}", "body": request.body["body"]}
        row: dict[str, object] = fields | {"user": {"login": US}}
        self.reviews.append(row)
        comments = request.body["comments"]
        assert isinstance(comments, list)
        for comment in comments:
            self.comment(comment | {"review": number})
        return Answer(body=row)

    def comment(self, fields: dict[str, object]) -> dict[str, object]:
        number = next(self.ids)
        row = fields | {"id": number, "html_url": f"https://x/c{number}", "user": {"login": US}}
        self.comments.append(row)
        return row

    def of_review(self, number: int) -> list[dict[str, object]]:
        return [c for c in self.comments if c.get("review") == number]


@pytest.fixture
def pull(server: Scripted) -> Pull:
    return Pull(server)


def send(app: GitHubApp, post: ReviewPost = POST) -> Posted:
    return post_review(app, 5, "acme/api", 3, post)


def test_a_review_with_all_its_comments(app: GitHubApp, server: Scripted, pull: Pull) -> None:
    posted = send(app)
    (request,) = server.got("POST", f"{PULL}/reviews")
    assert request.body == {
        "body": POST.body,
        "event": "COMMENT",
        "commit_id": "c0ffee",
        "comments": [
            {"path": "a.md", "body": "one", "line": 4, "side": "RIGHT"},
            {
                "path": "a.md",
                "body": "two",
                "line": 9,
                "side": "RIGHT",
                "start_line": 7,
                "start_side": "RIGHT",
            },
        ],
    }
    assert [r.body for r in server.got("POST", f"{PULL}/comments")] == [
        {"body": c.body, "commit_id": "c0ffee", "path": c.path, "subject_type": "file"}
        for c in POST.file_comments
    ]
    assert (posted.review_id, posted.url) == (1, "https://x/1")
    assert [c.body for c in posted.comments] == [
        "one", "two", "file b <!-- f1 -->", "file c <!-- f2 -->",
    ]  # fmt: skip


def test_asked_twice_written_once(app: GitHubApp, server: Scripted, pull: Pull) -> None:
    assert send(app) == send(app)
    assert len(pull.reviews) == 1
    assert len(server.got("POST", f"{PULL}/comments")) == 2


def test_an_answer_that_is_lost(app: GitHubApp, server: Scripted, pull: Pull) -> None:
    def stored_but_502(request: Request) -> Answer:
        pull.review(request)
        return Answer(502, {"message": "Server Error"})

    server.on("POST", f"{PULL}/reviews", stored_but_502)
    with pytest.raises(GitHubUnavailable):
        send(app)
    posted = send(app)
    assert len(pull.reviews) == len(server.got("POST", f"{PULL}/reviews")) == 1
    assert len(posted.comments) == 4


def test_a_crash_between_comments_on_files(app: GitHubApp, server: Scripted, pull: Pull) -> None:
    def hang_up_after_storing(request: Request) -> Answer:
        pull.comment(request.body)
        return Answer(hang_up=True)

    server.on("POST", f"{PULL}/comments", hang_up_after_storing)
    with pytest.raises(GitHubUnavailable):
        send(app)
    with pytest.raises(GitHubUnavailable):
        send(app)
    assert len(send(app).comments) == 4
    assert len(server.got("POST", f"{PULL}/comments")) == 2


def test_a_marker_of_somebody_else_does_not_count(
    app: GitHubApp, server: Scripted, pull: Pull
) -> None:
    pull.reviews.append({"id": 90, "body": POST.body, "user": {"login": "mallory"}})
    pull.reviews.append({"id": 91, "body": POST.body, "user": None})
    pull.reviews.append({"id": 92, "body": None, "user": {"login": US}})
    pull.comments.append({"id": 93, "body": "<!-- f1 -->", "user": {"login": "mallory"}})
    assert find_review(app, 5, "acme/api", 3, MARK) is None
    assert send(app).review_id == 1
    assert len(server.got("POST", f"{PULL}/comments")) == 2


def test_the_marker_is_found_on_any_page(app: GitHubApp, server: Scripted, pull: Pull) -> None:
    def page(request: Request) -> Answer:
        if request.query.get("page") == "2":
            row = {"id": 1, "html_url": "https://x/1", "body": POST.body, "user": {"login": US}}
            return Answer(body=[row])
        link = f'<{server.url}{PULL}/reviews?per_page=100&page=2>; rel="next"'
        rows: list[dict[str, object]] = [{"id": 5, "body": "", "user": {"login": US}}]
        return Answer(body=rows, headers={"Link": link})

    server.on("GET", f"{PULL}/reviews", page)
    found = find_review(app, 5, "acme/api", 3, MARK)
    assert found == Posted(review_id=1, url="https://x/1")


def test_a_refused_review_writes_nothing(app: GitHubApp, server: Scripted, pull: Pull) -> None:
    errors = ["Pull request review thread line must be part of the diff"]
    refused = Answer(422, {"message": "Unprocessable Entity", "errors": errors})
    server.on("POST", f"{PULL}/reviews", refused)
    with pytest.raises(GitHubRefused, match="line must be part of the diff"):
        send(app)
    assert pull.comments == []


def test_a_refused_comment_on_a_file_is_told(app: GitHubApp, server: Scripted, pull: Pull) -> None:
    def no_b(request: Request) -> Answer:
        if request.body["path"] == "b.md":
            return Answer(422, {"message": "path is missing"})
        return Answer(201, pull.comment(request.body))

    server.on("POST", f"{PULL}/comments", no_b)
    posted = send(app)
    assert [c.path for c in posted.comments] == ["a.md", "a.md", "c.md"]
    (refused,) = posted.refused
    assert (refused.path, refused.marker) == ("b.md", "<!-- f1 -->")
    assert "path is missing" in refused.reason


def test_a_lost_permission_is_not_a_refused_comment(
    app: GitHubApp, server: Scripted, pull: Pull
) -> None:
    server.on("POST", f"{PULL}/comments", Answer(403, {"message": "Not accessible"}))
    with pytest.raises(GitHubRefused, match="Not accessible"):
        send(app)


def test_rate_limited(app: GitHubApp, server: Scripted, pull: Pull) -> None:
    said = "You have exceeded a secondary rate limit"
    server.on("POST", f"{PULL}/reviews", Answer(403, {"message": said}))
    with pytest.raises(GitHubRateLimited) as caught:
        send(app)
    assert caught.value.retry_after == 60


def test_a_repository_that_moved(app: GitHubApp, server: Scripted, pull: Pull) -> None:
    moved = {"message": "Moved Permanently", "url": f"{server.url}/repositories/1"}
    server.on("POST", f"{PULL}/reviews", Answer(307, moved))
    with pytest.raises(GitHubRefused, match="renamed or moved"):
        send(app)


@pytest.mark.parametrize(
    "change",
    [
        {"body": MARK + "x" * 65_536},
        {"comments": (LineComment(path="a.md", line=1, body="x" * 65_537),)},
        {"file_comments": (FileComment(path="a.md", body="m" + "x" * 65_536, marker="m"),)},
    ],
)
def test_what_is_too_long_is_not_sent(
    app: GitHubApp, server: Scripted, change: dict[str, object]
) -> None:
    with pytest.raises(GitHubRefused, match=r"has 65,5\d\d characters and GitHub takes 65,536"):
        send(app, POST.model_copy(update=change))
    assert server.requests == []


def test_exactly_as_long_as_allowed(app: GitHubApp, server: Scripted, pull: Pull) -> None:
    body = MARK + "x" * (65_536 - len(MARK))
    assert send(app, POST.model_copy(update={"body": body})).review_id == 1


def test_a_post_that_could_not_be_found_again_cannot_be_made() -> None:
    with pytest.raises(ValidationError, match="marker must be in the body"):
        ReviewPost(body="x", event="COMMENT", commit_id="c", marker="m")
    with pytest.raises(ValidationError, match="marker must be in the body"):
        FileComment(path="a.md", body="x", marker="m")
    with pytest.raises(ValidationError, match="start_line must be before line"):
        LineComment(path="a.md", line=3, start_line=3, body="x")
