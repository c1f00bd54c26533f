"""The configuration in force: the repository's file, then the organisation's, then defaults."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence

from agents.values import Value
from service.repository_config.model import RepositoryConfig

DEFAULT = "default"

Keys = Mapping[str, object]
"""Values by key; those of a group with a point, as in `ignore.paths`."""


class Layer(Value):
    """One file that is in force."""

    shown: str
    """As people know it, `.github/lintel.yml` or `acme/.github: lintel.yml`."""
    version: str = ""
    """The commit or, without one, the blob that it was read from; empty for a file on disk."""
    given: dict[str, object]
    """What stands in it, by key: what is left out there is left to the next layer."""

    @property
    def origin(self) -> str:
        """The file with the beginning of its version."""
        return f"{self.shown} at {self.version[:12]}" if self.version else self.shown


class EffectiveConfig(Value):
    """What holds for one review, with where each value comes from. Stored with the review."""

    config: RepositoryConfig
    origins: dict[str, str]
    """`default` or a layer's `origin`, for each key."""
    notes: tuple[str, ...] = ()
    """What is wrong with a file, in sentences."""

    @property
    def files(self) -> tuple[str, ...]:
        """The files that a value comes from."""
        return tuple(sorted({*self.origins.values()} - {DEFAULT}))

    @property
    def sha256(self) -> str:
        """Names the values, wherever they come from."""
        return hashlib.sha256(self.config.model_dump_json().encode()).hexdigest()

    def noting(self, *notes: str) -> "EffectiveConfig":
        """The same with more to say."""
        return self.model_copy(update={"notes": (*self.notes, *notes)})


def stored(config: Mapping[str, object] | None, *, cap: int) -> RepositoryConfig:
    """The values that a review was stored with; the defaults for one of before there were any."""
    if config is None:
        return RepositoryConfig(cap=cap)
    return EffectiveConfig.model_validate(config).config


def layer(shown: str, version: str, config: RepositoryConfig) -> Layer:
    """A file as a layer: only what is written in it."""
    given = dict(by_key(config.model_dump(mode="json", exclude_unset=True)))
    return Layer(shown=shown, version=version, given=given)


def effective(layers: Sequence[Layer], *, cap: int) -> EffectiveConfig:
    """The layers, nearest first, over the defaults; `cap` is the installation's own."""
    defaults = RepositoryConfig(cap=cap).model_dump(mode="json")
    values: dict[str, object] = dict(by_key(defaults))
    origins = dict.fromkeys(values, DEFAULT)
    for one in reversed(layers):
        # What another version wrote may hold a key that this one does not know.
        known = {key: value for key, value in one.given.items() if key in values}
        values |= known
        origins |= dict.fromkeys(known, one.origin)
    return EffectiveConfig(config=RepositoryConfig.model_validate(_nested(values)), origins=origins)


def by_key(values: Keys) -> Iterator[tuple[str, object]]:
    """The values of groups under keys of their own, in the model's order."""
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from ((f"{key}.{inner}", part) for inner, part in value.items())
        else:
            yield key, value


def _nested(values: Keys) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in values.items():
        group, _, inner = key.partition(".")
        if inner:
            part = found.setdefault(group, {})
            if isinstance(part, dict):
                part[inner] = value
        else:
            found[key] = value
    return found
