"""The register of parts: names met in the text, merged where safe, each with its evidence."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from agents.analysts.lexical.compound import HEADS
from agents.analysts.lexical.phrases import Mention
from agents.evidence import Evidence
from agents.system import Component

_SLUG = re.compile(r"[^a-z0-9]+")
_ACTORS = frozenset({"external_user", "human_operator", "external_content"})
_NOT_MERGED_BY_KIND = _ACTORS | {
    "service", "tool", "third_party_api", "saas_connector", "edge_device", "ml_model", "batch_job",
}  # fmt: skip
MAX_EVIDENCE = 4
MAX_COMPONENTS = 150


@dataclass
class Part:
    """A component while it is being collected."""

    key: str
    name: str
    kind: str
    strong: bool = False
    """Something definite is said about it: a flow, a heading, a table row, a diagram."""
    bare: bool = False
    product: bool = False
    names: Counter[str] = field(default_factory=Counter)
    evidence: list[Evidence] = field(default_factory=list)
    attributes: list[str] = field(default_factory=list)
    order: int = 0


class Register:
    """Parts by key; common nouns are resolved once everything has been read."""

    def __init__(self) -> None:
        self.parts: dict[str, Part] = {}
        self._alias: dict[str, str] = {}
        self._ids: dict[str, str] = {}
        self._by_end: dict[str, list[Part]] = {}
        self._by_kind: dict[str, list[Part]] = {}
        self._ruled_out: set[str] = set()
        self._products: dict[str, set[str]] = defaultdict(set)

    def meet(self, mention: Mention, evidence: Evidence | None, *, strong: bool) -> None:
        """Note a mention; `strong` when the text says something definite about the part."""
        part = self.parts.get(mention.key)
        if part is None:
            part = Part(mention.key, mention.name, mention.kind, order=len(self.parts))
            part.bare = mention.bare
            part.product = mention.sort in ("named", "exact")
            self.parts[mention.key] = part
        part.names[mention.name] += 1
        part.strong = part.strong or strong
        if evidence is not None and evidence not in part.evidence:
            if len(part.evidence) < MAX_EVIDENCE:
                part.evidence.append(evidence)

    def declare(self, key: str, name: str, kind: str, evidence: Evidence | None) -> None:
        """Note a part that a diagram, a table, a heading or a list introduces by name."""
        part = self.parts.get(key)
        if part is None:
            part = Part(key, name, kind, order=len(self.parts))
            self.parts[key] = part
        part.strong, part.bare = True, False
        part.names[name] += 3
        if evidence is not None and len(part.evidence) < MAX_EVIDENCE:
            part.evidence.append(evidence)

    def rule_out(self, kinds: Iterable[str]) -> None:
        """The text says that the design has no part of these kinds: a common noun means none."""
        self._ruled_out.update(kinds)

    def same(self, alias: str, key: str) -> None:
        """Two keys that stand for one part."""
        if alias != key:
            self._alias[alias] = key

    def made_with(self, key: str, product: str) -> None:
        """A noun and the product that the text names behind it."""
        self._products[key].add(product)

    def settle(self) -> None:
        """Merge aliases and common nouns into the parts they stand for, where there is one."""
        # Two databases in Postgres stay two.
        uses = Counter(product for products in self._products.values() for product in products)
        for key, products in self._products.items():
            if len(products) == 1 and key not in self._alias and uses[min(products)] == 1:
                self.same(key, *products)
        for alias in list(self._alias):
            self._merge(alias, self.resolve(alias))
        self._shortened()
        self._reordered()
        self._by_end, self._by_kind = defaultdict(list), defaultdict(list)
        for part in self.parts.values():
            self._by_end[part.key.rpartition(" ")[2]].append(part)
            self._by_kind[part.kind].append(part)
        for part in sorted(self.parts.values(), key=lambda p: (len(p.key), p.order)):
            if part.key in self.parts:
                target = self._longer_name(part) if not part.bare else self._meant(part)
                if target is not None:
                    self._merge(part.key, target.key)

    def _shortened(self) -> None:
        """`the assistant` is the `assistant service`, and what it is says more than `service`."""
        telling = [p for p in self.parts.values() if p.bare and p.kind not in _ACTORS | {"service"}]
        for part in telling:
            longer = (self.parts.get(f"{part.key} {head}") for head in HEADS)
            target = next((p for p in longer if p is not None), None)
            if target is not None:
                target.kind = part.kind if target.kind == "service" else target.kind
                self._merge(part.key, target.key)

    def _reordered(self) -> None:
        """`IoT module: M1` and `M1 IoT module` are one name."""
        seen: dict[frozenset[str], str] = {}
        for part in sorted(self.parts.values(), key=lambda p: p.order):
            parts = frozenset(re.findall(r"\w+", part.key))
            if len(parts) > 1 and parts in seen:
                self._merge(part.key, seen[parts])
            seen.setdefault(parts, part.key)

    def resolve(self, key: str) -> str:
        """The key of the part for which this key stands."""
        seen = set()
        while key in self._alias and key not in seen:
            seen.add(key)
            key = self._alias[key]
        return key

    def _meant(self, part: Part) -> Part | None:
        """The one part that a common noun can mean, or None."""
        ending = [
            p
            for p in self._ending(part)
            if not p.bare and p.kind not in _ACTORS and (p.strong or sum(p.names.values()) > 1)
        ]
        if part.kind in _ACTORS:
            return ending[0] if len(ending) == 1 and part.kind == "human_operator" else None
        same_kind = [
            p
            for p in self._by_kind[part.kind]
            if p.key in self.parts and p is not part and p.strong and not p.bare
        ]
        # `Go checksum database` and `checksum database` are one candidate.
        keys = {p.key for p in ending}
        ending = [p for p in ending if not keys & set(_tails(p.key))]
        if len(ending) == 1:
            return ending[0]
        if not ending and len(same_kind) == 1 and part.kind not in _NOT_MERGED_BY_KIND:
            return same_kind[0]
        if ending:
            ranked = sorted(ending, key=lambda p: -sum(p.names.values()))
            first, second = (sum(p.names.values()) for p in ranked[:2])
            return ranked[0] if first >= 2 * second else None
        return None

    def _longer_name(self, part: Part) -> Part | None:
        """`token exchange service` and `gateway token exchange service`: the one longer name."""
        if part.kind in _ACTORS or part.product:
            return None
        if len(part.key) <= 5 or " " not in part.key:
            return None
        fits = [p for p in self._ending(part) if p.kind == part.kind and not p.product]
        return fits[0] if len(fits) == 1 and fits[0].strong else None

    def _ending(self, part: Part) -> list[Part]:
        """Other parts whose name is this one with more words before it."""
        ending = " " + part.key
        near = self._by_end[part.key.rpartition(" ")[2]]
        return [p for p in near if p.key in self.parts and p.key.endswith(ending)]

    def _merge(self, key: str, into: str) -> None:
        part, target = self.parts.get(key), self.parts.get(into)
        if part is None or target is None or part is target:
            if target is not None or part is None:
                self._alias[key] = into
            return
        del self.parts[key]
        self._alias[key] = into
        target.strong = target.strong or part.strong
        target.names.update(dict.fromkeys(part.names, 0))
        room = MAX_EVIDENCE - len(target.evidence)
        target.evidence += [e for e in part.evidence if e not in target.evidence][:room]
        target.attributes += part.attributes

    def components(self) -> tuple[Component, ...]:
        """Parts about which something definite is said, in the order in which they were met."""
        kept: dict[str, Component] = {}
        for part in sorted(self.parts.values(), key=lambda p: p.order):
            name = self._best_name(part)
            id_ = slug(name)
            if not part.strong or not part.evidence or len(kept) >= MAX_COMPONENTS:
                continue
            if part.bare and part.kind in self._ruled_out:
                continue
            self._ids[part.key] = id_
            if id_ in kept:
                continue
            kept[id_] = Component(
                id=id_,
                name=name,
                kind=part.kind,
                aliases=tuple(n for n in sorted(part.names) if n.lower() != name.lower())[:6],
                attributes=tuple(dict.fromkeys(part.attributes)),
                evidence=tuple(part.evidence),
            )
        return tuple(kept.values())

    def id_of(self, key: str) -> str | None:
        """Id of the component for which a key stands, once `components` has been called."""
        return self._ids.get(self.resolve(key))

    def _best_name(self, part: Part) -> str:
        """The name used most; of equal ones the singular with capitals, then the longer one."""
        ranked = sorted(
            part.names.items(),
            key=lambda item: (
                -item[1],
                not item[0][:1].isupper(),
                item[0].endswith("s"),
                -len(item[0]),
                item[0],
            ),
        )
        return ranked[0][0] if ranked else part.name


def _tails(key: str) -> list[str]:
    """The key without its first word, without its first two, and so on."""
    parts = key.split(" ")
    return [" ".join(parts[at:]) for at in range(1, len(parts))]


def slug(key: str) -> str:
    """Id of a component: lower case, words joined by hyphens."""
    return _SLUG.sub("-", key.lower()).strip("-") or "part"
