"""Offline merging: the same part, the same kind of fix, the same place in the text."""

from collections.abc import Sequence

from agents.analysts.base import Reading
from agents.analysts.lexical.lens import Lens, by_id
from agents.analysts.lexical.terms import expectation, families, shared_words
from agents.evidence import Label
from agents.findings import Finding


def merge(findings: Sequence[Finding], reading: Reading) -> tuple[Finding, ...]:
    """One finding for each attack on one part with one fix; the closest to the quote remains."""
    kept: list[Finding] = []
    for finding in sorted(
        findings,
        key=lambda f: (_silent(f), _by_catalogue(f), -_fit(f, reading), -_weight(f), f.id),
    ):
        at = next((i for i, k in enumerate(kept) if same(k, finding, reading)), None)
        if at is None:
            kept.append(finding)
        else:
            kept[at] = _joined(kept[at], finding)
    order = {finding.id: i for i, finding in enumerate(findings)}
    return tuple(sorted(kept, key=lambda f: order[f.id]))


def same(one: Finding, other: Finding, reading: Reading) -> bool:
    """The same attack on the same part with the same fix."""
    seen, also_seen = lens_of(one), lens_of(other)
    if seen and also_seen:
        # Two lenses ask for two things, unless one repeats as silence what the other says of a line.
        told = _same_quote_said(one, other) and one.threat_id == other.threat_id
        here = one.component_id == other.component_id
        if seen.id == also_seen.id:
            return here or (_said(one) and _said(other) and _overlap(one, other, apart=1))
        answered = other.threat_id in seen.answers or one.threat_id in also_seen.answers
        return (here and told) or (answered and (here or _overlap(one, other)))
    if seen or also_seen:
        special, plain = (one, other) if seen else (other, one)
        alike = one.component_id == other.component_id and _alike(one, other)
        return _answered(special, plain, seen or also_seen) or (_silent(plain) and alike)
    if one.component_id != other.component_id:
        # One sentence about two parts is one thing to change.
        return one.threat_id == other.threat_id and _said(one) and _same_quote(one, other)
    if one.threat_id is not None and one.threat_id == other.threat_id:
        return True
    return _alike(one, other) or (_same_quote(one, other) and _same_family(one, other, reading))


def _alike(one: Finding, other: Finding) -> bool:
    """Half of the controls or references in common, or the same paved roads in one domain."""
    half = _half(one.controls, other.controls) or _half(one.references, other.references)
    roads = bool(one.patterns) and set(one.patterns) == set(other.patterns)
    return half or (roads and one.domain == other.domain)


def lens_of(finding: Finding) -> Lens | None:
    """The lens that found it, if one did."""
    return by_id().get(finding.id.partition("@")[0])


def _silent(finding: Finding) -> bool:
    return all(e.label is Label.ABSENT for e in finding.evidence)


def _by_catalogue(finding: Finding) -> bool:
    """True where only silence and the catalogue speak; a lens says it in the design's own words."""
    return _silent(finding) and lens_of(finding) is None


def _answered(special: Finding, plain: Finding, lens: Lens | None) -> bool:
    """A lens says more closely what the catalogue's threat says of the part, its words, or silence."""
    if lens is None or plain.threat_id not in (lens.threat, *lens.answers):
        return False
    here = special.component_id == plain.component_id or _same_quote(special, plain)
    return here or _silent(plain)


def _half(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    smaller = min(len(set(one)), len(set(other)))
    return smaller > 0 and 2 * len(set(one) & set(other)) >= smaller


def _said(finding: Finding) -> bool:
    return finding.evidence[0].label is not Label.ABSENT


def _overlap(one: Finding, other: Finding, apart: int = 0) -> bool:
    """Both stand on the same lines, or at most so many lines apart."""
    first, second = one.evidence[0], other.evidence[0]
    above, below = sorted((first, second), key=lambda e: e.line_start)
    return first.path == second.path and below.line_start <= above.line_end + apart


def _same_quote(one: Finding, other: Finding) -> bool:
    """Both stand on the same words: one statement, or one place of silence."""
    first, second = one.evidence[0], other.evidence[0]
    place = (first.path, first.line_start, first.quote, first.label)
    return place == (second.path, second.line_start, second.quote, second.label)


def _same_quote_said(one: Finding, other: Finding) -> bool:
    """The same words, which one takes for a statement and the other for a place of silence."""
    first, second = one.evidence[0], other.evidence[0]
    same = (first.path, first.line_start, first.quote) == (
        second.path,
        second.line_start,
        second.quote,
    )
    return same and _silent(one) != _silent(other)


def _same_family(one: Finding, other: Finding, reading: Reading) -> bool:
    """Statements of one control settle both; where the text is silent, of the first control."""
    first = reading.catalogue.threats.get(one.threat_id or "")
    second = reading.catalogue.threats.get(other.threat_id or "")
    if first is None or second is None:
        return one.evidence[0].label is not Label.ABSENT
    if one.evidence[0].label is Label.ABSENT:
        chief = expectation(first).families[:1]
        return bool(chief) and chief == expectation(second).families[:1]
    return bool(set(expectation(first).families) & set(expectation(second).families))


def _fit(finding: Finding, reading: Reading) -> int:
    """How much the statement in the text has to do with this threat; 0 where it is silent."""
    threat = reading.catalogue.threats.get(finding.threat_id or "")
    quote = finding.evidence[0]
    if threat is None or quote.label is Label.ABSENT:
        return 0
    own = 10 if expectation(threat).families[:1] == _first_family(quote.quote) else 0
    return own + shared_words(threat, quote.quote)


def _first_family(text: str) -> tuple[str, ...]:
    found = families(text)
    return tuple(found) if len(found) == 1 else ()


def _weight(finding: Finding) -> int:
    return finding.likelihood * finding.impact


def _joined(kept: Finding, other: Finding) -> Finding:
    added = () if _silent(other) and not _silent(kept) else other.evidence
    return kept.model_copy(
        update={
            "evidence": tuple(dict.fromkeys((*kept.evidence, *added))),
            "also": tuple(dict.fromkeys((*kept.also, other.id, *other.also))),
            "references": tuple(dict.fromkeys((*kept.references, *other.references))),
            "patterns": tuple(dict.fromkeys((*kept.patterns, *other.patterns))),
        }
    )
