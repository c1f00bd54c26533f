"""Mermaid flowcharts: nodes in their shapes, links, chains, `&` and subgraphs."""

import re
from collections.abc import Callable

from agents.diagrams.drawing import Drawing

_SUBGRAPH = re.compile(r"subgraph\s+([^\s\[\"]+)?\s*(?:\[?\"?([^\]\"]*)\"?\]?)?\s*$")
_NODE = re.compile(r"\s*([\w./$*+!?'%À-￿]+(?:-(?![-.>])[\w./$*+!?'%]+)*)")
_SHAPES = (
    ("(((", ")))", ""),
    ("[(", ")]", "store"),
    ("((", "))", ""),
    ("([", "])", ""),
    ("[[", "]]", ""),
    ("{{", "}}", ""),
    ("[/", "]", ""),
    ("[\\", "]", ""),
    ("[", "]", ""),
    ("(", ")", ""),
    ("{", "}", ""),
    (">", "]", ""),
)
_NAMED_SHAPE = re.compile(r"shape:\s*([\w-]+)")
_STORES = frozenset(
    {"cyl", "cylinder", "database", "db", "lin-cyl", "disk", "lined-cylinder", "h-cyl", "das",
     "horizontal-cylinder", "bow-rect", "stored-data", "datastore", "win-pane", "internal-storage"}
)  # fmt: skip
_CLASS = re.compile(r"\s*:::[\w,-]+")
_LINK = re.compile(
    r"\s*(?:\w{1,40}@)?(<|[ox](?=[-=]))?(?:--|==|-\.|~~~)"
    r"(?:\s*(?!-|=|>|\.)(?P<inline>\"[^\"]{0,200}\"|[^|\n>\"]{1,120}?)\s*(?=-->|--|==>|==|\.->|\.-))?"
    r"[-=.~]*(?P<head>>|[ox](?=[\s|]))?\s*(?:\|(?P<piped>[^|]{0,200})\|)?"
)
_AND = re.compile(r"\s*&")
_IGNORED = re.compile(r"(?:classDef|class|style|linkStyle|click|direction|accTitle|accDescr)[\s:{]")


def reader(drawing: Drawing) -> Callable[[str, int], None]:
    """A function that takes one line after the other, with its number in the document."""
    groups: list[str] = []

    def read(text: str, line: int) -> None:
        # A semicolon between quotation marks belongs to the label.
        quoted = text.split('"')
        if not text.startswith("subgraph"):
            quoted[::2] = [part.replace(";", "\0") for part in quoted[::2]]
        for statement in '"'.join(quoted).split("\0"):
            _statement(statement.strip(), line, drawing, groups)

    return read


def _statement(statement: str, line: int, drawing: Drawing, groups: list[str]) -> None:
    group = groups[-1] if groups else ""
    if statement == "end":
        if groups:
            groups.pop()
    elif statement.startswith("subgraph"):
        groups.append(_subgraph(statement, line, drawing, group))
    elif statement and not _IGNORED.match(statement):
        _chain(statement, line, drawing, group)


def _subgraph(statement: str, line: int, drawing: Drawing, parent: str) -> str:
    full = statement.removeprefix("subgraph").strip()
    match = _SUBGRAPH.match(statement)
    id_, label = match.groups() if match else ("", "")
    if not id_:
        id_ = label or full
    if not label or ("[" not in full and '"' not in full):
        id_ = label = full
    return drawing.group(id_, label, line, parent)


def _chain(statement: str, line: int, drawing: Drawing, group: str) -> None:
    before, at = _nodes(statement, 0, line, drawing, group)
    while before and at < len(statement):
        link = _LINK.match(statement, at)
        if not link or link.end() == at:
            return
        after, at = _nodes(statement, link.end(), line, drawing, group)
        label = link.group("piped") or link.group("inline") or ""
        drawn = "~" not in link.group(0)
        for source in before if drawn else ():
            for target in after:
                drawing.edge(source, target, line, label)
                if link.group(1) == "<":
                    drawing.edge(target, source, line, label)
        before = after


def _nodes(text: str, at: int, line: int, drawing: Drawing, group: str) -> tuple[list[str], int]:
    """Nodes joined by `&`, and where they end."""
    found: list[str] = []
    while True:
        match = _NODE.match(text, at)
        if not match:
            return found, at
        id_, at = match.group(1), match.end()
        label, shape, at = _label(text, at)
        css = _CLASS.match(text, at)
        at = css.end() if css else at
        known = drawing.groups.get(id_)
        if known is not None:
            found.append(drawing.node(id_, line, label=known.label, group=known.parent))
        else:
            found.append(drawing.node(id_, line, label=label, shape=shape, group=group))
        following = _AND.match(text, at)
        if not following:
            return found, at
        at = following.end()


def _label(text: str, at: int) -> tuple[str, str, int]:
    """Label and shape that follow an id, and where they end."""
    if text.startswith("@{", at):
        end = text.find("}", at)
        end = end if end >= 0 else len(text)
        quoted = re.search(r'label:\s*"([^"]*)"', text[at:end])
        named = _NAMED_SHAPE.search(text, at, end)
        shape = "store" if named and named.group(1) in _STORES else ""
        return (quoted.group(1) if quoted else ""), shape, min(end + 1, len(text))
    for opening, closing, shape in _SHAPES:
        if not text.startswith(opening, at):
            continue
        start = at + len(opening)
        quoted_end = text.find('"', start + 1) if text[start : start + 1] == '"' else start
        end = text.find(closing, max(quoted_end, start))
        if end < 0:
            return text[start:], shape, len(text)
        return text[start:end].strip("/\\()[] \n"), shape, end + len(closing)
    return "", "", at
