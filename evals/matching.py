"""Does a finding make the point of a gold item? A deterministic score without embeddings, and the
one-to-one assignment that follows from it. `docs/offline-bench.md` says what it cannot see."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from munkres import Munkres

from agents.catalogue.loader import Catalogue
from agents.findings import Finding
from agents.values import Value
from evals.cases import GoldItem
from evals.categories import categories
from evals.files import parsed
from evals.subjects import subjects, subjects_of_threat
from evals.words import Weights, cosine, overlap, stems

WEIGHTS = Path(__file__).with_name("weights.yaml")
TITLE, REST, NAMES = 1.0, 0.8, 0.6
"""How much a word counts in a title, in the text below it, and in the name of a component."""
BESIDE = 0.6
"""How much a subject counts that only the text below a title is about."""
BEHIND = 0.7
"""How much a word counts in the description of the catalogue threat behind a finding."""
MENTIONED = 0.3
"""How much it counts that a component is only mentioned."""
SILENT = 0.25
"""STRIDE where one side has no letters: about what two unrelated sets have in common."""
COMMON = 0.8
"""How much of its weight a word or subject loses that stands in every gold item of a case."""
Bag = Mapping[str, float]


class Features(Value):
    """What speaks for a pair being the same point; each 0 to 1."""

    own: float
    """Words of the finding itself."""
    quote: float
    """Words of its quotes."""
    threat: float
    """Words of the catalogue threat behind it."""
    subject: float
    """Security subjects that both are about."""
    place: float
    """Names of the components."""
    stride: float
    category: float
    """The table from AI categories to threats and domains."""


class Settings(Value):
    """What `python -m evals.calibrate` chose; the version changes with it and with the tables."""

    version: str
    threshold: float
    weights: Features


class Match(Value):
    """A gold item and the finding that makes its point."""

    gold_id: str
    finding_id: str
    score: float


@cache
def settings() -> Settings:
    """Weights (their sum is 1) and threshold in force."""
    return parsed(WEIGHTS, Settings)


def score(features: Features, weights: Features | None = None) -> float:
    """Weighted sum, 0 to 1, to three decimals so that every machine decides alike."""
    chosen = dict(weights or settings().weights)
    total: float = sum(chosen[name] * value for name, value in dict(features).items())
    return round(total, 3)


@dataclass(frozen=True)
class _Side:
    """One side of a pair, prepared once."""

    words: Bag
    subjects: Bag
    places: tuple[frozenset[str], ...]
    stride: frozenset[str]


@dataclass(frozen=True)
class _FindingSide(_Side):
    quote: Bag
    threat: Bag
    said: frozenset[str]
    threat_id: str | None
    domain: str


class Matcher:
    """Scores findings against the gold of one case."""

    def __init__(self, gold: Sequence[GoldItem], catalogue: Catalogue) -> None:
        self.gold = tuple(sorted(gold, key=lambda item: item.id))
        self._catalogue = catalogue
        self._telling = _weights(catalogue)
        self._words = _shares([stems(_text(item)) for item in gold])
        self._subjects = _shares([subjects(f"{i.title}. {i.description}") for i in gold])
        self._sides = {item.id: self._gold_side(item) for item in self.gold}

    def features(self, findings: Sequence[Finding]) -> list[list[Features]]:
        """One row for each gold item by id, one column for each finding in the order given."""
        sides = [self._finding_side(finding) for finding in findings]
        return [[self._compare(item, side) for side in sides] for item in self.gold]

    def scores(self, findings: Sequence[Finding]) -> list[list[float]]:
        """The same as scores, 0 to 1."""
        return [[score(features) for features in row] for row in self.features(findings)]

    def match(self, findings: Sequence[Finding]) -> tuple[Match, ...]:
        """One to one, by gold id: the pairs at or above the threshold with the highest sum."""
        ordered = sorted(findings, key=lambda finding: finding.id)
        scores = self.scores(ordered)
        return tuple(
            Match(gold_id=self.gold[r].id, finding_id=ordered[c].id, score=scores[r][c])
            for r, c in assigned(scores, settings().threshold)
        )

    def covered(self, findings: Sequence[Finding]) -> tuple[str, ...]:
        """Gold ids that some finding reaches, where one finding may answer several of them."""
        rows = zip(self.gold, self.scores(findings), strict=True)
        limit = settings().threshold
        return tuple(item.id for item, row in rows if any(s >= limit for s in row))

    def _compare(self, item: GoldItem, finding: _FindingSide) -> Features:
        gold = self._sides[item.id]
        category = categories()[item.ai_category] if item.ai_category else None
        return Features(
            own=cosine(gold.words, finding.words),
            quote=cosine(gold.words, finding.quote),
            threat=cosine(gold.words, finding.threat),
            subject=cosine(gold.subjects, finding.subjects),
            place=self._place(gold, finding),
            stride=_jaccard(gold.stride, finding.stride),
            category=category.fits(finding.threat_id, finding.domain) if category else 0.0,
        )

    def _place(self, gold: _Side, finding: _FindingSide) -> float:
        named = max((overlap(a, b) for a in gold.places for b in finding.places), default=0.0)
        said = max((self._part(place, finding.said) for place in gold.places), default=0.0)
        return max(named, MENTIONED * said)

    def _part(self, place: frozenset[str], said: frozenset[str]) -> float:
        """The share of a component's name that a text mentions, by weight."""
        whole = sum(self._weight(s) for s in sorted(place))
        found = sum(self._weight(s) for s in sorted(place & said))
        return found / whole if whole else 0.0

    def _gold_side(self, item: GoldItem) -> _Side:
        texts = ((item.title, TITLE), (item.description, REST), (" ".join(item.components), NAMES))
        return _Side(
            words=self._bag(texts),
            subjects=self._about((subjects(item.title), 1.0), (subjects(item.description), BESIDE)),
            places=_places(item.components),
            stride=frozenset(item.stride),
        )

    def _finding_side(self, finding: Finding) -> _FindingSide:
        threat = self._catalogue.threats.get(finding.threat_id or "")
        quotes = "\n".join(dict.fromkeys(e.quote for e in finding.evidence))
        name, asked = finding.component_name, f"{finding.title}. {finding.change}"
        own = BESIDE if threat else 1.0
        texts = ((finding.title, TITLE), (finding.why, REST), (finding.change, REST), (name, NAMES))
        return _FindingSide(
            words=self._bag(texts),
            subjects=self._about(
                (subjects_of_threat(finding.threat_id), 1.0),
                (subjects(asked), own),
                (subjects(finding.why), own * BESIDE),
            ),
            places=_places([name]),
            stride=frozenset(finding.stride or (threat.stride if threat else ())),
            quote=self._bag([(quotes, 1.0)]),
            threat=self._bag([(threat.title, TITLE), (threat.description, BEHIND)])
            if threat
            else {},
            said=frozenset(stems(f"{name} {finding.title} {finding.why} {quotes}")),
            threat_id=finding.threat_id,
            domain=finding.domain,
        )

    def _bag(self, texts: Iterable[tuple[str, float]]) -> Bag:
        bag: dict[str, float] = {}
        for text, factor in texts:
            for found in stems(text):
                bag[found] = max(bag.get(found, 0.0), factor * self._weight(found))
        return bag

    def _about(self, *sets: tuple[frozenset[str], float]) -> Bag:
        bag: dict[str, float] = {}
        for names, factor in sets:
            for found in names:
                rest = 1 - COMMON * self._subjects.get(found, 0.0)
                bag[found] = max(bag.get(found, 0.0), factor * rest)
        return bag

    def _weight(self, found: str) -> float:
        return self._telling.of(found) * (1 - COMMON * self._words.get(found, 0.0))


