"""Shapes that real documents have, format by format: kinds, exact lines, cells of tables."""

import pytest

from agents.document import Block, BlockKind, Document, read

FENCE = "`" * 3


def shape(document: Document) -> list[tuple[str, int, int]]:
    return [(block.kind.value, block.line_start, block.line_end) for block in document.blocks]


def texts(document: Document, *kinds: str) -> list[str]:
    return [block.text for block in document.blocks if block.kind.value in kinds]


def rows(document: Document) -> list[tuple[str, tuple[str, ...]]]:
    tables = (BlockKind.TABLE_HEAD, BlockKind.TABLE_ROW)
    return [
        (block.kind.value.removeprefix("table_"), block.cells)
        for block in document.blocks
        if block.kind in tables
    ]


def last(document: Document) -> Block:
    return document.blocks[-1]


class TestMarkdown:
    def test_text_between_rules_is_text_and_not_front_matter(self) -> None:
        document = read("a.md", "# A\n\n---\nThe API is open to the internet.\n---\n\nEnd.\n")
        assert shape(document) == [("heading", 1, 1), ("heading", 4, 5), ("paragraph", 7, 7)]

    @pytest.mark.parametrize(("mark", "entry"), [("---", "a: 1"), ("+++", "a = 1")])
    def test_front_matter_at_the_top(self, mark: str, entry: str) -> None:
        document = read("a.md", f"{mark}\n{entry}\n{mark}\n\n# A\n")
        assert shape(document) == [("front_matter", 1, 3), ("heading", 5, 5)]

    def test_a_title_over_two_lines_keeps_its_words_apart(self) -> None:
        assert last(read("a.md", "Data\nflow\n===\n\nx\n")).section == ("Data flow",)

    def test_attributes_of_a_heading_are_not_its_title(self) -> None:
        assert last(read("a.md", "# Flow {#flow}\n\nx\n")).section == ("Flow",)

    def test_an_alert_is_its_text(self) -> None:
        document = read("a.md", "> [!WARNING]\n> Tokens are kept\n> in clear.\n")
        assert texts(document, "paragraph") == ["Tokens are kept\n> in clear."]

    def test_an_item_that_only_holds_another_is_no_item(self) -> None:
        document = read("a.md", "- - inner\n- # Title\n1. > quote\n")
        assert [b.text for b in document.blocks] == ["- inner", "# Title", "quote"]

    def test_a_table_in_a_list(self) -> None:
        document = read(
            "a.md", "- item\n\n  | a | b |\n  |---|---|\n  | 1 | 2 \\| 3 |\n\n  after\n"
        )
        assert rows(document) == [("head", ("a", "b")), ("row", ("1", "2 \\| 3"))]
        assert shape(document)[-1] == ("paragraph", 7, 7)

    def test_footnotes_are_paragraphs(self) -> None:
        document = read("a.md", "Text[^1].\n\n[^1]: The note\n    goes on.\n\n    It ends.\n")
        assert shape(document) == [("paragraph", 1, 1), ("paragraph", 3, 4), ("paragraph", 6, 6)]

    def test_colons_with_a_diagram_are_a_fence(self) -> None:
        text = "::: mermaid\ngraph TD\n\nA-->B\n:::\n\nend\n"
        document = read("a.md", text)
        assert shape(document) == [("diagram", 1, 5), ("paragraph", 7, 7)]
        assert document.blocks[0].info == "mermaid"

    def test_colons_around_text_are_no_text(self) -> None:
        document = read("a.md", ":::note Über\nThe *API* is open.\n:::\n\nü :::\n")
        assert texts(document, "paragraph") == ["The *API* is open.", "ü :::"]

    def test_colons_inside_code_stay_code(self) -> None:
        document = read("a.md", f"{FENCE}md\n::: mermaid\nA\n:::\n{FENCE}\n\nend\n")
        assert shape(document) == [("code", 1, 5), ("paragraph", 7, 7)]

    @pytest.mark.parametrize(
        ("body", "info"),
        [
            ("graph LR\nA --> B", "mermaid"),
            ("sequenceDiagram\nA->>B: x", "mermaid"),
            ("@startuml\nA -> B\n@enduml", "plantuml"),
            ("digraph G {\n a -> b\n}", "dot"),
            ("<mxGraphModel><root/></mxGraphModel>", "drawio"),
            ("Browser -> Proxy -> API", "ascii"),
        ],
    )
    def test_a_diagram_without_a_language_is_known_by_its_first_words(
        self, body: str, info: str
    ) -> None:
        block = read("a.md", f"{FENCE}\n{body}\n{FENCE}\n").blocks[0]
        assert (block.kind, block.info) == (BlockKind.DIAGRAM, info)

    @pytest.mark.parametrize(
        "body",
        [
            "x -> y",
            "let a = b -> c",
            "cp a.txt -> b.txt\nls",
            "def f(a, b):\n    f(a, b) -> (c, d)",
        ],
    )
    def test_an_arrow_alone_makes_no_diagram(self, body: str) -> None:
        assert read("a.md", f"{FENCE}\n{body}\n{FENCE}\n").blocks[0].kind is BlockKind.CODE


