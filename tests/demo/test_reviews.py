"""What GitHub refuses in reviews and comments, and that a refusal leaves nothing behind."""

import base64

import pytest

from service.demo.standin import StandIn
from tests.demo.support import DESIGN, REPO, Api, as_installation

OPERATIONS = "docs/operations.md"
REVIEWS, COMMENTS = f"{REPO}/pulls/1/reviews", f"{REPO}/pulls/1/comments"


def comment(**fields: object) -> dict[str, object]:
    return {"path": DESIGN, "line": 3, "body": "Text"} | fields


@pytest.mark.parametrize(
    ("review", "error"),
    [
        ({"body": None}, "Body can't be blank"),
        ({"event": "REQUEST_CHANGES", "body": " "}, "Body can't be blank"),
        ({"event": "SHOUT", "body": "x"}, "Variable $event of type PullRequestReviewEvent"),
        ({"event": "COMMENT", "body": "x" * 65_537}, "Body is too long"),
        ({"comments": [comment(body="x" * 65_537)]}, "Body is too long"),
        ({"comments": [comment(body="")]}, "Body can't be blank"),
        ({"comments": [comment(path="README.md")]}, "Path could not be resolved"),
        ({"comments": [comment(line=0)]}, "Line could not be resolved"),
        ({"comments": [comment(line=None)]}, "Line could not be resolved"),
        ({"comments": [comment(side="LEFT")]}, "Line could not be resolved"),
        ({"comments": [comment(side="MIDDLE")]}, "Side MIDDLE"),
        ({"comments": [comment(start_line=3)]}, "Start line must precede the end line."),
        ({"comments": [comment(start_line=4)]}, "Start line must precede the end line."),
        ({"comments": [comment(start_line=0)]}, "Start line could not be resolved"),
        ({"comments": [comment(), comment(line=99_999)]}, "Line could not be resolved"),
        ({"commit_id": "0" * 40}, "Commit is not part of the pull request"),
    ],
)
def test_bad_review_is_refused_whole(quiet: StandIn, review: dict[str, object], error: str) -> None:
    answer = as_installation(quiet).post(REVIEWS, {"event": "COMMENT", "body": "Text"} | review)
    assert answer.status_code == 422
    assert answer.json()["message"] == "Unprocessable Entity"
    assert any(error in item for item in answer.json()["errors"])
    assert quiet.reviews(1) == []


@pytest.mark.parametrize("body", [{"event": "COMMENT", "comments": [comment(line="3")]}, []])
def test_wrong_types_are_refused(quiet: StandIn, body: object) -> None:
    answer = as_installation(quiet).post(REVIEWS, body)
    assert answer.status_code == 422
    assert answer.json()["message"].startswith("Invalid request.")
    assert quiet.reviews(1) == []


def test_body_at_the_limit_is_accepted(standin: StandIn) -> None:
    review = {"event": "COMMENT", "body": "x" * 65_536}
    assert as_installation(standin).post(REVIEWS, review).status_code == 200


def test_only_lines_inside_the_hunks_take_comments(standin: StandIn) -> None:
    api = as_installation(standin)
    patch = api.get(f"{REPO}/pulls/2/files").json()[0]["patch"]
    assert patch.count("@@ -") == 1
    first = int(patch.split("+", 1)[1].split(",")[0])
    head = standin.head_sha(2)

    def send(**place: object) -> int:
        form = {"path": OPERATIONS, "body": "x", "commit_id": head} | place
        return api.post(f"{REPO}/pulls/2/comments", form).status_code

    assert send(line=first) == 201
    assert send(line=first - 1) == 422
    assert send(line=first, side="LEFT") == 422
    assert send(line=first + 3, side="LEFT") == 201
    assert send(line=first + 4, start_line=first) == 201
    assert send(line=first + 4, start_line=first - 1) == 422


def test_range_must_stay_in_one_hunk(standin: StandIn) -> None:
    lines = [f"line {number}" for number in range(1, 41)]
    number = standin.open_pull({OPERATIONS: "\n".join(lines) + "\n"}, title="First")
    api = as_installation(standin)
    base = api.get(f"{REPO}/contents/README.md").json()
    assert base["encoding"] == "base64"
    text = open_two_hunks(standin)
    path = f"{REPO}/pulls/{number + 1}/reviews"
    across = {"path": OPERATIONS, "start_line": text[0], "line": text[1], "body": "x"}
    answer = api.post(path, {"event": "COMMENT", "body": "x", "comments": [across]})
    assert answer.json()["errors"] == ["Start line could not be resolved"]
    inside = across | {"start_line": text[1] - 1}
    answer = api.post(path, {"event": "COMMENT", "body": "x", "comments": [inside]})
    assert answer.status_code == 200


def open_two_hunks(standin: StandIn) -> tuple[int, int]:
    """Change the first and the last line of the operations page; answers their numbers."""
    api = as_installation(standin)
    content = api.get(f"{REPO}/contents/{OPERATIONS}").json()["content"]
    lines = base64.b64decode(content).decode().splitlines()
    lines[0], lines[-1] = "# Changed", "Changed as well."
    standin.open_pull({OPERATIONS: "\n".join(lines) + "\n"}, title="Second")
    return 1, len(lines)


