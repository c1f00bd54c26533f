"""Mermaid: flowcharts, sequence, C4 and architecture diagrams; other types draw no system."""

import re
from collections.abc import Callable, Iterator

from agents.diagrams import architecture, c4, flowchart, sequence
from agents.diagrams.drawing import LONGEST_STATEMENT, Drawing

_HEADER = re.compile(
    r"\s*(graph|flowchart|sequenceDiagram|C4[A-Z]\w*|architecture(?:-beta)?"
    r"|stateDiagram|classDiagram|erDiagram|block|journey|gantt|pie|mindmap|timeline|gitGraph"
    r"|quadrantChart|requirementDiagram|sankey|xychart|packet|kanban|radar)(?=[\s;:-]|$)"
)
_SUBJECTS = {
    "stateDiagram": "the states of one part", "classDiagram": "code", "erDiagram": "the shape of data",
    "journey": "the steps of a person", "gantt": "a schedule", "timeline": "a schedule",
    "gitGraph": "commits", "requirementDiagram": "requirements", "packet": "the layout of bytes",
    "pie": "figures", "xychart": "figures", "sankey": "figures", "quadrantChart": "figures",
    "radar": "figures", "mindmap": "ideas", "kanban": "tasks",
}  # fmt: skip
_DIRECTIVE = re.compile(r"\s*%%")
_LONGEST_LABEL = 8
"""Lines over which a label between quotation marks may run."""


def parse(source: str, first_line: int) -> Drawing:
    """Draw a Mermaid text whose first line has this number in the document."""
    drawing = Drawing()
    lines = source.split("\n")
    at, header = _header(lines)
    reader = _reader(header.group(1)) if header else None
    if header is None or reader is None:
        return drawing
    rest = lines[at][header.end() :]
    # A graph may go on behind its direction, `graph LR; A --> B`.
    lines[at] = rest.partition(";")[2] if ";" in rest else ""
    read = reader(drawing)
    for number, statement in _statements(lines, at):
        if not _DIRECTIVE.match(statement):
            read(statement.strip()[:LONGEST_STATEMENT], number + first_line)
    return drawing


def subject(source: str) -> str:
    """What a diagram shows instead of parts and flows; empty where it may show those."""
    _, header = _header(source.split("\n"))
    return _SUBJECTS.get(header.group(1), "") if header else ""


def _header(lines: list[str]) -> tuple[int, re.Match[str] | None]:
    """The line that names the type of the diagram, and its place."""
    for at in range(_after_settings(lines), len(lines)):
        header = _HEADER.match(lines[at])
        if header:
            return at, header
    return len(lines), None


def _reader(kind: str) -> Callable[[Drawing], Callable[[str, int], None]] | None:
    if kind in ("graph", "flowchart"):
        return flowchart.reader
    if kind == "sequenceDiagram":
        return sequence.reader
    if kind.startswith("C4"):
        return c4.reader
    return architecture.reader if kind.startswith("architecture") else None


def _after_settings(lines: list[str]) -> int:
    """Behind the front matter, in which anything may be said."""
    start = next((at for at, line in enumerate(lines) if line.strip()), 0)
    if lines[start].strip() != "---":
        return 0
    ends = (at + 1 for at in range(start + 1, len(lines)) if lines[at].strip() == "---")
    return next(ends, 0)


def _statements(lines: list[str], at: int) -> Iterator[tuple[int, str]]:
    """Lines with their places; those of a label over several lines are one."""
    while at < len(lines):
        end = at + 1
        whole = lines[at]
        while _is_open(whole) and end < min(len(lines), at + _LONGEST_LABEL):
            whole += "\n" + lines[end]
            end += 1
        if end > at + 1 and _is_open(whole):
            whole, end = lines[at], at + 1
        yield at, whole
        at = end


def _is_open(statement: str) -> bool:
    """True where a quotation mark or a `@{` is not closed yet."""
    last = statement.rfind("@{")
    return statement.count('"') % 2 == 1 or (last >= 0 and statement.find("}", last) < 0)
