"""Trust zones: the places on the two sides of a design's boundaries, and who lies in which."""

from collections.abc import Callable, Sequence

from agents.catalogue.facts import OUTSIDERS
from agents.catalogue.schema import Vocabulary
from agents.evidence import Evidence
from agents.system import Component, SystemModel

Json = dict[str, object]

INSIDE = "system"
_PLACES = {
    "internet": ("Internet", "The public network and whoever is on it.", 10),
    "device": ("Devices of users", "Clients that the operator does not control.", 20),
    "partner": ("Partners and vendors", "Services of other organisations.", 40),
    "model_provider": ("Model provider", "A hosted model service.", 40),
    "corp_to_cloud": ("Corporate network", "Staff and their workplaces.", 60),
    INSIDE: ("System", "What the design builds and runs.", 80),
}
"""Boundaries of the vocabulary with a place behind them: name, description and trust, 0 to 100."""
_ELSEWHERE = frozenset({"third_party_api", "saas_connector"})
_MODELS = frozenset({"llm", "ml_model", "inference_endpoint"})
_STAFF = "human_operator"


class Zones:
    """The zones of one system model. Boundaries without a place, such as tenants, are none."""

    inside = f"zone-{INSIDE}"
    """Id of the zone of what the design builds and runs."""

    def __init__(self, system: SystemModel, vocabulary: Vocabulary) -> None:
        self._system = system
        self._vocabulary = vocabulary

    def of(self, component: Component) -> str:
        """Id of the zone in which a component lies: by its kind and the boundaries of its flows."""
        return f"zone-{self.place(component)}"

    def place(self, component: Component) -> str:
        """Id of the boundary behind which a component lies, or `system`."""
        kind = self._vocabulary.kind(component.kind)
        if component.kind in OUTSIDERS:
            return "internet"
        if component.kind == _STAFF:
            return "corp_to_cloud"
        if self._could_provide(component.id) and self._at_provider(component):
            return "model_provider"
        if component.kind in _ELSEWHERE:
            return "partner"
        return "device" if kind is not None and kind.group == "client" else INSIDE

    def listed(self, represented: Callable[[str, Sequence[Evidence]], list[Json]]) -> list[Json]:
        """Zones in use and zones that a boundary of the design names, the least trusted first."""
        used = {self.place(component) for component in self._system.components} | {INSIDE}
        quotes: dict[str, list[Evidence]] = {}
        for boundary in self._system.boundaries:
            if boundary.kind in _PLACES:
                quotes.setdefault(boundary.kind, []).extend(boundary.evidence)
        return [
            {
                "id": f"zone-{place}",
                "name": name,
                "type": place,
                "description": description,
                "risk": {"trustRating": trust},
                "representations": represented(f"zone-{place}", quotes.get(place, ())),
            }
            for place, (name, description, trust) in _PLACES.items()
            if place in used or place in quotes
        ]

    def _at_provider(self, component: Component) -> bool:
        """The end of a crossing flow that could be a provider; the one that answers, if both could."""
        return any(
            component.id == flow.target
            or (component.id == flow.source and not self._could_provide(flow.target))
            for flow in self._system.flows
            if "model_provider" in flow.crosses
        )

    def _could_provide(self, id_: str) -> bool:
        component = self._system.component(id_)
        return component is not None and component.kind in _ELSEWHERE | _MODELS
