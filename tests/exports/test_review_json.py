"""The documentation of the JSON names the fields that the model has, all of them and no others."""

import json
import re
import types
import typing
from collections.abc import Iterator

from pydantic import BaseModel

from agents.evidence import Evidence
from service.exports.review_json import ReviewJson
from tests.cli.support import DESIGN, lintel
from tests.support import ROOT

DOCUMENTATION = (ROOT / "docs" / "review-json.md").read_text()


def documented() -> dict[str, str]:
    """Field to meaning, from the table."""
    rows = re.findall(r"^\| `([^`]+)` \| (.+) \|$", DOCUMENTATION, re.MULTILINE)
    assert len(rows) == len(dict(rows))
    return dict(rows)


def fields(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, bool]]:
    """Dotted paths of the leaves, and whether a leaf is evidence; `null` or an object gives both."""
    for name, field in model.model_fields.items():
        yield from leaves(field.annotation, f"{prefix}{name}")


def leaves(annotation: object, path: str) -> Iterator[tuple[str, bool]]:
    """The same for one annotation."""
    origin, inside = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is tuple:
        yield from leaves(inside[0], f"{path}[]")
    elif origin is types.UnionType:
        (kind,) = (a for a in inside if a is not type(None))
        if isinstance(kind, type) and issubclass(kind, BaseModel) and kind is not Evidence:
            yield path, False
        yield from leaves(kind, path)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation is Evidence:
            yield path, True
        else:
            yield from fields(annotation, f"{path}.")
    else:
        yield path, False


def test_documented_fields_are_those_of_the_model() -> None:
    described = documented()
    assert set(described) == set(dict(fields(ReviewJson)))
    evidence = {path for path, is_evidence in fields(ReviewJson) if is_evidence}
    assert {path for path, meaning in described.items() if "(evidence)" in meaning} == evidence


def test_the_six_fields_of_evidence_are_named() -> None:
    sentence = DOCUMENTATION.split("Evidence is the same wherever it stands:")[1].split("In the")[0]
    named = re.findall(r"`(\w+)`", sentence)
    assert set(Evidence.model_fields) <= set(named)


def test_every_field_is_in_the_output_and_it_is_deterministic() -> None:
    runs = [lintel("review", "-", "--format", "json", stdin=DESIGN.encode()) for _ in range(2)]
    bodies = [json.loads(run.stdout) for run in runs]
    for body in bodies:
        for step in body["provenance"]["steps"]:
            step["duration_ms"] = 0
    assert bodies[0] == bodies[1]
    assert (
        runs[0].stdout
        == ReviewJson.model_validate_json(runs[0].stdout).model_dump_json(indent=2).encode() + b"\n"
    )
    assert set(bodies[0]) == set(ReviewJson.model_fields)
    assert bodies[0]["schema_version"] == "1.2"
