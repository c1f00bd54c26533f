"""What sentences state beside parts and flows: attributes, controls, data, assumptions."""

import re
from collections.abc import Sequence
from typing import TypeVar

from agents.analysts.lexical.index import Hit
from agents.analysts.lexical.lexicon import Lexicon
from agents.analysts.lexical.phrases import hypothetical
from agents.analysts.lexical.sayings import introduces, says_no
from agents.analysts.lexical.sentences import Sentence, section_standing, standing, tells_why
from agents.document import Document
from agents.evidence import Evidence
from agents.system import AttributeFact, Boundary, ControlStatement, DataUse, Standing

_THREATS = re.compile(
    r"motivation|background|problem|threat|attack|abuse|rationale|why\b|principles|lessons", re.I
)
_DEFINITION = re.compile(
    r"^(?:\w{1,40}[ -]){1,4}(?:refers to|means that|is about|is the process of|is a (?:concept"
    r"|practice))\b",
    re.I,
)
_NO_CONTROLS = re.compile(r"business value|regulat|benefits|user stor|glossary|references", re.I)
_ASSUMPTIONS = re.compile(r"\bassumptions?\b", re.I)
_MAX_PER_FACT = 3
_MAX_CONTROLS = 200
_MAX_ASSUMPTIONS = 40
K = TypeVar("K")
SENSITIVE = ("special_category", "personal", "payment", "credentials", "confidential")


class Statements:
    """Collects statements sentence by sentence, with the parts that each sentence speaks of."""

    def __init__(self, lexicon: Lexicon):
        self._lexicon = lexicon
        self._attributes: dict[tuple[str, Standing, str | None], list[Evidence]] = {}
        self._data: dict[tuple[str, str | None], list[Evidence]] = {}
        self._boundaries: dict[str, list[Evidence]] = {}
        self.controls: list[ControlStatement] = []
        self.assumptions: list[Evidence] = []

    def take(
        self,
        sentence: Sentence,
        document: Document,
        ids: tuple[str, ...],
        part: str | None,
        holder: str | None,
        marked: Sequence[tuple[str, Hit]] = (),
    ) -> None:
        """Read one sentence: the parts it names, the one it is about, who gets the data.

        `marked` are attributes whose phrases stand in it, with the place of each.
        """
        plain = sentence.plain
        low = plain.lower()
        evidence = sentence.evidence(document)
        if evidence is None or _DEFINITION.match(plain.strip()):
            return
        assumed = any(_ASSUMPTIONS.search(title) for title in sentence.section[-2:])
        if (assumed or self._lexicon.assumptions.search(low)) and self._counts(sentence):
            if len(self.assumptions) < _MAX_ASSUMPTIONS:
                self.assumptions.append(evidence)
        if any(_THREATS.search(title) for title in sentence.section):
            return
        if not hypothetical(plain):
            self._take_attributes(sentence, marked, evidence, part)
        if not _NO_CONTROLS.search(" / ".join(sentence.section)):
            self._take_control(plain, low, sentence, evidence, ids)
        if self._counts(sentence) and not hypothetical(plain):
            self._take_boundaries(plain, low, evidence)
            if not tells_why(sentence.section):
                for data_class in self.data_classes(low):
                    note(self._data, (data_class, holder), evidence)

    def data_classes(self, low: str) -> tuple[str, ...]:
        """Data classes of which a text in lower case speaks, unless it denies them."""
        return tuple(
            key
            for key, pattern in self._lexicon.data_classes.items()
            if (match := pattern.search(low))
            and standing(low, match.start()) is not Standing.NEGATED
        )

    def _counts(self, sentence: Sentence) -> bool:
        return section_standing(sentence.section) is Standing.IN_FORCE

    def _take_attributes(
        self,
        sentence: Sentence,
        marked: Sequence[tuple[str, Hit]],
        evidence: Evidence,
        part: str | None,
    ) -> None:
        plain = sentence.plain
        for attribute, hit in marked:
            at = hit.at
            how = standing(plain, at, sentence.section)
            if hit.phrase.denials is None and says_no(plain, hit.words):
                how = Standing.NEGATED if how is Standing.IN_FORCE else how
            if how is Standing.NEGATED and plain[at:].lower().startswith("without"):
                # `without approval` states that actions are autonomous.
                how = standing(plain.replace("without", "       "), at, sentence.section)
            note(self._attributes, (attribute, how, part), evidence)

    def _take_control(
        self, plain: str, low: str, sentence: Sentence, evidence: Evidence, ids: tuple[str, ...]
    ) -> None:
        match = self._lexicon.controls.search(low)
        if (
            match
            and not introduces(plain)
            and len(self.controls) < _MAX_CONTROLS
            and len(plain.split()) > 2
        ):
            how = standing(plain, match.start(), sentence.section)
            self.controls.append(
                ControlStatement(
                    text=evidence.quote, standing=how, components=ids, evidence=evidence
                )
            )

    def _take_boundaries(self, plain: str, low: str, evidence: Evidence) -> None:
        for kind, pattern in self._lexicon.boundaries.items():
            match = pattern.search(low)
            if match and standing(plain, match.start()) is Standing.IN_FORCE:
                note(self._boundaries, kind, evidence)

    def attribute_facts(self) -> tuple[AttributeFact, ...]:
        """Attributes with their standing, in the order in which they were met."""
        return tuple(
            AttributeFact(attribute=a, standing=s, component=c, evidence=tuple(e))
            for (a, s, c), e in self._attributes.items()
        )

    def data_uses(self) -> tuple[DataUse, ...]:
        """Data classes with the part that holds them, where known."""
        return tuple(
            DataUse(data_class=d, component=c, evidence=tuple(e))
            for (d, c), e in self._data.items()
        )

    def boundary(self, kind: str, evidence: Evidence) -> None:
        """Note a boundary that a flow or a diagram shows."""
        note(self._boundaries, kind, evidence)

    def boundaries(self) -> tuple[Boundary, ...]:
        """Boundaries, one per kind."""
        return tuple(Boundary(kind=k, evidence=tuple(e)) for k, e in self._boundaries.items())


def note(into: dict[K, list[Evidence]], key: K, evidence: Evidence) -> None:
    """Add evidence under a key, a few pieces at most, none twice."""
    found = into.setdefault(key, [])
    if evidence not in found and len(found) < _MAX_PER_FACT:
        found.append(evidence)
