"""What the model has before it: standing rules and numbered documents, the same for every call.

A change that is too long for the model's window is laid out in parts; each part is a prefix of its
own, with the outline of the whole and a few neighbouring lines.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import prompts
from agents.analysts.base import Reading
from agents.document import Document
from agents.evidence import Evidence
from agents.fence import flat, reveal
from agents.slices import Slice, numbered, outline, slices
from agents.system import SystemModel

CHARACTERS_PER_TOKEN = 3.0
"""Low on purpose: Markdown with numbers and code has short tokens. The real count is in the usage."""
RESERVED_TOKENS = 40_000
"""Of the window: rules, tools, what a step adds, corrections, and the answer."""
_SMALLEST = 12_000
_LONGEST_BODY = 4_000
_EMPTY = re.compile(r"^(?:\d+:)?\d+\| $", re.MULTILINE)
"""A printed line with nothing in it to quote: it stays, for the look of the text, without its number."""


@dataclass(frozen=True)
class Part:
    """One prefix, and the lines of the documents that it is about."""

    prefix: str
    slices: tuple[Slice, ...]

    def holds(self, evidence: Evidence) -> bool:
        """True where the quote begins in this part."""
        return any(
            s.path == evidence.path and s.line_start <= evidence.line_start <= s.line_end
            for s in self.slices
        )


class Desk:
    """The parts of one change."""

    def __init__(self, reading: Reading, window_tokens: int, version: str | None = None) -> None:
        self._reading = reading
        self._version = version
        budget = int((window_tokens - RESERVED_TOKENS) * CHARACTERS_PER_TOKEN)
        self.budget = max(budget, _SMALLEST)
        self.shared: tuple[SystemModel, str] | None = None
        """The system model as it was written out last."""

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """At least one; all of the documents in the first where they fit."""
        cut = slices(self._reading.documents, self.budget) or ((),)
        overview = self._outline() if len(cut) > 1 else self._names()
        return tuple(Part(self._prefix(piece, overview), piece) for piece in cut)

    @property
    def whole(self) -> bool:
        """True where every call has all documents before it, so that a line number is a quote."""
        return len(self.parts) == 1

    @property
    def notes(self) -> tuple[str, ...]:
        """What was read how, where it was not read as a whole."""
        if self.whole:
            return ()
        places = "; ".join(
            ", ".join(f"{s.path} lines {s.line_start}-{s.line_end}" for s in part.slices)
            for part in self.parts
        )
        return (f"Too long for one reading: read in {len(self.parts)} parts ({places}).",)

    def smaller(self) -> "Desk | None":
        """Laid out in parts of half the size, for a model that says they are too long.

        None when that makes no more parts. This one stays as it is: others may be working at it.
        """
        longest = max(len(part.prefix) for part in self.parts)
        half = Desk(self._reading, 0, self._version)
        half.budget = max(min(self.budget, longest) // 2, _SMALLEST)
        return half if len(half.parts) > len(self.parts) else None

    def part_of(self, evidence: Iterable[Evidence]) -> int:
        """The part that holds the first of these quotes."""
        first = next(iter(evidence), None)
        if first is None:
            return 0
        return next((i for i, part in enumerate(self.parts) if part.holds(first)), 0)

    @cached_property
    def fence(self) -> str:
        """The mark around untrusted text: no author can know it, for it depends on what they write.

        The same documents get the same mark, so that a review that goes on after a crash finds its
        prefix in the provider's cache.
        """
        change = self._reading.change
        seen = hashlib.sha256(b"lintel fence")
        for text in (change.title, change.body, *self._paths, *(d.text for d in self._documents)):
            seen.update(hashlib.sha256(text.encode("utf-8", "replace")).digest())
        return seen.hexdigest()[:24]

    def _outline(self) -> str:
        return reveal(outline(self._reading.documents))

    def _names(self) -> str:
        """Who sees everything needs no table of contents."""
        documents = self._reading.documents.items()
        return "\n".join(f"{flat(path)} ({d.line_count} lines)" for path, d in documents)

    def _prefix(self, piece: Iterable[Slice], overview: str) -> str:
        return prompts.load("reviewer", self._version).render(
            fence=self.fence,
            outline=overview,
            documents="\n".join((*self._request(), *self._printed(piece))),
        )

    def _request(self) -> Iterator[str]:
        change = self._reading.change
        if not change.title and not change.body:
            return
        yield f"[{self.fence} pull request]"
        yield f"title: {flat(change.title)}"
        if change.body:
            rest = len(change.body) - _LONGEST_BODY
            cut = f" … [{rest:,} more characters]" if rest > 0 else ""
            yield f"description: {flat(change.body[:_LONGEST_BODY])}{cut}"

    def _printed(self, piece: Iterable[Slice]) -> Iterator[str]:
        numbers = {path: number for number, path in enumerate(self._paths, 1)}
        for s in piece:
            document = self._reading.documents[s.path]
            label = str(numbers[s.path]) if len(numbers) > 1 else ""
            yield f"[{self.fence} document {numbers[s.path]}: {flat(s.path)}]"
            for place, lines in (
                ("before it", s.context_before),
                ("", (s.line_start, s.line_end)),
                ("after it", s.context_after),
            ):
                if lines is not None:
                    if place:
                        yield f"[{self.fence} neighbouring lines {place}]"
                    elif s.context_before is not None:
                        yield f"[{self.fence} this part]"
                    yield _EMPTY.sub("", numbered(document, *lines, label=label))

    @property
    def _paths(self) -> tuple[str, ...]:
        return tuple(self._reading.documents)

    @property
    def _documents(self) -> tuple[Document, ...]:
        documents: Mapping[str, Document] = self._reading.documents
        return tuple(documents.values())
