"""The rules behind the compliance view, read from `rules.yaml` beside this file."""

import re
from functools import cache, cached_property
from importlib.resources import files
from typing import Annotated, Literal

import yaml
from pydantic import AfterValidator, Field, model_validator

from agents.catalogue.schema import Predicate
from agents.values import Value


def _compiles(pattern: str) -> str:
    re.compile(pattern)
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]
"""A regular expression; case does not count."""


class Says(Value):
    """Sentences that match one of several expressions."""

    says: tuple[Pattern, ...] = ()

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{p})" for p in self.says), re.IGNORECASE)

    def found(self, text: str) -> tuple[re.Match[str], ...]:
        """All matches; none without expressions."""
        return tuple(self._expression.finditer(text)) if self.says else ()


class Reach(Value):
    """A chain of flows between parts of these kinds."""

    from_any_of: tuple[str, ...]
    to_any_of: tuple[str, ...]
    not_through: tuple[str, ...] = ()


class SignRule(Says):
    """What speaks for a risk class: a test on the system model, words in a quote, or both."""

    text: str
    weight: Literal["strong", "weak"]
    when: Predicate | None = None
    reach: Reach | None = None
    alone: bool = False
    """Counts only where no other sign of its question was found."""

    @model_validator(mode="after")
    def _tests_something(self) -> "SignRule":
        if not (self.says or self.when or self.reach):
            raise ValueError("a sign has says, when or reach")
        return self


class QuestionRule(Value):
    """One risk question."""

    id: str
    title: str
    question: str
    consequence: str
    duties: Annotated[tuple[str, ...], Field(min_length=1)]
    """Ids of the framework `eu-ai-act`."""
    signs: Annotated[tuple[SignRule, ...], Field(min_length=1)]


class ShownRule(Says):
    """What a statement in force, or an attribute, shows for some items."""

    references: Annotated[tuple[str, ...], Field(min_length=1)]
    attribute: str = ""


class FrameworkRule(Value):
    """One of the texts, and whom it binds."""

    key: str
    nature: str


class Condition(Value):
    """Items of the EU AI Act that bind only where a risk question is answered with yes."""

    question: str
    ids: tuple[str, ...]


class Rules(Value):
    """Everything in `rules.yaml`."""

    ai_kinds: tuple[str, ...]
    ai_by_words: tuple[str, ...]
    """Kinds that are AI only where the text speaks of AI."""
    ai_words: Says
    ai_attributes: tuple[str, ...]
    not_ai: Says
    """Names of such kinds that are something else."""
    about_ai: Says
    """What a statement is about, in a design that has AI."""
    denied: Says
    """Words before a match, in the same sentence, that turn it around."""
    frameworks: tuple[FrameworkRule, ...]
    only_if: tuple[Condition, ...]
    questions: tuple[QuestionRule, ...]
    shown: tuple[ShownRule, ...]

    @cached_property
    def condition(self) -> dict[str, str]:
        """By id of the EU AI Act: the question on which it depends."""
        return {id_: condition.question for condition in self.only_if for id_ in condition.ids}


@cache
def rules() -> Rules:
    """Read once; the file is part of the product."""
    text = files("agents.compliance").joinpath("rules.yaml").read_text("utf-8")
    return Rules.model_validate(yaml.safe_load(text))
