"""Phrases, as lenses and the lexicon write them.

A phrase is words that stand in one sentence close to each other, in any order: `exchange token`.
`a|b` is one of several words, `service_account` are neighbours, `encrypt*` any word that begins
so, and `-cached` must not stand in the sentence. `^audience` may as well stand in the sentence
before, in the same paragraph. Words are compared by their stems.
"""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

_NEGATION = frozenset(
    "not no never none nobody nothing without neither nor cannot disabled forbidden impossible".split()
)


@dataclass(frozen=True)
class Phrase:
    """What is looked up: each slot is a choice of words, or of neighbouring words."""

    text: str
    wanted: tuple[str, ...]
    unwanted: tuple[str, ...]
    context: tuple[str, ...] = ()
    """May stand in the sentence before."""

    @cached_property
    def denies(self) -> bool:
        """True when the phrase asks for a negation itself: `never logged`, `no|without network`."""
        return any(_NEGATION & set(slot.lower().split("|")) for slot in self.wanted)


@lru_cache(maxsize=8192)
def phrase(text: str) -> Phrase:
    """A phrase as written in a lens. Raises ValueError when it names no word."""
    slots = text.split()
    wanted = tuple(slot for slot in slots if slot[0] not in "-^")
    if not wanted or not all(re.search(r"\w", slot) for slot in slots):
        raise ValueError(f"a phrase needs words: {text!r}")
    marked = {
        mark: tuple(slot[1:] for slot in slots if slot.startswith(mark)) for mark in ("-", "^")
    }
    return Phrase(text, wanted, marked["-"], marked["^"])
