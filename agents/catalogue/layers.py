"""The layers of a catalogue: the built-in files, then each overlay, merged field by field."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import ValidationError

from agents.catalogue.checks import Contents
from agents.catalogue.files import (
    FOLDERS,
    ID_FIELD,
    SINGLES,
    CatalogueError,
    Problem,
    SourceFile,
    Where,
    read,
    repeated_keys,
    schema_problems,
)
from agents.catalogue.schema import Disabled, Framework, Pattern, Threat, Vocabulary
from agents.values import Value

V = TypeVar("V", bound=Value)
Fields = dict[str, object]
Entry = tuple[str, str]
"""Folder and id."""

SETS_THE_EXAMPLES = ("preconditions", "applies_to")
"""Fields that decide when a threat applies: with other values, its examples are not true any more."""


@dataclass(frozen=True)
class Origin:
    """Which file says what about one entry."""

    last: SourceFile
    """The file of the last layer that names the entry."""
    fields: Mapping[str, SourceFile]
    """The last file that gives each field."""
    builtin: bool
    """False for an entry that an overlay added."""

    def of(self, where: Where) -> SourceFile:
        """The file that holds this place; where nobody gives the field, the last one."""
        return self.fields.get(str(where[0]), self.last) if where else self.last


@dataclass
class Layers:
    """What the files of all layers say, and what is wrong in them."""

    fields: dict[Entry, Fields] = field(default_factory=dict)
    origins: dict[Entry, Origin] = field(default_factory=dict)
    disabled: dict[str, tuple[Disabled, SourceFile]] = field(default_factory=dict)
    singles: dict[str, tuple[Fields, SourceFile]] = field(default_factory=dict)
    found: list[Problem] = field(default_factory=list)
    """What no typed value can be made of."""
    stale: list[Problem] = field(default_factory=list)
    """Overrides that left the examples behind."""

    @classmethod
    def of(cls, files: Sequence[Iterable[SourceFile]]) -> "Layers":
        """Reads the layers in order: the built-in one first, and the last one wins."""
        layers = cls()
        for layer in files:
            layers._read(layer)
        return layers

    def contents(self) -> Contents | None:
        """Everything as typed values; None without a vocabulary. Adds what does not fit to `found`."""
        vocabulary, source = self.singles["vocabulary.yaml"]
        words = self._parse(Vocabulary, vocabulary, Origin(source, {}, builtin=True))
        threats = self._parse_all(Threat, "threats")
        patterns = self._parse_all(Pattern, "patterns")
        frameworks = self._parse_all(Framework, "frameworks")
        if words is None:
            return None
        threats, patterns = self._related(threats, patterns)
        places = {entry: origin.of for entry, origin in self.origins.items()}
        return Contents(threats, patterns, frameworks, words, places)

    def _read(self, files: Iterable[SourceFile]) -> None:
        seen: dict[Entry, str] = {}
        for source in files:
            try:
                data = read(source)
            except CatalogueError as error:
                self.found += error.problems
                continue
            if not source.builtin:
                self.found += repeated_keys(source)
            if source.name in SINGLES and source.builtin:
                self.singles[source.name] = (data, source)
                continue
            misplaced = self._misplaced(source, data, seen)
            if misplaced is not None:
                self.found.append(misplaced)
                continue
            seen[source.folder, source.stem] = source.shown
            self._lay(source, data)

    def _misplaced(
        self, source: SourceFile, data: Fields, seen: Mapping[Entry, str]
    ) -> Problem | None:
        """A file must lie in a known folder under its own id."""
        if source.name in SINGLES:
            fix = "Remove it from the overlay"
            return source.problem((), "this file belongs to the product", fix)
        if source.folder not in FOLDERS:
            fix = f"Move the file into one of {', '.join(FOLDERS)}"
            return source.problem((), "no catalogue folder", fix)
        if source.name.endswith(".yml"):
            return source.problem((), "the file name ends in .yml", "Rename it to .yaml")
        key = ID_FIELD[source.folder]
        if data.get(key) != source.stem:
            fix = f"Write `{key}: {source.stem}` or rename the file"
            return source.problem((key,), f"`{key}` differs from the file name", fix)
        other = seen.get((source.folder, source.stem))
        if other is not None:
            return source.problem((key,), f"{other} has the same id", "Keep one of the files")
        if source.folder == "threats" and "disabled" not in data:
            return self._misfiled(source, data)
        return None

    def _misfiled(self, source: SourceFile, data: Fields) -> Problem | None:
        """A threat lies in the folder of its domain, which an earlier layer may have said."""
        before = self.fields.get((source.folder, source.stem), {})
        domain = data.get("domain", before.get("domain"))
        if domain is None or source.name.split("/")[1:-1] == [domain]:
            return None
        message = f"the domain `{domain}` differs from the folder"
        return source.problem(("domain",), message, f"Move the file to threats/{domain}/")

    def _lay(self, source: SourceFile, data: Fields) -> None:
        """Lay one file over what earlier layers say about the same id."""
        entry = (source.folder, source.stem)
        if source.folder == "threats" and "disabled" in data:
            try:
                self.disabled[source.stem] = (Disabled.model_validate(data), source)
            except ValidationError as error:
                self.found += schema_problems(lambda _: source, error)
            return
        before, origin = self.fields.get(entry, {}), self.origins.get(entry)
        if source.folder == "threats":
            self.disabled.pop(source.stem, None)
            self.stale += _stale_examples(source, data, before)
        self.fields[entry] = {**before, **data}
        given = {**(origin.fields if origin else {}), **dict.fromkeys(data, source)}
        self.origins[entry] = Origin(source, given, origin.builtin if origin else source.builtin)

    def _parse_all(self, type_: type[V], folder: str) -> dict[str, V]:
        parsed = {
            entry[1]: self._parse(type_, self.fields[entry], self.origins[entry])
            for entry in sorted(self.fields)
            if entry[0] == folder
        }
        return {id_: value for id_, value in parsed.items() if value is not None}

    def _parse(self, type_: type[V], data: Fields, origin: Origin) -> V | None:
        try:
            return type_.model_validate(data)
        except ValidationError as error:
            self.found += schema_problems(origin.of, error)
            return None

    def _related(
        self, threats: dict[str, Threat], patterns: dict[str, Pattern]
    ) -> tuple[dict[str, Threat], dict[str, Pattern]]:
        """What an added entry says about covering holds for the other side too.

        So a pattern of an organisation need not restate the lists of the threats it covers, which
        would go stale with the next version of the built-in catalogue.
        """
        added = [entry for entry, origin in self.origins.items() if not origin.builtin]
        pairs = [
            (id_, covered)
            for folder, id_ in added
            if folder == "patterns" and id_ in patterns
            for covered in patterns[id_].covers_threats
        ]
        pairs += [
            (road, id_)
            for folder, id_ in added
            if folder == "threats" and id_ in threats
            for road in threats[id_].paved_road_patterns
        ]
        for road, id_ in sorted(pairs):
            if road in patterns and id_ in threats:
                roads = _with(threats[id_].paved_road_patterns, road)
                covers = _with(patterns[road].covers_threats, id_)
                threats[id_] = threats[id_].model_copy(update={"paved_road_patterns": roads})
                patterns[road] = patterns[road].model_copy(update={"covers_threats": covers})
        return threats, patterns


def _with(ids: tuple[str, ...], id_: str) -> tuple[str, ...]:
    return ids if id_ in ids else (*ids, id_)


def _stale_examples(source: SourceFile, data: Fields, before: Fields) -> list[Problem]:
    """An override that changes when a threat applies says which examples are true now."""
    if not before or "examples" in data:
        return []
    for name in SETS_THE_EXAMPLES:
        if name in data and data[name] != before.get(name):
            message = f"`{name}` changes when the threat applies, but not its examples"
            fix = "Give `examples` that fit, or `examples: {}` for none"
            return [source.problem((name,), message, fix)]
    return []
