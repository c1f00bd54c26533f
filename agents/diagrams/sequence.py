"""Mermaid sequence diagrams: who takes part, who calls whom, and the boxes around them."""

import re
from collections.abc import Callable

from agents.diagrams.drawing import Drawing

_PARTICIPANT = re.compile(
    r"(?:create\s+)?(participant|actor)\s+([^@]+?)\s*(?:@\{([^}]*)\}?)?(?:\s+as\s+(.+))?$"
)
_TYPE = re.compile(r"type\W{1,6}(\w+)")
_SHAPES = {"actor": "actor", "database": "store", "queue": "queue"}
_ARROW = re.compile(r"(<<)?(--?)(?:>>|>|x(?=[\s+\w])|\)|[|\\/]{1,3}-?)[+-]?\s*")
_OPENS = re.compile(r"(box|loop|alt|opt|par_over|par|critical|break|rect)\b\s*(.*)$")
_COLOUR = re.compile(
    r"(?:rgba?\([^)]*\)|#\w{3,8}|transparent|(?:light|dark|medium|pale)?(?:aqua|blue|green|gr[ae]y|red"
    r"|yellow|orange|purple|pink|white|black|cyan|lavender))(?=\s|$)\s*",
    re.IGNORECASE,
)
_NO_MESSAGE = re.compile(
    r"(?:note|else|and|option|end|title|autonumber|activate|deactivate|destroy|links?|properties"
    r"|details|accTitle|accDescr)\b",
    re.IGNORECASE,
)


def reader(drawing: Drawing) -> Callable[[str, int], None]:
    """A function that takes one line after the other, with its number in the document."""
    return _Reader(drawing).read


class _Reader:
    """Knows which blocks are open; a box is a group, the others are not drawn."""

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.open: list[str] = []
        self.group = ""

    def read(self, statement: str, line: int) -> None:
        opens = _OPENS.match(statement)
        participant = _PARTICIPANT.match(statement)
        if statement == "end":
            if self.open and self.open.pop() == "box":
                self.group = ""
        elif participant:
            self._participant(participant, line)
        elif opens:
            self._block(opens.group(1), opens.group(2), line)
        elif not _NO_MESSAGE.match(statement):
            self._message(statement, line)

    def _block(self, word: str, rest: str, line: int) -> None:
        self.open.append(word)
        label = _COLOUR.sub("", rest, count=1).strip() if word == "box" else ""
        if label:
            self.group = self.drawing.group(label, label, line)

    def _participant(self, match: re.Match[str], line: int) -> None:
        kind, id_, settings, label = match.groups()
        named = _TYPE.search(settings or "")
        shape = _SHAPES.get(named.group(1).lower() if named else kind, "")
        self.drawing.node(id_.strip(), line, label=label or "", shape=shape, group=self.group)

    def _message(self, statement: str, line: int) -> None:
        head, _, label = statement.partition(":")
        arrow = _ARROW.search(head)
        if arrow is None:
            return
        source, target = head[: arrow.start()].strip(), head[arrow.end() :].strip()
        if not source or not target:
            return
        self.drawing.node(source, line)
        self.drawing.node(target, line)
        # A dashed arrow back is the answer to a call, perhaps through others, drawn already.
        if arrow.group(2) == "--" and self.drawing.leads_to(target, source):
            return
        self.drawing.edge(source, target, line, label)
        if arrow.group(1):
            self.drawing.edge(target, source, line, label)
