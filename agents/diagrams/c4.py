"""C4 macros, as Mermaid and PlantUML share them."""

import re
from collections.abc import Callable

from agents.diagrams.drawing import Drawing

_ELEMENT = re.compile(
    r"(Person|System|Container|Component)(Db|Queue)?(_Ext)?\(\s*([\w-]+)\s*,\s*\"([^\"]{1,200})\"",
    re.I,
)
_BOUNDARY = re.compile(
    r"(?:(?:\w{1,40}_)?Boundary|Deployment_Node(?:_[LR])?|Node(?:_[LR])?)"
    r"\(\s*([\w-]+)\s*,\s*\"([^\"]{1,200})\"",
    re.I,
)
_RELATION = re.compile(
    r"(Bi)?Rel(Index)?(_Back)?\w{0,40}\(\s*(?:(?<=Index\()[^,()]{0,40},\s*)?([\w-]+)\s*,\s*([\w-]+)"
    r"\s*(?:,\s*\"([^\"]{0,200})\")?\s*(?:,\s*\"([^\"]{1,200})\")?",
    re.I,
)


def reader(drawing: Drawing) -> Callable[[str, int], None]:
    """A function that takes one line after the other, with its number in the document."""
    groups: list[str] = []

    def read(statement: str, line: int) -> None:
        if statement.startswith("}"):
            if groups:
                groups.pop()
            return
        group = groups[-1] if groups else ""
        found = boundary(statement)
        if found:
            groups.append(drawing.group(*found, line, group))
        else:
            take(statement, line, drawing, group)

    return read


def take(statement: str, line: int, drawing: Drawing, group: str) -> bool:
    """Read one C4 macro other than a boundary; False when the statement is none."""
    relation = _RELATION.match(statement)
    if relation:
        _relation(relation, line, drawing)
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


def _relation(match: re.Match[str], line: int, drawing: Drawing) -> None:
    both, _, back, source, target, label, technology = match.groups()
    for end in (source, target):
        known = drawing.groups.get(end)
        drawing.node(end, line, label=known.label if known else "")
    said = f"{label or ''} ({technology})" if technology else label or ""
    if back:
        source, target = target, source
    drawing.edge(source, target, line, said)
    if both:
        drawing.edge(target, source, line, said)


def boundary(statement: str) -> tuple[str, str] | None:
    """Id and label of a C4 boundary or deployment node, or None."""
    match = _BOUNDARY.match(statement)
    return (match.group(1), match.group(2)) if match else None
