"""Readers: one per document format, each giving blocks in the order of the text."""

from collections.abc import Callable
from pathlib import PurePosixPath

from agents.document import Block, BlockKind
from agents.readers import asciidoc, markdown, plain, rst
from agents.readers.fences import is_drawio
from agents.readers.page import Page

_READERS: dict[str, Callable[[str], list[Block]]] = {
    "": markdown.blocks,
    ".md": markdown.blocks,
    ".markdown": markdown.blocks,
    ".mdx": markdown.blocks,
    ".mkd": markdown.blocks,
    ".rst": rst.blocks,
    ".rest": rst.blocks,
    ".adoc": asciidoc.blocks,
    ".asciidoc": asciidoc.blocks,
    ".asc": asciidoc.blocks,
}
_DIAGRAMS = {
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".puml": "plantuml",
    ".plantuml": "plantuml",
    ".iuml": "plantuml",
    ".dot": "dot",
    ".gv": "dot",
    ".drawio": "drawio",
    ".dio": "drawio",
}
_PLAIN = ".txt"
SUFFIXES = frozenset({*_READERS, *_DIAGRAMS, _PLAIN} - {"", ".asc"})
"""Of files that are taken for documents without being named; `.asc` is a signature more often."""


def blocks(path: str, text: str) -> list[Block]:
    """Blocks of a normalised text; the suffix of `path` chooses the reader."""
    suffix = PurePosixPath(path).suffix.lower()
    info = _DIAGRAMS.get(suffix, "")
    if suffix in (".xml", ".svg", ".html") and is_drawio(text):
        info = "drawio"
    return _whole(text, info) if info else _READERS.get(suffix, plain.blocks)(text)


def _whole(text: str, info: str) -> list[Block]:
    """A file that is one diagram."""
    page = Page(text)
    while page.at < len(page.lines) and page.blank(page.at):
        page.at += 1
    page.add(BlockKind.DIAGRAM, len(page.lines), info=info)
    return page.result