def test_pending_review_is_seen_by_its_writer_only(standin: StandIn) -> None:
    api = as_installation(standin)
    answer = api.post(REVIEWS, {"comments": [comment()]})
    assert answer.json()["state"] == "PENDING"
    assert "submitted_at" not in answer.json()
    assert api.get(COMMENTS).json() == []
    again = api.post(REVIEWS, {"body": "x"})
    assert "one pending review" in again.json()["errors"][0]


def test_single_comments_on_a_file_and_on_a_line(standin: StandIn) -> None:
    api, head = as_installation(standin), standin.head_sha(1)
    form = {"path": DESIGN, "body": "About the file", "commit_id": head, "subject_type": "file"}
    whole = api.post(COMMENTS, form).json()
    assert (whole["subject_type"], whole["line"]) == ("file", None)
    assert api.post(COMMENTS, form | {"line": 3}).status_code == 422
    assert api.post(COMMENTS, form | {"path": "README.md"}).status_code == 422
    assert api.post(COMMENTS, form | {"commit_id": "0" * 40}).status_code == 422
    del form["commit_id"]
    assert api.post(COMMENTS, form).status_code == 422
    # GitHub wraps a comment sent alone in a review without a body.
    assert [(item["state"], item["body"]) for item in standin.reviews(1)] == [("COMMENTED", "")]


def test_replies_go_to_the_top_comment_only(standin: StandIn) -> None:
    api, head = as_installation(standin), standin.head_sha(1)
    top = api.post(COMMENTS, comment(commit_id=head)).json()
    path = f"{COMMENTS}/{top['id']}/replies"
    reply = api.post(path, {"body": "Because"}).json()
    assert (reply["in_reply_to_id"], reply["line"]) == (top["id"], 3)
    nested = api.post(f"{COMMENTS}/{reply['id']}/replies", {"body": "And"})
    assert nested.status_code == 422
    assert api.post(f"{COMMENTS}/1/replies", {"body": "x"}).status_code == 404


def test_comment_follows_its_line_or_becomes_outdated(standin: StandIn) -> None:
    number = standin.open_pull({"docs/a.md": "one\ntwo\nthree\n"})
    api, path = as_installation(standin), f"{REPO}/pulls/{number}/comments"
    head = standin.head_sha(number)
    for line in (1, 3):
        form = {"path": "docs/a.md", "line": line, "body": "x", "commit_id": head}
        assert api.post(path, form).status_code == 201
    standin.push(number, {"docs/a.md": "ONE\ntwo\nnew\nthree\n"})
    gone, moved = api.get(path).json()
    assert (gone["line"], gone["original_line"], gone["commit_id"]) == (None, 1, head)
    assert (moved["line"], moved["original_line"]) == (4, 3)
    assert moved["commit_id"] == standin.head_sha(number)


def test_own_texts_can_be_edited_others_cannot(standin: StandIn) -> None:
    api: Api = as_installation(standin)
    mine = api.post(f"{REPO}/issues/1/comments", {"body": "Mine"}).json()["id"]
    theirs = standin.say(1, "ben", "Theirs")
    edited = api.call("PATCH", f"{REPO}/issues/comments/{mine}", {"body": "Edited"})
    assert edited.json()["body"] == "Edited"
    refused = api.call("PATCH", f"{REPO}/issues/comments/{theirs}", {"body": "Edited"})
    assert refused.status_code == 403
    long = api.post(f"{REPO}/issues/1/comments", {"body": "x" * 65_537})
    assert (long.status_code, long.json()["message"]) == (422, "Validation Failed")
    review = api.post(REVIEWS, {"event": "COMMENT", "body": "First"}).json()["id"]
    assert api.call("PUT", f"{REVIEWS}/{review}", {"body": "Second"}).json()["body"] == "Second"
    assert [item["body"] for item in standin.conversation(1)] == ["Edited", "Theirs"]


def test_same_reaction_twice_is_one(standin: StandIn) -> None:
    api = as_installation(standin)
    path = f"{REPO}/issues/comments/{standin.say(1, 'ben', 'Please look')}/reactions"
    first, second = (api.post(path, {"content": "eyes"}) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    assert api.post(path, {"content": "shrug"}).status_code == 422


def test_files_come_in_pages(standin: StandIn) -> None:
    number = standin.open_pull({f"docs/{name:03}.md": "x\n" for name in range(105)})
    api, path = as_installation(standin), f"{REPO}/pulls/{number}/files"
    first = api.get(f"{path}?per_page=500")
    assert len(first.json()) == 100
    assert 'rel="next"' in first.headers["link"]
    link = first.headers["link"].split(">")[0].removeprefix("<" + standin.base_url)
    second = api.get(link)
    assert len(second.json()) == 5
    assert 'rel="prev"' in second.headers["link"]
