"""The preview: exactly the post, and the decision that is bound to it."""

import html
import re

import pytest
from fastapi.testclient import TestClient

from agents.change import Change
from service.models import Post
from service.queue import POST_REVIEW
from service.reviews import decisions, posting, service
from service.reviews.render import render, sha256
from service.reviews.states import State, transition
from tests.web.drafts import change_of, draft_of
from tests.web.support import Workspace


@pytest.fixture
def review_id(space: Workspace) -> str:
    return space.add(draft_of(), change_of())


@pytest.fixture
def client(space: Workspace) -> TestClient:
    return space.client("ada")


def _preview(client: TestClient, review_id: str, event: str = "COMMENT") -> str:
    answer = client.get(f"/reviews/{review_id}/preview?revision=1&event={event}")
    assert answer.status_code == 200
    return html.unescape(answer.text)


def _hash(page: str) -> str:
    (found,) = re.findall(r'name="text_sha256" value="([0-9a-f]{64})"', page)
    return str(found)


def _form(page: str, event: str = "COMMENT", revision: int = 1) -> dict[str, str]:
    return {"revision": str(revision), "event": event, "text_sha256": _hash(page)}


def test_the_preview_is_the_post(space: Workspace, client: TestClient, review_id: str) -> None:
    page = _preview(client, review_id)
    post = render(draft_of(), change_of(), review_id=review_id, event="COMMENT", approved_by="ada")
    assert len(post.comments) == 3
    shown = re.findall(r'<pre class="wrap comment">(.*?)</pre>', page, re.DOTALL)
    assert shown == [post.body, *(c.body for c in post.comments)]
    assert "</code> line 3</h3>" in page
    assert _hash(page) == sha256(post)


def test_the_kind_of_review_changes_the_hash(client: TestClient, review_id: str) -> None:
    page = _preview(client, review_id, "REQUEST_CHANGES")
    assert _hash(page) != _hash(_preview(client, review_id))
    assert "Approve and post as “Request changes”" in page
    assert client.get(f"/reviews/{review_id}/preview?event=APPROVE").status_code == 422


def test_comments_without_a_place_in_the_diff(space: Workspace, client: TestClient) -> None:
    change = change_of()
    file = change.files[0].model_copy(update={"patch": None})
    on_file = space.add(draft_of(), change.model_copy(update={"files": (file,)}), number=2)
    page = _preview(client, on_file)
    assert "3 comments on whole files" in page
    assert page.count("on the whole file") == 3
    nowhere = space.add(draft_of(), change.model_copy(update={"files": ()}), number=3)
    page = _preview(client, nowhere)
    assert "3 comments inside the summary" in page


def test_approve(space: Workspace, client: TestClient, review_id: str) -> None:
    form = _form(_preview(client, review_id))
    space.jobs.clear()
    answer = client.post(f"/reviews/{review_id}/approve", data=form, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/reviews/{review_id}")
    with space.database.reading() as session:
        decision = decisions.approval_of(session, review_id)
    assert decision is not None
    assert (decision.by, decision.event, decision.text_sha256) == (
        "ada", "COMMENT", form["text_sha256"],
    )  # fmt: skip
    assert [j.ids for j in space.jobs if j.task == POST_REVIEW] == [(decision.id,)]
    page = client.get(f"/reviews/{review_id}").text
    assert "Approved, about to be posted" in page
    assert 'http-equiv="refresh"' in page


def test_a_posted_review_links_to_github(
    space: Workspace, client: TestClient, review_id: str
) -> None:
    form = _form(_preview(client, review_id))
    client.post(f"/reviews/{review_id}/approve", data=form)
    with space.database.transaction() as session:
        decision = decisions.approval_of(session, review_id)
        assert decision is not None
        assert posting.begin(session, decision.id, "test", 60)
        post = session.get(Post, decision.id)
        assert post is not None
        post.url = "https://github.example/acme/shop/pull/1#pullrequestreview-5"
        transition(session, review_id, State.POSTED, actor="test")
    page = client.get(f"/reviews/{review_id}").text
    assert 'href="https://github.example/acme/shop/pull/1#pullrequestreview-5"' in page
    assert "http-equiv" not in page


def test_another_text_than_previewed_is_not_approved(
    space: Workspace, client: TestClient, review_id: str
) -> None:
    form = _form(_preview(client, review_id)) | {"event": "REQUEST_CHANGES"}
    answer = client.post(f"/reviews/{review_id}/approve", data=form)
    assert answer.status_code == 409
    assert "not the one you previewed" in answer.text
    with space.database.reading() as session:
        assert service.get(session, review_id).state == "awaiting_architect"


def test_a_draft_that_moved_on_is_not_approved(
    space: Workspace, client: TestClient, review_id: str
) -> None:
    form = _form(_preview(client, review_id))
    client.post(f"/reviews/{review_id}/summary", data={"revision": "1", "body": "Other."})
    answer = client.post(f"/reviews/{review_id}/approve", data=form)
    assert answer.status_code == 409
    assert "Other." in answer.text
    assert 'name="revision" value="2"' in answer.text
    old = client.get(f"/reviews/{review_id}/preview?revision=1").text
    assert "Preview the newest" in old
    assert "/approve" not in old


def test_approving_twice_posts_once(space: Workspace, client: TestClient, review_id: str) -> None:
    form = _form(_preview(client, review_id))
    space.jobs.clear()
    codes = [
        client.post(f"/reviews/{review_id}/approve", data=form, follow_redirects=False).status_code
        for _ in range(2)
    ]
    assert codes == [303, 409]
    assert len([j for j in space.jobs if j.task == POST_REVIEW]) == 1


def test_reject(space: Workspace, client: TestClient, review_id: str) -> None:
    form = {"revision": "1", "reason": ""}
    assert client.post(f"/reviews/{review_id}/reject", data=form).status_code == 422
    form["reason"] = "The team withdrew the design."
    page = client.post(f"/reviews/{review_id}/reject", data=form).text
    assert "Rejected, nothing posted" in page
    assert "The team withdrew the design." in page


def test_a_refused_rejection_keeps_its_reason(
    space: Workspace, client: TestClient, review_id: str
) -> None:
    client.post(f"/reviews/{review_id}/summary", data={"revision": "1", "body": "Other."})
    form = {"revision": "1", "reason": "Because of the above."}
    answer = client.post(f"/reviews/{review_id}/reject", data=form)
    assert answer.status_code == 409
    assert re.search(r"<textarea[^>]*>\nBecause of the above\.</textarea>", answer.text)


def test_a_reader_may_look_but_not_decide(space: Workspace, review_id: str) -> None:
    page = space.client("reader").get(f"/reviews/{review_id}/preview").text
    assert "Two things need a change" in page
    assert "/approve" not in page
    assert "Only an architect can approve" in page


def test_no_preview_before_the_first_draft(space: Workspace, client: TestClient) -> None:
    assert client.get(f"/reviews/{space.open()}/preview").status_code == 404


def test_the_stored_change_is_what_is_rendered(space: Workspace, review_id: str) -> None:
    with space.database.reading() as session:
        assert Change.model_validate(service.get(session, review_id).change) == change_of()
