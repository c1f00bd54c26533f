"""The words by which parts, flows, attributes and data are recognised, loaded from `lexicon/`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from agents.analysts.lexical.knowledge import parsed
from agents.analysts.lexical.phrase import Phrase, phrase

Sort = Literal["generic", "named", "exact", "declared"]
Way = Literal["calls", "sends", "reads", "uses"]
Form = Literal["base", "third", "past", "ing"]
_FILES = ("kinds.yaml", "verbs.yaml", "attributes.yaml", "statements.yaml")
_WORD = re.compile(r"\w+")
_NO_PLURAL = frozenset(
    "kubernetes sts sns rds sqs eks ecs aks kms gcs aws dns tls redis postgres https sms cms hrs".split()
)
_IRREGULAR = {
    "send": ("sends", "sent", "sending"),
    "write": ("writes", "written", "writing"),
    "read": ("reads", "read", "reading"),
    "get": ("gets", "gotten", "getting"),
    "hit": ("hits", "hit", "hitting"),
    "hand": ("hands", "handed", "handing"),
    "run": ("runs", "run", "running"),
    "bind": ("binds", "bound", "binding"),
    "put": ("puts", "put", "putting"),
    "log": ("logs", "logged", "logging"),
    "submit": ("submits", "submitted", "submitting"),
    "emit": ("emits", "emitted", "emitting"),
    "transmit": ("transmits", "transmitted", "transmitting"),
    "commit": ("commits", "committed", "committing"),
    "ship": ("ships", "shipped", "shipping"),
    "scrape": ("scrapes", "scraped", "scraping"),
    "input": ("inputs", "input", "inputting"),
    "control": ("controls", "controlled", "controlling"),
}


@dataclass(frozen=True)
class Term:
    """A word or phrase for a component kind."""

    kind: str
    sort: Sort
    written: str
    """As it stands in the lexicon; the case counts for `exact`."""
    key: str = ""
    """For a name that the document declares: the key of its part."""


@dataclass(frozen=True)
class Verb:
    """One form of a verb, and the way a flow runs when it is used."""

    lemma: str
    way: Way
    form: Form


@dataclass(frozen=True)
class Lexicon:
    """All tables, ready for look-up."""

    terms: Mapping[tuple[str, ...], tuple[Term, ...]]
    """By words in lower case, plural forms included."""
    longest: Mapping[str, int]
    """First word to the number of words of its longest term."""
    verbs: Mapping[str, Verb]
    attributes: Mapping[str, tuple[Phrase, ...]]
    data_classes: Mapping[str, re.Pattern[str]]
    boundaries: Mapping[str, re.Pattern[str]]
    controls: re.Pattern[str]
    assumptions: re.Pattern[str]


def words(text: str) -> tuple[str, ...]:
    """Words of a text in lower case; `_` is part of a word."""
    return tuple(_WORD.findall(text.lower()))


def plurals(phrase: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The phrase and its plural forms."""
    yield phrase
    head, last = phrase[:-1], phrase[-1]
    if last.endswith("y") and last[-2:-1] not in "aeiou":
        yield (*head, last[:-1] + "ies")
    elif last.endswith(("s", "x", "ch", "sh")):
        yield (*head, last + "es")
    else:
        yield (*head, last + "s")


def singular(word: str) -> str:
    """A crude singular of one word in lower case."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("xes", "ches", "shes", "sses")):
        return word[:-2]
    if (
        word.endswith("s")
        and word not in _NO_PLURAL
        and not word.endswith(("ss", "us", "is", "ics"))
    ):
        return word[:-1]
    return word


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The built-in lexicon; read once."""
    raw: dict[str, Any] = {}
    for name in _FILES:
        raw |= parsed("lexicon", name)
    terms = _terms(raw["kinds"])
    longest: dict[str, int] = {}
    for words_ in terms:
        longest[words_[0]] = max(longest.get(words_[0], 0), len(words_))
    return Lexicon(
        terms=terms,
        longest=longest,
        verbs=_verbs(raw["verbs"]),
        attributes={key: tuple(map(phrase, texts)) for key, texts in raw["attributes"].items()},
        data_classes={key: _any(patterns) for key, patterns in raw["data_classes"].items()},
        boundaries={key: _any(patterns) for key, patterns in raw["boundaries"].items()},
        controls=_any(raw["controls"]),
        assumptions=_any(raw["assumptions"]),
    )


def _terms(kinds: dict[str, dict[Sort, list[str]]]) -> dict[tuple[str, ...], tuple[Term, ...]]:
    found: dict[tuple[str, ...], tuple[Term, ...]] = {}
    for kind, sorts in kinds.items():
        for sort, names in sorts.items():
            for name in names:
                phrase = words(name)
                for form in plurals(phrase) if sort == "generic" else [phrase]:
                    found[form] = (*found.get(form, ()), Term(kind, sort, name))
    return found


def _verbs(ways: dict[Way, list[str]]) -> dict[str, Verb]:
    found: dict[str, Verb] = {}
    for way, lemmas in ways.items():
        for lemma in lemmas:
            third, past, ing = _IRREGULAR.get(lemma) or _inflect(lemma)
            # The later assignment wins: `read` is far more often the base form than the past.
            for form, kind in ((past, "past"), (ing, "ing"), (third, "third"), (lemma, "base")):
                found.setdefault(form, Verb(lemma, way, _form(kind)))
            found[lemma] = Verb(lemma, way, "base")
    return found


def _form(name: str) -> Form:
    forms: dict[str, Form] = {"past": "past", "ing": "ing", "third": "third"}
    return forms.get(name, "base")


def _inflect(lemma: str) -> tuple[str, str, str]:
    if lemma.endswith("e"):
        return lemma + "s", lemma + "d", lemma[:-1] + "ing"
    if lemma.endswith("y") and lemma[-2] not in "aeiou":
        return lemma[:-1] + "ies", lemma[:-1] + "ied", lemma + "ing"
    third = lemma + ("es" if lemma.endswith(("s", "x", "ch", "sh")) else "s")
    return third, lemma + "ed", lemma + "ing"


def _any(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
