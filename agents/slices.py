"""Documents as a model is shown them: with line numbers, and in parts where they are too long."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate

from agents.document import Block, BlockKind, Document
from agents.fence import reveal
from agents.values import Value

LONGEST_LINE = 20_000
"""Characters of one line that are shown."""

_DEEPEST = 6
_BLOCK = _DEEPEST + 1
_LINE = _DEEPEST + 2
"""Ranks of a cut: 0 between documents, then the level of a heading, a block, any line."""

_LONGEST_TITLE = 120
_RESERVE = 10
"""Neighbours get at most one tenth of a part on each side."""


class Slice(Value):
    """The lines of one document that belong to one part, and the neighbours shown with them."""

    path: str
    line_start: int
    line_end: int
    """1-based, inclusive, as all lines here."""
    context_before: tuple[int, int] | None = None
    """First and last line of those before, which belong to another part."""
    context_after: tuple[int, int] | None = None
    cut: bool = False
    """True where a line of it is longer than what `numbered` shows of a line."""


def slices(
    documents: Mapping[str, Document], budget_chars: int, *, neighbour_lines: int = 12
) -> tuple[tuple[Slice, ...], ...]:
    """All lines of all documents, each once and in order, in as few parts as possible.

    A part has at most `budget_chars` characters as `numbered` prints them with neighbours, with
    the document's place as label where there are several; only a single line that is longer by
    itself is more. Parts end between documents, else before a heading of the highest level, else
    between blocks, else between lines.
    """
    rows = _Rows(documents)
    if rows.cost(0, len(rows)) <= budget_chars:
        return (tuple(rows.slices(0, len(rows))),) if len(rows) else ()
    reserve = min(budget_chars // _RESERVE, rows.dearest(neighbour_lines))
    ends = _ends(rows, budget_chars - 2 * reserve)
    parts = zip([0, *ends], ends, strict=False)
    return tuple(
        tuple(
            rows.with_neighbours(one, neighbour_lines, reserve if end - begin > 1 else 0)
            for one in rows.slices(begin, end)
        )
        for begin, end in parts
    )


def numbered(document: Document, line_start: int, line_end: int, *, label: str = "") -> str:
    """Lines as `12| text`, or `2:12| text` with a label; what is not seen as `⟨U+200B⟩`.

    Of a line of more than 20,000 characters the beginning, and how many more it has.
    """
    before = f"{label}:" if label else ""
    numbers = range(max(line_start, 1), min(line_end, document.line_count) + 1)
    return "\n".join(f"{before}{n}| {_shown(document.lines(n, n))}" for n in numbers)


def outline(documents: Mapping[str, Document], limit_chars: int = 6000) -> str:
    """Paths and headings with their lines, indented by level; the deepest are left out first."""
    for deepest in range(_DEEPEST, -1, -1):
        text = "\n".join(_outlined(documents, deepest))
        if len(text) <= limit_chars:
            return text
    kept = text.rfind("\n", 0, max(limit_chars - 40, 0))
    return f"{text[: max(kept, 0)]}\n… [more documents]".strip()


class _Rows:
    """The lines of all documents as one sequence, with what each costs and how a cut before it is."""

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._documents = list(documents.values())
        self._firsts = [0, *accumulate(document.line_count for document in self._documents)]
        self.ranks: list[int] = []
        costs: list[int] = []
        for place, document in enumerate(self._documents, 1):
            self.ranks += _ranks(document)
            label = str(place) if len(documents) > 1 else ""
            lines = range(1, document.line_count + 1)
            costs += [len(numbered(document, n, n, label=label)) + 1 for n in lines]
        self.sums = [0, *accumulate(costs)]

    def __len__(self) -> int:
        return self._firsts[-1]

    def cost(self, begin: int, end: int) -> int:
        """Characters of the rows from `begin` to before `end`, with a line end each."""
        return self.sums[end] - self.sums[begin]

    def dearest(self, count: int) -> int:
        """What as many rows behind each other cost at most."""
        last = max(len(self) - count, 0)
        return max(self.cost(at, min(at + count, len(self))) for at in range(last + 1))

    def slices(self, begin: int, end: int) -> Iterator[Slice]:
        """One for each document that has rows there."""
        place = bisect_right(self._firsts, begin) - 1
        while begin < end:
            document, first = self._documents[place], self._firsts[place]
            stop = min(end, self._firsts[place + 1])
            start, last = begin - first + 1, stop - first
            cut = any(_is_cut(document, line) for line in range(start, last + 1))
            yield Slice(path=document.path, line_start=start, line_end=last, cut=cut)
            begin, place = stop, place + 1

    def with_neighbours(self, one: Slice, count: int, reserve: int) -> Slice:
        """The slice with as many lines before and behind it as the reserve pays for."""
        place = next(n for n, document in enumerate(self._documents) if document.path == one.path)
        first, behind = self._firsts[place], self._firsts[place + 1]
        begin, end = first + one.line_start - 1, first + one.line_end
        low = max(first, begin - count, bisect_left(self.sums, self.sums[begin] - reserve))
        high = min(behind, end + count, bisect_right(self.sums, self.sums[end] + reserve) - 1)
        before = (low - first + 1, one.line_start - 1) if low < begin else None
        after = (one.line_end + 1, high - first) if high > end else None
        return one.model_copy(update={"context_before": before, "context_after": after})


def _ends(rows: _Rows, budget: int) -> list[int]:
    """Where the parts end: as few as there can be, each cut as good as that allows."""
    total = len(rows)
    reach = [
        max(at + 1, bisect_right(rows.sums, rows.sums[at] + budget) - 1) for at in range(total)
    ]
    needed = [0] * (total + 1)
    for at in range(total - 1, -1, -1):
        needed[at] = 1 + needed[reach[at]]
    ends: list[int] = []
    at = 0
    while at < total:
        # `needed` only falls, so all places behind the first that leaves few enough do too.
        left = needed[at] - 1
        low = bisect_left(needed, -left, at + 1, reach[at], key=lambda parts: -parts)
        at = min(range(reach[at], low - 1, -1), key=lambda end: _rank(rows.ranks, end))
        ends.append(at)
    return ends


def _rank(ranks: Sequence[int], at: int) -> int:
    return ranks[at] if at < len(ranks) else 0


def _ranks(document: Document) -> list[int]:
    """How good a cut before each line is; less is better."""
    ranks = [_LINE] * document.line_count
    for block in document.blocks:
        # A row without its head says little.
        if block.kind is BlockKind.TABLE_ROW or not 1 <= block.line_start <= len(ranks):
            continue
        rank = block.level if block.kind is BlockKind.HEADING and block.level else _BLOCK
        ranks[block.line_start - 1] = min(ranks[block.line_start - 1], rank)
    ranks[0] = 0
    return ranks


def _is_cut(document: Document, line: int) -> bool:
    return _kept(document.lines(line, line).rstrip("\r"))[1] > 0


def _shown(line: str) -> str:
    text, more = _kept(line.rstrip("\r"))
    return f"{text}… [{more:,} more characters]" if more else text


def _kept(line: str) -> tuple[str, int]:
    """What is shown of a line, and how many of its characters are not."""
    text = reveal(line[:LONGEST_LINE])
    if len(text) <= LONGEST_LINE:
        return text, max(len(line) - LONGEST_LINE, 0)
    lengths = list(accumulate(len(reveal(character)) for character in line[:LONGEST_LINE]))
    kept = bisect_right(lengths, LONGEST_LINE)
    return reveal(line[:kept])[:LONGEST_LINE], len(line) - kept


def _outlined(documents: Mapping[str, Document], deepest: int) -> Iterator[str]:
    for document in documents.values():
        headings = [block for block in document.blocks if block.kind is BlockKind.HEADING]
        shown = [block for block in headings if block.level <= deepest]
        less = f", {len(headings) - len(shown)} deeper headings left out"
        more = less if len(shown) < len(headings) else ""
        # A path may hold line ends.
        yield f"{reveal(' '.join(document.path.split()))} ({document.line_count} lines{more})"
        yield from ("  " * max(b.level, 1) + f"{b.line_start}| {_title(b)}" for b in shown)


def _title(block: Block) -> str:
    lines = (line.strip().strip("#=").strip() for line in block.text.split("\n"))
    title = reveal(next((line for line in lines if any(map(str.isalnum, line))), ""))
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1] + "…"
