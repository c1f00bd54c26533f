"""The demo's design, read as a reviewer would: what stands in it is found, what it settles is not raised."""

import asyncio
from importlib.resources import files

import pytest

from agents.change import Change, SourceText
from agents.evidence import Label
from agents.findings import Draft, Finding
from tests.support import offline_draft

PATH = "sample/pull-1/files/docs/design/support-assistant.md"


@pytest.fixture(scope="module")
def draft() -> Draft:
    text = (files("service.demo") / PATH).read_text()
    change = Change(
        repository="acme/support-assistant", documents=(SourceText(path=PATH, text=text),)
    )
    return asyncio.run(offline_draft(change))


@pytest.mark.parametrize(
    ("threat", "quote"),
    [
        ("irreversible-action-unapproved", "Refunds up to 200 euros are issued directly"),
        ("over-privileged-cloud-role", "covers all tenants with read and write access"),
        ("prompt-log-overexposure", "in full to the prompt log"),
        ("confused-deputy-agent", "comes from the model's arguments"),
        ("flat-network-admin-exposure", "is reachable from the company network"),
        ("vector-tenant-mixing", "All tenants share one index"),
    ],
)
def test_what_the_text_gives_away_is_among_the_first_ten(
    draft: Draft, threat: str, quote: str
) -> None:
    ranks = [f.rank for f in draft.findings if f.threat_id == threat and says(f, quote)]
    assert ranks, "not found at all"
    assert min(ranks) <= 10


def says(finding: Finding, words: str) -> bool:
    """The finding rests on a sentence with these words."""
    return any(words in " ".join(e.quote.split()) for e in finding.evidence)


def test_the_author_gets_the_first_seven(draft: Draft) -> None:
    assert [f.rank for f in draft.findings if f.for_author] == list(range(1, 8))


def test_instructions_in_tickets_are_a_finding(draft: Draft) -> None:
    assert any(f.threat_id == "indirect-prompt-injection" for f in draft.findings)


@pytest.mark.parametrize(
    ("threat", "settled_by"),
    [
        ("implicit-network-trust", "services identify each other with certificates"),
        ("cleartext-transport", "all connections use TLS"),
        ("unencrypted-data-at-rest", "records at rest are encrypted"),
        ("webhook-spoofing", "the intake verifies the webhook's signature"),
        ("missing-endpoint-authentication", "single sign-on, and the token is checked"),
    ],
)
def test_what_the_text_settles_is_not_raised(draft: Draft, threat: str, settled_by: str) -> None:
    raised = [f.id for f in draft.findings if f.threat_id == threat]
    assert not raised, settled_by


def test_a_stated_gap_is_not_raised_a_second_time_as_silence(draft: Draft) -> None:
    said = {"irreversible-action-unapproved", "prompt-log-overexposure", "confused-deputy-agent"}
    silent = [f for f in draft.findings if f.evidence[0].label is Label.ABSENT]
    assert not [f.id for f in silent if f.threat_id in said]
    merged = {id_ for f in draft.findings for id_ in f.also}
    assert {id_.partition("@")[0] for id_ in merged} & said


def test_what_the_model_writes_and_the_console_renders_is_raised_once(draft: Draft) -> None:
    lines = [
        (e.line_start, e.line_end)
        for f in draft.findings
        if f.threat_id in ("markup-auto-fetch-exfiltration", "model-output-rendered-as-markup")
        for e in f.evidence[:1]
    ]
    assert lines == [(123, 123)]


def test_a_payment_provider_is_no_model_provider(draft: Draft) -> None:
    ai = [
        f.id for f in draft.findings if f.category == "ai" and f.component_id == "payment-provider"
    ]
    assert not ai
    assert "payment-provider" not in {q.component_id for q in draft.questions}


def test_one_service_account_is_not_called_shared(draft: Draft) -> None:
    assert not [f.id for f in draft.findings if f.id.startswith("shared-credential")]


def test_the_comment_asks_for_what_the_finding_asks_for(draft: Draft) -> None:
    comments = {c.about: " ".join(c.body.split()) for c in draft.comments}
    asked = {f.id: f.change for f in draft.findings if f.id.startswith("acts-at-once")}
    assert asked
    assert all(change in comments[id_] for id_, change in asked.items())
