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


class Subject(Value):
    """How a subject is recognised."""

    phrases: tuple[str, ...]
    """A sentence that has all words of one of them is about the subject."""
    threats: tuple[str, ...]
    """Ids of the catalogue threats that are about it."""


class _Table(Value):
    subjects: Mapping[str, Subject]


@cache
def table() -> Mapping[str, Subject]:
    """By name."""
    return parsed(PATH, _Table).subjects


def subjects(text: str) -> frozenset[str]:
    """The subjects that some sentence of a text is about."""
    sentences = [_stems(sentence) for sentence in _SENTENCE.split(text)]
    return frozenset(
        name
        for name, said in _phrases().items()
        if any(phrase <= sentence for phrase in said for sentence in sentences)
    )


def subjects_of_threat(threat_id: str | None) -> frozenset[str]:
    """The subjects that name a catalogue threat."""
    return frozenset(name for name, subject in table().items() if threat_id in subject.threats)


@cache
def _phrases() -> Mapping[str, tuple[frozenset[str], ...]]:
    return {name: tuple(map(_stems, subject.phrases)) for name, subject in table().items()}


def _stems(text: str) -> frozenset[str]:
    """With the small words: `without authentication` is not `authentication`."""
    return frozenset(stem(word) for word in words(text))
