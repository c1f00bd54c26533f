"""The pages people see: safe text, comments at their lines, the buttons."""

import json

import httpx2

from service.demo.markdown import render
from service.demo.standin import StandIn
from tests.demo.support import DESIGN, REPO, Receiver, as_installation

PULL = "/acme/support-assistant/pull/1"


def get(standin: StandIn, path: str) -> str:
    answer = httpx2.get(standin.base_url + path)
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    return answer.text


def post(standin: StandIn, path: str, **form: str) -> httpx2.Response:
    return httpx2.post(standin.base_url + path, data=form)


def test_index_lists_the_sample(quiet: StandIn) -> None:
    text = get(quiet, "/")
    assert all(f'href="/acme/support-assistant/pull/{number}"' in text for number in (1, 2, 3))
    assert httpx2.get(quiet.base_url + "/_standin/static/standin.css").status_code == 200
    assert httpx2.get(quiet.base_url + "/_standin/static/store.py").status_code == 404
    assert httpx2.get(quiet.base_url + "/acme/support-assistant/pull/9").status_code == 404


def test_review_appears_inline_and_cannot_inject(standin: StandIn) -> None:
    nasty = "So <script>alert(1)</script> ![x](http://evil.example/x.png) **bold** <!-- marker -->"
    review = {
        "event": "COMMENT",
        "body": nasty,
        "comments": [{"path": DESIGN, "line": 3, "body": "At line three"}],
    }
    assert as_installation(standin).post(f"{REPO}/pulls/1/reviews", review).status_code == 200
    text = get(standin, PULL)
    assert "<script>" not in text
    assert "<img" not in text
    assert "&lt;script&gt;" in text
    assert "<strong>bold</strong>" in text
    assert "marker" not in text
    table = text[text.index('<table class="diff">') :]
    assert table.index("+| | |") < table.index("At line three") < table.index("+| --- | --- |")


def test_push_button_adds_a_commit_and_tells_the_app(hooked: StandIn, receiver: Receiver) -> None:
    heads = [hooked.head_sha(1)]
    for _ in range(4):
        assert post(hooked, f"{PULL}/push").status_code == 303
        payload = json.loads(receiver.next().body)
        assert (payload["action"], payload["before"]) == ("synchronize", heads[-1])
        heads.append(hooked.head_sha(1))
    assert len(set(heads)) == 5
    text = get(hooked, PULL)
    assert "mandatory" in text
    assert "Revision 5" in text


def test_another_pull_request_each_time(hooked: StandIn, receiver: Receiver) -> None:
    places = [post(hooked, "/_standin/pages/pulls").headers["location"] for _ in range(2)]
    assert places == ["/acme/support-assistant/pull/4", "/acme/support-assistant/pull/5"]
    numbers = [json.loads(receiver.next().body)["number"] for _ in range(2)]
    assert numbers == [4, 5]
    assert "weekly-digest-5.md" in get(hooked, places[1])


def test_people_comment_reply_and_press_buttons(hooked: StandIn, receiver: Receiver) -> None:
    api, sha = as_installation(hooked), hooked.head_sha(1)
    form = {"path": DESIGN, "line": 3, "body": "Why?", "commit_id": sha}
    top = api.post(f"{REPO}/pulls/1/comments", form).json()["id"]
    action = {"label": "Approve", "description": "Post it", "identifier": "approve"}
    run = {"name": "Lintel", "head_sha": sha, "conclusion": "action_required", "actions": [action]}
    run_id = api.post(f"{REPO}/check-runs", run).json()["id"]
    receiver.next()
    assert "action required" in get(hooked, PULL)
    assert post(hooked, f"{PULL}/comment", user="cleo", body="Hello").status_code == 303
    assert post(hooked, f"{PULL}/reply/{top}", user="ben", body="Since").status_code == 303
    events = {receiver.next().headers["x-github-event"] for _ in range(2)}
    assert events == {"issue_comment", "pull_request_review_comment"}
    button = f"{PULL}/checks/{run_id}"
    assert post(hooked, button, user="ada", action="approve").status_code == 303
    assert json.loads(receiver.next().body)["requested_action"] == {"identifier": "approve"}
    assert post(hooked, button, user="cleo", action="approve").status_code == 403
    assert post(hooked, button, user="ada", action="unknown").status_code == 404


def test_markdown_keeps_structure_and_no_foreign_markup() -> None:
    text = "## Hi\n\n1. a\n2. b\n\n|x|y|\n|-|-|\n|1|`<b>`|\n\n<details><summary>S</summary>\n\nin\n"
    html = render(text + '\n</details>\n\n<a onclick="x">[l](javascript:1)[m](https://a.example)')
    assert "<h4>Hi</h4><ol><li>a</li><li>b</li></ol>" in html
    assert "<code>&lt;b&gt;</code>" in html
    assert "<details><summary>S</summary>" in html
    assert "<a" not in html
    assert "javascript" not in html
    assert 'title="https://a.example"' in html
