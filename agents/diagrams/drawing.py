"""What a diagram says, whatever its language: nodes, edges and groups with their lines."""

import re
from dataclasses import dataclass, field, replace

_TAG = re.compile(r"<[^<>]{0,80}>")
_ESCAPE = re.compile(r"\\[nlr]")
_ENTITY = re.compile(r"[#&](?:quot|amp|lt|gt|nbsp|\d{1,5});")
_ICON = re.compile(r"\b(?:fa|mdi|logos):[\w-]+\s*")
_SPACE = re.compile(r"\s+")
MAX_NODES, MAX_EDGES = 500, 1000
LONGEST_STATEMENT = 2000
"""A diagram beyond this is not a picture of a system; the rest is left out."""


@dataclass(frozen=True)
class Node:
    """A thing drawn. `shape` is `store`, `queue`, `actor`, or empty for everything else."""

    id: str
    label: str
    line: int
    shape: str = ""
    group: str = ""


@dataclass(frozen=True)
class Edge:
    """An arrow between two node ids."""

    source: str
    target: str
    label: str
    line: int


@dataclass(frozen=True)
class Group:
    """A box around nodes: subgraph, package, cluster."""

    id: str
    label: str
    line: int
    parent: str = ""


@dataclass
class Drawing:
    """Collects what a diagram draws; lines are those of the document."""

    nodes: dict[str, Node] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    groups: dict[str, Group] = field(default_factory=dict)
    _next: dict[str, set[str]] = field(default_factory=dict)

    def node(
        self, id_: str, line: int, *, label: str = "", shape: str = "", group: str = ""
    ) -> str:
        """Add a node, or what is new about it; gives the id back."""
        known = self.nodes.get(id_)
        text = clean(label)
        if known is None:
            if len(self.nodes) < MAX_NODES:
                self.nodes[id_] = Node(id_, text or clean(id_), line, shape, group)
        elif text and known.label == clean(id_) and text != known.label:
            self.nodes[id_] = Node(id_, text, line, shape or known.shape, known.group or group)
        elif (group and not known.group) or (shape and not known.shape):
            self.nodes[id_] = Node(
                id_, known.label, known.line, known.shape or shape, known.group or group
            )
        return id_

    def edge(self, source: str, target: str, line: int, label: str = "") -> None:
        """Add an arrow between nodes that exist; one to itself says nothing about flows."""
        known = source in self.nodes and target in self.nodes
        if source != target and known and len(self.edges) < MAX_EDGES:
            self.edges.append(Edge(source, target, clean(label), line))
            self._next.setdefault(source, set()).add(target)

    def leads_to(self, source: str, target: str) -> bool:
        """True when arrows lead from one to the other, over others or not; also when all is full."""
        seen, open_ = {source}, [source]
        while open_ and len(self.edges) < MAX_EDGES:
            following = self._next.get(open_.pop(), set())
            if target in following:
                return True
            open_ += following - seen
            seen |= following
        return len(self.edges) >= MAX_EDGES

    def group(self, id_: str, label: str, line: int, parent: str = "") -> str:
        """Add a group; gives the id back."""
        known = self.groups.setdefault(id_, Group(id_, clean(label) or id_, line, parent))
        node = self.nodes.get(id_)
        if node is not None and node.label == clean(id_):
            # An arrow led to the group before it was drawn.
            self.nodes[id_] = replace(node, label=known.label)
        return id_


def clean(label: str) -> str:
    """Plain text of a label: no tags, escapes, icons, quotes or stereotypes."""
    text = _ICON.sub("", _ESCAPE.sub(" ", _TAG.sub(" ", label)))
    text = _ENTITY.sub(" ", text)
    return _SPACE.sub(" ", text).strip().strip("\"'`*_").strip()[:120]
