"""Characters that are not seen: direction controls, tags, zero-width and others, with their words.

Joiners, selectors, marks and soft hyphens have honest uses: in emoji, in Arabic, Hebrew, Persian
and Indic text, between words of scripts without spaces. Those are passed over.
"""

import re
import unicodedata
from collections.abc import Iterator

_OVERRIDES = "\u202d\u202e"
_EMBEDDINGS = "\u202a-\u202c\u2066-\u2069"
_MARKS = "\u200e\u200f\u061c"
_JOINERS = "\u200c\u200d"
_SPACES = "\u200b\u2060-\u2064\ufeff\u180e"
_HYPHEN = "\u00ad"
_FILLERS = (
    "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2065\u206a-\u206f\ufff9-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
)
_TAGS = "\U000e0000-\U000e007f"
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_CONTROLS = "\x00-\x08\x0e-\x1f\x7f"

_RUN = re.compile(
    f"[{_OVERRIDES}{_EMBEDDINGS}{_MARKS}{_JOINERS}{_SPACES}{_HYPHEN}{_FILLERS}{_TAGS}{_SELECTORS}"
    f"{_CONTROLS}]+"
)
_FLAG = re.compile("(?<=\U0001f3f4)[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f")
_TAG_RUN = re.compile(f"[{_TAGS}]+")
_SELECTOR_RUN = re.compile(f"[{_SELECTORS}]{{2,}}")
_FAR_SELECTOR = re.compile("[\U000e0100-\U000e01ef]")
_ZERO_WIDTH_RUN = re.compile(f"[{_JOINERS}{_SPACES}{_HYPHEN}{_FILLERS}{_MARKS}]{{2,}}")
_SPACE = re.compile(f"[{_SPACES}]")
_BETWEEN = re.compile(f"[{_JOINERS}{_MARKS}{_FILLERS}]")
_SPELLED = re.compile(f"(?:\\w{{1,2}}{_HYPHEN}){{3,}}")
_PICKED = re.compile(f"(?:[A-Za-z ][{_SELECTORS}]){{3,}}")
_CLOSED = {"\u202a": "\u202c", "\u202b": "\u202c", "\u2066": "\u2069", "\u2067": "\u2069",
           "\u2068": "\u2069"}  # fmt: skip
_LONGEST_WORDS = 80

DIRECTION = "text direction control characters"
INVISIBLE = "invisible characters"
SELECTORS = "a run of variation selectors"


def hidden(text: str) -> Iterator[tuple[int, str]]:
    """Offset and description of each run of characters that hides something."""
    if text.isascii() and not _RUN.search(text):
        return
    start = 0
    for line in text.split("\n"):
        if _RUN.search(line):
            reader = _Line(line)
            for at, what in reader.found():
                yield start + at, what
        start += len(line) + 1


class _Line:
    """One line, and what its letters allow."""

    def __init__(self, line: str) -> None:
        self.line = line
        self.leftward = any(unicodedata.bidirectional(c) in ("R", "AL") for c in set(line))
        self.flags = {match.start(): match.end() for match in _FLAG.finditer(line)}

    def found(self) -> Iterator[tuple[int, str]]:
        """Offset in the line and description."""
        embedded = bool(re.search(f"[{_EMBEDDINGS}]", self.line))
        unpaired = embedded and not (self.leftward and _is_paired(self.line))
        for match in _RUN.finditer(self.line):
            what = self._what(match, unpaired)
            if what:
                yield match.start(), what
        for pattern, what in ((_SPELLED, INVISIBLE), (_PICKED, SELECTORS)):
            for match in pattern.finditer(self.line):
                yield match.start(), what

    def _what(self, match: re.Match[str], unpaired: bool) -> str:
        run = match[0]
        if re.search(f"[{_OVERRIDES}]", run) or (unpaired and re.search(f"[{_EMBEDDINGS}]", run)):
            return DIRECTION
        tags = _TAG_RUN.search(run)
        if tags:
            at = match.start() + tags.start()
            end = match.start() + tags.end()
            return "" if self.flags.get(at) == end else _tags(tags[0])
        if re.search(f"[{_CONTROLS}]", run):
            return "terminal control sequences" if "\x1b" in run else "control characters"
        selectors = _SELECTOR_RUN.search(run)
        if selectors:
            return _selected(selectors[0])
        return self._invisible(match)

    def _invisible(self, match: re.Match[str]) -> str:
        run = match[0]
        before = self.line[match.start() - 1 : match.start()]
        after = self.line[match.end() : match.end() + 1]
        if _ZERO_WIDTH_RUN.search(run) and not (self.leftward and set(run) <= set(_MARKS)):
            return INVISIBLE
        if _FAR_SELECTOR.search(run) and unicodedata.category(before or " ") != "Lo":
            return SELECTORS
        inside = _is_spaced(before) and _is_spaced(after)
        if inside and (_SPACE.search(run) or _BETWEEN.search(run)):
            return INVISIBLE
        hangul = any("\u1100" <= c <= "\ud7ff" or "\uffa0" < c <= "\uffdc" for c in before + after)
        filler = any(c in "\u115f\u1160\u3164\uffa0" for c in run)
        return INVISIBLE if filler and not hangul else ""


def _is_spaced(character: str) -> bool:
    """True for a letter or digit of a script that sets spaces between words and joins nothing."""
    return character.isalnum() and (ord(character) < 0x0590 or 0x1E00 <= ord(character) < 0x2000)


def _is_paired(line: str) -> bool:
    """True where every embedding and isolate is closed on the line, in order."""
    open_: list[str] = []
    for character in line:
        if character in _CLOSED:
            open_.append(_CLOSED[character])
        elif character in ("\u202c", "\u2069") and (not open_ or open_.pop() != character):
            return False
    return not open_


def _tags(run: str) -> str:
    words = "".join(chr(ord(c) - 0xE0000) for c in run if 0xE0020 <= ord(c) < 0xE007F)
    return _with_words("invisible tag characters", words)


def _selected(run: str) -> str:
    raw = bytes(ord(c) - 0xFE00 if ord(c) < 0xE0000 else ord(c) - 0xE0100 + 16 for c in run)
    return _with_words(SELECTORS, raw.decode(errors="replace"))


def _with_words(what: str, words: str) -> str:
    shown = shorten(words)
    letters = sum(c.isalnum() or c == " " for c in shown)
    return f"{what} that read “{shown}”" if letters > len(shown) / 2 else what


def shorten(words: str) -> str:
    """The words in one line of printable characters, cut behind eighty."""
    shown = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    return shown if len(shown) <= _LONGEST_WORDS else shown[: _LONGEST_WORDS - 1].rstrip() + "…"
