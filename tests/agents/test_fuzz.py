"""Any input is read without a crash and in time that grows with its size; every quote verifies."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.analysts.base import Reading
from agents.analysts.lexical import LexicalAnalyst
from agents.catalogue.loader import load
from agents.change import Change, SourceText
from agents.diagrams import draw
from agents.document import Block, BlockKind, Document, read
from agents.evidence import verify
from agents.fence import suspicious
from agents.pipeline import MemoryJournal, review
from evals.bench.figures import quoted
from tests.agents import hostile
from tests.agents.hostile import fenced, grows
from tests.agents.test_document import PIECES as BLOCKS
from tests.agents.test_document import holds
from tests.agents.test_hidden import HIDING
from tests.support import DESIGN

PATHS = ("d.md", "d.rst", "d.adoc", "d.txt")
PROSE = {**hostile.NESTED, **hostile.TABLES, **hostile.TEXT}
ALL = {**PROSE, **hostile.WORDS, **hostile.HIDDEN}
FULL_SIZE = {
    "ten thousand rows": hostile.TABLES["rows"](10_000),
    "five thousand columns": hostile.TABLES["columns"](5_000),
    "a megabyte in a line": "x" * 1_000_000,
    "a megabyte of words in a line": "word " * 200_000,
    "a hundred thousand lines": "a\n" * 100_000,
    "fifty thousand sentences": "The API stores tokens. " * 50_000,
    "fifty thousand list levels": "- " * 50_000 + "x",
    "unclosed fences": f"{hostile.FENCE}mermaid\ngraph LR\nA --> B\n" * 5_000,
}
EXTRACTED = (
    "list staircase", "links", "elements on lines", "emphasis", "rows", "columns", "element rows", "one line of words",
    "one line of clauses", "short paragraphs", "one sentence again", "one paragraph again", "many names", "commas",
    "conditions", "abbreviations", "bold items", "headings", "addresses", "scripts", "surrogates and NUL", "colons", *hostile.WORDS,
)  # fmt: skip


def made(text: str, attempt: int) -> Document:
    return read(f"d{attempt}.md", text)


def diagram(language: str, text: str) -> Block:
    lines = 1 + text.count("\n")
    return Block(kind=BlockKind.DIAGRAM, text=text, line_start=1, line_end=lines, info=language)


def verified(document: Document, value: object) -> int:
    """Number of quotes in a value, all of which are verbatim in the document."""
    found = list(quoted(value))
    assert all(verify(evidence, {document.path: document}) for evidence in found)
    return len(found)


def extract(document: Document) -> object:
    reading = Reading(Change(repository="local"), {document.path: document}, load())
    return asyncio.run(LexicalAnalyst().extract(reading))


class TestGrowth:
    @pytest.mark.parametrize("path", PATHS)
    @pytest.mark.parametrize("name", [*PROSE, *hostile.WORDS])
    def test_reading(self, name: str, path: str) -> None:
        grows(ALL[name], lambda text, _: text, lambda text: read(path, text), 700)

    @pytest.mark.parametrize("name", ALL)
    def test_looking_for_hidden_text(self, name: str) -> None:
        grows(ALL[name], made, suspicious, 600)

    @pytest.mark.parametrize("name", hostile.DIAGRAMS)
    def test_drawing(self, name: str) -> None:
        language, make = hostile.DIAGRAMS[name]
        grows(make, lambda text, _: diagram(language, text), draw, 1_000)

    @pytest.mark.parametrize("name", EXTRACTED)
    def test_extraction(self, name: str) -> None:
        grows(ALL[name], made, extract, 120)

    def test_the_measure_sees_a_square(self) -> None:
        def square(text: str) -> int:
            return sum(1 for a in text for b in text if a < b)

        with pytest.raises(AssertionError, match="four times"):
            grows(lambda n: "ab" * n, lambda text, _: text, square, 250)


class TestEveryQuoteVerifies:
    @pytest.mark.parametrize("path", PATHS)
    @pytest.mark.parametrize("name", FULL_SIZE)
    def test_at_full_size(self, name: str, path: str) -> None:
        document = read(path, FULL_SIZE[name])
        for block in document.blocks[:: max(1, len(document.blocks) // 500)]:
            assert 1 <= block.line_start <= block.line_end <= document.line_count
            assert block.text in document.lines(block.line_start, block.line_end)
        if path == "d.md":
            verified(document, suspicious(document))

    @pytest.mark.parametrize("name", [*EXTRACTED[::5], *list(hostile.HIDDEN)[::2]])
    def test_in_a_review(self, name: str) -> None:
        text = f"{DESIGN}\n## More\n\n{ALL[name](20)}\n"
        change = Change(repository="local", documents=(SourceText(path="d.md", text=text),))
        draft = asyncio.run(review(change, load(), LexicalAnalyst(), MemoryJournal()))
        assert verified(read("d.md", text), draft) > 50

    @pytest.mark.parametrize("name", hostile.DIAGRAMS)
    def test_of_a_diagram(self, name: str) -> None:
        language, make = hostile.DIAGRAMS[name]
        document = read("d.md", f"# Flow\n\n{fenced(language, make(20))}")
        for block in document.blocks:
            drawing = draw(block)
            lines = [n.line for n in drawing.nodes.values()] + [e.line for e in drawing.edges]
            assert all(block.line_start <= line <= block.line_end for line in lines)
        verified(document, extract(document))


WORD = st.sampled_from(
    ["The API ", "calls ", "stores ", "the database", "users ", "not ", "if ", "LLM ", "token ", ". ", "\n", "\n\n", "- ",
     "## Components\n", "| a | b |\n|---|---|\n", "-->", "[", "]", '"', "(", ")", hostile.FENCE, "mermaid\ngraph LR\n", "A --> B\n"]
)  # fmt: skip


@given(st.lists(BLOCKS | HIDING | WORD, max_size=40).map("".join), st.sampled_from(PATHS))
@settings(max_examples=150, deadline=None)
def test_any_mixture_is_read_and_every_quote_verifies(text: str, path: str) -> None:
    document = read(path, text)
    holds(document)
    for block in document.blocks:
        drawing = draw(block)
        assert all(block.line_start <= n.line <= block.line_end for n in drawing.nodes.values())
    verified(document, suspicious(document))
    verified(document, extract(document))
