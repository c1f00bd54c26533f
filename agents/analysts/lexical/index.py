"""Where words stand together: sentences by word stem, in which phrases are looked up."""

import bisect
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from agents.analysts.lexical.phrase import Phrase
from agents.analysts.lexical.sentences import Sentence
from agents.analysts.lexical.terms import stem

WINDOW = 14
"""Words between the first and the last word of a phrase."""
_STRIDE = 8
"""Places that one word takes, so that the parts of a joined name have places of their own."""
_WORD = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]+|[a-z]+|\d+")

Places = dict[int, list[int]]
"""Sentence number to the positions of a word in it, ascending."""


@dataclass(frozen=True)
class Hit:
    """A sentence in which a phrase stands."""

    number: int
    sentence: Sentence
    at: int
    """Character of the plain text at which its first word begins."""
    phrase: Phrase
    words: tuple[int, ...] = ()
    """Characters at which its words begin, ascending."""


class Index:
    """The sentences of a design, by stem."""

    def __init__(self, said: Sequence[Sentence]):
        self._said = said
        self._offsets: list[list[int]] = []
        self._places: dict[str, Places] = defaultdict(dict)
        for number, sentence in enumerate(said):
            self._offsets.append(self._enter(number, sentence.plain))
        self._slots: dict[str, Places] = {}

    def _enter(self, number: int, plain: str) -> list[int]:
        offsets = []
        for word, match in enumerate(_WORD.finditer(plain)):
            offsets.append(match.start())
            for form, part in _forms(match.group()):
                self._places[form].setdefault(number, []).append(word * _STRIDE + part)
        return offsets

    @cached_property
    def _vocabulary(self) -> list[str]:
        return sorted(self._places)

    def find(self, wanted: Phrase) -> Iterator[Hit]:
        """Sentences in which the phrase stands, in order."""
        slots = [self._slot(slot) for slot in wanted.wanted]
        refused = [self._slot(slot) for slot in wanted.unwanted]
        around = [self._slot(slot) for slot in wanted.context]
        fewest = min(slots, key=len)
        for number in sorted(fewest):
            if any(number not in slot for slot in slots) or any(number in r for r in refused):
                continue
            if not all(self._near(slot, number) for slot in around):
                continue
            places = _together([slot[number] for slot in slots])
            if places:
                words = tuple(self._offsets[number][place // _STRIDE] for place in places)
                yield Hit(number, self._said[number], words[0], wanted, words)

    def _near(self, slot: Places, number: int) -> bool:
        """True when a word stands in this sentence or in the one before, in the same block."""
        if number in slot:
            return True
        here, before = self._said[number], self._said[number - 1] if number else None
        together = before is not None and (before.path, before.block) == (here.path, here.block)
        return together and number - 1 in slot

    def find_any(
        self, phrases: Iterable[Phrase], counts: Callable[[Hit], bool] | None = None
    ) -> list[Hit]:
        """Sentences in which one of the phrases stands, in order, each once.

        With `counts`, only hits for which it is true; a sentence that one phrase hits in vain may
        still count for another.
        """
        found: dict[int, Hit] = {}
        for wanted in phrases:
            for hit in self.find(wanted):
                if hit.number not in found and (counts is None or counts(hit)):
                    found[hit.number] = hit
        return [found[number] for number in sorted(found)]

    def _slot(self, slot: str) -> Places:
        known = self._slots.get(slot)
        if known is None:
            known = _union([self._choice(choice) for choice in slot.split("|") if choice])
            self._slots[slot] = known
        return known

    def _choice(self, choice: str) -> Places:
        row = [self._single(word) for word in choice.split("_") if word]
        return row[0] if len(row) == 1 else _neighbours(row)

    def _single(self, word: str) -> Places:
        if not word.endswith("*"):
            return self._places.get(stem(word), {})
        start = word[:-1].lower()
        words = self._vocabulary
        low, high = bisect.bisect_left(words, start), bisect.bisect_right(words, start + "\uffff")
        return _union([self._places[form] for form in words[low:high]])


@lru_cache(maxsize=65536)
def _forms(word: str) -> tuple[tuple[str, int], ...]:
    """Stem and word in lower case, and those of the parts of `AccessPolicy`, each with its place."""
    parts = _HUMP.findall(word)[: _STRIDE - 1] if not word.islower() else []
    numbered = [(word, 0), *((part, n) for n, part in enumerate(parts) if len(parts) > 1)]
    return tuple(
        dict.fromkeys(
            (form, place) for part, place in numbered for form in (stem(part), part.lower())
        )
    )


def _union(all_: Sequence[Mapping[int, list[int]]]) -> Places:
    if len(all_) == 1:
        return dict(all_[0])
    found: dict[int, set[int]] = defaultdict(set)
    for places in all_:
        for number, positions in places.items():
            found[number].update(positions)
    return {number: sorted(positions) for number, positions in found.items()}


def _neighbours(row: Sequence[Places]) -> Places:
    """Where each word follows the one before, or is a later part of the same joined name."""
    found = row[0]
    for following in row[1:]:
        steps: Places = {}
        for number in found.keys() & following.keys():
            after = set(following[number])
            nexts = {n for p in found[number] for n in (p + 1, (p // _STRIDE + 1) * _STRIDE)}
            ends = sorted(nexts & after)
            if ends:
                steps[number] = ends
        found = steps
    return found


def _together(slots: Sequence[Sequence[int]]) -> list[int]:
    """The positions at which all slots first stand within the window, ascending; empty if none.

    No word serves two slots; the parts of `AccessPolicy` are two words.
    """
    for start in sorted({position for slot in slots for position in slot}):
        end = start + WINDOW * _STRIDE
        here = [[p for p in slot if start <= p <= end] for slot in slots]
        if all(here):
            taken: dict[int, int] = {}
            if all(_take(number, here, taken, set()) for number in range(len(here))):
                return sorted(taken)
    return []


def _take(
    number: int, slots: Sequence[Sequence[int]], taken: dict[int, int], tried: set[int]
) -> bool:
    """Give a slot a position of its own, moving others along to free one (augmenting path)."""
    for position in slots[number]:
        if position in tried:
            continue
        tried.add(position)
        if position not in taken or _take(taken[position], slots, taken, tried):
            taken[position] = number
            return True
    return False
