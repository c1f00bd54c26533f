"""The queue: who must act, in which order, filtered and leafed through."""

import re
from datetime import timedelta

from sqlalchemy import insert, update

from service.db import now
from service.models import Review, new_id
from service.queue import FETCH_CHANGE
from service.reviews import queue
from service.reviews.states import State
from tests.web.drafts import change_of, draft_of
from tests.web.support import Workspace


def _titles(page: str) -> list[str]:
    return re.findall(r'class="title" href="[^"]*">([^<]*)<', page)


def _insert(space: Workspace, state: State, count: int) -> None:
    base = now() - timedelta(days=400)
    rows = [
        {
            "id": new_id(), "installation_id": 1, "repository_id": 1, "repository": "acme/many",
            "number": n, "title": f"{state} {n}", "head_sha": "b" * 40, "config_hash": str(state),
            "state": state, "created_at": base, "updated_at": base + timedelta(minutes=n),
        }
        for n in range(1, count + 1)
    ]  # fmt: skip
    with space.database.transaction() as session:
        session.execute(insert(Review), rows)


def test_an_empty_queue_says_what_to_do(space: Workspace) -> None:
    assert "Open a pull request" in space.client("ada").get("/").text


def test_reviews_stand_in_their_groups(space: Workspace) -> None:
    space.add(draft_of(), change_of())
    space.open(number=2, title="In the queue")
    page = space.client("ada").get("/").text
    needs, work = page.index("Needs an architect now"), page.index("In work")
    assert needs < page.index("Design: support assistant") < work < page.index("In the queue")
    assert "2 findings" in page
    assert "Awaiting an architect" in page
    assert "next: an architect" in page


def test_the_riskiest_then_the_oldest_come_first(space: Workspace) -> None:
    for number, tier in enumerate(("low", "critical", "critical", "high"), 1):
        review_id = space.add(draft_of(), change_of(title=f"{tier} {number}"), number=number)
        # The third is older than the second.
        created = now() - timedelta(hours=number)
        with space.database.transaction() as session:
            session.execute(
                update(Review).where(Review.id == review_id).values(tier=tier, created_at=created)
            )
    titles = _titles(space.client("ada").get("/").text)
    assert titles == ["critical 3", "critical 2", "high 4", "low 1"]


def test_filters(space: Workspace) -> None:
    space.add(draft_of(), change_of(title="Drafted"))
    space.open(number=2, title="Elsewhere", repository="acme/other")
    client = space.client("ada")
    assert _titles(client.get("/?state=queued").text) == ["Elsewhere"]
    assert _titles(client.get("/?repository=acme/shop").text) == ["Drafted"]
    page = client.get("/?repository=acme/none").text
    assert _titles(page) == []
    assert "No review matches this filter" in page
    assert client.get("/?state=sleeping").status_code == 422


def test_a_failed_review_says_why_and_can_be_retried(space: Workspace) -> None:
    review_id = space.open(title="Broken")
    space.fail(review_id, "GitHub refused the token")
    client = space.client("ada")
    assert "GitHub refused the token" in client.get("/").text
    space.jobs.clear()
    answer = client.post(f"/reviews/{review_id}/retry", follow_redirects=False)
    assert answer.status_code == 303
    assert [j.task for j in space.jobs if j.ids == (review_id,)].count(FETCH_CHANGE) == 1
    assert _titles(client.get("/?state=queued").text) == ["Broken"]


def test_only_architects_retry(space: Workspace) -> None:
    review_id = space.open()
    space.fail(review_id, "GitHub refused the token")
    reader = space.client("reader")
    assert "/retry" not in reader.get("/").text
    assert reader.post(f"/reviews/{review_id}/retry").status_code == 403


def test_retrying_what_has_not_failed_is_a_conflict(space: Workspace) -> None:
    review_id = space.add(draft_of(), change_of())
    assert space.client("ada").post(f"/reviews/{review_id}/retry").status_code == 409


def test_pages_of_fifty_the_newest_first(space: Workspace) -> None:
    _insert(space, State.POSTED, 60)
    _insert(space, State.CLEARED, 60)
    client = space.client("ada")
    first = client.get("/?group=done")
    assert _titles(first.text)[:2] == ["posted 60", "cleared 60"] or _titles(first.text)[:2] == [
        "cleared 60", "posted 60",
    ]  # fmt: skip
    seen = [t for n in (1, 2, 3) for t in _titles(client.get(f"/?group=done&page={n}").text)]
    assert len(seen) == 120
    assert len(set(seen)) == 120
    assert "Next page" in first.text
    assert "Next page" not in client.get("/?group=done&page=3").text


def test_counting_findings_reads_no_draft_into_memory(space: Workspace) -> None:
    review_id = space.add(draft_of(), change_of())
    with space.database.reading() as session:
        assert queue.findings_count(session, [review_id, "none"]) == {review_id: 2}
