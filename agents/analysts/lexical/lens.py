"""Lenses: what experts look for once a design has a certain mechanism. Loaded from `lenses/`."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from agents.analysts.lexical.knowledge import folder
from agents.analysts.lexical.phrase import Phrase, phrase
from agents.catalogue.schema import Scale
from agents.values import Value


def _phrases(texts: object) -> object:
    return tuple(phrase(t) for t in texts) if isinstance(texts, list) else texts


Phrases = Annotated[tuple[Phrase, ...], BeforeValidator(_phrases)]


class LensExamples(Value):
    """Short design prose; a test reviews each of them."""

    fires: Annotated[tuple[str, ...], Field(min_length=1)]
    quiet: Annotated[tuple[str, ...], Field(min_length=1)]


class Lens(Value):
    """One way in which a mechanism goes wrong, and what to say about it.

    With `says`, a sentence states the weakness outright. With `when` (or `kinds` alone), the
    design has the mechanism, and the finding is what it does not say, unless it is `settled`.
    """

    id: str
    threat: str
    """Catalogue threat that gives rating, controls and references."""
    stride: tuple[str, ...] = ()
    """Where it differs from the threat's letters."""
    likelihood: Scale | None = None
    impact: Scale | None = None
    """Where they differ from the threat's rating."""
    kinds: tuple[str, ...] = ()
    """The model must have a component of one of these kinds; alone, each is an occasion."""
    says: Phrases = ()
    unless: Phrases = ()
    """In the same sentence, these take back what `says` found."""
    when: Phrases = ()
    also: Phrases = ()
    """A second thing of which the design must speak, anywhere."""
    least: Annotated[int, Field(ge=1)] = 1
    """Sentences that must speak of the mechanism."""
    settled: Phrases = ()
    """A statement in force that answers it, anywhere in the design."""
    answers: tuple[str, ...] = ()
    """Further threats on which the document is not silent once it says this."""
    title: str
    why: str
    """Sentences with `{name}` and `{line}`."""
    gap: str = ""
    """Completes `The document does not say …`; needed with `when` or `kinds`."""
    change: str
    question: str
    examples: LensExamples

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not (self.says or self.when or self.kinds):
            raise ValueError(f"{self.id}: a lens needs `says`, `when` or `kinds`")
        if (self.when or not self.says) and not self.gap:
            raise ValueError(f"{self.id}: `when` and `kinds` need a `gap`")
        if not self.question.endswith("?"):
            raise ValueError(f"{self.id}: the question has no question mark")
        return self


@lru_cache(maxsize=1)
def by_id() -> Mapping[str, Lens]:
    """All lenses by id."""
    return {lens.id: lens for lens in lenses()}


@lru_cache(maxsize=1)
def lenses() -> tuple[Lens, ...]:
    """All lenses, by file and in the order of each file. Raises ValueError on a bad or double one."""
    found: dict[str, Lens] = {}
    for name, content in folder("lenses"):
        for entry in content["lenses"]:
            lens = Lens.model_validate(entry)
            if lens.id in found:
                raise ValueError(f"{name}: there are two lenses `{lens.id}`")
            found[lens.id] = lens
    return tuple(found.values())
