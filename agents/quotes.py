"""Finds what a model quotes: its white space and markup may differ, its words may not.

What is returned is the document's own text. A word that is missing, changed or added means that
the document does not say it, so nothing is found.
"""

import re
import weakref
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import islice

from agents.document import Document
from agents.evidence import Evidence, Label, locate
from agents.wording import Level, View, Wording

MOST_WORDS = 60
MOST_LINES = 12
"""A longer quote is reduced to its first sentence or line that is found."""

_FEWEST_WORDS = 3
_FEWEST_CHARACTERS = 12
_LONGEST_QUOTE = 5_000
_LONGEST_LINE = 1_000
_MOST_PIECES = 20

_PREFIX = re.compile(r"(?<!\S)(?:\d{1,4}:)?\d{1,7}\|(?: |$)?", re.MULTILINE)
_NAMED = re.compile(r"⟨U\+([0-9A-F]{4,5})⟩")
_ELLIPSIS = re.compile(r"\.{3,}|…")
_SENTENCE = re.compile(r"\n|(?<=[.!?;:…])\s|\s\|\s|(?<=[。！？；])")
_OPENING = re.compile(r"(?<![\w*~`])[*_~`]{1,3}$")
_CLOSING = re.compile(r"(?:[*_~`]{1,3}+(?!\w))?(?:[.!?。！？](?!\w))?")

_QUOTED = {Level.RENDERED: Level.UNMARKED, Level.UNLINKED: Level.JOINED}

_Span = tuple[int, int]


def find_quote(
    document: Document, quote: str, near_line: int, *, label: Label = Label.STATED, note: str = ""
) -> Evidence | None:
    """The document's own text of `quote` nearest to `near_line`, or None when it is not there.

    An exact occurrence comes first, then one with other white space, then one with the same words
    in the same order: punctuation, Markdown, line numbers, unseen characters and the case of the
    first letter may differ there. Fewer than 3 words or 12 characters must be exact. More than 60
    words or 12 lines are reduced to the first sentence or line that is found, a quote with an
    ellipsis to its longest piece. Of equally near places the earlier one. Never raises.
    """
    for start, end in _index(document).spans(document, quote, near_line):
        first, last = document.line_at(start), document.line_at(end - 1)
        if last - first < MOST_LINES:
            text = document.text[start:end]
            return Evidence(
                path=document.path,
                line_start=first,
                line_end=last,
                quote=text,
                label=label,
                note=note,
            )
    return None


def nearest_text(document: Document, quote: str, near_line: int) -> tuple[int, str]:
    """Number and text of the line with most words of `quote`, in any case; the nearest of equals.

    Of a line of more than 1,000 characters, the part of that length with most of the words. The
    line `near_line` where no line has any of them.
    """
    return _index(document).nearest_text(document, quote, near_line)


class _Index:
    """The words of one document."""

    def __init__(self, document: Document) -> None:
        self.wording = Wording(document.text)
        self._parts: _Parts | None = None

    def spans(self, document: Document, quote: str, near_line: int) -> Iterator[_Span]:
        """Places of the quote, then of its pieces where it may be reduced, the best first."""
        search = _Search(document, self.wording, near_line)
        raw = quote.strip()
        plain = _plain(raw[:_LONGEST_QUOTE]).strip()
        said = Wording(plain)
        if len(raw) <= _LONGEST_QUOTE and len(said) <= MOST_WORDS:
            whole = search.place(Wording(raw)) or (search.place(said) if raw != plain else None)
            if whole is None:
                yield from search.places(_longest(plain))
                return
            yield whole
        yield from search.places(islice(filter(_is_telling, _SENTENCE.split(plain)), _MOST_PIECES))

    def nearest_text(self, document: Document, quote: str, near_line: int) -> tuple[int, str]:
        parts = self._parts = self._parts or _Parts(document, self.wording)
        counts: Counter[int] = Counter()
        for word in {word.casefold() for word in Wording(quote[:_LONGEST_QUOTE]).words}:
            counts.update(parts.holding.get(word, ()))
        near = min(max(near_line, 1), document.line_count)
        lines = {begin: document.line_at(begin) for begin in counts}
        best = max(counts, key=lambda at: (counts[at], -abs(lines[at] - near), -at), default=None)
        return parts.text(document, document.offset_of(near) if best is None else best)


class _Parts:
    """The parts of a document that are shown as one: lines, long ones in pieces."""

    def __init__(self, document: Document, wording: Wording) -> None:
        self._begins: list[int] = []
        for line in range(1, document.line_count + 1):
            begin = document.offset_of(line)
            length = len(document.lines(line, line))
            self._begins += range(begin, begin + max(length, 1), _LONGEST_LINE)
        self.holding: dict[str, list[int]] = defaultdict(list)
        """Where the parts begin that hold a word, in lower case."""
        at = 0
        for start, word in zip(wording.starts, wording.words, strict=True):
            while at + 1 < len(self._begins) and self._begins[at + 1] <= start:
                at += 1
            begins = self.holding[word.casefold()]
            if not begins or begins[-1] != self._begins[at]:
                begins.append(self._begins[at])

    def text(self, document: Document, begin: int) -> tuple[int, str]:
        """Line number and text of the part that begins there."""
        line = document.line_at(begin)
        end = document.offset_of(line) + len(document.lines(line, line))
        return line, document.text[begin : min(begin + _LONGEST_LINE, end)].rstrip("\r")


