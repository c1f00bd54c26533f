"""The tables: subjects and categories are recognised and fit the catalogue."""

import pytest

from agents.catalogue.loader import load
from evals.categories import categories
from evals.subjects import subjects, subjects_of_threat, table
from evals.words import words


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("Anyone can flood the endpoint.", "denial of service"),
        ("Traffic between the two is sent in cleartext.", "encryption in transit"),
        ("Backups lack encryption at rest.", "encryption at rest"),
        ("The endpoint is open: calls arrive without authentication.", "authentication of callers"),
        ("Roles are over-permissive.", "least privilege"),
        ("Nobody would notice, for there is no audit trail.", "logging and alerts"),
        ("A malicious package enters by a dependency.", "supply chain"),
        ("The model may hallucinate a clause.", "invented answers"),
        ("The service fetches a URL and may be used for SSRF.", "fetched addresses"),
        ("Hidden instructions in a page steer the model.", "instructions in content"),
    ],
)
def test_a_subject_is_recognised(text: str, subject: str) -> None:
    assert subject in subjects(text)


def test_all_words_of_a_phrase_stand_in_one_sentence() -> None:
    assert "encryption at rest" in subjects("We want encryption for data at rest.")
    assert "encryption at rest" not in subjects("We want encryption. Staff may rest.")
    assert "authentication of callers" not in subjects("Authentication is by passkey.")
    assert subjects("") == frozenset()


def test_every_phrase_has_words_and_every_threat_a_subject() -> None:
    for name, subject in table().items():
        assert all(words(phrase) for phrase in subject.phrases), name
    known = load().threats
    assert {t for subject in table().values() for t in subject.threats} <= known.keys()
    without = [threat for threat in known if not subjects_of_threat(threat)]
    assert not without, "name the threat in a subject of evals/subjects.yaml"
    assert subjects_of_threat(None) == frozenset()


def test_categories_name_threats_and_domains_of_the_catalogue() -> None:
    catalogue = load()
    for category in categories().values():
        assert set(category.threats) <= catalogue.threats.keys()
        assert set(category.domains) <= set(catalogue.vocabulary.domains)


def test_a_category_fits_its_threats_more_than_its_domains() -> None:
    category = categories()["unbounded_consumption"]
    assert category.fits("denial-of-wallet", "availability") == 1
    assert category.fits(None, "availability") == 0.5
    assert category.fits("cross-site-scripting", "web") == 0
