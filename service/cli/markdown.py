"""The Markdown that `lintel review` prints: for a terminal and for GitHub alike."""

import re
from collections import Counter
from collections.abc import Iterator

from agents.evidence import Evidence, Label
from agents.fence import neutralise
from agents.findings import Coverage, Draft, Finding, Provenance, Question, RoadVerdict, Severity

_MOST_QUOTES = 3
_MOST_REFERENCES = 5
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_LABELS = {
    Label.STATED: "stated",
    Label.DIAGRAM: "from a diagram",
    Label.INFERRED: "inferred",
    Label.ABSENT: "not said here",
}
_OUTCOMES = {
    "nothing_material": "nothing material found",
    "too_little_information": "too little information to judge the design",
    "not_a_design": "not a design: there is nothing to review",
}


def review_markdown(draft: Draft) -> str:
    """The draft as a report: outcome, findings, questions, paved roads, coverage, provenance."""
    shown = [f for f in draft.findings if f.for_author]
    rest = [f for f in draft.findings if not f.for_author]
    parts = ["# Security design review", _outcome(draft), draft.brief]
    if shown:
        parts.append("## Findings")
        parts += [_finding(finding) for finding in shown]
    if rest:
        parts += ["## Further findings", "\n".join(_one_line(f) for f in rest)]
    if draft.questions:
        parts += ["## Questions", "\n".join(_question(q) for q in draft.questions)]
    if draft.roads:
        parts += ["## Paved roads", "\n".join(_road(road) for road in draft.roads)]
    parts += ["## What was read", "\n".join(_coverage(draft.coverage))]
    parts += ["## Who judged", _provenance(draft.provenance)]
    # Prompts' texts are already inert; control characters must not reach a terminal either.
    return _CONTROL.sub("\ufffd", "\n\n".join(part for part in parts if part)) + "\n"


def _outcome(draft: Draft) -> str:
    split = Counter(finding.severity for finding in draft.findings)
    counts = ", ".join(f"{split[severity]} {severity}" for severity in Severity if split[severity])
    said = _OUTCOMES.get(draft.outcome, f"{_count(len(draft.findings), 'finding')} ({counts})")
    asked = f", {_count(len(draft.questions), 'question')}" if draft.questions else ""
    return f"**Outcome:** {said}{asked}. **Risk tier:** {draft.triage.tier}."


def _finding(finding: Finding) -> str:
    parts = [f"### {finding.rank}. {neutralise(finding.title)}", _rating(finding)]
    parts.append(neutralise(finding.why))
    parts += [_quote(evidence) for evidence in finding.evidence[:_MOST_QUOTES]]
    if len(finding.evidence) > _MOST_QUOTES:
        parts.append("Also: " + ", ".join(_where(e) for e in finding.evidence[_MOST_QUOTES:]) + ".")
    parts.append(f"**Change:** {neutralise(finding.change)}")
    if finding.question:
        parts.append(f"**Question:** {neutralise(finding.question)}")
    if finding.references:
        # The most specific ones come first.
        parts.append("**References:** " + neutralise(", ".join(_references(finding))))
    return "\n\n".join(parts)


def _rating(finding: Finding) -> str:
    place = f" · {neutralise(finding.component_name)}" if finding.component_id else ""
    product = f"likelihood {finding.likelihood} × impact {finding.impact}"
    return f"**{finding.severity.capitalize()}**{place} · {product} · {_code(finding.id)}"


def _references(finding: Finding) -> tuple[str, ...]:
    return finding.references[:_MOST_REFERENCES]


def _one_line(finding: Finding) -> str:
    where = f" ({_where(finding.evidence[0])})" if finding.evidence else ""
    place = f", {neutralise(finding.component_name)}" if finding.component_id else ""
    return f"- **{finding.severity.capitalize()}** {neutralise(finding.title)}{place}{where}"


def _quote(evidence: Evidence) -> str:
    """Where it stands, and the quote in a fence that it cannot close: verbatim and inert."""
    note = f": {neutralise(evidence.note)}" if evidence.note else ""
    longest = max((len(run) for run in re.findall(r"`+", evidence.quote)), default=0)
    fence = "`" * max(3, longest + 1)
    text = evidence.quote.replace("\r\n", "\n")
    return f"{_where(evidence)} ({_LABELS[evidence.label]}{note})\n\n{fence}text\n{text}\n{fence}"


def _where(evidence: Evidence) -> str:
    last = f"-{evidence.line_end}" if evidence.line_end > evidence.line_start else ""
    return _code(f"{evidence.path}:{evidence.line_start}{last}")


def _code(text: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    ticks = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def _question(question: Question) -> str:
    where = f" ({_where(question.evidence[0])})" if question.evidence else ""
    return f"- {neutralise(question.text)}{where}\n  {neutralise(question.why)}"


def _road(road: RoadVerdict) -> str:
    lines = [
        f"- **{road.status.capitalize()}:** {neutralise(f'{road.pattern_id} {road.name}')}. "
        f"{neutralise(road.reason)}"
    ]
    for control in road.controls:
        mark = f"shown, {_where(control.evidence)}" if control.evidence else "missing"
        if road.status != "recommended" or control.shown:
            lines.append(f"  - {neutralise(control.text)}: {mark}")
    return "\n".join(lines)


def _coverage(coverage: Coverage) -> Iterator[str]:
    for document in coverage.documents:
        drawn = f", {_count(document.diagrams_read, 'diagram')}" if document.diagrams_read else ""
        size = f"{_count(document.lines, 'line')}, {_count(document.words, 'word')}"
        yield f"- {_code(document.path)}: {size}{drawn}"
        yield from (f"  - {neutralise(sentence)}" for sentence in document.skipped)
    yield from (f"- {neutralise(note)}" for note in coverage.notes)
    if coverage.dropped_evidence:
        yield f"- {_count(coverage.dropped_evidence, 'quote')} could not be verified; dropped."


def _provenance(provenance: Provenance) -> str:
    catalogue = f"{provenance.catalogue_version} ({provenance.catalogue_hash[:12]})"
    return (
        f"Lintel {provenance.lintel}, analyst {provenance.analyst}, catalogue {catalogue}. "
        "This is a draft that no architect has approved."
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
