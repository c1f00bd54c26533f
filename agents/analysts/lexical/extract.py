"""Extraction without a model: the system model from words, headings, tables, lists and diagrams."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from agents.analysts.base import Reading
from agents.analysts.lexical.clauses import Clauses, RawFlow
from agents.analysts.lexical.crossing import carries, crosses, group_boundary
from agents.analysts.lexical.declared import Introduced, in_force, introduced
from agents.analysts.lexical.lexicon import Lexicon, Term, lexicon
from agents.analysts.lexical.phrases import Mention, Names, Token, hypothetical, tokens
from agents.analysts.lexical.register import Register, slug
from agents.analysts.lexical.sentences import Sentence, negated, plain, sentences
from agents.analysts.lexical.statements import Statements
from agents.document import Document
from agents.evidence import Evidence, verify
from agents.system import AttributeFact, Component, Flow, Standing, SystemModel

_LEADS_TO_PRODUCT = frozenset(
    "in on with via through using use uses used by to from into hosted deployed backed runs run built existing "
    "amazon aws azure google our and or called".split()
)
_USERS_SECTION = re.compile(r"\b(?:end )?users?\b|\bactors?\b|\bstakeholders?\b", re.I)
_MAX_FLOWS = 400


@dataclass
class _Read:
    """One sentence with what was found in it."""

    document: Document
    sentence: Sentence
    mentions: list[Mention]
    flows: list[RawFlow]
    about: Mention | None
    """The part that the heading or the list lead names."""


@dataclass
class _Collected:
    """A flow while evidence for it is gathered."""

    source: str
    target: str
    label: str
    data: list[str] = field(default_factory=list)
    crosses: list[str] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)


def extract(reading: Reading) -> SystemModel:
    """Components, flows, boundaries, data, attributes, controls and assumptions of the documents.

    Deterministic. Every quote is verbatim in its document; nothing is taken from text that is
    negated, out of scope, or about attackers.
    """
    words = lexicon()
    found = {path: introduced(document, words) for path, document in reading.documents.items()}
    terms: dict[tuple[str, ...], Term] = {}
    for one in found.values():
        for phrase, term in one.terms().items():
            terms.setdefault(phrase, term)
    names = Names(words, terms)
    register = Register()
    for one in found.values():
        _declare(one, register)
    read = [
        item for document in reading.documents.values() for item in _read(document, names, words)
    ]
    for item in read:
        _meet(item, register)
    register.settle()
    return _Assembly(reading, register, words).model(read, list(found.values()))


def _declare(one: Introduced, register: Register) -> None:
    for part in one.parts:
        register.declare(part.key, part.name, part.kind, part.evidence)


def _read(document: Document, names: Names, words: Lexicon) -> list[_Read]:
    context = _Context(names)
    result: list[_Read] = []
    for sentence in sentences(document):
        text = sentence.plain
        line = tokens(text)
        mentions = names.find(text, line)
        about = context.enter(sentence)
        flows: list[RawFlow] = []
        if in_force(sentence.section) and not hypothetical(text):
            real = [m for m in mentions if not (m.example and m.sort != "generic")]
            clauses = Clauses(text, line, real, words, context.subject)
            flows = clauses.flows()
            context.leave(clauses.subject or _lead(mentions, line))
        result.append(_Read(document, sentence, mentions, flows, about))
    return result


def _lead(mentions: Sequence[Mention], line: Sequence[Token]) -> Mention | None:
    """The mention with which a sentence begins."""
    if not mentions or mentions[0].first > 2:
        return None
    return mentions[0] if mentions[0].last < len(line) else None


class _Context:
    """Who `it` is: the subject before, the part in the heading, or what the document is about."""

    def __init__(self, names: Names):
        self._names = names
        self._block = -1
        self._section: tuple[str, ...] = ()
        self._about: Mention | None = None
        self._main: Mention | None = None
        self.subject: Mention | None = None

    def enter(self, sentence: Sentence) -> Mention | None:
        """Begin a sentence; gives the part that its heading names."""
        if sentence.section != self._section:
            self._section = sentence.section
            self._about = self._of_heading(sentence.section)
        if sentence.block != self._block:
            self._block = sentence.block
            self.subject = self._about or self._main
        return self._about

    def leave(self, subject: Mention | None) -> None:
        """End a sentence whose subject was this."""
        if subject is None:
            return
        self.subject = subject
        if self._main is None and subject.kind not in ("external_user", "human_operator"):
            self._main = subject

    def _of_heading(self, section: tuple[str, ...]) -> Mention | None:
        for title in section[:0:-1]:
            flat = plain(title)
            found = self._names.find(flat, tokens(flat))
            if found and not found[0].bare and found[0].kind not in ("external_user",):
                return found[0]
        return None


def _meet(item: _Read, register: Register) -> None:
    sentence = item.sentence
    if not in_force(sentence.section) or hypothetical(sentence.plain):
        return
    line = tokens(sentence.plain)
    evidence = sentence.evidence(item.document)
    in_flow = {m.key for f in item.flows for m in (f.source, f.target)}
    for mention in item.mentions:
        if mention.example and mention.sort != "declared":
            continue
        strong = mention.key in in_flow or _definite(mention, sentence, line)
        register.meet(mention, evidence, strong=strong)
    for flow in item.flows:
        for mention in (flow.source, flow.target):
            if mention not in item.mentions:
                register.meet(mention, None, strong=True)


def _definite(mention: Mention, sentence: Sentence, line: Sequence[Token]) -> bool:
    """True when the sentence says that the part belongs to the system, flow or not."""
    start = line[mention.first].start
    if negated(sentence.plain[max(0, start - 60) : start]):
        return False
    if mention.kind in ("external_user", "human_operator"):
        return _USERS_SECTION.search(" ".join(sentence.section[-1:])) is not None and sentence.is_item
    if mention.sort in ("named", "exact"):
        before = [token.low for token in line[max(0, mention.first - 2) : mention.first]]
        return mention.first == 0 or any(word in _LEADS_TO_PRODUCT for word in before)
    return False


class _Assembly:
    """Puts the model together once it is known which name means which part."""

    def __init__(self, reading: Reading, register: Register, words: Lexicon):
        self._documents = reading.documents
        self._register = register
        self._components = {c.id: c for c in register.components()}
        self._statements = Statements(words)
        self._flows: dict[str, _Collected] = {}

    def model(self, read: Sequence[_Read], found: Sequence[Introduced]) -> SystemModel:
        """Everything together."""
        for one in found:
            self._drawn(one)
        for item in read:
            self._sentence(item)
        for flow in self._flows.values():
            for kind in flow.crosses:
                self._statements.boundary(kind, flow.evidence[0])
        attributes = self._statements.attribute_facts()
        return SystemModel(
            components=tuple(self._with_attributes(c, attributes) for c in self._components.values()),
            flows=tuple(self._flow(f) for f in self._flows.values()),
            boundaries=self._statements.boundaries(),
            data=self._statements.data_uses(),
            attributes=attributes,
            controls=tuple(self._statements.controls),
            assumptions=tuple(self._statements.assumptions),
        )

    def _id(self, key: str) -> str | None:
        id_ = slug(self._register.resolve(key))
        return id_ if id_ in self._components else None

    def _drawn(self, one: Introduced) -> None:
        for flow in one.flows:
            data = self._statements.data_classes(flow.label.lower())
            self._add(flow.source, flow.target, flow.label, flow.evidence, data)
        for group in one.groups:
            kind = group_boundary(group.label)
            if kind is None:
                continue
            self._statements.boundary(kind, group.evidence)
            inside = {self._id(key) for key in group.keys}
            for flow in self._flows.values():
                across = (flow.source in inside) != (flow.target in inside)
                if across and flow.evidence[0].path == group.evidence.path and kind not in flow.crosses:
                    flow.crosses.append(kind)

    def _sentence(self, item: _Read) -> None:
        live = in_force(item.sentence.section) and not hypothetical(item.sentence.plain)
        ids = tuple(
            dict.fromkeys(id_ for m in item.mentions if (id_ := self._id(m.key)) is not None)
        )
        evidence = item.sentence.evidence(item.document)
        data = self._statements.data_classes(item.sentence.plain.lower()) if item.flows else ()
        target: str | None = None
        for flow in item.flows:
            if evidence is not None:
                target = self._add(flow.source.key, flow.target.key, flow.label, evidence, data) or target
        if not live and hypothetical(item.sentence.plain):
            return
        self._statements.take(item.sentence, item.document, ids, self._subject(item, ids, target))

    def _subject(self, item: _Read, ids: Sequence[str], target: str | None) -> str | None:
        parts = [i for i in ids if self._components[i].kind not in ("external_user", "human_operator")]
        about = self._id(item.about.key) if item.about is not None else None
        if item.flows and target is not None:
            source = self._id(item.flows[0].source.key)
            return source if source in parts else target
        return parts[0] if parts else about

    def _add(
        self, source_key: str, target_key: str, label: str, evidence: Evidence, data: Sequence[str]
    ) -> str | None:
        source, target = self._id(source_key), self._id(target_key)
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
        flow.crosses += crosses((ends[0].kind, ends[0].name), (ends[1].kind, ends[1].name), evidence.quote)
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
