"""Words of controls: which statement speaks of which threat, by families, terms and word stems."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from agents.analysts.lexical.knowledge import parsed
from agents.catalogue.loader import Threat

_WORD = re.compile(r"[a-z][a-z0-9]+")
_SUFFIXES = (
    "izations", "ization", "isation", "ations", "ation", "ating", "ated", "ates",
    "ature", "ions", "ion", "ings", "ing", "als", "al", "ers", "er", "ors", "or", "ies", "ed",
    "es", "ate", "ive", "ity", "s", "e", "y",
)  # fmt: skip
_WHOLE = frozenset(
    "note final worker runner container caller reader planner letter customer personal portal owner "
    "engineer header controller looker significant signal stripe".split()
)
"""Words that a suffix would turn into others: a `note` is no `not`, a `caller` no `call`."""
_COMMON = frozenset(
    "about after again all also and any are at be been before being but by can could do does each "
    "every for from had has have how if in into is it its may more must no nor not of off on one "
    "only or other our out over own per same shall should so some such than that the their them "
    "then there these they this those through to under until up use used user users using via was "
    "we were what when where which while who whose why will with within without would you your "
    "system data service application design document name names state states gives give list".split()
)


@dataclass(frozen=True)
class Expectation:
    """What a document should say about one threat."""

    families: tuple[str, ...]
    gap: str
    """Completes `The document does not say …`."""


@dataclass(frozen=True)
class _Knowledge:
    """`controls.yaml` as values."""

    families: Mapping[str, re.Pattern[str]]
    nouns: Mapping[str, str]
    threats: Mapping[str, Expectation]
    only_when_stated: Mapping[str, re.Pattern[str]]
    """Baseline gaps, each with the words by which a text touches the matter."""


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """A crude stem: `authorised`, `authorisation` and `authorise` are one."""
    low = word.lower()
    if low.removesuffix("s") in _WHOLE:
        return low.removesuffix("s")
    low = low.replace("ise", "ize")
    for suffix in _SUFFIXES:
        if low.endswith(suffix) and len(low) - len(suffix) >= 3:
            low = low[: -len(suffix)]
            break
    if len(low) > 3 and low[-1] == low[-2]:
        low = low[:-1]
    return low


@lru_cache(maxsize=16384)
def content(text: str) -> frozenset[str]:
    """Stems of the words that carry meaning."""
    return frozenset(stem(w) for w in _WORD.findall(text.lower()) if w not in _COMMON)


@lru_cache(maxsize=8192)
def families(text: str) -> frozenset[str]:
    """Control families that the text speaks of."""
    return frozenset(name for name in _knowledge().families if _at(name, text) is not None)


def noun(threat: Threat, text: str) -> str:
    """What the statement is about, as a phrase: the family that it shares with the threat."""
    spoken = families(text)
    shared = (family for family in expectation(threat).families if family in spoken)
    return next((_knowledge().nouns[family] for family in shared), "the control")


def expectation(threat: Threat) -> Expectation:
    """What is expected for a threat; built from its evidence terms when it is not ours."""
    known = _knowledge().threats.get(threat.id)
    if known is not None:
        return known
    return Expectation((), f"anything about {_either(threat.evidence_terms[:3])}")


def names_term(threat: Threat, text: str) -> bool:
    """True when the text holds all words of one of the threat's evidence terms."""
    words = content(text)
    return any(
        len(stems) > 1 and stems <= words
        for stems in (content(term) for term in threat.evidence_terms)
    )


@lru_cache(maxsize=65536)
def _at(family: str, text: str) -> int | None:
    match = _knowledge().families[family].search(text.lower())
    return match.start() if match else None


def speaks_at(threat: Threat, text: str) -> int | None:
    """Where the text begins to speak of a control that settles the threat; None when it does not."""
    places = (_at(family, text) for family in expectation(threat).families)
    found = [place for place in places if place is not None]
    if found:
        return min(found)
    return 0 if names_term(threat, text) else None


def speaks_of(threat: Threat, text: str) -> bool:
    """True when a statement with this text would settle the threat where it applies."""
    return speaks_at(threat, text) is not None


def shared_words(threat: Threat, text: str) -> int:
    """How many stems the text shares with the threat's controls and the evidence it asks for."""
    return len(_wanted(threat) & content(text))


def in_common(threat: Threat, text: str) -> int:
    """How many stems the text shares with the threat's title, its controls and its evidence."""
    return len((_wanted(threat) | content(threat.title)) & content(text))


def only_when_stated(threat: Threat) -> bool:
    """True for a baseline gap that nearly every document leaves open: silence says nothing."""
    return threat.id in _knowledge().only_when_stated


def touches(threat: Threat, text: str) -> bool:
    """True when a text speaks of the matter of a baseline gap; of all others, any text does."""
    pattern = _knowledge().only_when_stated.get(threat.id)
    return pattern is None or pattern.search(text.lower()) is not None


def known_threats() -> frozenset[str]:
    """Ids with an expectation of their own."""
    return frozenset(_knowledge().threats)


def _wanted(threat: Threat) -> frozenset[str]:
    sentences = (
        *threat.recommended_controls,
        *threat.mitigated_when_document_shows,
        *threat.evidence_terms,
    )
    return frozenset().union(*(content(sentence) for sentence in sentences))


@lru_cache(maxsize=1)
def _knowledge() -> _Knowledge:
    raw = parsed("controls.yaml")
    return _Knowledge(
        families={name: re.compile(pattern) for name, pattern in raw["families"].items()},
        nouns=raw["nouns"],
        threats={
            id_: Expectation(tuple(entry["by"]), entry["gap"])
            for id_, entry in raw["threats"].items()
        },
        only_when_stated={
            id_: re.compile(pattern) for id_, pattern in raw["only_when_stated"].items()
        },
    )


def _either(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
