"""Graphviz DOT: nodes, edges and clusters, without recursion."""

import re
from collections.abc import Iterator, Sequence

from agents.diagrams.drawing import Drawing

_TOKEN = re.compile(
    r'"((?:[^"\\]|\\.)*)"|(->|--)|([{}\[\];,=:])|(//[^\n]*|^[ \t]*#[^\n]*|/\*.*?\*/)'
    r"|([\w.À-￿]+|-\.?\d[\d.]*)|(\n)",
    re.S | re.M,
)
_STORES = frozenset({"cylinder", "folder", "database", "disk"})
_TAG = re.compile(r"<[^<>]*>")
_FIELD = re.compile(r"[{}|]")
Token = tuple[str, str, int]
"""Sort (`word`, `arrow`, `mark`), text, line."""


def parse(source: str, first_line: int) -> Drawing:
    """Draw a DOT text whose first line has this number in the document."""
    return _Reader(list(_tokens(source, first_line))).run()


def _tokens(source: str, line: int) -> Iterator[Token]:
    at = 0
    while at < len(source):
        if source[at] == "<":
            end = _html_end(source, at)
            text = _TAG.sub(" ", source[at + 1 : end - 1])
            yield "word", text, line
            line += source.count("\n", at, end)
            at = end
            continue
        match = _TOKEN.match(source, at)
        if match is None:
            at += 1
            continue
        quoted, arrow, mark, _, word, _ = match.groups()
        if arrow:
            yield "arrow", arrow, line
        elif mark:
            yield "mark", mark, line
        elif quoted is not None or word:
            yield "word", quoted.replace('\\"', '"') if quoted is not None else word, line
        line += match.group(0).count("\n")
        at = match.end()


def _html_end(source: str, at: int) -> int:
    """Behind the `>` that closes an HTML label; the end of the text where none does."""
    depth = 0
    for match in re.compile(r"[<>]").finditer(source, at):
        depth += 1 if match.group() == "<" else -1
        if depth == 0:
            return match.end()
    return len(source)


def _partners(tokens: Sequence[Token]) -> dict[int, int]:
    """Place of the closing brace for each opening one."""
    found: dict[int, int] = {}
    open_: list[int] = []
    for at, (sort, text, _) in enumerate(tokens):
        if sort == "mark" and text == "{":
            open_.append(at)
        elif sort == "mark" and text == "}" and open_:
            found[open_.pop()] = at
    return found


class _Scope:
    """What holds inside a pair of braces."""

    def __init__(self, group: str, shape: str) -> None:
        self.group, self.shape = group, shape


