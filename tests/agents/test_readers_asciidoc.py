"""AsciiDoc: titles, blocks between delimiters, tables by their columns, lists."""

import pytest

from agents.document import BlockKind, Document, read
from tests.agents.test_readers import last, rows, shape, texts


def adoc(text: str) -> Document:
    return read("a.adoc", text)


class TestTitles:
    def test_author_and_settings_below_the_title(self) -> None:
        document = adoc(
            "= Title\nAda Byron <ada@e.example>\nv1.0, 2026-01-01\n:toc: left\n\nText.\n"
        )
        assert shape(document) == [("heading", 1, 1), ("front_matter", 2, 4), ("paragraph", 6, 6)]

    def test_text_below_the_title_is_text(self) -> None:
        assert texts(adoc("= Title\nThe API keeps tokens in clear.\n"), "paragraph") == [
            "The API keeps tokens in clear."
        ]

    def test_underlined_titles_have_the_level_of_their_mark(self) -> None:
        document = adoc("Title\n=====\n\nParts\n-----\n\nFlow\n~~~~\n\nText.\n")
        assert [b.level for b in document.blocks if b.kind is BlockKind.HEADING] == [1, 2, 3]
        assert last(document).section == ("Title", "Parts", "Flow")


class TestDelimited:
    @pytest.mark.parametrize("delimiter", ["----", "....", "--", "===="])
    @pytest.mark.parametrize(
        ("attributes", "info"),
        [
            ("[plantuml, flow, svg]", "plantuml"),
            ("[source,mermaid]", "mermaid"),
            ("[graphviz]", "dot"),
        ],
    )
    def test_diagrams(self, delimiter: str, attributes: str, info: str) -> None:
        text = f"{attributes}\n.Caption\n{delimiter}\nA -> B\n\nB -> C\n{delimiter}\n\nend\n"
        document = adoc(text)
        assert shape(document) == [("paragraph", 2, 2), ("diagram", 3, 7), ("paragraph", 9, 9)]
        assert document.blocks[1].info == info

    def test_text_inside_blocks_is_text(self) -> None:
        document = adoc(
            "[NOTE]\n====\nThe API is open.\n\n* item\n====\n\n____\nA quote.\n____\n\n--\nOpen.\n--\n"
        )
        assert shape(document) == [
            ("paragraph", 3, 3), ("list_item", 5, 5), ("paragraph", 9, 9), ("paragraph", 13, 13),
        ]  # fmt: skip

    def test_a_delimiter_of_another_length_closes_nothing(self) -> None:
        document = adoc("-----\ncode\n----\nmore\n-----\n\nend\n")
        assert shape(document) == [("code", 1, 5), ("paragraph", 7, 7)]

    def test_code_without_delimiters(self) -> None:
        document = adoc(
            "[source,java]\nint x;\nint y;\n\n literal\n lines\n\n//// \nhidden\n////\n// hidden\n"
        )
        assert [(b.kind.value, b.info) for b in document.blocks] == [
            ("code", "java"), ("code", ""), ("html", ""), ("html", ""),
        ]  # fmt: skip


class TestTables:
    def test_cells_on_lines_of_their_own(self) -> None:
        document = adoc(
            '[%header,cols="1,2"]\n|===\n|Name\n|Kind\n\n|API\n|a service that\nis big\n\na|* list\n|end\n|===\n'
        )
        assert shape(document) == [("table_head", 3, 4), ("table_row", 6, 8), ("table_row", 10, 11)]
        assert rows(document)[1] == ("row", ("API", "a service that is big"))

    def test_a_blank_line_behind_the_first_row_makes_it_the_head(self) -> None:
        assert rows(adoc("|===\n|a |b\n\n|1\n|2\n\n|3 |4\n|===\n")) == [
            ("head", ("a", "b")), ("row", ("1", "2")), ("row", ("3", "4")),
        ]  # fmt: skip

    def test_cells_over_columns_and_rows(self) -> None:
        assert rows(adoc("[cols=3*]\n|===\n.2+|A |b |c\n|d |e\n2+|over |z\n|x |y\n|w\n|===\n")) == [
            ("row", ("A", "b", "c")), ("row", ("d", "e")), ("row", ("over", "z")), ("row", ("x", "y", "w")),
        ]  # fmt: skip

    def test_values_between_commas(self) -> None:
        assert rows(adoc(",===\na,b\n1,2\n,===\n")) == [("row", ("a", "b")), ("row", ("1", "2"))]


def test_lists_with_terms_continuations_and_steps() -> None:
    document = adoc(
        "* one\n** two\n+\ngoes on\n+\n----\ncode\n----\n. step\nterm:: its meaning\n  over lines\nother:: x\n"
    )
    assert shape(document) == [
        ("list_item", 1, 1), ("list_item", 2, 2), ("paragraph", 4, 4), ("code", 6, 8), ("list_item", 9, 9),
        ("list_item", 10, 11), ("list_item", 12, 12),
    ]  # fmt: skip
