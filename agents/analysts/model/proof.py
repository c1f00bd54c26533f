"""From what a model cites to evidence, or to a sentence that says what to mend."""

import difflib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from agents.analysts.base import Reading
from agents.analysts.model.cited import Cited
from agents.document import Document
from agents.evidence import Evidence, Label
from agents.fence import flat
from agents.metering import meter
from agents.quotes import find_quote, nearest_text

_SHOWN = 90


class Proof:
    """Looks up the quotes of one review."""

    def __init__(self, reading: Reading) -> None:
        self._documents: Sequence[Document] = tuple(reading.documents.values())
        self._found: dict[Cited, Evidence | None] = {}

    def evidence(self, cited: Cited) -> Evidence | None:
        """The document's own words, or None where it does not say them.

        Looked up once: an answer is checked first and taken over afterwards.
        """
        if cited not in self._found:
            self._found[cited] = self._find(cited)
        return self._found[cited]

    def _find(self, cited: Cited) -> Evidence | None:
        label = Label.ABSENT if cited.absent else Label.STATED
        note = flat(cited.absent)
        named = self._document(cited)
        # The number of a document is easily forgotten; words that stand in another one are proof too.
        for document in dict.fromkeys((named, *self._documents)) if named else self._documents:
            found = find_quote(document, cited.quote, cited.line, label=label, note=note)
            if found is not None:
                return found
        return None

    def all(self, quotes: Collection[Cited], *, needed: bool = True) -> tuple[Evidence, ...]:
        """What is proven, in order, once each; the rest is counted, and none where one is needed."""
        kept: dict[Evidence, None] = {}
        meter().dropped += needed and not quotes
        for cited in quotes:
            evidence = self.evidence(cited)
            if evidence is None:
                meter().dropped += 1
            else:
                kept.setdefault(evidence)
        return tuple(kept)

    def problems(self, where: str, quotes: Iterable[Cited]) -> list[str]:
        """A sentence for each quote that is not there, with the nearest line that is."""
        return [
            self._problem(f"{where}, quote {number}", cited)
            for number, cited in enumerate(quotes, 1)
            if self.evidence(cited) is None
        ]

    def _problem(self, where: str, cited: Cited) -> str:
        said = _short(cited.quote)
        document = self._document(cited)
        if document is None:
            return (
                f"{where}: there is no document {cited.document}; there are {len(self._documents)}."
            )
        if not said:
            return f"{where}: it is empty."
        line, text = nearest_text(document, cited.quote, cited.line)
        near = f' Line {line} reads: "{_short(text)}".' if text.strip() else ""
        return f'{where}: "{said}" is not in the document.{near}'

    def _document(self, cited: Cited) -> Document | None:
        at = cited.document - 1
        return self._documents[at] if 0 <= at < len(self._documents) else None


def unknown(
    where: str, given: Iterable[str], known: Collection[str], *, needed: bool = False
) -> list[str]:
    """A sentence for each id that is not one of the known ones, with the closest that is.

    `needed`: an empty one is none of them either.
    """
    found = []
    for id_ in given:
        if not id_ and needed:
            found.append(f"{where}: it is empty.")
        elif id_ and id_ not in known:
            close = difflib.get_close_matches(id_, known, n=1, cutoff=0.5)
            hint = f" Did you mean {close[0]}?" if close else " Leave it out."
            found.append(f"{where}: {_short(id_)} is not a known id.{hint}")
    return found


def numbers(where: str, given: Iterable[int], count: int) -> list[str]:
    """A sentence for each number outside 1 to `count`."""
    return [f"{where}: there is no number {n}." for n in given if not 1 <= n <= count]


def each_once(given: Iterable[int], count: int, what: str = "verdict") -> list[str]:
    """Sentences that name the numbers from 1 to `count` that are not given, or more than once."""
    seen = Counter(given)
    left = [str(n) for n in range(1, count + 1) if not seen[n]]
    found = [f"These numbers have no {what}: {', '.join(left)}."] if left else []
    twice = [str(n) for n in range(1, count + 1) if seen[n] > 1]
    return [*found, f"These numbers have several {what}s: {', '.join(twice)}."] if twice else found


def _short(text: str) -> str:
    line = flat(text)
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"
