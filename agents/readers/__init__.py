"""Readers: one per document format, each giving blocks in the order of the text."""

from pathlib import PurePosixPath

from agents.document import Block
from agents.readers import lines, markdown

_LINE_FORMATS = {
    ".rst": lines.RST,
    ".rest": lines.RST,
    ".adoc": lines.ASCIIDOC,
    ".asciidoc": lines.ASCIIDOC,
    ".asc": lines.ASCIIDOC,
}
_MARKDOWN = frozenset({".md", ".markdown", ".mdx", ".mkd", ""})


def blocks(path: str, text: str) -> list[Block]:
    """Blocks of a normalised text; the suffix of `path` chooses the reader."""
    suffix = PurePosixPath(path).suffix.lower()
    if suffix in _MARKDOWN:
        return markdown.blocks(text)
    return lines.blocks(text, _LINE_FORMATS.get(suffix, lines.PLAIN))
