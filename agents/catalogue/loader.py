"""Loads the catalogue from its files, with an organisation's own directories laid over it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType

from agents.catalogue.advice import warnings
from agents.catalogue.checks import Contents, problems, resolve
from agents.catalogue.files import CatalogueError as CatalogueError
from agents.catalogue.files import Problem as Problem
from agents.catalogue.files import builtin_files, content_hash, overlay_files
from agents.catalogue.layers import Layers
from agents.catalogue.references import ordered_references as ordered_references
from agents.catalogue.schema import Disabled, Framework, Vocabulary
from agents.catalogue.schema import Pattern as Pattern
from agents.catalogue.schema import Threat as Threat


@dataclass(frozen=True, eq=False)
class Catalogue:
    """The knowledge in force. One object per set of directories, compared by identity."""

    threats: Mapping[str, Threat]
    """In force, by id; those switched off are in `disabled`."""
    patterns: Mapping[str, Pattern]
    """By id; `covers_threats` names threats in force only."""
    frameworks: Mapping[str, Framework]
    vocabulary: Vocabulary
    version: str
    """Date based, `2026.11`."""
    hash: str
    """Sha256 over all files of all layers."""
    disabled: Mapping[str, Disabled] = field(default_factory=lambda: MappingProxyType({}))


def load(overlays: Sequence[Path] = (), *, today: date | None = None) -> Catalogue:
    """The built-in catalogue with `overlays` laid over it; a later directory wins.

    A file of an overlay adds an entry or, for an id that exists, replaces the fields it gives. A
    threat file `{id, disabled: true, reason, expires}` switches a threat off until that day. The
    rules are in docs/catalogue.md.
    Raises CatalogueError with every problem found. The built-in catalogue is read once.
    """
    if not overlays:
        return _builtin()
    catalogue, found = _assemble(overlays, today or datetime.now(UTC).date())
    if catalogue is None:
        raise CatalogueError(found)
    return catalogue


def check(overlays: Sequence[Path] = (), *, today: date | None = None) -> list[Problem]:
    """Errors and warnings of the catalogue with these directories; empty when all is well."""
    try:
        return _assemble(overlays, today or datetime.now(UTC).date())[1]
    except CatalogueError as error:
        return list(error.problems)


def reference_title(catalogue: Catalogue, ref: str) -> str | None:
    """Title behind `framework/id`; a retired id gives its successor's title, an unknown one None."""
    return resolve(ref, catalogue.frameworks)


@cache
def _builtin() -> Catalogue:
    catalogue, found = _assemble((), date.min)
    if catalogue is None:
        raise CatalogueError(found)
    return catalogue


def _assemble(overlays: Sequence[Path], today: date) -> tuple[Catalogue | None, list[Problem]]:
    files = [builtin_files(), *(overlay_files(Path(path)) for path in overlays)]
    layers = Layers.of(files)
    contents = layers.contents()
    if contents is None or layers.found:
        return None, layers.found
    layers.found += [*problems(contents), *layers.stale, *_unknown_disabled(layers, contents)]
    if layers.found:
        return None, layers.found
    off = {id_: d for id_, (d, _) in layers.disabled.items() if not d.expires or d.expires >= today}
    version = str(layers.singles["version.yaml"][0]["version"])
    catalogue = _in_force(contents, off, version, content_hash(files))
    return catalogue, warnings(layers, catalogue.threats, catalogue.patterns, today)


def _unknown_disabled(layers: Layers, contents: Contents) -> list[Problem]:
    return [
        source.problem(("id",), f"there is no threat `{id_}`", "Correct the id or remove the file")
        for id_, (_, source) in layers.disabled.items()
        if id_ not in contents.threats
    ]


def _in_force(
    contents: Contents, off: Mapping[str, Disabled], version: str, hash_: str
) -> Catalogue:
    threats = {id_: threat for id_, threat in contents.threats.items() if id_ not in off}
    patterns = {
        id_: pattern.model_copy(
            update={"covers_threats": tuple(t for t in pattern.covers_threats if t in threats)}
        )
        for id_, pattern in contents.patterns.items()
    }
    return Catalogue(
        threats=MappingProxyType(threats),
        patterns=MappingProxyType(patterns),
        frameworks=MappingProxyType(dict(contents.frameworks)),
        vocabulary=contents.vocabulary,
        version=version,
        hash=hash_,
        disabled=MappingProxyType(dict(off)),
    )
