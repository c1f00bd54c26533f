"""The review page: what it shows, what each role may do, and that nothing typed is lost."""

import html
import re

import pytest
from fastapi.testclient import TestClient

from agents.evidence import Label
from agents.findings import Draft
from service.reviews import decisions, service
from tests.web.drafts import SMALL, change_of, draft_of, evidence, finding
from tests.web.sample import sample_draft, sample_text
from tests.web.support import Workspace

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


@pytest.fixture
def review_id(space: Workspace) -> str:
    return space.add(draft_of(), change_of())


@pytest.fixture
def client(space: Workspace) -> TestClient:
    return space.client("ada")


def _draft(space: Workspace, review_id: str) -> Draft:
    with space.database.reading() as session:
        last = service.latest(session, review_id)
        assert last is not None
        return Draft.model_validate(last.body)


def _first(space: Workspace, review_id: str) -> str:
    return _draft(space, review_id).findings[0].id


def _form(about: str, revision: int = 1, **fields: str) -> dict[str, str]:
    return {"about": about, "revision": str(revision), "at": "f-1"} | fields


def test_everything_of_the_draft_is_on_the_page(client: TestClient, review_id: str) -> None:
    page = html.unescape(client.get(f"/reviews/{review_id}").text)
    for text in (
        "Two things need a change", "Customers could see", "One index holds the passages",
        "stated in the text", "not said where one would expect it: who confirms a refund",
        "start of the catalogue", "a vector store is shared", "nothing speaks against it",
        "Improper Neutralization of Input", "How long are tickets kept?",
        "Tenant-aware retrieval", "1 of 2 controls shown", "tickets → index",
        "tickets --> index", "nothing was skipped", "catalogue 2026.11", "review.queued",
        "1 threat that the text mitigates", "encryption in transit is in force",
        "not in the text: mandatory", "Ask as one tenant for another's passage", "Zvex Engine",
        "it issues refunds", "Passages of other tenants reach the answer 2",
    ):  # fmt: skip
        assert text in page, text


def test_evidence_leads_to_its_lines_and_back(client: TestClient, review_id: str) -> None:
    page = client.get(f"/reviews/{review_id}").text
    assert 'href="#d1-L3">line 3</a>' in page
    assert re.search(r'id="d1-L3"><mark><a class="ref" href="#f-1"', page)
    assert re.search(r'<mark class="absent"><a class="ref" href="#f-2"[^>]*>2</a>issues', page)
    assert 'id="f-1"' in page


def test_a_realistic_draft_has_all_its_marks(space: Workspace, client: TestClient) -> None:
    review_id = space.add(sample_draft(), change_of(sample_text()))
    page = client.get(f"/reviews/{review_id}").text
    for number in range(1, 7):
        assert f'class="ref" href="#f-{number}"' in page


def test_a_reader_sees_everything_without_forms(space: Workspace, review_id: str) -> None:
    page = space.client("reader").get(f"/reviews/{review_id}").text
    assert "Passages of other tenants" in page
    assert "<textarea" not in page
    assert re.findall(r'<form[^>]*action="([^"]*)"', page) == ["/logout"]


@pytest.mark.parametrize(
    "path",
    ["comment", "summary", "dismiss", "restore", "include", "severity", "findings", "approve",
     "reject", "retry"],
)  # fmt: skip
def test_a_reader_may_not_post(space: Workspace, review_id: str, path: str) -> None:
    form = _form(_first(space, review_id), body="x", included="1")
    answer = space.client("reader").post(f"/reviews/{review_id}/{path}", data=form)
    assert answer.status_code == 403
    assert "only architects may do this" in answer.text


