"""What is written to GitHub as values. Pure: rendering and hashing need no client."""

from typing import Literal, Self

from pydantic import Field, model_validator

from agents.values import Value
from service.github.hunks import Side


class LineComment(Value):
    """A comment on lines of the diff, sent inside the review."""

    path: str
    line: int = Field(ge=1)
    start_line: int | None = Field(None, ge=1)
    side: Side = "RIGHT"
    body: str

    @model_validator(mode="after")
    def _range(self) -> Self:
        if self.start_line is not None and self.start_line >= self.line:
            raise ValueError("start_line must be before line; leave it out for a single line")
        return self


class FileComment(Value):
    """A comment on a whole file, sent after the review; `marker` finds it again."""

    path: str
    body: str
    marker: str = Field(min_length=1)

    @model_validator(mode="after")
    def _findable(self) -> Self:
        if self.marker not in self.body:
            raise ValueError("the marker must be in the body, or it could be posted twice")
        return self


class ReviewPost(Value):
    """One review as it will be sent; `marker` is hidden text in `body` that finds it again."""

    body: str
    event: Literal["COMMENT", "REQUEST_CHANGES", "APPROVE"]
    commit_id: str
    marker: str = Field(min_length=1)
    comments: tuple[LineComment, ...] = ()
    file_comments: tuple[FileComment, ...] = ()

    @model_validator(mode="after")
    def _findable(self) -> Self:
        if self.marker not in self.body:
            raise ValueError("the marker must be in the body, or it could be posted twice")
        return self


class PostedComment(Value):
    """One comment as GitHub holds it."""

    comment_id: int
    path: str
    body: str
    url: str


class RefusedComment(Value):
    """A comment on a file that GitHub did not take, although it has the review."""

    path: str
    marker: str
    reason: str


class Posted(Value):
    """A review as GitHub holds it, with its comments and those on whole files."""

    review_id: int
    url: str
    comments: tuple[PostedComment, ...] = ()
    refused: tuple[RefusedComment, ...] = ()
