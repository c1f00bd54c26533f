"""Sentences with exact offsets, and how a statement stands."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.analysts.lexical.sentences import (
    MAX_QUOTE,
    negated,
    plain,
    section_standing,
    sentences,
    standing,
    tells_why,
)
from agents.document import read
from agents.evidence import verify
from agents.system import Standing


def split(text: str) -> list[str]:
    return [s.text for s in sentences(read("a.md", text))]


class TestSplitting:
    def test_ends_and_lines(self) -> None:
        document = read(
            "a.md", "# T\n\nThe API calls\nthe DB. It reads Redis.\n\n- First. Second one.\n"
        )
        found = [(s.text, s.line) for s in sentences(document)]
        assert found == [
            ("The API calls\nthe DB.", 3),
            ("It reads Redis.", 4),
            ("- First.", 6),
            ("Second one.", 6),
        ]

    def test_abbreviations_and_versions_do_not_end_a_sentence(self) -> None:
        text = "Stores (e.g. Postgres or S3) use TLS 1.3 here. Done."
        assert split(text) == ["Stores (e.g. Postgres or S3) use TLS 1.3 here.", "Done."]

    def test_code_tables_and_headings_are_no_sentences(self) -> None:
        assert split("# A b.\n\n```\nx. y.\n```\n\n| a | b |\n|--|--|\n| c | d |\n") == []

    def test_a_sentence_without_end_is_cut(self) -> None:
        parts = split("word " * 2000)
        assert len(parts) > 5
        assert all(len(part) <= 1000 for part in parts)

    def test_plain_keeps_offsets(self) -> None:
        text = "- The **API** calls [`db`](https://example.org/a_b), ![x](y.png) `user_id`"
        flat = plain(text)
        assert len(flat) == len(text)
        for word in ("API", "calls", "db", "user_id"):
            assert flat.index(word) == text.index(word)
        assert "example" not in flat
        assert "png" not in flat

    @given(
        st.text(max_size=400)
        | st.lists(st.sampled_from(["a. ", "B ", "\n", "- x", "*", ": \n", "é", "!"])).map("".join)
    )
    @settings(max_examples=200, deadline=None)
    def test_every_sentence_is_evidence(self, text: str) -> None:
        document = read("a.md", text)
        for sentence in sentences(document):
            evidence = sentence.evidence(document)
            assert evidence is not None
            assert verify(evidence, {"a.md": document})
            assert len(evidence.quote) <= MAX_QUOTE
            assert evidence.line_start == sentence.line


class TestStanding:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("All traffic is encrypted with TLS.", Standing.IN_FORCE),
            ("The service MUST use encrypted connections.", Standing.IN_FORCE),
            ("We will encrypt data at rest.", Standing.IN_FORCE),
            ("Data is not encrypted.", Standing.NEGATED),
            ("There is no encryption at rest.", Standing.NEGATED),
            ("The bucket isn't encrypted.", Standing.NEGATED),
            ("Data is stored without encryption.", Standing.NEGATED),
            ("Not only backups are encrypted.", Standing.IN_FORCE),
            ("Data must not leave the cluster without being encrypted.", Standing.IN_FORCE),
            ("Keys must never be stored unless encrypted.", Standing.IN_FORCE),
            ("Encryption is planned for phase 2.", Standing.PLANNED),
            ("Disks should be encrypted.", Standing.PLANNED),
            ("Data is not yet encrypted.", Standing.PLANNED),
            ("Keys are encrypted in the background (optional, future work).", Standing.PLANNED),
            ("Volumes can be encrypted.", Standing.CONDITIONAL),
            ("If enabled, volumes are encrypted.", Standing.CONDITIONAL),
            ("We do not use Kafka; the database is encrypted.", Standing.IN_FORCE),
        ],
    )
    def test_of_a_statement(self, text: str, expected: Standing) -> None:
        assert standing(text, text.lower().index("encrypt")) is expected

    @pytest.mark.parametrize(
        ("section", "expected"),
        [
            (("Design", "Security"), Standing.IN_FORCE),
            (("Design", "Alternatives considered"), Standing.OUT_OF_SCOPE),
            (("Non-Goals",), Standing.OUT_OF_SCOPE),
            (("Goals and Non-Goals", "Non-Goals"), Standing.OUT_OF_SCOPE),
            (("Glossary",), Standing.OUT_OF_SCOPE),
            (("Design", "Future work"), Standing.PLANNED),
            (("The future of our payment platform design",), Standing.IN_FORCE),
        ],
    )
    def test_of_a_section(self, section: tuple[str, ...], expected: Standing) -> None:
        assert section_standing(section) is expected
        assert standing("Data is encrypted.", 8, section) is expected

    def test_motivation_is_not_the_design_but_a_title_is(self) -> None:
        assert tells_why(("Title", "Motivation"))
        assert not tells_why(("Threat model of the credit risk agent", "Components"))

    def test_two_negations_cancel(self) -> None:
        assert negated("no data leaves")
        assert not negated("no request is served unauthenticated")
