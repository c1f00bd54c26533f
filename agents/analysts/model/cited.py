"""How a model cites: the quote as it copied it, and the line it says it is on."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=160)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, max_length=700)]
Id = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]


class Answer(BaseModel):
    """Base of what a model fills in; a field that is not asked for is ignored, not an error."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Cited(Answer):
    """Words of a document."""

    line: int = Field(description="Number of the line on which the quote begins.")
    quote: Annotated[str, StringConstraints(max_length=1200)] = Field(
        description="Copied exactly from the document, 4 to 40 words, without the line number."
    )
    document: int = Field(default=1, description="Number of the document, where there are several.")
    absent: Short = Field(
        default="",
        description="Only where the point is that something is not said: what is missing. "
        "The quote is then the place where one would expect it.",
    )


Quotes = Annotated[tuple[Cited, ...], Field(max_length=4)]
