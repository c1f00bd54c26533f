"""PlantUML: component, deployment, sequence and C4 diagrams; includes are never followed.

Class, state and activity diagrams draw no parts of a system, and so nothing.
"""

import re

from agents.diagrams import c4
from agents.diagrams.drawing import LONGEST_STATEMENT, Drawing
from agents.diagrams.plantuml_skip import statements

_SHAPES = {
    "database": "store",
    "queue": "queue",
    "actor": "actor",
    "person": "actor",
    "storage": "store",
}
_TAIL = r"(?:\s*<<[^<>]{0,80}>>|\s*#[\w|:;/\\.-]{1,60}|\s*\$\w{1,40}|\s+order\s+\d{1,6}){0,6}\s*"
_DECLARED = re.compile(
    r"(?:create\s+)?"
    r"(participant|actor|person|boundary|control|entity|database|collections|queue|component"
    r"|interface"
    r"|cloud|node|artifact|storage|agent|rectangle|usecase|card|folder|frame|file|stack|hexagon"
    r"|process|container|system|label)/?\s+"
    r"(?:\"([^\"]+)\"|\[([^\]]+)\]|:([^:]+):|\(([^()]+)\)|([\w.]+))"
    r"(?:\s*<<[^<>]{0,80}>>)?(?:\s+as\s+(?:\"([^\"]+)\"|\[([^\]]+)\]|([\w.]+)))?"
    + _TAIL
    + r"(\{|\[[^\]]*\])?\s*$",
    re.I,
)
_PACKAGE = re.compile(
    r"(?:package|namespace|together|box)\b\s*(?:\"([^\"]+)\""
    r"|([\w.]+))?(?:\s+as\s+([\w.]+))?[^{]*(\{)?\s*$",
    re.I,
)
_BRACKET = re.compile(
    r"(?:\(\)\s*)?(?:\[([^\]]+)\]|\"([^\"]+)\"(?=\s+as\s))(?:\s+as\s+([\w.]+))?" + _TAIL + "$"
)
_MACRO = re.compile(r"([A-Za-z]\w{1,60})\(\s*([\w.]{1,60})\s*,\s*\"([^\"]{1,200})\"")
_LAYOUT = re.compile(r"(?:Update|Add|Show|Lay|Set|Hide|Increment|Layout)", re.I)
_ENDS = r"(\[[^\]]{1,80}\]|\([^)]{1,80}\)|\"[^\"]{1,80}\"|:[^:]{1,80}:|[\w.@]+)"
_ARROW = re.compile(
    _ENDS + r"\s*(?:\"[^\"]*\"\s*)?(<{1,2}\|?|\*|o|x)?"
    r"([-.=~]{1,12}(?:\[[^\]]{0,80}\])?(?:left|right|up|down|le|ri|do|[lrud])?[-.=~]{0,12})"
    r"(\|?>{1,2}|\*|o|x|[\\/]{1,2})?\s*(?:\"[^\"]*\"\s*)?"
    + _ENDS
    + r"\s*(?:[+*!-]{2,4})?(?:\s*#\w{1,20})?\s*(?::\s*(.*))?$"
)


def parse(source: str, first_line: int) -> Drawing:
    """Draw a PlantUML text whose first line has this number in the document."""
    drawing = Drawing()
    groups: list[str] = []
    for number, text in statements(source):
        statement = text[:LONGEST_STATEMENT]
        if statement.startswith("}") or statement.lower() == "end box":
            if groups:
                groups.pop()
        else:
            _statement(statement, number + first_line, drawing, groups)
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
    macro = _MACRO.match(statement)
    if arrow and len(arrow.group(3)) + len(arrow.group(2) or arrow.group(4) or "") > 1:
        _arrow(arrow, line, drawing, group)
    elif macro and not _LAYOUT.match(macro.group(1)):
        # A sprite with a name, as the icon libraries of the clouds define them.
        drawing.node(macro.group(2), line, label=macro.group(3), group=group)
    elif _DECLARED.match(statement) or _BRACKET.match(statement):
        _declared(statement, line, drawing, groups)
    else:
        package = _PACKAGE.match(statement)
        if package:
            label = package.group(1) or package.group(2) or "group"
            groups.append(drawing.group(package.group(3) or label, label, line, group))
        elif statement.endswith("{"):
            groups.append(group)


def _declared(statement: str, line: int, drawing: Drawing, groups: list[str]) -> None:
    group = groups[-1] if groups else ""
    match = _DECLARED.match(statement)
    if match is None:
        bracket = _BRACKET.match(statement)
        if bracket:
            label = bracket.group(1) or bracket.group(2)
            drawing.node(bracket.group(3) or label, line, label=label, group=group)
        return
    word, *names, body = match.groups()
    quoted, bracketed, spoken, used, bare, other, other_bracketed, alias = names
    label = quoted or bracketed or spoken or used or bare
    other = other or other_bracketed
    if other:
        label, alias = other, label
    if body == "{":
        groups.append(drawing.group(alias or label, label, line, group))
        return
    # A long description in brackets says more than the id before it.
    label = label if quoted or not body else body.strip("[]\n ").split("\n")[0]
    shape = _SHAPES.get(word.lower(), "")
    drawing.node(alias or bare or label, line, label=label, shape=shape, group=group)


def _arrow(match: re.Match[str], line: int, drawing: Drawing, group: str) -> None:
    left, back, shaft, forward, right, label = match.groups()
    ends = [_end(end, line, drawing, group) for end in (left, right)]
    both = back and back.startswith("<") and forward and ">" in forward
    if back and back.startswith("<") and not both:
        ends.reverse()
    # In a sequence a dashed arrow is the answer to a call, perhaps through others, drawn already.
    if not (shaft.startswith("--") and drawing.leads_to(ends[1], ends[0])):
        drawing.edge(ends[0], ends[1], line, label or "")
    if both:
        drawing.edge(ends[1], ends[0], line, label or "")


def _end(text: str, line: int, drawing: Drawing, group: str) -> str:
    name = text.strip('[]()":')
    known = drawing.groups.get(name)
    if known is not None:
        return drawing.node(name, line, label=known.label, group=known.parent)
    shape = "actor" if text.startswith(":") else ""
    return drawing.node(name, line, shape=shape, group="" if name in drawing.nodes else group)
