"""reStructuredText: shapes with their lines, and titles and paragraphs as docutils sees them."""

import re

import pytest
from docutils import nodes
from docutils.core import publish_doctree
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.document import BlockKind, Document, read
from tests.agents.test_readers import rows, shape, texts


def rst(text: str) -> Document:
    return read("a.rst", text)


class TestTables:
    def test_a_grid_with_rows_over_lines(self) -> None:
        document = rst(
            "+-----+-------+\n| A   | B     |\n+=====+=======+\n| one | two   |\n|     | three |\n"
            "+-----+-------+\n| x   | y     |\n+-----+-------+\n"
        )
        assert shape(document) == [("table_head", 2, 2), ("table_row", 4, 5), ("table_row", 7, 7)]
        assert rows(document) == [
            ("head", ("A", "B")), ("row", ("one", "two three")), ("row", ("x", "y")),
        ]  # fmt: skip

    def test_a_cell_over_several_rows_keeps_them_together(self) -> None:
        document = rst(
            "+---+---+\n| a | b |\n|   +---+\n|   | c |\n+---+---+\n| over  |\n+---+---+\n"
        )
        assert rows(document) == [("row", ("a", "b c")), ("row", ("over", ""))]

    def test_wide_characters_do_not_break_a_grid(self) -> None:
        document = rst("+------+---+\n| 日本 | b |\n+------+---+\n")
        assert rows(document) == [("row", ("日本", "b"))]

    def test_columns_under_rules(self) -> None:
        document = rst(
            "=====  =====\ncol a  col b\n=====  =====\n1      first\n       more\n\n2      second\n=====  =====\n\nend\n"
        )
        assert shape(document) == [
            ("table_head", 2, 2), ("table_row", 4, 5), ("table_row", 7, 7), ("paragraph", 10, 10),
        ]  # fmt: skip
        assert rows(document)[1] == ("row", ("1", "first more"))

    def test_columns_without_a_head(self) -> None:
        assert rows(rst("==  ==\na   b\nc   d\n==  ==\n")) == [
            ("row", ("a", "b")),
            ("row", ("c", "d")),
        ]

    def test_tables_in_directives(self) -> None:
        document = rst(
            ".. list-table:: Parts\n   :header-rows: 1\n\n   * - Name\n     - Kind\n   * - API\n     - a service\n"
            '       for all\n\n.. csv-table::\n   :header: "a", b\n\n   "x, y", z\n'
        )
        assert rows(document) == [
            ("head", ("Name", "Kind")), ("row", ("API", "a service for all")), ("head", ("a", "b")), ("row", ("x, y", "z")),
        ]  # fmt: skip


class TestDirectives:
    def test_a_note_is_text_with_its_argument(self) -> None:
        document = rst(
            ".. note:: Tokens are kept\n   in clear.\n\n.. warning::\n   :class: x\n\n   The API is open.\n"
        )
        assert texts(document, "paragraph") == [
            "Tokens are kept\n   in clear.",
            "   The API is open.",
        ]

    @pytest.mark.parametrize(
        ("directive", "info"),
        [("mermaid", "mermaid"), ("uml", "plantuml"), ("graphviz", "dot"), ("digraph:: G", "dot")],
    )
    def test_diagrams(self, directive: str, info: str) -> None:
        name, _, rest = directive.partition(":: ")
        document = rst(f".. {name}:: {rest}\n   :caption: c\n\n   A -> B\n\nend\n")
        assert [(b.kind.value, b.info) for b in document.blocks] == [
            ("diagram", info),
            ("paragraph", ""),
        ]

    def test_code_comments_and_substitutions_are_no_text(self) -> None:
        document = rst(
            ".. code-block:: python\n   :linenos:\n\n   x = 1\n\n.. a comment\n   goes on\n\n.. |x| image:: y.png\n\n"
            ".. _target: https://e.example\n\n.. [1] A footnote.\n"
        )
        assert [(b.kind.value, b.info) for b in document.blocks] == [
            ("code", "python"), ("html", ""), ("html", ""), ("html", ""), ("paragraph", ""),
        ]  # fmt: skip

    def test_fields_at_the_top_are_settings_and_items_elsewhere(self) -> None:
        document = rst(
            "Title\n=====\n\n:Author: Ada\n:Status: draft\n\nText.\n\n:Owner: payments\n"
        )
        assert [b.kind.value for b in document.blocks] == [
            "heading",
            "front_matter",
            "paragraph",
            "list_item",
        ]


OPTIONS = {
    "raw_enabled": False, "file_insertion_enabled": False, "_disable_config": True, "report_level": 5,
    "halt_level": 6, "doctitle_xform": False, "docinfo_xform": False, "sectsubtitle_xform": False,
}  # fmt: skip
WORDS = st.lists(
    st.sampled_from(["The", "API", "stores", "tokens", "Ümlaut", "x1"]), min_size=1, max_size=6
)
SENTENCES = WORDS.map(" ".join)
PIECES = st.one_of(
    st.tuples(SENTENCES, st.sampled_from("=-~")).map(lambda t: f"{t[0]}\n{t[1] * len(t[0])}\n"),
    st.tuples(SENTENCES, st.just("*")).map(lambda t: f"{'*' * 40}\n {t[0]}\n{'*' * 40}\n"),
    st.tuples(SENTENCES, SENTENCES).map("\n".join),
    st.tuples(SENTENCES, SENTENCES).map(lambda t: f"- {t[0]}\n  {t[1]}\n- {t[1]}"),
    st.tuples(SENTENCES, SENTENCES).map(lambda t: f"1. {t[0]}\n\n   {t[1]}"),
    SENTENCES.map(lambda s: f".. note:: {s}\n   {s}"),
    SENTENCES.map(lambda s: f".. tip::\n\n   {s}\n\n   - {s}"),
    SENTENCES.map(lambda s: f"{s}::\n\n   literal text"),
    SENTENCES.map(lambda s: f"   {s}\n   {s}"),
    SENTENCES.map(lambda s: f".. a comment\n   {s}"),
    SENTENCES.map(lambda s: f"A. {s}\nand more"),
)


def squash(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


@given(st.lists(PIECES, min_size=1, max_size=8).map("\n\n".join))
@settings(max_examples=150, deadline=None)
def test_titles_and_paragraphs_are_those_of_docutils(text: str) -> None:
    tree = publish_doctree(text, settings_overrides=OPTIONS)
    wanted = [
        squash(node.astext())
        for node in tree.findall(nodes.title)
        if isinstance(node.parent, nodes.section)
    ]
    document = rst(text)
    found = [squash(b.text) for b in document.blocks if b.kind is BlockKind.HEADING]
    assert found == wanted
    prose = (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM)
    ours = [squash(block.text) for block in document.blocks if block.kind in prose]
    for node in tree.findall(nodes.paragraph):
        if not isinstance(node.parent, nodes.system_message):
            assert any(squash(node.astext()) in one for one in ours), node.astext()
