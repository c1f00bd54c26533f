"""The words of a text and what stands between them, written so that one search compares both.

A word is a run of letters, digits and their marks. Characters of scripts without spaces and
symbols with a meaning of their own (a tick, a cross, "unequal") are words one by one.
"""

import re
import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Callable
from enum import StrEnum
from functools import cached_property
from itertools import accumulate, chain

from agents.fence import UNSEEN

_SINGLE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
    "\u2200-\u22ff\u2600-\u2757\u2760-\u2793\U0001f300-\U0001faff"
)
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    "\u064b-\u065f\u0670\u06d6-\u06ed\u0711-\u074a\u0900-\u0963\u0970-\u0dff\u1ab0-\u1aff"
    "\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
)
_WORD = re.compile(f"[{_SINGLE}]|[^\\W_{_SINGLE}]+(?:[{_MARKS}]+[^\\W_{_SINGLE}]*)*")
# Emphasis and what is not seen may stand inside of a word, and a writer leaves them out.
_INSIDE = re.compile("[*`~\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]+")
_SPACE = re.compile(r"\s+")
_LIST_MARK = r"^[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[xX]\](?=\s))?"
_ENTITY = r"&(?:amp|lt|gt|quot|apos|nbsp);"
_TAG = (
    r"</?(?:a|b|br|code|dd|details|div|dl|dt|em|h[1-6]|hr|i|img|kbd|li|ol|p|pre|s|small|span|strong"
    r"|sub|summary|sup|table|tbody|td|th|thead|tr|u|ul)\b[^<>\n]*>"
)
_TARGET = r"\]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)?\)|\]\[[^\[\]\n]*\]|\[\^[\w-]+\]"
_MARKS_ONLY = re.compile(f"{_LIST_MARK}|{_ENTITY}|{_TAG}", re.MULTILINE | re.IGNORECASE)
_MARKUP = re.compile(f"{_MARKS_ONLY.pattern}|{_TARGET}", re.MULTILINE | re.IGNORECASE)
_LINKS = re.compile(f"{_ENTITY}|{_TAG}|{_TARGET}", re.IGNORECASE)

_EDGE = "\x1f"
"""Marks both ends of a word; no word holds it, so a search that begins with it begins at a word."""


class Level(StrEnum):
    """What of a text counts when it is compared."""

    EXACT = "exact"
    """Every character."""
    SPACED = "spaced"
    """Every character, any white space for any other."""
    JOINED = "joined"
    """The words; emphasis and unseen characters inside of a word are not there."""
    SPLIT = "split"
    """The words; emphasis and unseen characters part them."""
    UNMARKED = "unmarked"
    """`joined` without numbers and ticks of lists, HTML tags and entities."""
    RENDERED = "rendered"
    """`unmarked` without link targets and footnote marks."""
    UNLINKED = "unlinked"
    """`rendered` with the numbers and ticks of lists."""


class View:
    """One way to write a text: `before first word between second ... last after`."""

    def __init__(self, words: list[str], gaps: list[str], numbers: list[int] | range) -> None:
        """`gaps` has one more than `words`; `numbers` are those of the words in their text."""
        pieces = [*chain.from_iterable(zip(gaps, words, strict=False)), gaps[-1]]
        ends = list(accumulate(map(len, pieces)))
        self.text = "".join(pieces)
        self.lead = len(gaps[0])
        self.trail = len(gaps[-1])
        self._at = array("q", ends[:-1:2])
        self._numbers = numbers

    def __len__(self) -> int:
        return len(self._at)

    @cached_property
    def _backwards(self) -> str:
        return self.text[::-1]

    def begin(self, number: int) -> int:
        """Offset in the view at which the word with this number, or the next one, begins."""
        at = bisect_left(self._numbers, number)
        return self._at[at] if at < len(self._at) else len(self.text)

    def words_at(self, offset: int, wanted: "View") -> tuple[int, int]:
        """Numbers of the first and the last word of `wanted`, found at an offset."""
        first = bisect_left(self._at, offset + wanted.lead)
        last = bisect_left(self._at, offset + len(wanted.text) - wanted.trail) - 1
        return self._numbers[first], self._numbers[last]

    def first(self, wanted: "View", begin: int) -> int:
        """Where `wanted` is found first with its first word at `begin` or behind it; -1 if not."""
        return self.text.find(wanted.text, max(begin - wanted.lead, 0))

    def last(self, wanted: "View", begin: int) -> int:
        """Where `wanted` is found last with its first word before `begin`; -1 if not."""
        # `str.rfind` is quadratic for some texts, `str.find` is not.
        total = len(self.text) - len(wanted.text)
        at = self._backwards.find(wanted._backwards, max(total - begin + wanted.lead + 1, 0))
        return total - at if at >= 0 else -1


