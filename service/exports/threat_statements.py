"""Threat statements: who, under which conditions, can do what, leading to what, at whose cost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agents.catalogue.loader import Catalogue
from agents.system import Flow, SystemModel
from service.exports.text import clip, plain
from service.exports.zones import INSIDE, Zones

LONGEST_FIELD = 200
LONGEST_STATEMENT = 1400
_LONGEST_NAME = 60
"""Of a component's name within a field, so that the rest of the field stays."""
_MOST_SOURCES = 2
_MOST_ASSETS = 4
_PUBLIC = frozenset({"internet", "device"})
_ABROAD = frozenset({"partner", "model_provider"})
_IMPACTS = {
    "S": "actions in the name of another",
    "T": "changed data or behaviour",
    "R": "actions that nobody can be held to",
    "I": "disclosed data",
    "D": "a service that does not answer",
    "E": "actions beyond the rights that were granted",
}
_PLAIN_CLASSES = frozenset(
    {"credentials", "prompts", "embeddings", "model_weights", "source_code", "telemetry"}
)
"""Data classes whose id already says what it is; the others get the word `data`."""
_UNTRUSTED = "untrusted_content"
_NO_ASSETS = frozenset({"public", _UNTRUSTED})
"""Nobody is harmed when these are read, or they are the attacker's own."""


@dataclass(frozen=True)
class Statement:
    """The fields of the grammar, each within its limit, the first word in lower case."""

    source: str
    prerequisites: str
    action: str
    impact: str
    goals: tuple[str, ...]
    assets: tuple[str, ...]

    def text(self) -> str:
        """The statement as a sentence; parts that are not known are left out."""
        article = "An" if self.source[:1] in "aeiou" else "A"
        who = " ".join(part for part in (self.source, self.prerequisites) if part)
        said = f"{article} {who} can {self.action}"
        if self.impact:
            said += f", which leads to {self.impact}"
        if self.goals and self.assets:
            said += f", resulting in reduced {listed(self.goals)} of {listed(self.assets)}"
        elif self.goals:
            said += f", resulting in reduced {listed(self.goals)}"
        elif self.assets:
            said += f", negatively impacting {listed(self.assets)}"
        return clip(said, LONGEST_STATEMENT)


class Statements:
    """Statements on one system model."""

    def __init__(self, system: SystemModel, catalogue: Catalogue) -> None:
        self._system = system
        self._zones = Zones(system, catalogue.vocabulary)
        framework = catalogue.frameworks.get("stride")
        items = framework.items if framework is not None else ()
        self._goals = {item.id: item.violates for item in items if item.violates}

    def about(
        self, title: str, component_id: str | None, component_name: str, stride: Sequence[str]
    ) -> Statement:
        """The statement on a threat at a component, or on the design where there is none."""
        place = clip(plain(component_name), _LONGEST_NAME) if component_id is not None else ""
        action = f"exploit a weakness of {place or 'the design'} ({_lower(plain(title))}"
        impacts = [_IMPACTS[letter] for letter in stride if letter in _IMPACTS]
        goals = [self._goals[letter] for letter in stride if letter in self._goals]
        return Statement(
            source=self._source(component_id),
            prerequisites=clip(self._prerequisites(component_id, place), LONGEST_FIELD),
            action=f"{clip(action, LONGEST_FIELD - 1)})",
            impact=clip(listed(impacts), LONGEST_FIELD),
            goals=tuple(dict.fromkeys(goals)),
            assets=tuple(self._assets(component_id, place)),
        )

    def _source(self, component_id: str | None) -> str:
        """Whoever stands at the other end of what flows in; content speaks for its author."""
        if component_id is None:
            return "internal or external actor"
        if _UNTRUSTED in self._classes(component_id):
            return "author of content that the system reads"
        inbound = [flow for flow in self._system.flows if flow.target == component_id]
        senders = (self._system.component(flow.source) for flow in inbound)
        places = {self._zones.place(sender) for sender in senders if sender is not None}
        if places & _PUBLIC or self._over_the_internet(component_id, inbound):
            return "external actor"
        return "external service or partner" if places & _ABROAD else "internal or external actor"

    def _over_the_internet(self, component_id: str, inbound: Sequence[Flow]) -> bool:
        """What leaves the system crosses the internet too, so the component must lie inside."""
        component = self._system.component(component_id)
        inside = component is not None and self._zones.place(component) == INSIDE
        return inside and any("internet" in flow.crosses for flow in inbound)

    def _prerequisites(self, component_id: str | None, place: str) -> str:
        if not place:
            return ""
        inbound = (flow.source for flow in self._system.flows if flow.target == component_id)
        found = [c for id_ in dict.fromkeys(inbound) if (c := self._system.component(id_))]
        names = [clip(plain(c.name), _LONGEST_NAME) for c in found[:_MOST_SOURCES]]
        through = f" through {listed(names, 'or')}" if names else ""
        return f"who can reach {place}{through}"

    def _assets(self, component_id: str | None, place: str) -> Iterator[str]:
        known = sorted(self._classes(component_id) - _NO_ASSETS)
        yield from map(_data, known[:_MOST_ASSETS])
        if not known and place:
            yield place

    def _classes(self, component_id: str | None) -> set[str]:
        """Data classes at a component and on its flows; of the whole design where there is none."""
        system = self._system
        if component_id is None:
            return {use.data_class for use in system.data}
        here = {use.data_class for use in system.data if use.component == component_id}
        touching = (f for f in system.flows if component_id in (f.source, f.target))
        return here | {name for flow in touching for name in flow.data_classes}


def listed(items: Sequence[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def _data(name: str) -> str:
    words = plain(name.replace("_", " "))
    said = name in _PLAIN_CLASSES or words.endswith(" data")
    return clip(words if said else f"{words} data", LONGEST_FIELD)


def _lower(title: str) -> str:
    """The first letter in lower case, unless the word is an abbreviation or a product's name."""
    first = title.split(" ", 1)[0]
    ordinary = first[:1].isupper() and first[1:] == first[1:].lower()
    return title[:1].lower() + title[1:] if ordinary else title
