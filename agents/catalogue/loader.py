"""Loads the catalogue from its files, with an organisation's own directories laid over it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from pydantic import ValidationError

from agents.catalogue.checks import Contents, problems, resolve
from agents.catalogue.files import (
    FOLDERS,
    ID_FIELD,
    SINGLES,
    SourceFile,
    builtin_files,
    content_hash,
    overlay_files,
    read,
    repeated_keys,
    schema_problems,
)
from agents.catalogue.files import CatalogueError as CatalogueError
from agents.catalogue.files import Problem as Problem
from agents.catalogue.references import ordered_references as ordered_references
from agents.catalogue.schema import Disabled, Framework, Vocabulary
from agents.catalogue.schema import Pattern as Pattern
from agents.catalogue.schema import Threat as Threat
from agents.values import Value

V = TypeVar("V", bound=Value)
Fields = dict[str, object]
Entry = tuple[str, str]
"""Folder and id."""


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


@dataclass
class _Layers:
    """Files of all layers while they are being read."""

    fields: dict[Entry, Fields] = field(default_factory=dict)
    sources: dict[Entry, SourceFile] = field(default_factory=dict)
    disabled: dict[str, tuple[Disabled, SourceFile]] = field(default_factory=dict)
    singles: dict[str, tuple[Fields, SourceFile]] = field(default_factory=dict)
    found: list[Problem] = field(default_factory=list)


def load(overlays: Sequence[Path] = (), *, today: date | None = None) -> Catalogue:
    """The built-in catalogue with `overlays` laid over it; a later directory wins.

    A file of an overlay adds an entry or, for an id that exists, replaces the fields it gives. A
    threat file `{id, disabled: true, reason, expires}` switches a threat off until that day.
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
    layers = _Layers()
    for number, layer in enumerate(files):
        _read_layer(layer, layers, builtin=number == 0)
    contents = _validate(layers)
    if contents is None or layers.found:
        return None, layers.found
    layers.found += problems(contents)
    layers.found += _unknown_disabled(layers, contents)
    if layers.found:
        return None, layers.found
    off = {id_: d for id_, (d, _) in layers.disabled.items() if not d.expires or d.expires >= today}
    version = str(layers.singles["version.yaml"][0]["version"])
    catalogue = _in_force(contents, off, version, content_hash(files))
    return catalogue, _warnings(layers, contents, off, today)


def _read_layer(files: Iterable[SourceFile], layers: _Layers, *, builtin: bool) -> None:
    seen: dict[Entry, str] = {}
    for source in files:
        try:
            data = read(source)
        except CatalogueError as error:
            layers.found += error.problems
            continue
        if not builtin:
            layers.found += repeated_keys(source)
        if source.name in SINGLES and builtin:
            layers.singles[source.name] = (data, source)
            continue
        misplaced = _misplaced(source, data, seen)
        if misplaced is not None:
            layers.found.append(misplaced)
            continue
        seen[source.folder, source.stem] = source.shown
        _read_entry(source, data, layers)


def _misplaced(source: SourceFile, data: Fields, seen: Mapping[Entry, str]) -> Problem | None:
    """A file must lie in a known folder under its own id."""
    if source.name in SINGLES:
        return source.problem((), "this file belongs to the product", "Remove it from the overlay")
    if source.folder not in FOLDERS:
        return source.problem(
            (), "no catalogue folder", f"Move the file into one of {', '.join(FOLDERS)}"
        )
    if source.name.endswith(".yml"):
        return source.problem((), "the file name ends in .yml", "Rename it to .yaml")
    key = ID_FIELD[source.folder]
    if data.get(key) != source.stem:
        fix = f"Write `{key}: {source.stem}` or rename the file"
        return source.problem((key,), f"`{key}` differs from the file name", fix)
    other = seen.get((source.folder, source.stem))
    if other is not None:
        return source.problem((key,), f"{other} has the same id", "Keep one of the files")
    domain = data.get("domain")
    if source.folder == "threats" and domain is not None and f"/{domain}/" not in source.name:
        fix = f"Move the file to threats/{domain}/"
        return source.problem(("domain",), "`domain` differs from the folder", fix)
    return None


def _read_entry(source: SourceFile, data: Fields, layers: _Layers) -> None:
    """Lay one file over what earlier layers say about the same id."""
    if source.folder == "threats" and "disabled" in data:
        try:
            layers.disabled[source.stem] = (Disabled.model_validate(data), source)
        except ValidationError as error:
            layers.found += schema_problems(source, error)
        return
    entry = (source.folder, source.stem)
    if source.folder == "threats":
        layers.disabled.pop(source.stem, None)
    layers.fields[entry] = {**layers.fields.get(entry, {}), **data}
    layers.sources[entry] = source


def _validate(layers: _Layers) -> Contents | None:
    vocabulary, source = layers.singles["vocabulary.yaml"]
    words = _parse(Vocabulary, vocabulary, source, layers.found)
    threats = _parse_all(Threat, "threats", layers)
    patterns = _parse_all(Pattern, "patterns", layers)
    frameworks = _parse_all(Framework, "frameworks", layers)
    if words is None:
        return None
    return Contents(threats, patterns, frameworks, words, layers.sources)


def _parse_all(type_: type[V], folder: str, layers: _Layers) -> dict[str, V]:
    entries = sorted(entry for entry in layers.fields if entry[0] == folder)
    parsed = {
        entry[1]: _parse(type_, layers.fields[entry], layers.sources[entry], layers.found)
        for entry in entries
    }
    return {id_: value for id_, value in parsed.items() if value is not None}


def _parse(type_: type[V], data: Fields, source: SourceFile, found: list[Problem]) -> V | None:
    try:
        return type_.model_validate(data)
    except ValidationError as error:
        found += schema_problems(source, error)
        return None


def _unknown_disabled(layers: _Layers, contents: Contents) -> list[Problem]:
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


def _warnings(
    layers: _Layers, contents: Contents, off: Mapping[str, Disabled], today: date
) -> list[Problem]:
    """What works but deserves a look: a switch that ran out, a pattern past its review date."""
    found = []
    for id_, (_, source) in layers.disabled.items():
        if id_ not in off:
            found.append(
                source.warning(
                    ("expires",), "the threat is back in force", "Renew or remove the file"
                )
            )
    for pattern in contents.patterns.values():
        if pattern.review_by is not None and pattern.review_by < today:
            source = layers.sources["patterns", pattern.id]
            found.append(
                source.warning(("review_by",), "the review date has passed", "Review the pattern")
            )
    return found