def assigned(scores: Sequence[Sequence[float]], threshold: float) -> list[tuple[int, int]]:
    """Row and column of the one-to-one pairs at or above the threshold with the highest sum."""
    if not scores or not scores[0]:
        return []
    # Whole numbers, so that rounding cannot change the assignment.
    costs = [[-round(1000 * s) if s >= threshold else 0 for s in row] for row in scores]
    return [(r, c) for r, c in sorted(Munkres().compute(costs)) if scores[r][c] >= threshold]


def _text(item: GoldItem) -> str:
    return f"{item.title} {item.description} {' '.join(item.components)}"


def _places(names: Iterable[str]) -> tuple[frozenset[str], ...]:
    return tuple(found for name in names if (found := frozenset(stems(name))))


def _shares(found: Sequence[Iterable[str]]) -> Bag:
    """For each word, the share of the gold items in which it stands."""
    counts = Counter(word for words in found for word in set(words))
    return {word: count / len(found) for word, count in counts.items()}


def _jaccard(first: frozenset[str], second: frozenset[str]) -> float:
    return len(first & second) / len(first | second) if first and second else SILENT


def _weights(catalogue: Catalogue) -> Weights:
    """How much a word tells, by the texts of the catalogue: generic security words tell little."""
    return Weights(
        f"{t.title} {t.description} {' '.join(t.recommended_controls)} {t.review_question}"
        for t in catalogue.threats.values()
    )
