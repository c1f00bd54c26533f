"""Checks across catalogue files: what no single file can know about itself."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from agents.catalogue.files import Problem, SourceFile, Where
from agents.catalogue.schema import (
    ANY_KIND,
    FlowPredicate,
    Framework,
    Pattern,
    Predicate,
    Threat,
    Vocabulary,
)

FEWEST_CONTROLS, MOST_CONTROLS = 2, 4
NO_FLOW = FlowPredicate.model_construct()


@dataclass(frozen=True)
class Contents:
    """Everything read, with the files that gave it. Threats include those switched off."""

    threats: Mapping[str, Threat]
    patterns: Mapping[str, Pattern]
    frameworks: Mapping[str, Framework]
    vocabulary: Vocabulary
    places: Mapping[tuple[str, str], Callable[[Where], SourceFile]]
    """By (folder, id): the file that says what stands at a place of the entry."""

    def problem(self, folder: str, id_: str, where: Where, message: str, fix: str) -> Problem:
        """An error in the file of an entry."""
        return self.places[folder, id_](where).problem(where, message, fix)


def problems(contents: Contents) -> list[Problem]:
    """All errors across files, by file and line."""
    found = [wrong for threat in contents.threats.values() for wrong in _threat(threat, contents)]
    for pattern in contents.patterns.values():
        found += _pattern(pattern, contents)
    found += _relation(contents)
    return sorted(found, key=lambda p: (p.file, p.line or 0, p.message))


def resolve(reference: str, frameworks: Mapping[str, Framework]) -> str | None:
    """Title behind `framework/id`, or None when there is no such id. Ids may hold slashes."""
    key, _, id_ = reference.partition("/")
    framework = frameworks.get(key)
    item = framework.item(id_) if framework else None
    return item.full_title or item.title if item else None


def _threat(threat: Threat, contents: Contents) -> Iterator[Problem]:
    def wrong(where: Where, message: str, fix: str) -> Problem:
        return contents.problem("threats", threat.id, where, message, fix)

    words = contents.vocabulary
    count = len(threat.recommended_controls)
    if not threat.review_question.endswith("?"):
        yield wrong(
            ("review_question",), "the review question has no question mark", "End it with `?`"
        )
    if not FEWEST_CONTROLS <= count <= MOST_CONTROLS:
        message = f"{count} recommended controls"
        yield wrong(("recommended_controls",), message, "Give two to four")
    if threat.domain not in words.domains:
        message = f"`{threat.domain}` is no domain"
        yield wrong(("domain",), message, f"Use one of {', '.join(words.domains)}")
    for place, allowed, values in _terms(threat, words):
        for position, value in enumerate(values):
            if value not in allowed:
                message = f"`{value}` is not in the vocabulary"
                yield wrong((*place, position), message, f"Use one of {', '.join(sorted(allowed))}")
    for place, reference in _references(threat):
        if resolve(reference, contents.frameworks) is None:
            fix = "Correct the id or add it to the framework file"
            yield wrong(place, f"`{reference}` does not resolve", fix)


Terms = tuple[Where, frozenset[str], Iterable[str]]


def _terms(threat: Threat, words: Vocabulary) -> Iterator[Terms]:
    yield ("applies_to",), words.kinds, threat.applies_to
    yield ("stride",), frozenset(words.stride), threat.stride
    for group in ("all_of", "any_of"):
        listed: tuple[Predicate, ...] = getattr(threat.preconditions, group)
        for position, predicate in enumerate(listed):
            place: Where = ("preconditions", group, position)
            for inner, allowed, values in _predicate_terms(predicate, words):
                yield (*place, *inner), allowed, values


def _predicate_terms(predicate: Predicate, words: Vocabulary) -> Iterator[Terms]:
    ends = words.kinds | {ANY_KIND}
    flow = predicate.flow or NO_FLOW
    table: tuple[tuple[Where, frozenset[str], Iterable[str] | None], ...] = (
        (("component_any_of",), words.kinds, predicate.component_any_of),
        (("attribute_any_of",), words.attributes, predicate.attribute_any_of),
        (("data_class_any_of",), words.data_classes, predicate.data_class_any_of),
        (("crosses_boundary_any_of",), words.boundaries, predicate.crosses_boundary_any_of),
        (("flow", "from_any_of"), ends, flow.from_any_of),
        (("flow", "to_any_of"), ends, flow.to_any_of),
        (("flow", "crosses_any_of"), words.boundaries, flow.crosses_any_of),
        (("flow", "carries_any_of"), words.data_classes, flow.carries_any_of),
    )
    for place, allowed, values in table:
        if values is not None:
            yield place, allowed, values


def _references(threat: Threat) -> Iterator[tuple[Where, str]]:
    for position, reference in enumerate(threat.references):
        yield ("references", position), reference
    for position, weakness in enumerate(threat.cwe):
        yield ("cwe", position), f"cwe/{weakness}"


def _pattern(pattern: Pattern, contents: Contents) -> Iterator[Problem]:
    allowed = contents.vocabulary.kinds
    for position, kind in enumerate(pattern.applies_to):
        if kind not in allowed:
            message = f"`{kind}` is not in the vocabulary"
            fix = f"Use one of {', '.join(sorted(allowed))}"
            yield contents.problem("patterns", pattern.id, ("applies_to", position), message, fix)


def _relation(contents: Contents) -> Iterator[Problem]:
    """Covering is said on both sides or on neither."""
    threats, patterns = contents.threats, contents.patterns
    for threat in threats.values():
        for position, id_ in enumerate(threat.paved_road_patterns):
            place: Where = ("paved_road_patterns", position)
            if id_ not in patterns:
                message, fix = f"there is no pattern `{id_}`", "Correct the id or add the pattern"
            elif threat.id not in patterns[id_].covers_threats:
                message = f"pattern `{id_}` does not say that it covers this threat"
                fix = f"Add `{threat.id}` to covers_threats of `{id_}` or remove `{id_}` here"
            else:
                continue
            yield contents.problem("threats", threat.id, place, message, fix)
    for pattern in patterns.values():
        for position, id_ in enumerate(pattern.covers_threats):
            place = ("covers_threats", position)
            if id_ not in threats:
                message, fix = f"there is no threat `{id_}`", "Correct the id or add the threat"
            elif pattern.id not in threats[id_].paved_road_patterns:
                message = f"threat `{id_}` does not name this pattern"
                fix = f"Add `{pattern.id}` to paved_road_patterns of `{id_}` or remove it here"
            else:
                continue
            yield contents.problem("patterns", pattern.id, place, message, fix)
