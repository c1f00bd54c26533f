"""JSON schemas of the files of a case, from the types that read them."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from evals.cases import GOLD, META, SYSTEM, Gold, Meta
from evals.parts import GoldSystem

FILES: Mapping[str, type[BaseModel]] = {GOLD: Gold, META: Meta, SYSTEM: GoldSystem}
DRAFT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, Any]:
    """By file name. `system.yaml` may be missing, and so may what has a default."""
    return {
        name: {"$schema": DRAFT, "title": name, **_without_title(model.model_json_schema())}
        for name, model in FILES.items()
    }


def _without_title(schema: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key != "title"}
