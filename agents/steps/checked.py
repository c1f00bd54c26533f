"""What every step does with an analyst's answer: keep what verifies, count what does not."""

from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

from agents.document import Document
from agents.evidence import Evidence, verify
from agents.values import Value

T = TypeVar("T")


class Checked(Value, Generic[T]):
    """A step's answer after checking."""

    value: T
    dropped: int = 0
    """Quotes that failed verification."""


class Sieve:
    """Lets only verified evidence through and counts the rest."""

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self.documents = documents
        self.dropped = 0

    def keep(self, items: Iterable[Evidence]) -> tuple[Evidence, ...]:
        """What verifies, in order, without repetitions."""
        kept: dict[Evidence, None] = {}
        for item in items:
            if verify(item, self.documents):
                kept.setdefault(item)
            else:
                self.dropped += 1
        return tuple(kept)
