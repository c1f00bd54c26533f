"""Reading documents: blocks, sections and exact lines, for every format and any input."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.document import Block, BlockKind, Document, read
from tests.support import require_cases

MARKDOWN = """---
title: Überschrift
---
# Größe `x`

First paragraph
over two lines.

- one
  - nested
- [ ] task

  second paragraph

| a | b |
|---|---|
| ä | d |

```mermaid
flowchart LR
  A --> B
```

```python
print("-->")
```

## Below

> quoted

<div>html</div>
"""
RST = """Title
=====

Intro text
on two lines.

Parts
-----

* first item
  continued
* second item

.. code-block:: python

   print(1)

.. mermaid::

   flowchart LR
     A --> B

Example::

   literal text

=====  =====
head   other
=====  =====
one    two
=====  =====
"""
ASCIIDOC = """= Title

Intro.

== Parts

* item one
** nested item

[source,mermaid]
----
flowchart LR
  A --> B
----

|===
| Name | Kind

| API | service
|===
"""
PLAIN = """Overview
========

The API calls the database.

# Parts

1. first
2. second
"""
PIECES = st.sampled_from(
    ["# t\n", "- a\n", "  - b\n", "> q\n", "```\n", "~~~\n", "| a | b |\n|---|---|\n", "\r\n", "\r", "\n", "\ufeff",
     "\x00", "\u2028", "ü", "---\n", "===\n", "<div>\n", ".. x::\n", "::\n", "|===\n", "    code\n", "[^1]: f\n",
     ".. note:: n\n", ".. csv-table::\n   :header: a, b\n\n", "   x\n", "+--+--+\n", "| a| b|\n", "== ==\n", "a  b\n",
     "* - c\n", ":f: v\n", "1. n\n", "[source,x]\n", "----\n", "====\n", "t:: d\n", ".T\n", "2+|a |b\n", "//// \n",
     "<table>\n", "<tr><td>a</td>", "</tr>\n", "<li>b</li>\n", "<h2>h</h2>", "<!-- ", "-->\n", "::: mermaid\n", ":::\n",
     "1.2 Title\n", "CAPITALS\n", "+--+ --> +--+\n", "| |\n", "- [ ] \n", "# h\n", "+++\n", "k: v\n", "- > - ", "> ```\n"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=300), st.lists(PIECES | st.text(max_size=8)).map("".join))
PATHS = ["a.md", "a.rst", "a.adoc", "a.txt"]


def of(document: Document, kind: BlockKind) -> list[Block]:
    return [block for block in document.blocks if block.kind is kind]


MARKS = r"(?:[\s>]|[-*+][ \t]|\d{1,9}[.)][ \t]|\[\^[^\]]*\]:|<[^<>]*>)*"
"""What may stand before a block on its first line: marks of the containers that it is in."""
BEFORE = {
    ".md": MARKS,
    ".rst": r"(?:\s*\.\. .*?(?:::|\]) +|\s*:header:\s+)?",
    ".adoc": r"\.?",
    ".txt": "",
}
BEHIND = {".md": r"(?:\s|<[^<>]*>)*"}


def holds(document: Document) -> None:
    """The promises that every document keeps: ordered ranges that hold exactly the text."""
    suffix = "." + document.path.rpartition(".")[2]
    before, behind = BEFORE[suffix], BEHIND.get(suffix, r"\s*")
    last = 1
    for block in document.blocks:
        assert last <= block.line_start <= block.line_end <= document.line_count
        assert block.text.count("\n") == block.line_end - block.line_start
        window = document.lines(block.line_start, block.line_end)
        assert re.fullmatch(f"{before}{re.escape(block.text)}{behind}", window), (block, window)
        last = block.line_end


class TestMarkdown:
    def test_kinds_and_lines(self) -> None:
        document = read("design.md", MARKDOWN)
        seen = [(b.kind.value, b.line_start, b.line_end) for b in document.blocks]
        assert seen == [
            ("front_matter", 1, 3),
            ("heading", 4, 4),
            ("paragraph", 6, 7),
            ("list_item", 9, 9),
            ("list_item", 10, 10),
            ("list_item", 11, 13),
            ("table_head", 15, 15),
            ("table_row", 17, 17),
            ("diagram", 19, 22),
            ("code", 24, 26),
            ("heading", 28, 28),
            ("paragraph", 30, 30),
            ("paragraph", 32, 32),
        ]

    def test_sections_and_levels(self) -> None:
        document = read("design.md", MARKDOWN)
        headings = of(document, BlockKind.HEADING)
        assert [(h.level, h.section) for h in headings] == [(1, ()), (2, ("Größe x",))]
        assert document.blocks[-1].section == ("Größe x", "Below")

    def test_a_sibling_heading_replaces_the_one_before(self) -> None:
        document = read("a.md", "# A\n## B\nx\n\n## C\ny\n\n# D\nz\n")
        sections = [b.section for b in of(document, BlockKind.PARAGRAPH)]
        assert sections == [("A", "B"), ("A", "C"), ("D",)]

    def test_parent_item_leaves_its_children_out(self) -> None:
        items = of(read("a.md", "- parent\n  - child\n"), BlockKind.LIST_ITEM)
        assert [item.text for item in items] == ["- parent", "- child"]

    def test_code_in_an_item_is_a_block_of_its_own(self) -> None:
        document = read("a.md", "- run it\n\n  ```sh\n  make\n  ```\n\n  then rest\n")
        assert [b.kind.value for b in document.blocks] == ["list_item", "code", "paragraph"]

    @pytest.mark.parametrize(
        ("fence", "info"),
        [
            ("mermaid", "mermaid"),
            ("puml", "plantuml"),
            ("PlantUML", "plantuml"),
            ("graphviz", "dot"),
        ],
    )
    def test_diagram_languages(self, fence: str, info: str) -> None:
        block = read("a.md", f"```{fence}\nA -> B\n```\n").blocks[0]
        assert (block.kind, block.info) == (BlockKind.DIAGRAM, info)

    def test_a_drawing_in_characters_is_a_diagram(self) -> None:
        drawing = "```\n+-----+     +-----+\n| API | --> | DB  |\n+-----+     +-----+\n```\n"
        block = read("a.md", drawing).blocks[0]
        assert (block.kind, block.info) == (BlockKind.DIAGRAM, "ascii")

    def test_code_without_a_language_stays_code(self) -> None:
        block = read("a.md", "```\nfn main() -> i32 { call(a[0]); }\n```\n").blocks[0]
        assert block.kind is BlockKind.CODE

    def test_no_suffix_is_markdown(self) -> None:
        assert read("README", "# A\n").blocks[0].kind is BlockKind.HEADING


class TestText:
    def test_byte_order_mark_goes_and_the_heading_is_found(self) -> None:
        document = read("a.md", "\ufeff# Title\n")
        assert document.text == "# Title\n"
        assert document.blocks[0].level == 1

    def test_lone_carriage_returns_end_lines(self) -> None:
        document = read("a.md", "# A\r\rtext\rmore\r")
        assert [(b.line_start, b.line_end) for b in document.blocks] == [(1, 1), (3, 4)]

    def test_crlf_stays_and_lines_match_the_file(self) -> None:
        document = read("a.md", MARKDOWN.replace("\n", "\r\n"))
        plain = read("a.md", MARKDOWN)
        assert "\r\n" in document.text
        assert [(b.kind, b.line_start, b.line_end) for b in document.blocks] == [
            (b.kind, b.line_start, b.line_end) for b in plain.blocks
        ]

    def test_line_separator_and_nul_are_no_line_ends(self) -> None:
        document = read("a.md", "one\u2028two\x00\n\nthree\n")
        assert [(b.line_start, b.line_end) for b in document.blocks] == [(1, 1), (3, 3)]

    def test_lone_surrogates_do_not_raise(self) -> None:
        assert read("a.md", "# a\ud800b\n").blocks[0].text == "# a\ufffdb"

    def test_the_cut_is_kept(self) -> None:
        assert read("a.md", "x", 99).cut_from_bytes == 99


class TestOtherFormats:
    def test_rst(self) -> None:
        document = read("a.rst", RST)
        headings = of(document, BlockKind.HEADING)
        assert [(h.text.split("\n")[0], h.level) for h in headings] == [("Title", 1), ("Parts", 2)]
        assert [i.line_start for i in of(document, BlockKind.LIST_ITEM)] == [10, 12]
        assert of(document, BlockKind.LIST_ITEM)[0].text == "* first item\n  continued"
        assert [b.info for b in of(document, BlockKind.DIAGRAM)] == ["mermaid"]
        assert [b.line_start for b in of(document, BlockKind.CODE)] == [14, 25]
        assert [b.text for b in of(document, BlockKind.TABLE_ROW)] == ["one    two"]
        assert of(document, BlockKind.LIST_ITEM)[0].section == ("Title", "Parts")

    def test_asciidoc(self) -> None:
        document = read("a.adoc", ASCIIDOC)
        assert [h.level for h in of(document, BlockKind.HEADING)] == [1, 2]
        assert len(of(document, BlockKind.LIST_ITEM)) == 2
        assert [b.info for b in of(document, BlockKind.DIAGRAM)] == ["mermaid"]
        assert [b.text for b in of(document, BlockKind.TABLE_ROW)] == ["| API | service"]

    def test_plain_text_knows_both_kinds_of_headings(self) -> None:
        document = read("a.txt", PLAIN)
        assert [(h.line_start, h.level) for h in of(document, BlockKind.HEADING)] == [
            (1, 1),
            (6, 1),
        ]
        assert len(of(document, BlockKind.LIST_ITEM)) == 2


class TestAnyInput:
    @given(TEXTS, st.sampled_from(PATHS))
    @settings(max_examples=400, deadline=None)
    def test_never_raises_and_keeps_its_promises(self, text: str, path: str) -> None:
        holds(read(path, text))

    @pytest.mark.parametrize("path", PATHS)
    @pytest.mark.parametrize(
        "text",
        ["a\n" * 200_000, "- " * 20_000 + "x", ">" * 50_000, "[" * 50_000, "**a " * 20_000,
         "|".join("a" * 3000) + "\n" + "|".join(["-"] * 3000) + "\n", "---\n" + "a: b\n" * 50_000],
        ids=["lines", "nesting", "quotes", "brackets", "emphasis", "columns", "front matter"],
    )  # fmt: skip
    def test_hostile_input_takes_linear_time(self, text: str, path: str) -> None:
        begin = time.process_time()
        read(path, text)
        assert time.process_time() - begin < 2

    def test_real_documents(self) -> None:
        for path in require_cases():
            document = read(path.name, path.read_text())
            holds(document)
            assert of(document, BlockKind.HEADING)
