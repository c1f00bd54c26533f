"""Diagrams as text: one reader per language, one result."""

from collections.abc import Callable

from agents.diagrams import ascii as characters
from agents.diagrams import dot, mermaid, plantuml
from agents.diagrams.drawing import Drawing as Drawing
from agents.document import Block

_READERS: dict[str, Callable[[str, int], Drawing]] = {
    "mermaid": mermaid.parse,
    "plantuml": plantuml.parse,
    "dot": dot.parse,
    "ascii": characters.parse,
}
_LONGEST = 200_000


def draw(block: Block) -> Drawing:
    """What a diagram block shows; empty for a language that is not read. Never raises."""
    reader = _READERS.get(block.info)
    body, first = block.text[:_LONGEST], block.line_start
    if body.lstrip().startswith(("```", "~~~", ":::")):
        head, _, body = body.partition("\n")
        first += 1
        body = body.rstrip().rstrip("`~:")
    return reader(body, first) if reader else Drawing()
