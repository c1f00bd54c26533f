"""What a step shows to the model, as compact numbered text."""

from collections.abc import Iterable, Sequence

from agents.analysts.base import Reading
from agents.catalogue.schema import Pattern, Term, Vocabulary
from agents.evidence import Evidence, Label
from agents.fence import reveal
from agents.findings import Candidate, Finding, Question, Truth
from agents.system import Flow, SystemModel

_QUOTE = 120
_CLAIM = 180
_MOST_FLOWS = 150
_MOST_CONTROLS = 60


def vocabulary(words: Vocabulary) -> str:
    """The closed lists with their meanings."""
    lists: tuple[tuple[str, Sequence[Term]], ...] = (
        ("kinds", words.component_kinds),
        ("data classes", words.data_class_terms),
        ("boundaries", words.trust_boundaries),
        ("attributes", words.attribute_terms),
    )
    return "\n\n".join(
        f"{name}:\n" + "\n".join(f"- {term.id}: {term.meaning}" for term in terms)
        for name, terms in lists
    )


def system_model(system: SystemModel) -> str:
    """Components and flows with their lines, and how each stated control stands."""
    rows = ["Components (id | name | kind | attributes | lines):"]
    for part in system.components:
        names = " = ".join((part.name, *part.aliases[:3]))
        cells = (
            part.id,
            _flat(names),
            part.kind,
            ", ".join(part.attributes),
            _lines(part.evidence),
        )
        rows.append(" | ".join(cells))
    rows.append("Flows (from -> to | what | data | crosses | lines):")
    rows += [_flow(flow) for flow in system.flows[:_MOST_FLOWS]]
    if system.boundaries:
        rows.append(
            "Boundaries: " + "; ".join(f"{b.kind} {_flat(b.name)}" for b in system.boundaries)
        )
    held = [f"{d.data_class} at {d.component}" for d in system.data if d.component]
    if held:
        rows.append("Data: " + "; ".join(dict.fromkeys(held)))
    rows.append("Controls that the text speaks of (standing | statement | line):")
    for control in system.controls[:_MOST_CONTROLS]:
        line = control.evidence.line_start
        rows.append(f"{control.standing} | {_flat(control.text)[:_QUOTE]} | {line}")
    return "\n".join(rows)


def catalogue_ids(reading: Reading) -> str:
    """Ids of the threats that a part of this system can carry; they are titles in short."""
    kinds = {component.kind for component in reading.system.components}
    fitting = (t.id for t in reading.catalogue.threats.values() if kinds & set(t.applies_to))
    return ", ".join(sorted(fitting))


def candidates(items: Sequence[Candidate], reading: Reading) -> str:
    """By threat, with what would settle it; each component with its lines and what is unknown."""
    rows: list[str] = []
    threat_id = ""
    for number, item in enumerate(items, 1):
        if item.threat_id != threat_id:
            threat_id = item.threat_id
            threat = reading.catalogue.threats[threat_id]
            settled = "; ".join(threat.mitigated_when_document_shows[:2])
            what = _flat(threat.description).partition(". ")[0][:_CLAIM]
            rows.append(f"* {_flat(threat.title)}: {what}. Settled by: {_flat(settled)[:_CLAIM]}")
        rows.append(_candidate(number, item))
    return "\n".join(rows) or "none"


def findings(items: Sequence[Finding], *, full: bool) -> str:
    """Numbered, with part, claim and quotes; `full` adds what to change and what refuting left."""
    rows = []
    for number, finding in enumerate(items, 1):
        part = finding.component_id or "the whole"
        known = f" | {finding.threat_id}" if finding.threat_id and not full else ""
        rows.append(f"{number}. {_flat(finding.title)} | on {part}{known}")
        rows.append(f"   why: {_flat(finding.why)}")
        if full:
            rows.append(f"   change: {_flat(finding.change)}")
            if finding.refutation is not None and finding.refutation.outcome == "narrows":
                rows.append(f"   narrowed: {_flat(finding.refutation.reason)}")
        rows += [f"   {_quoted(e)}" for e in finding.evidence[: 2 if full else 1]]
    return "\n".join(rows) or "none"


def questions(items: Sequence[Question], first: int) -> str:
    """Numbered from `first` on, so that findings and questions have numbers of their own."""
    return (
        "\n".join(
            f"{number}. {_flat(q.text)} | why: {_flat(q.why)} | {_quoted(q.evidence[0])}"
            for number, q in enumerate(items, first)
        )
        or "none"
    )


def patterns(items: Iterable[Pattern]) -> str:
    """Each with what it solves and its required controls by id."""
    rows = []
    for pattern in items:
        rows.append(f"{pattern.id} {pattern.name}: {_flat(pattern.applies_when)}")
        rows += [f"   {control.id}: {_flat(control.text)}" for control in pattern.required_controls]
    return "\n".join(rows) or "none"


def _candidate(number: int, item: Candidate) -> str:
    """`3. on order-api | holds: … (line 12) | unknown: …`"""
    row = [f"{number}. on {item.component_id}"]
    for clause in item.clauses:
        if clause.truth is Truth.TRUE:
            row.append(f"holds: {_flat(clause.text)} (line {_lines(clause.evidence[:3])})")
        elif clause.truth is Truth.UNKNOWN:
            row.append(f"unknown: {_flat(clause.text)}")
    return " | ".join(row)


def _flow(flow: Flow) -> str:
    data, crosses = ", ".join(flow.data_classes), ", ".join(flow.crosses)
    ends = f"{flow.source} -> {flow.target}"
    return " | ".join((ends, _flat(flow.label), data, crosses, _lines(flow.evidence)))


def _quoted(evidence: Evidence) -> str:
    said = f'line {evidence.line_start}: "{_flat(evidence.quote)[:_QUOTE]}"'
    if evidence.label is Label.ABSENT:
        return f"nothing said of {_flat(evidence.note) or 'it'} at {said}"
    return said


def _lines(evidence: Iterable[Evidence]) -> str:
    return ",".join(dict.fromkeys(str(e.line_start) for e in evidence))


def _flat(text: str) -> str:
    return reveal(" ".join(text.split()))
