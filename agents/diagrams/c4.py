"""C4 macros, as Mermaid and PlantUML share them."""

import re

from agents.diagrams.drawing import Drawing

_ELEMENT = re.compile(
    r"(Person|System|Container|Component)(Db|Queue)?(_Ext)?\(\s*([\w-]+)\s*,\s*\"([^\"]{1,200})\"",
    re.I,
)
_BOUNDARY = re.compile(r"(?:\w+_)?Boundary\(\s*([\w-]+)\s*,\s*\"([^\"]{1,200})\"", re.I)
_RELATION = re.compile(
    r"(?:Bi)?Rel\w*\(\s*([\w-]+)\s*,\s*([\w-]+)\s*(?:,\s*\"([^\"]{0,200})\")?", re.I
)


def take(statement: str, line: int, drawing: Drawing, group: str) -> bool:
    """Read one C4 macro other than a boundary; False when the statement is none."""
    relation = _RELATION.match(statement)
    if relation:
        for end in relation.group(1, 2):
            drawing.node(end, line)
        drawing.edge(relation.group(1), relation.group(2), line, relation.group(3) or "")
        return True
    element = _ELEMENT.match(statement)
    if not element:
        return False
    kind, form, _, id_, label = element.groups()
    shape = (
        "actor"
        if kind.lower() == "person"
        else {"db": "store", "queue": "queue"}.get((form or "").lower(), "")
    )
    drawing.node(id_, line, label=label, shape=shape, group=group)
    return True


def boundary(statement: str) -> tuple[str, str] | None:
    """Id and label of a C4 boundary, or None."""
    match = _BOUNDARY.match(statement)
    return (match.group(1), match.group(2)) if match else None