def test_nobody_posts_signed_out(space: Workspace, review_id: str) -> None:
    form = _form(_first(space, review_id), body="x")
    url = f"/reviews/{review_id}/comment"
    answer = space.client().post(url, data=form, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2F")
    assert _draft(space, review_id) == draft_of()


def test_edit_comment(space: Workspace, client: TestClient, review_id: str) -> None:
    about = _first(space, review_id)
    form = _form(about, body="Filter by tenant,\r\non the server.")
    answer = client.post(f"/reviews/{review_id}/comment", data=form, follow_redirects=False)
    assert answer.headers["location"] == f"/reviews/{review_id}#f-1"
    comment = _draft(space, review_id).comment_on(about)
    assert comment is not None
    assert comment.body == "Filter by tenant,\non the server."
    with space.database.reading() as session:
        (decision,) = decisions.history(session, review_id)
    assert (decision.kind, decision.by, decision.about) == ("edit", "ada", about)


def test_edit_summary(space: Workspace, client: TestClient, review_id: str) -> None:
    client.post(f"/reviews/{review_id}/summary", data={"revision": "1", "body": "Shorter."})
    assert _draft(space, review_id).summary == "Shorter."


def test_dismiss_and_restore(space: Workspace, client: TestClient, review_id: str) -> None:
    about = _first(space, review_id)
    form = _form(about, reason="accepted_risk", text="until March")
    page = client.post(f"/reviews/{review_id}/dismiss", data=form).text
    dismissed = _draft(space, review_id).findings[0].dismissed
    assert dismissed is not None
    assert (dismissed.by, dismissed.reason, dismissed.text) == (
        "ada", "accepted_risk", "until March",
    )  # fmt: skip
    assert "until March" in page
    assert "Restore" in page
    client.post(f"/reviews/{review_id}/restore", data=_form(about, 2))
    assert _draft(space, review_id).findings[0].dismissed is None


@pytest.mark.parametrize("reason", ["", "because", "other"])
def test_a_dismissal_needs_a_reason(
    space: Workspace, client: TestClient, review_id: str, reason: str
) -> None:
    form = _form(_first(space, review_id), reason=reason)
    assert client.post(f"/reviews/{review_id}/dismiss", data=form).status_code == 422
    assert _draft(space, review_id).findings[0].dismissed is None


def test_leave_out_and_include(space: Workspace, client: TestClient, review_id: str) -> None:
    question = _draft(space, review_id).questions[0].id
    for revision, wanted in ((1, False), (2, True)):
        form = _form(question, revision, included=str(int(wanted)))
        assert client.post(f"/reviews/{review_id}/include", data=form).status_code == 200
        assert _draft(space, review_id).questions[0].for_author is wanted


def test_severity(space: Workspace, client: TestClient, review_id: str) -> None:
    form = _form(_first(space, review_id), severity="low")
    client.post(f"/reviews/{review_id}/severity", data=form)
    assert _draft(space, review_id).findings[0].severity == "low"
    form = _form(_first(space, review_id), 2, severity="dreadful")
    assert client.post(f"/reviews/{review_id}/severity", data=form).status_code == 422


ADDED = {
    "revision": "1", "path": "docs/design/support-assistant.md", "line_start": "9",
    "line_end": "", "title": "Tickets are read whole", "severity": "high",
    "body": "Read what is needed.",
}  # fmt: skip


def test_add_a_finding(space: Workspace, client: TestClient, review_id: str) -> None:
    answer = client.post(f"/reviews/{review_id}/findings", data=ADDED)
    assert answer.status_code == 200
    added = _draft(space, review_id).findings[-1]
    assert (added.title, added.severity) == ("Tickets are read whole", "high")
    assert added.evidence[0].quote == "- The assistant reads tickets."
    assert "added by an architect" in answer.text


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("line_start", "nine", "whole numbers"),
        ("line_start", "900", "has lines 1 to"),
        ("line_start", "2", "blank"),
        ("title", "", "title is empty"),
        ("path", "other.md", "not a document of this review"),
    ],
)
def test_a_refused_finding_keeps_what_was_typed(
    space: Workspace, client: TestClient, review_id: str, field: str, value: str, said: str
) -> None:
    form = ADDED | {field: value, "body": "A long thought <about> it."}
    answer = client.post(f"/reviews/{review_id}/findings", data=form)
    assert answer.status_code == 422
    assert said in answer.text
    textareas = re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", answer.text, re.DOTALL)
    assert "A long thought &lt;about&gt; it." in textareas
    assert len(_draft(space, review_id).findings) == 2


