"""Graphviz DOT: nodes, edges and clusters, without recursion."""

import re
from collections.abc import Iterator

from agents.diagrams.drawing import Drawing

_TOKEN = re.compile(
    r'"((?:[^"\\]|\\.)*)"|(->|--)|([{}\[\];,=])|(//[^\n]*|#[^\n]*|/\*.*?\*/)|([\w.À-￿]+)|(<[^<>]*>)|(\n)',
    re.S,
)
_STORES = frozenset({"cylinder", "folder", "database"})
Token = tuple[str, str, int]
"""Sort (`word`, `arrow`, `mark`), text, line."""


def parse(source: str, first_line: int) -> Drawing:
    """Draw a DOT text whose first line has this number in the document."""
    return _Reader(list(_tokens(source, first_line))).run()


def _tokens(source: str, line: int) -> Iterator[Token]:
    for match in _TOKEN.finditer(source):
        quoted, arrow, mark, _, word, html, _ = match.groups()
        if arrow:
            yield "arrow", arrow, line
        elif mark:
            yield "mark", mark, line
        elif quoted is not None or word or html:
            yield "word", quoted if quoted is not None else (word or html), line
        line += match.group(0).count("\n")


class _Reader:
    """Walks over the tokens with a stack of open clusters."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.drawing = Drawing()
        self.groups: list[str] = []

    def run(self) -> Drawing:
        while self.at < len(self.tokens):
            sort, text, _ = self.tokens[self.at]
            if text == "}" and sort == "mark":
                if self.groups:
                    self.groups.pop()
                self.at += 1
            elif sort == "word":
                self._statement()
            else:
                if text == "{":
                    self.groups.append(self.groups[-1] if self.groups else "")
                self.at += 1
        return self.drawing

    def _peek(self, offset: int = 0) -> Token:
        at = self.at + offset
        return self.tokens[at] if at < len(self.tokens) else ("end", "", 0)

    def _statement(self) -> None:
        _, word, line = self._peek()
        if word in ("digraph", "graph", "strict", "subgraph"):
            self._opening(line)
        elif self._peek(1)[1] == "=" and self._peek(1)[0] == "mark":
            self._relabel(word, self._peek(2)[1], line)
            self.at += 3
        else:
            self._chain()

    def _opening(self, line: int) -> None:
        self.at += 1
        name = ""
        while self._peek()[0] == "word":
            name = self._peek()[1]
            self.at += 1
        if self._peek()[1] == "{":
            self.at += 1
            parent = self.groups[-1] if self.groups else ""
            is_cluster = name.startswith("cluster")
            self.groups.append(
                self.drawing.group(name, name, line, parent) if is_cluster else parent
            )
        elif self._peek()[1] == "[":
            self._attributes()

    def _relabel(self, key: str, value: str, line: int) -> None:
        group = self.groups[-1] if self.groups else ""
        if key == "label" and group in self.drawing.groups:
            parent = self.drawing.groups.pop(group).parent
            self.drawing.group(group, value, line, parent)

    def _chain(self) -> None:
        group = self.groups[-1] if self.groups else ""
        nodes: list[Token] = [self._peek()]
        self.at += 1
        while self._peek()[0] == "arrow" and self._peek(1)[0] == "word":
            nodes.append(self._peek(1))
            self.at += 2
        given = self._attributes()
        if len(nodes) == 1:
            if nodes[0][1] in ("node", "edge"):
                return
            shape = "store" if given.get("shape") in _STORES else ""
            label = given.get("label", "")
            self.drawing.node(nodes[0][1], nodes[0][2], label=label, shape=shape, group=group)
            return
        for _, name, line in nodes:
            self.drawing.node(name, line, group=group)
        for (_, source, line), (_, target, _) in zip(nodes, nodes[1:], strict=False):
            self.drawing.edge(source, target, line, given.get("label", ""))

    def _attributes(self) -> dict[str, str]:
        given: dict[str, str] = {}
        if self._peek()[1] != "[":
            return given
        self.at += 1
        while self._peek()[0] != "end" and self._peek()[1] != "]":
            if self._peek(1)[1] == "=":
                given[self._peek()[1].lower()] = self._peek(2)[1]
                self.at += 3
            else:
                self.at += 1
        self.at += 1
        return given
