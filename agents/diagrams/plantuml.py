"""PlantUML: component, deployment, sequence and C4 diagrams; includes are never followed."""

import re

from agents.diagrams import c4
from agents.diagrams.drawing import LONGEST_STATEMENT, Drawing

_SHAPES = {
    "database": "store",
    "queue": "queue",
    "actor": "actor",
    "person": "actor",
    "storage": "store",
}
_DECLARED = re.compile(
    r"(participant|actor|person|boundary|control|entity|database|collections|queue|component"
    r"|interface"
    r"|cloud|node|artifact|storage|agent|rectangle|usecase|card|folder|frame|file|stack|hexagon)\s+"
    r"(?:\"([^\"]+)\"|\[([^\]]+)\]|([\w.]+))(?:\s+as\s+(?:\"([^\"]+)\"|([\w.]+)))?"
    r"(?:\s*<<[^<>]*>>)?(?:\s*#\w+)?\s*(\{)?\s*$",
    re.I,
)
_PACKAGE = re.compile(
    r"(?:package|namespace|together|box)\b\s*(?:\"([^\"]+)\""
    r"|([\w.]+))?(?:\s+as\s+([\w.]+))?[^{]*(\{)?\s*$",
    re.I,
)
_BRACKET = re.compile(r"\[([^\]]+)\](?:\s+as\s+([\w.]+))?\s*(?:#\w+)?$")
_END = r"(\[[^\]]{1,80}\]|\([^)]{1,80}\)|\"[^\"]{1,80}\"|:[^:]{1,80}:|[\w.]+)"
_ARROW = re.compile(
    _END
    + r"\s*(?:\"[^\"]*\"\s*)?(<{1,2}|\*|o)?([-.=~]{1,12}(?:\[[^\]]{0,40}\])?(?:left|right|up|down|[lrud])?[-.=~]{0,12})"
    r"(>{1,2}|\*|o|x)?\s*(?:\"[^\"]*\"\s*)?" + _END + r"\s*(?::\s*(.*))?$"
)
_COMMENT = re.compile(
    r"'|!|@|skinparam|hide|show|title|legend|note\b|end note|footer|header|autonumber"
)


def parse(source: str, first_line: int) -> Drawing:
    """Draw a PlantUML text whose first line has this number in the document."""
    drawing = Drawing()
    groups: list[str] = []
    for number, raw in enumerate(source.split("\n"), first_line):
        statement = raw.strip()[:LONGEST_STATEMENT]
        if not statement or _COMMENT.match(statement):
            continue
        if statement.startswith("}") or statement.lower() == "end box":
            if groups:
                groups.pop()
        else:
            _statement(statement, number, drawing, groups)
    return drawing


def _statement(statement: str, line: int, drawing: Drawing, groups: list[str]) -> None:
    group = groups[-1] if groups else ""
    boundary = c4.boundary(statement)
    if boundary:
        groups.append(drawing.group(*boundary, line, group))
        return
    if c4.take(statement, line, drawing, group):
        return
    arrow = _ARROW.match(statement)
    if arrow:
        _arrow(arrow, line, drawing, group)
    elif _DECLARED.match(statement) or _BRACKET.match(statement):
        _declared(statement, line, drawing, groups)
    else:
        package = _PACKAGE.match(statement)
        if package:
            label = package.group(1) or package.group(2) or "group"
            groups.append(drawing.group(package.group(3) or label, label, line, group))


def _declared(statement: str, line: int, drawing: Drawing, groups: list[str]) -> None:
    group = groups[-1] if groups else ""
    match = _DECLARED.match(statement)
    if match is None:
        bracket = _BRACKET.match(statement)
        if bracket:
            label = bracket.group(1)
            drawing.node(bracket.group(2) or label, line, label=label, group=group)
        return
    word, quoted, bracketed, bare, other, alias, opens = match.groups()
    label = quoted or bracketed or bare
    if bare and other:
        label, alias = other, bare
    if opens:
        groups.append(drawing.group(alias or label, label, line, group))
        return
    shape = _SHAPES.get(word.lower(), "")
    drawing.node(alias or label, line, label=label, shape=shape, group=group)


def _arrow(match: re.Match[str], line: int, drawing: Drawing, group: str) -> None:
    left, back, shaft, forward, right, label = match.groups()
    if not back and not forward and len(shaft) < 2:
        return
    ends = [_end(end, line, drawing, group) for end in (left, right)]
    if back and back.startswith("<") and not (forward and ">" in forward):
        ends.reverse()
    # In a sequence a dashed arrow is the answer to a call that is drawn already.
    if not (shaft.startswith("--") and drawing.has_edge(ends[1], ends[0])):
        drawing.edge(ends[0], ends[1], line, label or "")


def _end(text: str, line: int, drawing: Drawing, group: str) -> str:
    name = text.strip('[]()":')
    shape = "actor" if text.startswith(":") else ""
    return drawing.node(name, line, shape=shape, group=group)
