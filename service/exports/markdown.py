"""The Markdown that `lintel review` prints: for a terminal and for GitHub alike."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from agents.fence import neutralise
from agents.findings import (
    Coverage,
    Draft,
    Finding,
    Mitigated,
    Provenance,
    Question,
    RoadControl,
    RoadVerdict,
    Severity,
)
from agents.system import Sighting
from service.exports.quoting import code, fenced, where
from service.exports.text import clip

_MOST_QUOTES = 3
_MOST_REFERENCES = 5
_MOST_SIGHTINGS = 12
_LONGEST_QUOTE = 300
"""Of a quote that stands within a line."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_IN_PLACE = ("adopted", "partly")
"""Roads with controls that can be verified already."""
_OUTCOMES = {
    "nothing_material": "nothing material found",
    "too_little_information": "too little information to judge the design",
    "not_a_design": "not a design: there is nothing to review",
}


def review_markdown(draft: Draft) -> str:
    """The draft as a report: outcome, findings, questions, mitigated, roads, coverage, provenance."""
    shown = [f for f in draft.findings if f.for_author]
    rest = [f for f in draft.findings if not f.for_author]
    parts = ["# Security design review", _outcome(draft), draft.brief]
    if shown:
        parts.append("## Findings")
        parts += [_finding(finding) for finding in shown]
    if rest:
        parts += ["## Further findings", "\n".join(_one_line(f) for f in rest)]
    if draft.questions:
        parts += ["## Questions", question_list(draft)]
    if draft.mitigated:
        parts += ["## Mitigated, with the quote", "\n".join(_mitigated(m) for m in draft.mitigated)]
    if draft.roads:
        parts += ["## Paved roads", road_list(draft)]
    parts += ["## What was read", coverage_list(draft)]
    parts += ["## Who judged", provenance_line(draft.provenance)]
    # Prompts' texts are already inert; control characters must not reach a terminal either.
    return _CONTROL.sub("\ufffd", "\n\n".join(part for part in parts if part)) + "\n"


def question_list(draft: Draft) -> str:
    """The open questions as a list, with the reason for each."""
    return "\n".join(_question(question) for question in draft.questions)


def road_list(draft: Draft) -> str:
    """The paved roads as a list: required controls, and the steps that verify those in place."""
    return "\n".join(_road(road) for road in draft.roads)


def coverage_list(draft: Draft) -> str:
    """What was read and what was not, as a list."""
    return "\n".join((*_coverage(draft.coverage), *_sighted(draft.system.sightings)))


def provenance_line(provenance: Provenance) -> str:
    """Who judged, with which catalogue, and that no architect has approved it."""
    catalogue = f"{provenance.catalogue_version} ({provenance.catalogue_hash[:12]})"
    return (
        f"Lintel {provenance.lintel}, analyst {provenance.analyst}, catalogue {catalogue}. "
        "This is a draft that no architect has approved."
    )


def _outcome(draft: Draft) -> str:
    split = Counter(finding.severity for finding in draft.findings)
    counts = ", ".join(f"{split[severity]} {severity}" for severity in Severity if split[severity])
    said = _OUTCOMES.get(draft.outcome, f"{_count(len(draft.findings), 'finding')} ({counts})")
    asked = f", {_count(len(draft.questions), 'question')}" if draft.questions else ""
    return f"**Outcome:** {said}{asked}. **Risk tier:** {draft.triage.tier}."


def _finding(finding: Finding) -> str:
    parts = [f"### {finding.rank}. {neutralise(finding.title)}", _rating(finding)]
    parts.append(neutralise(finding.why))
    parts += [fenced(evidence) for evidence in finding.evidence[:_MOST_QUOTES]]
    if len(finding.evidence) > _MOST_QUOTES:
        parts.append("Also: " + ", ".join(where(e) for e in finding.evidence[_MOST_QUOTES:]) + ".")
    if finding.change:
        parts.append(f"**Change:** {neutralise(finding.change)}")
    if finding.question:
        parts.append(f"**Question:** {neutralise(finding.question)}")
    if finding.references:
        # The most specific ones come first.
        cited = ", ".join(finding.references[:_MOST_REFERENCES])
        parts.append(f"**References:** {neutralise(cited)}")
    return "\n\n".join(parts)


def _rating(finding: Finding) -> str:
    place = f" · {neutralise(finding.component_name)}" if finding.component_id else ""
    product = f"likelihood {finding.likelihood} × impact {finding.impact}"
    return f"**{finding.severity.capitalize()}**{place} · {product} · {code(finding.id)}"


def _one_line(finding: Finding) -> str:
    at = f" ({where(finding.evidence[0])})" if finding.evidence else ""
    place = f", {neutralise(finding.component_name)}" if finding.component_id else ""
    return f"- **{finding.severity.capitalize()}** {neutralise(finding.title)}{place}{at}"


def _question(question: Question) -> str:
    at = f" ({where(question.evidence[0])})" if question.evidence else ""
    return f"- {neutralise(question.text)}{at}\n  {neutralise(question.why)}"


def _mitigated(item: Mitigated) -> str:
    place = f", {_within_a_line(item.component_name)}" if item.component_name else ""
    said = f"- {_within_a_line(item.title)}{place}: {_within_a_line(item.reason)}"
    if not item.evidence:
        return said
    first = item.evidence[0]
    # A code span shows line ends as spaces anyway.
    quote = clip(" ".join(first.quote.split()), _LONGEST_QUOTE)
    return f"{said} {code(quote)} ({where(first)})"


def _road(road: RoadVerdict) -> str:
    lines = [
        f"- **{road.status.capitalize()}:** {neutralise(f'{road.pattern_id} {road.name}')}. "
        f"{neutralise(road.reason)}"
    ]
    for control in road.controls:
        if road.status != "recommended" or control.shown:
            lines.append(f"  - {neutralise(control.text)}: {_mark(control)}")
    if road.status in _IN_PLACE:
        lines += [f"  - [ ] {_within_a_line(step)}" for step in road.verification]
    return "\n".join(lines)


def _mark(control: RoadControl) -> str:
    """A control that is not shown may carry the quote that denies it."""
    if control.evidence is None:
        return "missing"
    return f"{'shown' if control.shown else 'denied'}, {where(control.evidence)}"


def _coverage(coverage: Coverage) -> Iterator[str]:
    for document in coverage.documents:
        drawn = f", {_count(document.diagrams_read, 'diagram')}" if document.diagrams_read else ""
        size = f"{_count(document.lines, 'line')}, {_count(document.words, 'word')}"
        yield f"- {code(document.path)}: {size}{drawn}"
        yield from (f"  - {neutralise(sentence)}" for sentence in document.skipped)
    yield from (f"- {neutralise(note)}" for note in coverage.notes)
    if coverage.dropped_evidence:
        yield f"- {_count(coverage.dropped_evidence, 'quote')} could not be verified; dropped."


def _sighted(sightings: Sequence[Sighting]) -> Iterator[str]:
    """One line, or none."""
    shown = [
        f"{code(' '.join(s.name.split()))} ({_count(s.count, 'sentence')})"
        for s in sightings[:_MOST_SIGHTINGS]
    ]
    left = len(sightings) - len(shown)
    if shown:
        more = f" and {_count(left, 'other')}" if left else ""
        yield f"- Technology that the vocabulary does not know: {', '.join(shown)}{more}."


def _within_a_line(text: str) -> str:
    return neutralise(" ".join(text.split()))


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