_INDEXES: dict[int, _Index] = {}


def _index(document: Document) -> _Index:
    """The index of this very object, kept as long as the document is."""
    index = _INDEXES.get(id(document))
    if index is None:
        index = _INDEXES[id(document)] = _Index(document)
        weakref.finalize(document, _INDEXES.pop, id(document), None)
    return index


class _Search:
    """Looks for what is said in a document, near a line."""

    def __init__(self, document: Document, wording: Wording, near_line: int) -> None:
        self._document = document
        self._wording = wording
        self._near = near_line
        self._from = self._first_word(near_line)

    def places(self, pieces: Iterator[str]) -> Iterator[_Span]:
        """Where each of the pieces is that is found."""
        for piece in pieces:
            span = self.place(Wording(piece.strip()))
            if span:
                yield span

    def place(self, said: Wording) -> _Span | None:
        """Where all of it is said."""
        if not len(said):
            return self._literal(said.text)
        if len(said.text) < _FEWEST_CHARACTERS or len(said) < _FEWEST_WORDS:
            return self._whole(said, self._nearest(said, Level.EXACT))
        # What is not there word by word is not there exactly: most quotes cost one look or two.
        loose = self._loose(said) or self._loose(_other_case(said))
        if loose is None:
            return None
        whole = self._whole(said, loose) or self._whole(said, self._nearest(said, Level.EXACT))
        return whole or self._widened(*(self._nearest(said, Level.SPACED) or loose))

    def _whole(self, said: Wording, span: _Span | None) -> _Span | None:
        """The place with what stands before and behind the words, where all of it is the same."""
        if span is None:
            return None
        start, end = span[0] - said.starts[0], span[1] + len(said.text) - said.ends[-1]
        same = start >= 0 and self._document.text[start:end] == said.text
        return (start, end) if same else None

    def _loose(self, said: Wording) -> _Span | None:
        joints = said.has_joints or self._wording.has_joints
        markup = said.has_markup or self._wording.has_markup
        levels = {
            Level.JOINED: True,
            Level.SPLIT: joints,
            Level.UNMARKED: markup,
            Level.RENDERED: markup,
            Level.UNLINKED: markup,
        }
        spans = (self._nearest(said, level) for level, differs in levels.items() if differs)
        return next(filter(None, spans), None)

    def _nearest(self, said: Wording, level: Level) -> _Span | None:
        # The words of a link target that is quoted must be there, so they are not taken away.
        quoted = _QUOTED.get(level, level)
        view, wanted = self._wording.view(level), said.view(quoted)
        if not len(wanted):
            return None
        begin, spans = view.begin(self._from), []
        before, after = view.last(wanted, begin), view.first(wanted, begin)
        if before >= 0:
            line = self._document.line_at(self._span(view, before, wanted)[0])
            # On the line of the last one before, another may stand in front of it.
            before = view.first(wanted, view.begin(self._first_word(line)))
            spans.append(self._span(view, before, wanted))
        if after >= 0:
            spans.append(self._span(view, after, wanted))
        return min(spans, key=self._distance, default=None)

    def _literal(self, text: str) -> _Span | None:
        """A place of something without a word, such as an arrow."""
        if len(text) >= _FEWEST_CHARACTERS:
            return None
        found = locate(self._document, text, label=Label.STATED, near_line=self._near)
        if found is None:
            return None
        at = self._document.text.index(text, self._document.offset_of(found.line_start))
        return at, at + len(text)

    def _first_word(self, line: int) -> int:
        return bisect_left(self._wording.starts, self._document.offset_of(line))

    def _span(self, view: View, offset: int, wanted: View) -> _Span:
        first, last = view.words_at(offset, wanted)
        return self._wording.starts[first], self._wording.ends[last]

    def _distance(self, span: _Span) -> int:
        first, last = (self._document.line_at(at) for at in (span[0], span[1] - 1))
        return max(first - self._near, self._near - last, 0)

    def _widened(self, start: int, end: int) -> _Span:
        """With the emphasis around the words and the mark at the end of the sentence."""
        text = self._document.text
        opening = _OPENING.search(text[max(0, start - 4) : start])
        closing = _CLOSING.match(text, end)
        return start - len(opening[0]) if opening else start, closing.end() if closing else end


def _plain(quote: str) -> str:
    """Without line numbers, and with the unseen characters that are named in it."""
    named = _NAMED.sub(lambda match: chr(int(match[1], 16)), quote)
    return _PREFIX.sub("", named)


def _longest(quote: str) -> Iterator[str]:
    """The piece between two ellipses with most words; nothing where there is none."""
    pieces = [piece for piece in _ELLIPSIS.split(quote) if piece.strip()]
    if len(pieces) > 1 or pieces != [quote]:
        yield from sorted(pieces, key=lambda piece: -len(Wording(piece)))[:1]


def _other_case(said: Wording) -> Wording:
    at = said.starts[0]
    return Wording(f"{said.text[:at]}{said.text[at].swapcase()}{said.text[at + 1 :]}")


def _is_telling(piece: str) -> bool:
    """True for a piece that says something by itself and is not too long."""
    return len(piece.strip()) >= _FEWEST_CHARACTERS and (
        _FEWEST_WORDS <= len(Wording(piece)) <= MOST_WORDS
    )
