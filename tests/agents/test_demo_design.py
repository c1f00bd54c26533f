"""The demo's design, read as a reviewer would: what stands in it is found, what it settles is not raised."""

import asyncio
from importlib.resources import files

import pytest

from agents.change import Change, SourceText
from agents.evidence import Label
from agents.findings import Draft
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
    ("id_", "quote"),
    [
        ("acts-at-once@document", "Refunds up to 200 euros are issued directly"),
        ("wide-account@crm", "covers all tenants with read and write access"),
        ("logged-in-full@orchestrator", "in full to the prompt log"),
        ("model-names-the-object@document", "comes from the model's arguments"),
        ("network-instead-of-login@orchestrator", "is reachable from the company network"),
        ("vector-tenant-mixing@vector-store", "is planned for the second phase"),
    ],
)
def test_what_the_text_gives_away_is_among_the_first_ten(
    draft: Draft, id_: str, quote: str
) -> None:
    finding = next(f for f in draft.findings if f.id == id_)
    assert finding.rank <= 10
    assert finding.for_author
    assert quote in " ".join(finding.evidence[0].quote.split())


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


def test_a_payment_provider_is_no_model_provider(draft: Draft) -> None:
    ai = [
        f.id for f in draft.findings if f.category == "ai" and f.component_id == "payment-provider"
    ]
    assert not ai
    assert "payment-provider" not in {q.component_id for q in draft.questions}


def test_one_service_account_is_not_called_shared(draft: Draft) -> None:
    assert not [f.id for f in draft.findings if f.id.startswith("shared-credential")]
