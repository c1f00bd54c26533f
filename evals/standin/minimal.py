"""The smallest value that a JSON schema allows."""

from collections.abc import Mapping
from typing import Any

from evals.standin.brains import Asked, Value

_FORMATS = {
    "date": "2026-01-01",
    "date-time": "2026-01-01T00:00:00Z",
    "email": "a@b.c",
    "uri": "a:b",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
_CONSTANT: Mapping[str, object] = {"boolean": False, "null": None}


class Minimal:
    """Answers every step with the least that its schema allows: empty lists, shortest texts."""

    def answer(self, asked: Asked) -> Value:
        found = smallest(asked.schema, asked.schema)
        return found if isinstance(found, dict) else {}


def smallest(schema: Mapping[str, Any], root: Mapping[str, Any]) -> object:
    """A value for `schema`, whose references point into `root`. Optional members are left out, of
    alternatives `null` is taken, else the first. Raises `ValueError` on a pattern."""
    if "$ref" in schema:
        return smallest(_resolve(schema["$ref"], root), root)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if choices := schema.get("anyOf") or schema.get("oneOf"):
        empty = any(choice.get("type") == "null" for choice in choices)
        return None if empty else smallest(choices[0], root)
    if "allOf" in schema:
        merged: dict[str, Any] = {}
        for part in schema["allOf"]:
            merged |= _resolve(part["$ref"], root) if "$ref" in part else part
        return smallest(merged, root)
    kind = schema.get("type", "object")
    if isinstance(kind, list):
        kind = "null" if "null" in kind else kind[0]
    return _of_type(kind, schema, root)


def _of_type(kind: str, schema: Mapping[str, Any], root: Mapping[str, Any]) -> object:
    if kind in _CONSTANT:
        return _CONSTANT[kind]
    if kind == "object":
        members = schema.get("properties", {})
        return {name: smallest(members[name], root) for name in schema.get("required", ())}
    if kind == "array":
        fixed = [smallest(item, root) for item in schema.get("prefixItems", ())]
        missing = schema.get("minItems", 0) - len(fixed)
        return fixed + [smallest(schema["items"], root) for _ in range(missing)]
    if kind == "string":
        return _string(schema)
    return _number(kind, schema)


def _string(schema: Mapping[str, Any]) -> str:
    if "pattern" in schema:
        raise ValueError(f"no smallest text for the pattern {schema['pattern']!r}: script it")
    if found := _FORMATS.get(schema.get("format", "")):
        return found
    return "x" * int(schema.get("minLength", 0))


def _number(kind: str, schema: Mapping[str, Any]) -> float:
    step = 1 if kind == "integer" else 0.5
    low = schema.get("minimum", schema.get("exclusiveMinimum", 0))
    if "exclusiveMinimum" in schema and low == schema["exclusiveMinimum"]:
        low += step
    high = schema.get("maximum", low)
    return float(min(low, high)) if kind == "number" else int(min(low, high))


def _resolve(reference: str, root: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Any = root
    for name in reference.removeprefix("#/").split("/"):
        found = found[name.replace("~1", "/").replace("~0", "~")]
    resolved: Mapping[str, Any] = found
    return resolved
