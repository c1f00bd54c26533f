"""The one base class of every value that travels through a review."""

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """An immutable value; an unknown field is an error, so a typo never passes silently."""

    model_config = ConfigDict(frozen=True, extra="forbid")
