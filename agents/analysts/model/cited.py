"""How a model cites: the quote as it copied it, and the line it says it is on."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=160)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, max_length=700)]
Id = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]


def _lean(schema: dict[str, Any]) -> None:
    """Without what tells a model nothing: every call of a review carries the schemas of all answers.

    Limits of length are far above what the prompts ask for, and are still checked.
    """
    for member in schema.get("properties", {}).values():
        for part in (member, member.get("items", {})):
            part.pop("maxLength", None)
            part.pop("default", None)


class Answer(BaseModel):
    """Base of what a model fills in; a field that is not asked for is ignored, not an error."""

    model_config = ConfigDict(frozen=True, extra="ignore", json_schema_extra=_lean)


class Cited(Answer):
    """Words of a document, by the rules for quotes."""

    # What belongs into each is said once, in the prompt `reviewer`, and not in every answer's schema.
    line: int
    quote: Annotated[str, StringConstraints(max_length=1200)]
    document: int = 1
    absent: Short = ""


Quotes = Annotated[tuple[Cited, ...], Field(max_length=4)]
