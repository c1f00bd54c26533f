"""How a model cites: the quote as it copied it, and the line it says it is on."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=160)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, max_length=700)]
Id = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]


def _lean(schema: dict[str, Any]) -> None:
    """Limits of length are far above what the prompts ask for: they are checked, and not sent."""
    schema.pop("title", None)
    for field in schema.get("properties", {}).values():
        for part in (field, field.get("items", {})):
            for word in ("title", "default", "maxLength"):
                part.pop(word, None)


def _bare(schema: dict[str, Any]) -> None:
    _lean(schema)
    schema.pop("description", None)


class Answer(BaseModel):
    """Base of what a model fills in; a field that is not asked for is ignored, not an error."""

    model_config = ConfigDict(frozen=True, extra="ignore", json_schema_extra=_lean)


class Member(Answer):
    """Base of what answers are made of; its docstring is not sent."""

    model_config = ConfigDict(json_schema_extra=_bare)


class Cited(Member):
    """Words of a document, and the line on which they begin."""

    line: int
    quote: Annotated[str, StringConstraints(max_length=1200)]
    document: int = 1
    absent: Short = ""
    """What is not said, where that is the point; the quote is then where one would expect it."""


Quotes = Annotated[tuple[Cited, ...], Field(max_length=4)]
