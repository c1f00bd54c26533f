"""The keys of `.github/lintel.yml`, typed. The schema in `docs/` is made from this model."""

import json
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from agents.findings import Severity
from agents.values import Value

SCHEMA = "https://json-schema.org/draft/2020-12/schema"


def _whole(glob: str) -> str:
    if glob.startswith(("/", "./")):
        raise ValueError("paths begin at the root of the repository, without a slash before them")
    if glob.startswith("!"):
        raise ValueError("a glob cannot be turned round with `!`: `ignore.paths` leaves files out")
    return glob


_Text = Annotated[str, Field(strict=True, min_length=1, max_length=200)]
PathGlobs = Annotated[tuple[Annotated[_Text, AfterValidator(_whole)], ...], Field(max_length=100)]
TextGlobs = Annotated[tuple[_Text, ...], Field(max_length=100)]


class Labels(Value):
    """Labels of a pull request that decide; case does not count. `review` wins over `skip`."""

    review: TextGlobs = Field(
        (),
        description="With one of these labels the pull request is a design review: every text or "
        "diagram in it is a document, and no rule under `ignore` holds.",
    )
    skip: TextGlobs = Field(
        (), description="With one of these labels the pull request is not reviewed."
    )


class Ignore(Value):
    """Pull requests and files that are left alone; the check run names the rule."""

    authors: TextGlobs = Field(
        (), description="Logins of who opened the pull request, such as `dependabot[bot]`."
    )
    branches: PathGlobs = Field((), description="Head branches, such as `renovate/**`.")
    titles: TextGlobs = Field(
        (), description="Titles of pull requests, such as `chore:*`; case does not count."
    )
    paths: PathGlobs = Field(
        (), description="Files that are no design document, such as `docs/archive/**`."
    )


class RepositoryConfig(Value):
    """`.github/lintel.yml`: how Lintel reviews this repository. Every key may be left out."""

    documents: PathGlobs = Field(
        (),
        description="Globs of the design documents. Empty: texts and diagrams in folders for "
        "designs (`docs/`, `design/`, `adr/`, `rfcs/` and the like) or named like one.",
    )
    labels: Labels = Labels()
    cap: Annotated[int, Field(strict=True, ge=1, le=50)] = Field(
        7, description="How many findings the author gets; the architect sees all of them."
    )
    severity_threshold: Severity = Field(
        Severity.MEDIUM,
        description="Findings below this severity are for the architect only.",
    )
    analyst: Literal["auto", "offline"] = Field(
        "auto",
        description="`offline`: the rules judge and no text of this repository goes to a model. "
        "`auto`: whoever judges for the installation.",
    )
    ignore: Ignore = Ignore()


def json_schema() -> str:
    """The JSON Schema of the file, as `docs/lintel-yml.schema.json` holds it."""
    body = {"$schema": SCHEMA} | RepositoryConfig.model_json_schema()
    return json.dumps(body, indent=2) + "\n"
