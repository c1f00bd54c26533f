"""What people see of models: waiting, cost, and the numbers for Prometheus."""

import html
import re
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from agents.findings import Provenance, StepRecord
from service.db import now
from service.metrics.spending import charge
from service.reviews import service, waiting
from tests.web.drafts import change_of, draft_of
from tests.web.support import Workspace, workspace

STEPS = (
    StepRecord(step="read", input_hash="a" * 64, duration_ms=3),
    StepRecord(
        step="extract", input_hash="b" * 64, model="claude-x", requests=1, input_tokens=12_000,
        cached_tokens=9_000, output_tokens=700, cost_usd=0.02, from_journal=True,
    ),
    StepRecord(
        step="judge:rag", input_hash="c" * 64, model="claude-x, gpt-y", requests=2, dropped=1,
        input_tokens=24_000, cached_tokens=20_000, output_tokens=300, cost_usd=0.0105,
        notes=("Sliced into <2> parts.",),
    ),
)  # fmt: skip


def words(page: str) -> str:
    """The text of a page on one line."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def test_the_review_page_says_who_judged_and_what_it_cost(space: Workspace) -> None:
    provenance = Provenance(
        lintel="1", analyst="model 1", catalogue_version="1", catalogue_hash="c" * 64, steps=STEPS
    )
    draft = draft_of().model_copy(update={"provenance": provenance})
    page = space.client("ada").get(f"/reviews/{space.add(draft, change_of())}").text
    assert (
        "claude-x, gpt-y: 3 calls, 36,000 tokens in, 29,000 of them from the cache, 1,000 out, "
        "$0.0305 at list price. 1 step of these had been paid for by an earlier attempt."
    ) in words(page)
    assert "1 answer dropped as unproven. Sliced into &lt;2&gt; parts." in page


def test_a_draft_of_the_rules_cost_nothing(space: Workspace) -> None:
    page = space.client("ada").get(f"/reviews/{space.add(draft_of(), change_of())}").text
    assert "No model was asked." in page


def put_aside(space: Workspace, *, number: int = 1) -> str:
    """A review that waits for its model for another hour."""
    review_id, moment = space.open(number=number), now()
    with space.database.transaction() as session:
        service.fetched(session, review_id, change_of(), moment)
    with space.database.transaction() as session:
        assert service.begin_draft(session, review_id, "w", 60)
        aside = waiting.Wait(moment + timedelta(hours=1), moment, "The <model> is overloaded.")
        assert waiting.wait(session, review_id, "w", aside)
    return review_id


def test_queue_and_page_say_what_is_waited_for_and_until_when(space: Workspace) -> None:
    review_id, client = put_aside(space), space.client("ada")
    until = r"Waits until \d{4}-\d\d-\d\d \d\d:\d\d UTC ?[.:] The <model> is overloaded\."
    for path in ("/", f"/reviews/{review_id}"):
        assert re.search(until, words(client.get(path).text)), path
    page = client.get(f"/reviews/{review_id}").text
    assert "The model could first not be asked on" in page
    assert 'content="30' in page, "a page that waits for an hour does not look every 3 seconds"
    with space.database.transaction() as session:
        assert service.begin_draft(session, review_id, "w", 60) is None
        service.fail(session, review_id, "It failed.")
    assert "Waits until" not in client.get("/").text


def scraped(text: str) -> dict[tuple[str, ...], float]:
    """Name and label values of each sample, as Prometheus reads them."""
    return {
        (sample.name, *(sample.labels[key] for key in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_prometheus_gets_costs_waits_and_budgets(tmp_path: Path) -> None:
    settings = {"metrics_token": SecretStr("a-token"), "installation_usd_per_day": 4}
    with workspace(tmp_path, **settings) as space:
        waits = put_aside(space)
        for step in STEPS:
            with space.database.transaction() as session:
                charge(session, 1, waits, step)
        headers = {"authorization": "Bearer a-token"}
        answer = space.client().get("/metrics", headers=headers)
        found = scraped(answer.text)
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    both = "claude-x, gpt-y"
    assert found[("lintel_model_requests_total", "1", both)] == 2
    assert found[("lintel_model_tokens_total", "input", "1", "claude-x")] == 3_000
    assert found[("lintel_model_tokens_total", "cached", "1", "claude-x")] == 9_000
    assert found[("lintel_model_tokens_total", "output", "1", both)] == 300
    assert found[("lintel_model_cost_usd_total", "1", both)] == 0.0105
    assert found[("lintel_reviews_waiting", "model")] == 1
    assert found[("lintel_reviews_waiting", "budget")] == 0
    assert found[("lintel_installation_budget_usd_per_day",)] == 4
    assert found[("lintel_installation_spent_today_usd", "1")] == pytest.approx(0.0305)


def test_numbers_are_for_the_token_and_for_admins(tmp_path: Path) -> None:
    token = {"authorization": "Bearer a-token"}
    with workspace(tmp_path / "without", admins=("ada",)) as space:
        asked: tuple[tuple[str, dict[str, str]], ...] = (
            ("", {}),
            ("", token),
            ("reader", {}),
            ("", {"authorization": "Bearer "}),
        )
        for login, headers in asked:
            assert space.client(login).get("/metrics", headers=headers).status_code == 404
        assert space.client("ada").get("/metrics").status_code == 200
    with workspace(tmp_path / "with", metrics_token=SecretStr("a-token")) as space:
        assert space.client().get("/metrics", headers=token).status_code == 200
        for wrong in ("Bearer b-token", "Basic a-token", "a-token", "Bearer \u00e4"):
            given = [(b"authorization", wrong.encode("latin-1"))]
            assert space.client().get("/metrics", headers=given).status_code == 404
