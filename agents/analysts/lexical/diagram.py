"""Offline diagram: Mermaid text of the system model."""

from collections import Counter

from agents.analysts.base import Reading
from agents.system import Component, Flow

MAX_NODES = 25
_MAX_LABEL = 40
_ZONES = {"external": "Outside", "client": "Clients"}
_INSIDE = "System"


def diagram(reading: Reading) -> str:
    """A flow chart with one subgraph per zone; empty when nothing is connected.

    At most 25 components, those with most flows first. A dashed arrow crosses a trust boundary.
    """
    chosen = _chosen(reading)
    if not chosen:
        return ""
    ids = {component.id: f"n{i}" for i, component in enumerate(chosen, 1)}
    out = ["flowchart LR"]
    zones: dict[str, list[Component]] = {}
    for component in chosen:
        zones.setdefault(_zone(component, reading), []).append(component)
    for number, (zone, members) in enumerate(sorted(zones.items()), 1):
        out.append(f'  subgraph z{number}["{zone}"]')
        out += [f"    {ids[c.id]}{_shape(c, reading)}" for c in members]
        out.append("  end")
    out += [
        _edge(f, ids) for f in _once(reading.system.flows) if f.source in ids and f.target in ids
    ]
    left = len(reading.system.components) - len(chosen)
    if left:
        out.append(f"  %% {left} components without room or flow are not drawn")
    return "\n".join(out)


def _chosen(reading: Reading) -> list[Component]:
    degree: Counter[str] = Counter()
    for flow in reading.system.flows:
        degree[flow.source] += 1
        degree[flow.target] += 1
    drawn = [c for c in reading.system.components if degree[c.id]]
    top = sorted(drawn, key=lambda c: (-degree[c.id], c.id))[:MAX_NODES]
    return [c for c in drawn if c in top]


def _zone(component: Component, reading: Reading) -> str:
    kind = reading.catalogue.vocabulary.kind(component.kind)
    return _ZONES.get(kind.group, _INSIDE) if kind is not None else _INSIDE


def _shape(component: Component, reading: Reading) -> str:
    kind = reading.catalogue.vocabulary.kind(component.kind)
    label = _label(component.name)
    if kind is not None and kind.stride_element == "data_store":
        return f'[("{label}")]'
    if kind is not None and kind.stride_element == "external_entity":
        return f'(["{label}"])'
    return f'["{label}"]'


def _edge(flow: Flow, ids: dict[str, str]) -> str:
    arrow = "-.->" if flow.crosses else "-->"
    label = f'|"{_label(flow.label)}"|' if flow.label.strip() else ""
    return f"  {ids[flow.source]} {arrow}{label} {ids[flow.target]}"


def _once(flows: tuple[Flow, ...]) -> list[Flow]:
    return list({(flow.source, flow.target): flow for flow in reversed(flows)}.values())[::-1]


def _label(text: str) -> str:
    """Letters, digits and plain punctuation: nothing that Mermaid or HTML reads as markup."""
    line = " ".join(text.replace("://", " ").split())
    plain = "".join(char if char.isalnum() or char in " .,:/_+-()" else " " for char in line)
    short = " ".join(plain.split())
    return short if len(short) <= _MAX_LABEL else short[: _MAX_LABEL - 1].rstrip() + "…"
