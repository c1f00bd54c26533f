"""Technology in a text: what the vocabulary does not know is noted, and nothing else."""

import pytest

from agents.analysts.lexical import sightings as module
from agents.evidence import verify
from agents.system import Sighting
from tests.agents.extraction import model, reading


def design(*sentences: str) -> str:
    return "# Orders\n\n## Architecture\n\n" + "\n\n".join(sentences) + "\n"


def seen(*sentences: str) -> tuple[Sighting, ...]:
    return model(design(*sentences)).sightings


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        # Unknown ones.
        ("The worker is built on Quibbler.", ["Quibbler"]),
        ("The gateway uses the Fennwick library to check tokens.", ["Fennwick"]),
        ("Jobs are scheduled by Tarnhelm 2.4.", ["Tarnhelm"]),
        ("Logs are indexed in Obsidian Lake.", ["Obsidian Lake"]),
        ("The worker is powered by Mistwood v3.", ["Mistwood"]),
        ("The worker connects to Graupel.", ["Graupel"]),
        ("We adopt Snorkelberry for jobs.", ["Snorkelberry"]),
        ("The broker Wexford.io relays messages.", ["Wexford.io"]),
        ("Quibbler 3.2.1 keeps the state.", ["Quibbler"]),
        ("The worker moved from Graupel and uses Quibbler.", ["Quibbler"]),
        # Known ones.
        ("Data is stored in Postgres.", []),
        ("The worker runs on Kubernetes.", []),
        ("Traffic goes through Nginx.", []),
        ("The worker is deployed on AWS Lambda.", []),
        # Languages, protocols and formats.
        ("The worker is written in Python.", []),
        ("Messages are sent via HTTPS.", []),
        ("The worker uses JSON and YAML.", []),
        ("The client uses OAuth 2.0.", []),
        # Common words with a capital letter.
        ("The job is scheduled in March.", []),
        ("The design is based on Phase 2.", []),
        # Places.
        ("Backups are stored in Ireland and deployed to Northern Virginia.", []),
        ("The worker is hosted in Quibblerton.", []),
        ("The worker runs on Quibbler in Frankfurt.", ["Quibbler"]),
    ],
)
def test_a_sentence(sentence: str, names: list[str]) -> None:
    assert [s.name for s in seen(sentence)] == names


def test_each_has_its_first_sentence_and_a_count() -> None:
    first, second = "The worker uses Quibbler.", "The job is built on Quibbler."
    (quibbler,) = seen(first, second)
    assert quibbler.count == 2
    assert quibbler.evidence.quote == first
    assert verify(quibbler.evidence, reading(design(first, second)).documents)


@pytest.mark.parametrize("heading", ["Alternatives considered", "Future work", "Out of scope"])
def test_what_is_not_in_force_is_not_noted(heading: str) -> None:
    assert model(f"# Orders\n\n## {heading}\n\nThe worker uses Quibbler.\n").sightings == ()


def test_a_review_notes_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    names = [s.name for s in seen("It uses Quibbler.", "It uses Graupel.", "It uses Fennwick.")]
    assert names == ["Quibbler", "Graupel"]
