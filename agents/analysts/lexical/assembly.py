"""Puts the system model together once it is known which name means which part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agents.analysts.lexical.clauses import RawFlow
from agents.analysts.lexical.crossing import HANDS_ON, carries, crosses, group_boundary
from agents.analysts.lexical.declared import Introduced
from agents.analysts.lexical.index import Hit, Index
from agents.analysts.lexical.lexicon import Lexicon
from agents.analysts.lexical.register import Register
from agents.analysts.lexical.sightings import sightings
from agents.analysts.lexical.statements import Statements
from agents.analysts.lexical.walk import ReadSentence
from agents.document import Document
from agents.evidence import Evidence, Label, verify
from agents.system import AttributeFact, Component, Flow, Standing, SystemModel

_EXECUTORS = ("serverless_function", "service", "agent")
_OUTSIDERS = frozenset({"external_user", "human_operator", "external_content"})
_FRONTS = (
    ("web_frontend", "mobile_app"), ("orchestrator",), ("agent",), ("api_gateway",),
    ("service", "serverless_function"), ("inference_endpoint",), ("llm",),
)  # fmt: skip
"""Where people come in, in this order."""
_UNTRUSTED = "untrusted_content"
_MAX_FLOWS = 400


@dataclass
class _Collected:
    """A flow while evidence for it is gathered."""

    source: str
    target: str
    label: str
    data: list[str] = field(default_factory=list)
    crosses: list[str] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)


class Assembly:
    """Components from the register, flows with their data and boundaries, statements."""

    def __init__(self, documents: Mapping[str, Document], register: Register, words: Lexicon):
        self._documents = documents
        self._register = register
        self._components = {c.id: c for c in register.components()}
        self._statements = Statements(words)
        self._words = words
        self._flows: dict[str, _Collected] = {}

    def model(self, read: Sequence[ReadSentence], found: Sequence[Introduced]) -> SystemModel:
        """Everything together."""
        for one in found:
            self._drawn(one)
        marked = self._marked(read)
        for number, item in enumerate(read):
            self._sentence(item, marked.get(number, []))
        self._reach()
        self._hand_on()
        for flow in self._flows.values():
            for kind in flow.crosses:
                self._statements.boundary(kind, flow.evidence[0])
        attributes = self._statements.attribute_facts()
        return SystemModel(
            components=tuple(
                self._with_attributes(c, attributes) for c in self._components.values()
            ),
            flows=tuple(self._flow(f) for f in self._flows.values()),
            boundaries=self._statements.boundaries(),
            data=self._statements.data_uses(),
            attributes=attributes,
            controls=tuple(self._statements.controls),
            assumptions=tuple(self._statements.assumptions),
            sightings=sightings(read, self._words, self._components.values()),
        )

    def _id(self, key: str) -> str | None:
        return self._register.id_of(key)

    def _drawn(self, one: Introduced) -> None:
        for flow in one.flows:
            data = self._statements.data_classes(flow.label.lower())
            source, target = self._id(flow.source), self._id(flow.target)
            self._add(source, target, flow.label, flow.evidence, data)
        for group in one.groups:
            kind = group_boundary(group.label)
            if kind is not None:
                self._statements.boundary(kind, group.evidence)
                self._mark({self._id(key) for key in group.keys}, kind, group.evidence.path)

    def _mark(self, inside: set[str | None], kind: str, path: str) -> None:
        """Flows of one document between the inside and the outside of a drawn box cross it."""
        for flow in self._flows.values():
            across = (flow.source in inside) != (flow.target in inside)
            if across and flow.evidence[0].path == path:
                flow.crosses.append(kind)

    def _marked(self, read: Sequence[ReadSentence]) -> dict[int, list[tuple[str, Hit]]]:
        """Attributes whose phrases stand in a sentence, by the number of the sentence."""
        index = Index([item.sentence for item in read])
        found: dict[int, list[tuple[str, Hit]]] = {}
        for attribute, phrases in self._words.attributes.items():
            for hit in index.find_any(phrases):
                found.setdefault(hit.number, []).append((attribute, hit))
        return found

    def _sentence(self, item: ReadSentence, marked: Sequence[tuple[str, Hit]]) -> None:
        ids = tuple(
            dict.fromkeys(id_ for m in item.mentions if (id_ := self._id(m.key)) is not None)
        )
        evidence = item.sentence.evidence(item.document)
        target: str | None = None
        if evidence is None:
            return
        for flow in item.flows:
            target = self._stated(flow, item.sentence.plain, evidence) or target
        for flow in item.implied:
            said = evidence.model_copy(update={"label": Label.INFERRED})
            self._stated(flow, item.sentence.plain, said)
        part = self._subject(item, ids)
        self._statements.take(item.sentence, item.document, ids, part, target or part, marked)

    def _stated(self, flow: RawFlow, plain: str, evidence: Evidence) -> str | None:
        source, said = self._executor(), evidence.model_copy(update={"label": Label.INFERRED})
        if flow.source is not None:
            source, said = self._id(flow.source.key), evidence
        data = self._statements.data_classes(plain[slice(*flow.span)].lower())
        return self._add(source, self._id(flow.target.key), flow.label, said, data)

    def _subject(self, item: ReadSentence, ids: Sequence[str]) -> str | None:
        parts = [i for i in ids if self._components[i].kind not in _OUTSIDERS]
        about = self._id(item.about.key) if item.about is not None else None
        acting = [self._id(f.actor.key) for f in item.flows if f.actor is not None]
        for actor in acting:
            if actor in parts:
                return actor
        return parts[0] if parts else about

    def _executor(self) -> str | None:
        """Id of the one part that does the work where a sentence does not say who."""
        for kind in _EXECUTORS:
            found = [id_ for id_, part in self._components.items() if part.kind == kind]
            if len(found) == 1:
                return found[0]
            if found:
                break
        return None

    def _reach(self) -> None:
        """Join what must be: a front end reaches the only entry, a gateway the only backend."""
        self._join(
            ("web_frontend", "mobile_app"), (("api_gateway",), ("service", "serverless_function"))
        )
        self._join(("api_gateway",), (("service", "serverless_function"),))
        self._join(("external_user", "human_operator"), _FRONTS)

    def _join(self, sources: Sequence[str], choices: Sequence[Sequence[str]]) -> None:
        used = {flow.source for flow in self._flows.values()}
        for part in [
            c for c in self._components.values() if c.kind in sources and c.id not in used
        ]:
            for kinds in choices:
                found = [c for c in self._components.values() if c.kind in kinds]
                if len(found) == 1:
                    said = part.evidence[0].model_copy(update={"label": Label.INFERRED})
                    self._add(part.id, found[0].id, "", said, ())
                if found:
                    break

    def _hand_on(self) -> None:
        """Mark what outsiders wrote on its way through parts that change nothing about it."""
        onward: dict[str, list[_Collected]] = {}
        for flow in self._flows.values():
            onward.setdefault(flow.source, []).append(flow)
        waiting = [f for f in self._flows.values() if _UNTRUSTED in f.data]
        while waiting:
            at = waiting.pop().target
            if self._components[at].kind not in HANDS_ON:
                continue
            for flow in onward.get(at, []):
                people = self._components[flow.target].kind in _OUTSIDERS
                if _UNTRUSTED not in flow.data and not people:
                    flow.data.append(_UNTRUSTED)
                    waiting.append(flow)

    def _add(
        self,
        source: str | None,
        target: str | None,
        label: str,
        evidence: Evidence,
        data: Sequence[str],
    ) -> str | None:
        if source is None or target is None or source == target:
            return None
        id_ = f"{source}->{target}"
        flow = self._flows.get(id_)
        if flow is None:
            if len(self._flows) >= _MAX_FLOWS:
                return None
            flow = self._flows[id_] = _Collected(source, target, label.strip()[:80])
        if evidence not in flow.evidence and len(flow.evidence) < 3:
            flow.evidence.append(evidence)
        ends = self._components[source], self._components[target]
        flow.data += [*data, *carries(ends[0].kind, ends[1].kind)]
        flow.crosses += crosses(
            (ends[0].kind, ends[0].name), (ends[1].kind, ends[1].name), evidence.quote
        )
        return target

    def _flow(self, flow: _Collected) -> Flow:
        return Flow(
            id=f"{flow.source}->{flow.target}",
            source=flow.source,
            target=flow.target,
            label=flow.label,
            data_classes=tuple(dict.fromkeys(flow.data)),
            crosses=tuple(dict.fromkeys(flow.crosses)),
            evidence=tuple(e for e in flow.evidence if verify(e, self._documents)),
        )

    def _with_attributes(self, part: Component, facts: Sequence[AttributeFact]) -> Component:
        own = dict.fromkeys(
            f.attribute for f in facts if f.component == part.id and f.standing is Standing.IN_FORCE
        )
        return part.model_copy(update={"attributes": tuple(own)})