class _Reader:
    """Walks over the tokens with a stack of open braces."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.partners = _partners(tokens)
        self.at = 0
        self.drawing = Drawing()
        self.scopes: list[_Scope] = [_Scope("", "")]

    @property
    def scope(self) -> _Scope:
        return self.scopes[-1]

    def run(self) -> Drawing:
        while self.at < len(self.tokens):
            sort, text, _ = self.tokens[self.at]
            if sort == "word":
                self._statement()
            elif (sort, text) == ("mark", "{") and not self._is_end_of_edge():
                self.scopes.append(_Scope(self.scope.group, self.scope.shape))
                self.at += 1
            elif (sort, text) == ("mark", "{"):
                self._chain()
            else:
                if (sort, text) == ("mark", "}") and len(self.scopes) > 1:
                    self.scopes.pop()
                self.at += 1
        return self.drawing

    def _is_end_of_edge(self) -> bool:
        """True for braces around nodes from which an arrow leads."""
        partner = self.partners.get(self.at)
        return partner is not None and self._sort(partner + 1) == "arrow"

    def _sort(self, at: int) -> str:
        return self.tokens[at][0] if at < len(self.tokens) else "end"

    def _peek(self, offset: int = 0) -> Token:
        at = self.at + offset
        return self.tokens[at] if at < len(self.tokens) else ("end", "", 0)

    def _is(self, mark: str, offset: int = 0) -> bool:
        return self._peek(offset)[:2] == ("mark", mark)

    def _statement(self) -> None:
        _, word, line = self._peek()
        low = word.lower()
        if low in ("digraph", "graph", "strict", "subgraph"):
            self._opening(line)
        elif self._is("=", 1):
            self._relabel(word.lower(), self._peek(2)[1], line)
            self.at += 3
        elif low in ("node", "edge") and self._is("[", 1):
            self.at += 1
            given = self._attributes()
            self.scope.shape = (
                given.get("shape", self.scope.shape) if low == "node" else (self.scope.shape)
            )
        else:
            self._chain()

    def _opening(self, line: int) -> None:
        self.at += 1
        name = ""
        while self._peek()[0] == "word":
            name = self._peek()[1]
            self.at += 1
        if self._is("{"):
            self.at += 1
            group = self.scope.group
            if name.lower().startswith("cluster"):
                group = self.drawing.group(name, name, line, group)
            self.scopes.append(_Scope(group, self.scope.shape))
        elif self._is("["):
            self._relabel("label", self._attributes().get("label", ""), line)

    def _relabel(self, key: str, value: str, line: int) -> None:
        known = self.drawing.groups.get(self.scope.group)
        if key == "label" and value and known is not None:
            del self.drawing.groups[known.id]
            self.drawing.group(known.id, value, line, known.parent)

    def _chain(self) -> None:
        ends = [self._end()]
        while self._peek()[0] == "arrow":
            self.at += 1
            ends.append(self._end())
        given = self._attributes()
        label = given.get("label") or given.get("xlabel") or ""
        if len(ends) == 1:
            for _, name, line in ends[0]:
                self._node(name, line, given)
            return
        for _, name, line in (node for end in ends for node in end):
            self._node(name, line, {})
        for before, after in zip(ends, ends[1:], strict=False):
            self._edges(before, after, label, given.get("dir", ""))

    def _node(self, name: str, line: int, given: dict[str, str]) -> None:
        shape = given.get("shape") or ("" if name in self.drawing.nodes else self.scope.shape)
        label = given.get("label", "")
        if shape.lower() in ("record", "mrecord"):
            fields = [_TAG.sub("", part).strip() for part in _FIELD.split(label)]
            label = next(filter(None, fields), "")
        store = "store" if shape.lower() in _STORES else ""
        self.drawing.node(name, line, label=label, shape=store, group=self.scope.group)

    def _edges(self, before: list[Token], after: list[Token], label: str, direction: str) -> None:
        for _, source, line in before[:_MOST_ENDS]:
            for _, target, _ in after[:_MOST_ENDS]:
                if direction != "back":
                    self.drawing.edge(source, target, line, label)
                if direction in ("back", "both"):
                    self.drawing.edge(target, source, line, label)

    def _end(self) -> list[Token]:
        """The nodes at one end of an edge: one, or all between braces."""
        if self._peek()[1].lower() == "subgraph":
            self.at += 1
            self.at += self._peek()[0] == "word"
        if self._is("{"):
            partner = self.partners.get(self.at, len(self.tokens))
            inside = self.tokens[self.at + 1 : partner]
            self.at = partner + 1
            return _names(inside)
        token = self._peek()
        if token[0] != "word":
            return []
        self.at += 1
        while self._is(":") and self._peek(1)[0] == "word":
            self.at += 2  # a port
        return [token]

    def _attributes(self) -> dict[str, str]:
        given: dict[str, str] = {}
        while self._is("["):
            self.at += 1
            while self._peek()[0] != "end" and not self._is("]"):
                if self._is("=", 1):
                    given[self._peek()[1].lower()] = self._peek(2)[1]
                    self.at += 3
                else:
                    self.at += 1
            self.at += 1
        return given


_MOST_ENDS = 100
"""Nodes between braces from which arrows are drawn to all others."""


def _names(tokens: Sequence[Token]) -> list[Token]:
    """Nodes in a list, without attributes and settings."""
    found: list[Token] = []
    depth = 0
    for number, token in enumerate(tokens):
        sort, text, _ = token
        if sort == "mark" and text in "[]":
            depth += 1 if text == "[" else -1
        near = tokens[max(0, number - 1) : number + 2]
        setting = any(t[:2] == ("mark", "=") for t in near)
        if sort == "word" and depth <= 0 and not setting:
            found.append(token)
    return found
