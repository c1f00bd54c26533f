"""The subjects of security comments: recognises the same point in other words."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from agents.values import Value
from evals.files import parsed
from evals.words import stem, words

PATH = Path(__file__).with_name("subjects.yaml")
_SENTENCE = re.compile(r"(?<=[.!?;:])\s+|\n")


class _Table(Value):
    subjects: Mapping[str, tuple[str, ...]]


@cache
def phrases() -> Mapping[str, tuple[frozenset[str], ...]]:
    """By subject: sets of stems that stand together in one sentence."""
    table = parsed(PATH, _Table).subjects
    return {name: tuple(_stems(p) for p in said) for name, said in table.items()}


def subjects(text: str) -> frozenset[str]:
    """The subjects that some sentence of a text is about."""
    sentences = [_stems(sentence) for sentence in _SENTENCE.split(text)]
    return frozenset(
        name
        for name, said in phrases().items()
        if any(phrase <= sentence for phrase in said for sentence in sentences)
    )


def _stems(text: str) -> frozenset[str]:
    """With the small words: `without authentication` is not `authentication`."""
    return frozenset(stem(word) for word in words(text))
