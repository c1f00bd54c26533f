"""Warnings: what works in a catalogue but deserves a look."""

from collections.abc import Container, Iterator, Mapping
from datetime import date

from agents.catalogue.files import Problem
from agents.catalogue.layers import Layers, Origin
from agents.catalogue.schema import Pattern, Threat
from agents.catalogue.skeletons import PLACEHOLDER


def warnings(
    layers: Layers,
    threats: Mapping[str, Threat],
    patterns: Mapping[str, Pattern],
    today: date,
) -> list[Problem]:
    """About overlays alone; `threats` are those in force."""
    found = [*_switches(layers, threats), *_reviews(layers, patterns, today)]
    found += [*_examples(layers, threats), *_placeholders(layers)]
    return sorted(found, key=lambda p: (p.file, p.line or 0, p.message))


def _switches(layers: Layers, in_force: Container[str]) -> Iterator[Problem]:
    """A switch that ran out."""
    for id_, (_, source) in layers.disabled.items():
        if id_ in in_force:
            message, fix = "the threat is back in force", "Renew or remove the file"
            yield source.warning(("expires",), message, fix)


def _reviews(layers: Layers, patterns: Mapping[str, Pattern], today: date) -> Iterator[Problem]:
    """A pattern past its review date."""
    for pattern in patterns.values():
        if pattern.review_by is not None and pattern.review_by < today:
            source = layers.origins["patterns", pattern.id].of(("review_by",))
            yield source.warning(("review_by",), "the review date has passed", "Review the pattern")


def _examples(layers: Layers, threats: Mapping[str, Threat]) -> Iterator[Problem]:
    """A threat of an overlay, or examples of an overlay, that show too little."""
    for threat in threats.values():
        origin = layers.origins["threats", threat.id]
        source = origin.of(("examples",))
        ours = not source.builtin and ("examples" in origin.fields or not origin.builtin)
        shown = {"fires": threat.examples.fires, "quiet": threat.examples.quiet}
        missing = " and no ".join(f"`{name}`" for name, texts in shown.items() if not texts)
        if missing and ours:
            message = f"the threat has no {missing} example"
            fix = "Write a few sentences of a design under `examples`"
            yield source.warning(("examples",), message, fix)


def _placeholders(layers: Layers) -> Iterator[Problem]:
    """Text of a skeleton that nobody has replaced; one warning for each file."""
    for entry, origin in layers.origins.items():
        name = _unwritten(layers.fields[entry], origin)
        if name is not None:
            message = f"`{name}` still holds the text of a skeleton"
            fix = f"Replace every value that begins with {PLACEHOLDER}"
            yield origin.of((name,)).warning((name,), message, fix)


def _unwritten(fields: Mapping[str, object], origin: Origin) -> str | None:
    overlaid = (name for name in fields if not origin.of((name,)).builtin)
    return next((name for name in overlaid if _holds_placeholder(fields[name])), None)


def _holds_placeholder(value: object) -> bool:
    if isinstance(value, str):
        return value.startswith(PLACEHOLDER)
    if isinstance(value, dict):
        return any(_holds_placeholder(inner) for inner in value.values())
    return isinstance(value, list) and any(_holds_placeholder(inner) for inner in value)
