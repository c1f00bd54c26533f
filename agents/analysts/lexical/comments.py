"""Prose in code: comments of schemas, manifests and interface files often carry the design."""

import re
from collections.abc import Iterator

from agents.document import Block, BlockKind

_MARKERS = {
    "//": "go golang proto protobuf java kotlin c cpp c++ csharp cs js javascript ts typescript rust rs swift "
    "scala groovy php json5 jsonc cue thrift dart solidity".split(),
    "#": "yaml yml python py sh bash shell toml hcl terraform tf ruby rb graphql dockerfile makefile "
    "properties ini conf nginx rego r perl elixir".split(),
    "--": "sql plsql lua haskell".split(),
}
_MARKER = {language: marker for marker, languages in _MARKERS.items() for language in languages}
_DIRECTIVE = re.compile(r"\s*(?://|#|--)\s*(?:[+!@]|-{3,}|={3,}|go:|nolint|eslint|type:|noqa)")
MOST_LINES = 4000
"""Lines of one block that are looked at."""
LEAD = re.compile(r"^[ \t]*(?://+|#+|--)[ \t]?", re.MULTILINE)
"""What stands before the words of a comment line."""


def comments(block: Block) -> Iterator[tuple[int, str]]:
    """Runs of comment lines in a code block: the line of the first one, and the verbatim lines."""
    marker = _MARKER.get(block.info.split(" ")[0].split("{")[0].lower())
    if block.kind is not BlockKind.CODE or marker is None:
        return
    run: list[str] = []
    number = block.line_start
    for number, line in enumerate(block.text.split("\n")[:MOST_LINES], start=block.line_start):
        bare = line.strip()
        if bare.startswith(marker) and not _DIRECTIVE.match(line) and bare.strip("/#- "):
            run.append(line)
        elif run:
            yield number - len(run), "\n".join(run)
            run = []
    if run:
        yield number - len(run) + 1, "\n".join(run)
