"""Signals of each threat: sentences that settle it, and sentences that say it is open."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated

from pydantic import BeforeValidator

from agents.analysts.lexical.index import Hit, Index
from agents.analysts.lexical.knowledge import folder
from agents.analysts.lexical.phrase import Phrase, phrase
from agents.analysts.lexical.sayings import is_rule, left_to_choice, sayings, says_no
from agents.analysts.lexical.sentences import standing
from agents.document import Document
from agents.system import Standing
from agents.values import Value


def _parsed(texts: object) -> object:
    return tuple(phrase(t) for t in texts) if isinstance(texts, list) else texts


Phrases = Annotated[tuple[Phrase, ...], BeforeValidator(_parsed)]


_CLOSE = 6
"""Words between a negation and what it denies."""
_NOT_YET = re.compile(
    r"\b(?:not|no|never)\b[^.;:,]{0,40}\byet\b|n['’]t\b[^.;:,]{0,40}\byet\b", re.I
)
_BREAK = re.compile(r"[;:|]|—|,\s+(?:but|so|because|since|while|which)\b")


class Signals(Value):
    """What a text says where a threat is answered or left open, as phrases."""

    settled: Phrases = ()
    """Statements which, in force, answer the threat."""
    weak: Phrases = ()
    """Statements that the control is missing or weak; they carry their own negation."""
    unless: Phrases = ()
    """In the same sentence, these take back what `weak` found."""


_NONE = Signals()


def of(threat_id: str) -> Signals:
    """The signals of a threat; empty for one that an organisation added."""
    return _all().get(threat_id, _NONE)


def known() -> frozenset[str]:
    """Ids of threats with signals."""
    return frozenset(_all())


@lru_cache(maxsize=1)
def _all() -> Mapping[str, Signals]:
    found: dict[str, Signals] = {}
    for name, entries in folder("signals"):
        for id_, entry in entries.items():
            if id_ in found:
                raise ValueError(f"{name}: `{id_}` has signals in another file")
            found[id_] = Signals.model_validate(entry)
    return found


def index_of(documents: Mapping[str, Document]) -> Index:
    """The sentences of the design in force, by stem; built once for the same documents."""
    return _index(tuple(documents.items()))


@lru_cache(maxsize=2)
def _index(documents: tuple[tuple[str, Document], ...]) -> Index:
    return Index(list(sayings(dict(documents))))


def settling(threat_id: str, index: Index) -> list[Hit]:
    """Statements in force that answer the threat; what is not there yet is no answer."""
    return index.find_any(
        of(threat_id).settled,
        lambda hit: (
            stands(hit) is Standing.IN_FORCE
            and denies_nearby(hit)
            and not _NOT_YET.search(hit.sentence.plain)
        ),
    )


def opening(threat_id: str, index: Index) -> list[Hit]:
    """Statements that leave the threat open."""
    signals = of(threat_id)
    back = {hit.number for hit in index.find_any(signals.unless)}
    return index.find_any(
        signals.weak,
        lambda hit: (
            hit.number not in back
            and stands(hit) is not Standing.PLANNED
            and not _denied(hit)
            and denies_nearby(hit)
        ),
    )


def denies_nearby(hit: Hit) -> bool:
    """False where the phrase's own negation belongs to other words than the phrase's.

    In `not set yet; for comparing versions` nobody says that nothing is compared.
    """
    if hit.phrase.denials is None:
        return True
    text = hit.sentence.plain
    denials = {m.start(): m.end() for m in hit.phrase.denials.finditer(text)}
    own = [at for at in hit.words if at in denials]
    after = ((at, next((w for w in hit.words if w > at), None)) for at in own)
    gaps = [text[denials[at] : word] if word is not None else "" for at, word in after]
    return not gaps or any(len(g.split()) <= _CLOSE and not _BREAK.search(g) for g in gaps)


def answers(hit: Hit) -> bool:
    """True for a control in force, for a rule, or for a condition that is no choice.

    `If the webhook is down, requests are rejected` answers what happens; `can be enabled` does not.
    """
    way, text = stands(hit), hit.sentence.plain
    if way in (Standing.NEGATED, Standing.CONDITIONAL) and is_rule(text):
        return True
    conditional = way is Standing.CONDITIONAL and not left_to_choice(text)
    return way is Standing.IN_FORCE or conditional


def stands(hit: Hit) -> Standing:
    """How the sentence stands apart from what the phrase itself denies."""
    text = hit.sentence.plain
    if hit.phrase.denials is not None:
        text = hit.phrase.denials.sub(lambda match: " " * len(match[0]), text)
    way = standing(text, hit.at, hit.sentence.section)
    return Standing.NEGATED if way is Standing.IN_FORCE and _denied(hit) else way


def _denied(hit: Hit) -> bool:
    """True for `uses no key` where the phrase speaks of keys in use."""
    return hit.phrase.denials is None and says_no(hit.sentence.plain, hit.words)