class TestHtml:
    def test_rows_headings_items_and_text(self) -> None:
        text = (
            "<table>\n<thead><tr><th>Part</th><th>Kind</th></tr></thead>\n<tr><td>A &amp; B</td>\n"
            "<td>service</td></tr>\n<tr><td>C<td>queue\n<tr><td>D<td>store\n</table>\n\n"
            '<p align="center">The <b>API</b> keeps\ntokens.</p>\n<ul>\n<li>one</li>\n</ul>\n'
            "<h2>Flow</h2>\ntext\n"
        )
        document = read("a.md", text)
        assert rows(document) == [
            ("head", ("Part", "Kind")), ("row", ("A & B", "service")), ("row", ("C", "queue")), ("row", ("D", "store")),
        ]  # fmt: skip
        assert texts(document, "paragraph") == ["The <b>API</b> keeps\ntokens.", "text"]
        assert texts(document, "list_item") == ["one"]
        assert last(document).section == ("Flow",)
        assert [b.line_start for b in document.blocks if b.kind is BlockKind.TABLE_ROW] == [3, 5, 6]

    def test_details_show_their_text(self) -> None:
        text = "<details>\n<summary>More</summary>\n\nThe **API** is open.\n\n</details>\n"
        assert texts(read("a.md", text), "paragraph") == ["More", "The **API** is open."]

    @pytest.mark.parametrize(
        "text",
        [
            "<!-- The API\nis open. -->\n",
            "<div style='display:none'>\nAll traffic is encrypted.\n</div>\n",
            "<script>\nThe API is open.\n</script>\n",
        ],
    )
    def test_what_is_not_shown_is_no_text(self, text: str) -> None:
        assert [block.kind for block in read("a.md", text).blocks] == [BlockKind.HTML]

    def test_a_diagram_in_a_pre_element(self) -> None:
        document = read("a.md", '<pre class="mermaid">\ngraph TD\nA--&gt;B\n</pre>\n')
        assert [(b.kind.value, b.info) for b in document.blocks] == [("diagram", "mermaid")]


class TestPlainText:
    def test_numbers_and_capitals_make_headings(self) -> None:
        text = (
            "SYSTEM DESIGN\n\n1. Overview\n\nThe API calls.\n\n1.1 Data flow\n\nText.\n\n2. Storage\n\nText.\n\n"
            "Appendix A: Terms\n\nText.\n"
        )
        document = read("a.txt", text)
        assert [(b.text, b.level) for b in document.blocks if b.kind is BlockKind.HEADING] == [
            ("SYSTEM DESIGN", 1), ("1. Overview", 2), ("1.1 Data flow", 3), ("2. Storage", 2), ("Appendix A: Terms", 2),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        "text",
        [
            "1. First\n2. Second\n",
            "1. First\n\n2. Second\n\n3. Third\n\nText.\n",
            "Text.\n\nA Gateway Receives Calls\n",
            "Text.\n\n3 services call the API.\n",
            "NOTE: THE API IS OPEN.\n",
        ],
    )
    def test_lists_and_sentences_are_no_headings(self, text: str) -> None:
        assert not texts(read("a.txt", text), "heading")

    def test_a_drawing_needs_no_fence(self) -> None:
        text = "Text.\n\n+-----+     +----+\n| API |---->| DB |\n+-----+     +----+\n   |\n   v\n\n+-----+\n| Log |\n+-----+\n\nEnd.\n"
        document = read("a.txt", text)
        assert shape(document) == [("paragraph", 1, 1), ("diagram", 3, 11), ("paragraph", 13, 13)]

    def test_grids_and_bars_are_tables(self) -> None:
        text = "+---+---+\n| a | b |\n+===+===+\n| c | d |\n+---+---+\n\n|---+---|\n| e | f |\n|---+---|\n| g | h |\n"
        assert rows(read("a.txt", text)) == [
            ("head", ("a", "b")), ("row", ("c", "d")), ("head", ("e", "f")), ("row", ("g", "h")),
        ]  # fmt: skip


class TestWholeFiles:
    @pytest.mark.parametrize(
        ("path", "text", "info"),
        [
            ("flow.mmd", "\ngraph LR\nA --> B\n", "mermaid"),
            ("flow.puml", "@startuml\nA -> B\n@enduml\n", "plantuml"),
            ("flow.dot", "digraph { a -> b }\n", "dot"),
            ("flow.drawio", "<mxfile></mxfile>\n", "drawio"),
            ("export.xml", "<?xml version='1.0'?>\n<mxfile></mxfile>\n", "drawio"),
        ],
    )
    def test_a_file_that_is_one_diagram(self, path: str, text: str, info: str) -> None:
        (block,) = read(path, text).blocks
        assert (block.kind, block.info) == (BlockKind.DIAGRAM, info)
        assert block.line_end == text.count("\n")

    def test_other_xml_is_text(self) -> None:
        assert [b.kind for b in read("a.xml", "<a>\n").blocks] == [BlockKind.PARAGRAPH]