def test_a_conflict_keeps_the_text_and_the_newer_draft(
    space: Workspace, client: TestClient, review_id: str
) -> None:
    about = _first(space, review_id)
    url = f"/reviews/{review_id}/comment"
    client.post(url, data=_form(about, body="The first architect's words."))
    answer = client.post(url, data=_form(about, body="The second architect's <b>words</b>."))
    assert answer.status_code == 409
    page = html.unescape(answer.text)
    assert "you saw revision 1, it is at 2" in page
    assert page.count("The second architect's <b>words</b>.") == 2
    assert "The first architect's words." in page
    assert '<input type="hidden" name="revision" value="2">' in page
    comment = _draft(space, review_id).comment_on(about)
    assert comment is not None
    assert comment.body == "The first architect's words."
    # Sent again from that page, it is taken.
    assert client.post(url, data=_form(about, 2, body="Both words.")).status_code == 200


def test_a_text_typed_for_a_decided_review_is_shown(
    space: Workspace, client: TestClient, review_id: str
) -> None:
    with space.database.transaction() as session:
        decisions.reject(session, review_id, by="ada", revision=1, reason="not now")
    form = _form(_first(space, review_id), body="Words that took an hour.")
    answer = client.post(f"/reviews/{review_id}/comment", data=form)
    assert answer.status_code == 409
    assert "Words that took an hour." in answer.text
    assert "<textarea" not in answer.text


def test_a_page_with_typed_text_does_not_reload_itself(
    space: Workspace, client: TestClient
) -> None:
    review_id = space.open()
    assert 'http-equiv="refresh" content="3"' in client.get(f"/reviews/{review_id}").text
    answer = client.post(f"/reviews/{review_id}/summary", data={"revision": "1", "body": "words"})
    assert answer.status_code == 409
    assert "refresh" not in answer.text


def test_reviews_that_wait_for_people_do_not_reload(client: TestClient, review_id: str) -> None:
    assert "http-equiv" not in client.get(f"/reviews/{review_id}").text


def test_hostile_texts_are_inert(space: Workspace, client: TestClient) -> None:
    text = SMALL + f"\n{HOSTILE}\n\n| {HOSTILE} | b |\n| --- | --- |\n| x | {HOSTILE} |\n"
    quote = evidence(text, HOSTILE, Label.ABSENT, HOSTILE)
    hostile = finding(
        1, quote, title=HOSTILE, why=HOSTILE, change=HOSTILE, component_name=HOSTILE,
        domain=HOSTILE, question=HOSTILE, controls=(HOSTILE,), references=(HOSTILE,),
        precedents=(HOSTILE,), threat_id=HOSTILE, id=HOSTILE,
    )  # fmt: skip
    draft = draft_of(text, [hostile]).model_copy(
        update={"summary": HOSTILE, "brief": HOSTILE, "diagram": HOSTILE}
    )
    review_id = space.add(draft, change_of(text, HOSTILE))
    form = _form(HOSTILE, reason="other", text=HOSTILE)
    client.post(f"/reviews/{review_id}/dismiss", data=form)
    for path in ("/", f"/reviews/{review_id}", f"/reviews/{review_id}/preview", "/audit"):
        page = client.get(path)
        assert page.status_code == 200
        assert "<script>" not in page.text
        assert "<img" not in page.text
        assert "alert(1)" in page.text


def test_hidden_characters_are_made_visible(space: Workspace, client: TestClient) -> None:
    text = "# Plan\n\nAll is \u202egnorw\u202c and in\u200bvisible \U000e0041.\n"
    draft = draft_of(text.replace("# Plan", SMALL + "\n# Plan"))
    review_id = space.add(draft, change_of(text.replace("# Plan", SMALL + "\n# Plan")))
    page = client.get(f"/reviews/{review_id}").text
    for char in "\u202e\u202c\u200b\U000e0041":
        assert char not in page
        assert f"⟨U+{ord(char):04X}⟩" in page


def test_audit_shows_and_verifies(space: Workspace, client: TestClient, review_id: str) -> None:
    page = client.get("/audit?verify=true").text
    assert "The chain is whole" in page
    assert "review.awaiting_architect" in page
    page = client.get(f"/audit?subject={review_id}").text
    assert "session.begin" not in page
    assert space.client("reader").get("/audit").status_code == 403


def test_audit_reports_a_broken_chain(space: Workspace, client: TestClient, review_id: str) -> None:
    with space.database.transaction() as session:
        session.connection().exec_driver_sql(
            "UPDATE audit_events SET actor = 'mallory' WHERE seq = 2"
        )
    assert "event 2: was changed after it was written" in client.get("/audit?verify=true").text
