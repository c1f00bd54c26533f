"""Looking through the lenses: what the design says outright, and what it leaves open."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from agents.analysts.base import Reading
from agents.analysts.lexical.facts import lines
from agents.analysts.lexical.index import Hit, Index
from agents.analysts.lexical.lens import Lens, lenses
from agents.analysts.lexical.sayings import comes_later, left_to_choice, named
from agents.analysts.lexical.signals import answers, index_of, stands
from agents.catalogue.loader import Threat
from agents.evidence import Evidence, Label
from agents.findings import Finding
from agents.steps.judge import of_threat, on_silence
from agents.system import Component, Standing

_PER_LENS = 2
_MOST_SEEN = 20
"""Places at which one lens stops; beyond these a document repeats itself."""
PEOPLE = frozenset({"external_user", "human_operator", "external_content"})


@dataclass(frozen=True)
class Sight:
    """A place at which a lens stops."""

    evidence: Evidence
    component: Component | None


def look(reading: Reading, through: Sequence[Lens] | None = None) -> Iterator[Finding]:
    """Findings of these lenses, all by default, in their order."""
    index = index_of(reading.documents)
    for lens in lenses() if through is None else through:
        threat = reading.catalogue.threats.get(lens.threat)
        if threat is not None and (not lens.kinds or reading.system.of_kind(*lens.kinds)):
            yield from _through(lens, threat, index, reading)


def _through(lens: Lens, threat: Threat, index: Index, reading: Reading) -> Iterator[Finding]:
    stated = _stated(lens, index, reading)
    if stated or not lens.gap:
        yield from (_finding(lens, threat, sight, "", reading) for sight in stated)
        return
    if lens.also and not index.find_any(lens.also, _there):
        return
    occasion = _occasion(lens, index, reading)
    if occasion is None or index.find_any(lens.settled, answers):
        return
    weak = _weak(lens, index, occasion, reading)
    if weak is not None:
        yield _finding(lens, threat, *weak, reading)
    else:
        yield on_silence(
            _finding(lens, threat, _absent(occasion, lens), _missing(lens), reading), reading
        )


def _stated(lens: Lens, index: Index, reading: Reading) -> list[Sight]:
    """Where the text states the weakness: places that name a part, or one where none does."""
    taken_back = {hit.number for hit in index.find_any(lens.unless)}
    places: dict[str, Sight] = {}
    for hit in index.find_any(lens.says)[:_MOST_SEEN]:
        if hit.number in taken_back or stands(hit) is Standing.PLANNED:
            continue
        sight = sight_of(hit, reading)
        if sight is not None:
            places.setdefault(sight.component.id if sight.component else "", sight)
    named_ones = [sight for key, sight in places.items() if key]
    return named_ones[:_PER_LENS] or list(places.values())[:1]


def _occasion(lens: Lens, index: Index, reading: Reading) -> Sight | None:
    """Where the design has the mechanism: the first place that names a part, or the first."""
    if not lens.when:
        return _of_kind(lens, reading)
    hits = index.find_any(lens.when, _there)
    if len(hits) < lens.least:
        return None
    sights = [sight for hit in hits[:_MOST_SEEN] if (sight := sight_of(hit, reading, lens.kinds))]
    return min(sights, key=lambda sight: _aptness(sight, lens), default=None)


def _aptness(sight: Sight, lens: Lens) -> int:
    """Places that name a part of the lens's kinds come first, then those of any part."""
    if sight.component is None:
        return 2
    return int(bool(lens.kinds) and sight.component.kind not in lens.kinds)


def _of_kind(lens: Lens, reading: Reading) -> Sight | None:
    """The component of these kinds that is connected most."""
    degrees = reading.system.degrees
    parts = reading.system.of_kind(*lens.kinds)
    best = min(parts, key=lambda part: (-degrees.get(part.id, 0), part.id), default=None)
    return Sight(best.evidence[0], best) if best is not None and best.evidence else None


def _weak(lens: Lens, index: Index, occasion: Sight, reading: Reading) -> tuple[Sight, str] | None:
    """The control is spoken of, but left to choice or put off: the sentence that says so."""
    for hit in index.find_any(lens.settled)[:_MOST_SEEN]:
        how = _how(hit)
        sight = sight_of(hit, reading) if how else None
        if sight is not None:
            place = replace(sight, component=sight.component or occasion.component)
            return place, f"By {lines(sight.evidence)}, it is {how}."
    return None


def _how(hit: Hit) -> str:
    """In what way a sentence about a control falls short of it; empty when it does not."""
    way, text = stands(hit), hit.sentence.text
    if way is Standing.CONDITIONAL and left_to_choice(text):
        return "left to choice"
    if way is Standing.PLANNED and comes_later(text):
        return "put off"
    return "not there" if way is Standing.NEGATED else ""


def _there(hit: Hit) -> bool:
    """True for a mechanism of the design; one that may be switched on is there as well."""
    return stands(hit) in (Standing.IN_FORCE, Standing.CONDITIONAL)


def sight_of(hit: Hit, reading: Reading, kinds: Collection[str] = ()) -> Sight | None:
    """The sentence as evidence with the part it names, if it names one that is no person."""
    evidence = hit.sentence.evidence(reading.documents[hit.sentence.path])
    if evidence is None:
        return None
    system, text = reading.system, hit.sentence.text
    component = (named(system, text, hit.at, kinds) if kinds else None) or named(
        system, text, hit.at
    )
    # What is wrong is wrong with the design, not with its users.
    people = component is not None and component.kind in PEOPLE
    return Sight(evidence, None if people else component)


def _absent(sight: Sight, lens: Lens) -> Sight:
    note = {"label": Label.ABSENT, "note": lens.gap}
    return replace(sight, evidence=sight.evidence.model_copy(update=note))


def _missing(lens: Lens) -> str:
    return f"The document does not say {lens.gap}."


def _finding(lens: Lens, threat: Threat, sight: Sight, ending: str, reading: Reading) -> Finding:
    component = sight.component
    name = component.name if component is not None else "the design"
    base = of_threat(threat, reading)
    likelihood, impact = lens.likelihood or base.likelihood, lens.impact or base.impact
    why = lens.why.format(name=name, line=lines(sight.evidence))
    return base.model_copy(
        update={
            "id": f"{lens.id}@{component.id if component is not None else 'document'}",
            "title": lens.title,
            "stride": lens.stride or base.stride,
            "component_id": component.id if component is not None else None,
            "component_name": name,
            "likelihood": likelihood,
            "impact": impact,
            "severity": reading.catalogue.vocabulary.severity(likelihood * impact),
            "why": f"{why[:1].upper()}{why[1:]} {ending}".strip(),
            "change": lens.change,
            "question": lens.question,
            "evidence": (sight.evidence,),
        }
    )
