"""Phrases, as lenses and the lexicon write them.

A phrase is words that stand in one sentence close to each other, in any order: `exchange token`.
`a|b` is one of several words, `service_account` are neighbours, `encrypt*` any word that begins
so, and `-cached` must not stand in the sentence. `^audience` may as well stand in the sentence
before, in the same paragraph. Words are compared by their stems.
"""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

_DENIALS = frozenset(
    "not no never none nobody nothing cannot without neither nor unless if may missing absent lacks "
    "disabled forbidden impossible optional unauthenticated unencrypted".split()
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
    def denials(self) -> re.Pattern[str] | None:
        """The negations that the phrase asks for itself (`never logged`, `no rule match deny`)."""
        own = {word for slot in self.wanted for word in re.split(r"[|_]", slot)} & _DENIALS
        return re.compile(rf"\b(?:{'|'.join(sorted(own))})\b", re.IGNORECASE) if own else None


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
