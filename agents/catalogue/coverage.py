"""Which ids of the public frameworks the catalogue speaks of, and through which entries."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from agents.catalogue.loader import Catalogue
from agents.catalogue.schema import Framework, FrameworkItem, Threat
from agents.values import Value

FIRST = (
    "mitre-atlas",
    "owasp-llm-2026",
    "owasp-llm-2025",
    "owasp-asi-2026",
    "owasp-mcp-2025",
    "owasp-aisvs",
    "nist-ai-rmf",
    "eu-ai-act",
    "iso-42001",
)
"""Frameworks in the order that readers ask for them; the rest follows by key."""

HEADINGS = {"mitre-atlas": ("tactic",), "nist-ai-rmf": ("function", "category")}
"""Types of ids that only group others: no threat refers to them."""

SUBSETS = frozenset({"capec", "cwe", "nist-sp-800-53"})
"""Frameworks of which the catalogue lists a part: a share of it says little about the whole."""

MEANING = (
    "Covered means that at least one threat in force refers to the id, or to an id below it (a "
    "requirement below its section, a sub-technique below its technique). A pattern covers what "
    "the threats that it covers refer to, so patterns add no id of their own. It does not mean "
    "that the id is answered in full, or that any design was checked against it."
)


class ItemCoverage(Value):
    """One id, and the entries that speak of it; both are empty for an id that is not covered."""

    id: str
    title: str
    threats: tuple[str, ...]
    patterns: tuple[str, ...]

    @property
    def covered(self) -> bool:
        """True when a threat speaks of the id; a pattern does only through a threat."""
        return bool(self.threats)


class PartCoverage(Value):
    """The ids of one type in a framework, or all of them where it has no types."""

    type: str
    """`technique`, or empty."""
    items: tuple[ItemCoverage, ...]

    @property
    def covered(self) -> tuple[ItemCoverage, ...]:
        """Those that at least one threat speaks of."""
        return tuple(item for item in self.items if item.covered)

    @property
    def missing(self) -> tuple[ItemCoverage, ...]:
        """The others."""
        return tuple(item for item in self.items if not item.covered)

    @property
    def share(self) -> float:
        """Covered ids by all ids, 0-1."""
        return len(self.covered) / len(self.items)


class FrameworkCoverage(Value):
    """One framework in parts."""

    key: str
    name: str
    version: str
    subset: bool
    """True where the list holds only some of the publisher's ids."""
    parts: tuple[PartCoverage, ...]


def coverage(catalogue: Catalogue) -> tuple[FrameworkCoverage, ...]:
    """Every framework; what is switched off or retired covers nothing."""
    speaking = _speaking(catalogue)
    roads = _roads(catalogue)
    return tuple(
        _framework(catalogue.frameworks[key], speaking[key], roads)
        for key in sorted(catalogue.frameworks, key=_place)
    )


def references_of(threat: Threat) -> tuple[str, ...]:
    """All that a threat refers to as `framework/id`: its references, weaknesses and letters."""
    weaknesses = (f"cwe/{id_}" for id_ in threat.cwe)
    letters = (f"stride/{letter}" for letter in threat.stride)
    return tuple(dict.fromkeys((*threat.references, *weaknesses, *letters)))


def _place(key: str) -> tuple[int, str]:
    return (FIRST.index(key) if key in FIRST else len(FIRST), key)


def _roads(catalogue: Catalogue) -> Mapping[str, tuple[str, ...]]:
    """By threat: the patterns that cover it."""
    found: dict[str, list[str]] = defaultdict(list)
    for id_, pattern in sorted(catalogue.patterns.items()):
        if pattern.status != "retired":
            for threat in pattern.covers_threats:
                found[threat].append(id_)
    return {threat: tuple(ids) for threat, ids in found.items()}


Speaking = dict[str, set[str]]
"""By id of one framework: the threats that speak of it."""


def _speaking(catalogue: Catalogue) -> Mapping[str, Speaking]:
    found: dict[str, Speaking] = defaultdict(lambda: defaultdict(set))
    for threat in catalogue.threats.values():
        for reference in references_of(threat):
            key, _, id_ = reference.partition("/")
            framework = catalogue.frameworks.get(key)
            item = framework.item(id_) if framework else None
            for above in _upwards(item, framework):
                found[key][above].add(threat.id)
    return found


def _upwards(item: FrameworkItem | None, framework: Framework | None) -> Iterator[str]:
    """The id and those above it; each once, whatever the file says about parents."""
    seen: set[str] = set()
    while item is not None and framework is not None and item.id not in seen:
        seen.add(item.id)
        yield item.id
        item = framework.by_id.get(item.parent or "")


def _framework(
    framework: Framework, speaking: Speaking, roads: Mapping[str, Sequence[str]]
) -> FrameworkCoverage:
    groups: dict[str, list[ItemCoverage]] = defaultdict(list)
    for item in framework.items:
        if item.type not in HEADINGS.get(framework.key, ()):
            groups[item.type or ""].append(_item(item, speaking.get(item.id, ()), roads))
    parts = (PartCoverage(type=type_, items=tuple(items)) for type_, items in groups.items())
    return FrameworkCoverage(
        key=framework.key,
        name=framework.name,
        version=framework.version,
        subset=framework.key in SUBSETS,
        parts=tuple(parts),
    )


def _item(
    item: FrameworkItem, threats: Iterable[str], roads: Mapping[str, Sequence[str]]
) -> ItemCoverage:
    ordered = tuple(sorted(threats))
    patterns = sorted({road for threat in ordered for road in roads.get(threat, ())})
    return ItemCoverage(id=item.id, title=item.title, threats=ordered, patterns=tuple(patterns))
