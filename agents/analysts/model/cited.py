"""How a model cites: the quote as it copied it, and the line it says it is on."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict


def most(limit: int) -> AfterValidator:
    """Keeps the beginning of a text or a list.

    Limits are far above what the prompts ask for. An answer that passes one is shortened and not
    sent back: asking again costs more than the rest is worth, and a grammar made of a schema with
    long limits takes a local server minutes.
    """

    def shortened(value: Any) -> Any:
        kept = value[:limit]
        return kept.strip() if isinstance(kept, str) else kept

    return AfterValidator(shortened)


Short = Annotated[str, most(160)]
Sentence = Annotated[str, most(700)]
Id = Annotated[str, most(120)]


def _lean(schema: dict[str, Any]) -> None:
    """Titles repeat names, and defaults are ours: neither tells a model anything."""
    schema.pop("title", None)
    for field in schema.get("properties", {}).values():
        for part in (field, field.get("items", {})):
            for word in ("title", "default"):
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
    quote: Annotated[str, most(1200)]
    document: int = 1
    absent: Short = ""
    """What is not said, where that is the point; the quote is then where one would expect it."""


Quotes = Annotated[tuple[Cited, ...], most(4)]