class Wording:
    """The words of a text, split once; the views are written when they are first asked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        spans = [match.span() for match in _WORD.finditer(text)]
        self.starts = array("q", (start for start, _ in spans))
        self.ends = array("q", (end for _, end in spans))
        self.words = [text[start:end] for start, end in spans]
        if not text.isascii():
            self.words = [unicodedata.normalize("NFC", word) for word in self.words]
        self._views: dict[Level, View] = {}

    def __len__(self) -> int:
        return len(self.words)

    @cached_property
    def _between(self) -> list[str]:
        starts, ends = [*self.starts, len(self.text)], [0, *self.ends]
        return [self.text[a:b] for a, b in zip(ends, starts, strict=True)]

    @cached_property
    def _kinds(self) -> set[str]:
        return set(self._between)

    @cached_property
    def has_joints(self) -> bool:
        """True where something stands inside of a word."""
        return not all(map(_joint, self._kinds))

    @cached_property
    def has_markup(self) -> bool:
        """True where the rendered text has fewer words."""
        return _MARKUP.search(self.text) is not None

    def view(self, level: Level) -> View:
        """The text at a level."""
        if level not in self._views:
            hide = _HIDDEN.get(level)
            self._views[level] = self._shown(hide) if hide else self._written(level)
        return self._views[level]

    def _written(self, level: Level) -> View:
        write = _WRITERS[level]
        known = {gap: write(gap) for gap in self._kinds}
        gaps = [known[gap] for gap in self._between]
        if level in (Level.EXACT, Level.SPACED):
            gaps = [f"{_EDGE}{gap}{_EDGE}" for gap in gaps]
            gaps[0], gaps[-1] = gaps[0][1:], gaps[-1][:-1]
        else:
            gaps[0] = gaps[-1] = " "
        return View(self.words, gaps, range(len(self)))

    def _shown(self, hide: re.Pattern[str]) -> View:
        hidden: set[int] = set()
        for match in hide.finditer(self.text):
            first, behind = (bisect_left(self.starts, at) for at in match.span())
            hidden.update(range(first, behind))
        shown = [number for number in range(len(self)) if number not in hidden]
        known = {gap: _joint(gap) for gap in self._kinds}
        gaps = [" " if n - 1 in hidden else known[self._between[n]] for n in shown]
        return View([self.words[n] for n in shown], [" ", *gaps[1:], " "], shown)


def _same(gap: str) -> str:
    return gap


def _spaced(gap: str) -> str:
    return _SPACE.sub(" ", gap)


def _joint(gap: str) -> str:
    if not gap or _SPACE.search(gap):
        return " "
    return " " if _INSIDE.sub("", UNSEEN.sub("", gap)) else ""


def _parted(_: str) -> str:
    return " "


_HIDDEN: dict[Level, re.Pattern[str]] = {
    Level.UNMARKED: _MARKS_ONLY,
    Level.RENDERED: _MARKUP,
    Level.UNLINKED: _LINKS,
}
_WRITERS: dict[Level, Callable[[str], str]] = {
    Level.EXACT: _same,
    Level.SPACED: _spaced,
    Level.JOINED: _joint,
    Level.SPLIT: _parted,
}
