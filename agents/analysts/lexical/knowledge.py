"""What the offline analyst knows, as YAML files beside the code."""

from collections.abc import Iterator
from importlib import resources
from typing import Any

import yaml

_LOADER: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ROOT = resources.files("agents.analysts.lexical")


def parsed(*path: str) -> Any:
    """The content of one file, as YAML gives it."""
    text = _ROOT.joinpath(*path).read_text("utf-8")
    return yaml.load(text, _LOADER)  # noqa: S506 - a safe loader


def folder(name: str) -> Iterator[tuple[str, Any]]:
    """Each YAML file of a folder by name, with its content."""
    for file in sorted(_ROOT.joinpath(name).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".yaml"):
            yield file.name, parsed(name, file.name)
