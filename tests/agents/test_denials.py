"""What a text denies, gives up, quotes or names in another sense is no part, fact or control."""

import pytest

from agents.analysts.lexical import judge as judging
from agents.analysts.lexical.index import Index
from agents.analysts.lexical.phrase import phrase
from agents.analysts.lexical.sayings import sayings, says_no
from agents.analysts.lexical.sentences import negated
from agents.analysts.lexical.signals import opening, settling, stands
from agents.analysts.lexical.thinking import learns
from agents.document import read
from agents.findings import Verdict
from agents.system import Standing
from tests.agents.designs import candidate, shop
from tests.agents.extraction import model

TRANSPORT = "cleartext-transport"


def indexed(text: str) -> Index:
    return Index(list(sayings({"design.md": read("design.md", text)})))


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Our site has no code and hence no repository, build server or deployment job.", "build"),
        ("The service has no cache, no queue and no message broker of its own.", "broker"),
        ("Sharing files by public link from S3 was option 3 and was voted down.", "s3"),
        ("Pre-trained weights on Hugging Face were compared and not adopted.", "hugging"),
        ('"Partner fares" in the user interface are discounts.', "partner"),
        ("The system has no message broker. People wait in the queue at the desk.", "queue"),
        ("It has no database: the service compares the text with a table in the binary.", "table"),
    ],
)
def test_what_is_not_there_is_no_part(text: str, part: str) -> None:
    assert not [c.id for c in model(text).components if part in c.id]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ('The "nightly import" sends orders to the "order service".', "order-service"),
        ("The gateway has no database. The service writes orders to the table.", "table"),
        ("The system has no message broker. The API sends jobs to Amazon SQS.", "amazon-sqs"),
        ("A second LLM marks each transcript from one to five.", "llm"),
        ("Our translator calls `gemini-flash-latest` and parses what comes back.", "gemini-flash"),
    ],
)
def test_what_is_there_stays_a_part(text: str, part: str) -> None:
    assert part in {c.id for c in model(text).components}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("No language model, prompt or skill file is part of this design.", False),
        ("A Datadog agent is installed on every host. It reads its settings from a file.", False),
        ("The travel agent answers the customer by phone.", False),
        ("Regression tests run each night.", False),
        ("Claude drafts the letter.", True),
        ("A gradient-boosted model estimates the default rate.", True),
        ("Our product has one agent for all firms. It fetches invoices from the back end.", True),
        ("No language model reads the mail. The classifier sorts it.", True),
    ],
)
def test_a_text_is_about_machine_learning_unless_it_denies_it(text: str, expected: bool) -> None:
    assert learns(text) is expected


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("The assistant takes no attachments and no pictures from patients.", "multimodal_input"),
        ("The backend stores the link; the server never requests it.", "url_fetch"),
        ("We have trained nothing: there is no model of our own.", "custom_training"),
    ],
)
def test_an_attribute_of_what_is_denied_is_negated(text: str, attribute: str) -> None:
    ways = {fact.standing for fact in model(text).attributes if fact.attribute == attribute}
    assert ways == {Standing.NEGATED}


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("There is no login, no session and", True),
        ("The service neither issues nor receives", True),
        ("It has no code and hence no", True),
        ("It is not public, and no", True),
        ("No request is served without", False),
        ("Nothing is disabled and", False),
    ],
)
def test_a_negation_said_again_counts_once(clause: str, expected: bool) -> None:
    assert negated(clause) is expected


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("The server has no rate limit.", ["server", "rate"], True),
        ("The server has no new rate limit.", ["server", "rate"], True),
        ("The server needs no login and limits the rate.", ["server", "limits"], False),
        ("The server limits the rate.", ["server", "rate"], False),
    ],
)
def test_a_negation_right_before_a_word(text: str, words: list[str], expected: bool) -> None:
    assert says_no(text, [text.index(word) for word in words]) is expected


@pytest.mark.parametrize(
    ("said", "text", "expected"),
    [
        ("gateway rate_limit", "The gateway has no rate limit.", Standing.NEGATED),
        ("gateway rate_limit", "The gateway has a rate limit.", Standing.IN_FORCE),
        ("gateway no rate_limit", "The gateway has no rate limit.", Standing.IN_FORCE),
    ],
)
def test_a_phrase_stands_unless_the_text_denies_a_word(
    said: str, text: str, expected: Standing
) -> None:
    (hit,) = indexed(text).find(phrase(said))
    assert stands(hit) is expected


def test_signals_heed_what_is_denied() -> None:
    used = indexed("The same token is used for all calls to every API of the group.")
    unused = indexed("Clients connect anonymously, no token is used for calls to any other API.")
    assert opening("mcp-token-passthrough", used)
    assert opening("mcp-token-passthrough", unused) == []
    foreseen = indexed("Automatic rotation of the key every 90 days is foreseen.")
    assert settling("weak-key-management", foreseen) == []


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("The Order API speaks TLS 1.3 with every caller.", Verdict.MITIGATED),
        ("The Order API speaks TLS 1.0 with every caller.", Verdict.APPLIES),
        ("The Order API speaks TLS 1.2 or later and refuses TLS 1.0.", Verdict.MITIGATED),
    ],
)
def test_an_outdated_method_answers_nothing(line: str, verdict: Verdict) -> None:
    design = shop(line).control("TLS", Standing.IN_FORCE, "order-api")
    assert judging.judge(candidate(TRANSPORT, "order-api"), design.reading()).verdict is verdict
