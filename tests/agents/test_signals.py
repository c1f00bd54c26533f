"""Signals against the catalogue, its examples, and statements that do not stand."""

from typing import Any

import pytest

from agents.analysts.lexical.index import Index
from agents.analysts.lexical.signals import index_of, known, of, opening, settling
from agents.catalogue.loader import load
from agents.document import read
from agents.examples import Shape, examples

CATALOGUE = load()
FEWEST = 4
"""Phrases that settle a threat, at least: engineers say the same thing in many ways."""

# A sentence in force, then the same one negated, planned and out of scope.
STANDINGS = [
    (
        "ci-cd-pipeline-compromise",
        "Container images are signed with cosign and verified before they are deployed.",
        "Container images are not signed or verified before they are deployed.",
        "In phase 2, container images will be signed with cosign and verified on deployment.",
        "## Out of scope\n\nContainer images are signed with cosign and verified on deployment.",
    ),
    (
        "dependency-compromise",
        "Every build produces an SBOM, and all images are pinned by digest.",
        "The build does not produce an SBOM.",
        "An SBOM per build is planned for the next release.",
        "## Future work\n\nEvery build produces an SBOM, and all images are pinned by digest.",
    ),
    (
        "tenant-isolation-failure",
        "Row-level security in Postgres keeps the customers apart.",
        "Row-level security is not used in Postgres.",
        "Row-level security will be added later, once the first customers are live.",
        "## Alternatives considered\n\nRow-level security in Postgres keeps the customers apart.",
    ),
    (
        "unsafe-model-deserialisation",
        "The server loads weights in the safetensors format.",
        "The server does not use safetensors.",
        "The server should load weights in the safetensors format.",
        "## Non-goals\n\nThe server loads weights in the safetensors format.",
    ),
    (
        "privileged-insider-misuse",
        "Administrators receive just-in-time access to production for one hour.",
        "Administrators do not receive just-in-time access to production.",
        "We plan to give administrators just-in-time access to production.",
        "## Roadmap\n\nAdministrators receive just-in-time access to production for one hour.",
    ),
    (
        "membership-inference",
        "The model is trained with differential privacy.",
        "The model was trained without differential privacy.",
        "Differential privacy is on the roadmap for the next version of the model.",
        "## Rejected options\n\nThe model is trained with differential privacy.",
    ),
]


def _index(text: str) -> Index:
    return index_of({"design.md": read("design.md", text)})


def _examples(shape: Shape) -> list[Any]:
    """The examples of one shape, of each threat that has signals."""
    return [
        pytest.param(threat.id, text, id=f"{threat.id}-{number}")
        for threat in CATALOGUE.threats.values()
        if threat.id in known()
        for its_shape, number, text in examples(threat)
        if its_shape == shape
    ]


def test_every_threat_can_be_settled_in_several_ways() -> None:
    missing = sorted(id_ for id_ in CATALOGUE.threats if len(of(id_).settled) < FEWEST)
    assert not missing, f"{len(missing)} threats with too few signals: {', '.join(missing)}"


def test_signals_name_threats_of_the_catalogue() -> None:
    assert known() - set(CATALOGUE.threats) == frozenset()


@pytest.mark.parametrize(("threat_id", "text"), _examples("mitigated"))
def test_an_answered_example_is_settled(threat_id: str, text: str) -> None:
    assert settling(threat_id, _index(text))


@pytest.mark.parametrize(("threat_id", "text"), _examples("fires"))
def test_an_open_example_is_not_settled(threat_id: str, text: str) -> None:
    assert [hit.sentence.text for hit in settling(threat_id, _index(text))] == []


@pytest.mark.parametrize(("threat_id", "text"), _examples("quiet"))
def test_a_quiet_example_is_not_weak(threat_id: str, text: str) -> None:
    assert [hit.sentence.text for hit in opening(threat_id, _index(text))] == []


@pytest.mark.parametrize(
    ("threat_id", "text"), [pytest.param(row[0], row[1], id=row[0]) for row in STANDINGS]
)
def test_a_statement_in_force_settles(threat_id: str, text: str) -> None:
    assert settling(threat_id, _index(text))


@pytest.mark.parametrize(
    ("threat_id", "text"),
    [
        pytest.param(threat_id, text, id=f"{threat_id}-{way}")
        for threat_id, _, *others in STANDINGS
        for way, text in zip(("negated", "planned", "out-of-scope"), others, strict=True)
    ],
)
def test_a_statement_that_does_not_stand_settles_nothing(threat_id: str, text: str) -> None:
    assert settling(threat_id, _index(text)) == []


@pytest.mark.parametrize(
    ("threat_id", "text"),
    [
        # What is not there yet is no answer, though its absence would be one.
        ("semantic-cache-poisoning", "Answers are not cached yet, whatever the question."),
        ("application-denial-of-service", "When the store is unreachable, return 503."),
        (
            "tenant-isolation-failure",
            "This token is separate from that one and applies to the client_id.",
        ),
        (
            "long-lived-machine-credentials",
            "| Token near its end | Tokens are renewed every hour (optional, future work) |",
        ),
        # What introduces an example states nothing.
        (
            "long-lived-machine-credentials",
            "The following complete example shows a short-lived token of the service.",
        ),
    ],
)
def test_what_only_sounds_like_an_answer_settles_nothing(threat_id: str, text: str) -> None:
    assert settling(threat_id, _index(text)) == []


def test_an_introduction_of_an_example_leaves_nothing_open() -> None:
    said = "a client with its secret in the repository"
    assert opening("hard-coded-secrets", _index(f"There is {said}."))
    assert not opening("hard-coded-secrets", _index(f"The following example shows {said}."))
