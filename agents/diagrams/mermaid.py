"""Mermaid: flowcharts, sequence diagrams and C4; other diagram types draw no system."""

import re

from agents.diagrams import c4
from agents.diagrams.drawing import LONGEST_STATEMENT, Drawing

_HEADER = re.compile(r"\s*(graph|flowchart(?:-elk)?|sequenceDiagram|C4\w+)\b")
_SUBGRAPH = re.compile(r"subgraph\s+([^\s\[\"]+)?\s*(?:\[?\"?([^\]\"]*)\"?\]?)?\s*$")
_NODE = re.compile(r"\s*([\w.À-￿]+(?:-(?![-.>])[\w.]+)*)")
_SHAPES = (
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
_CLASS = re.compile(r"\s*:::[\w-]+")
_LINK = re.compile(
    r"\s*(<|[ox](?=[-=]))?(?:--|==|-\.|~~~)"
    r"(?:\s*(?!-|=|>|\.)(?P<inline>[^|\n>]{1,120}?)\s*(?=-->|--|==>|==|\.->|\.-))?"
    r"[-=.~]*(?P<head>>|[ox](?=[\s|]))?\s*(?:\|(?P<piped>[^|]{0,200})\|)?"
)
_IGNORED = re.compile(r"(classDef|class|style|linkStyle|click|direction|accTitle|accDescr|%%)\b|%%")
_PARTICIPANT = re.compile(r"(?:create\s+)?(participant|actor)\s+(.+?)(?:\s+as\s+(.+))?$")
_MESSAGE = re.compile(r"([^:<>+-]+?)\s*(<<)?(--?)(>>|>|x|\))\s*[+-]?\s*([^:]+?)\s*(?::\s*(.*))?$")


def parse(source: str, first_line: int) -> Drawing:
    """Draw a Mermaid text whose first line has this number in the document."""
    drawing = Drawing()
    reader = ""
    groups: list[str] = []
    for number, raw in enumerate(source.split("\n"), first_line):
        raw = raw[:LONGEST_STATEMENT]
        header = _HEADER.match(raw) if not reader else None
        if header:
            reader = header.group(1)
            raw = raw[header.end() :] if ";" in raw else ""
        if reader.startswith(("graph", "flowchart")):
            for statement in raw.split(";"):
                _flowchart(statement.strip(), number, drawing, groups)
        elif reader == "sequenceDiagram":
            _sequence(raw.strip(), number, drawing)
        elif reader:
            _c4(raw.strip(), number, drawing, groups)
    return drawing


def _flowchart(statement: str, line: int, drawing: Drawing, groups: list[str]) -> None:
    if not statement or _IGNORED.match(statement):
        return
    if statement == "end":
        if groups:
            groups.pop()
        return
    if statement.startswith("subgraph"):
        match = _SUBGRAPH.match(statement)
        label = (match and (match.group(2) or match.group(1))) or statement[8:].strip()
        id_ = (match and match.group(1)) or label
        full = statement[8:].strip()
        if match and match.group(1) and match.group(2) and "[" not in full and '"' not in full:
            label = full
        groups.append(drawing.group(id_, label, line, groups[-1] if groups else ""))
        return
    _chain(statement, line, drawing, groups[-1] if groups else "")


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
        if id_ not in drawing.groups:
            found.append(drawing.node(id_, line, label=label, shape=shape, group=group))
        rest = text[at:].lstrip()
        if not rest.startswith("&"):
            return found, at
        at = text.index("&", at) + 1


def _label(text: str, at: int) -> tuple[str, str, int]:
    if text.startswith("@{", at):
        end = text.find("}", at)
        quoted = re.search(r'label:\s*"([^"]*)"', text[at:end])
        return (quoted.group(1) if quoted else ""), "", (end + 1 if end > 0 else len(text))
    for opening, closing, shape in _SHAPES:
        if not text.startswith(opening, at):
            continue
        start = at + len(opening)
        quoted_end = text.find('"', start + 1) if text[start : start + 1] == '"' else start
        end = text.find(closing, max(quoted_end, start))
        if end < 0:
            return text[start:], shape, len(text)
        return text[start:end].strip("/\\()[] "), shape, end + len(closing)
    return "", "", at


def _sequence(statement: str, line: int, drawing: Drawing) -> None:
    participant = _PARTICIPANT.match(statement)
    if participant:
        kind, id_, label = participant.groups()
        shape = "actor" if kind == "actor" else ""
        drawing.node(id_.strip(), line, label=label or "", shape=shape)
        return
    message = _MESSAGE.match(statement)
    if not message or re.match(r"(Note|loop|alt|opt|par|rect|%%)\b", statement, re.I):
        return
    source, _, dashes, _, target, label = message.groups()
    drawing.node(source, line)
    drawing.node(target, line)
    # A dashed arrow is the answer to a call that is drawn already.
    if dashes == "-":
        drawing.edge(source, target, line, label or "")


def _c4(statement: str, line: int, drawing: Drawing, groups: list[str]) -> None:
    if statement.startswith("}"):
        if groups:
            groups.pop()
        return
    found = c4.boundary(statement)
    if found:
        groups.append(drawing.group(*found, line, groups[-1] if groups else ""))
    else:
        c4.take(statement, line, drawing, groups[-1] if groups else "")
