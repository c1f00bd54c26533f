"""What a step shows to the model, as compact numbered text."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, product
from string import ascii_lowercase

from agents.analysts.base import Reading
from agents.catalogue.facts import BY_KIND
from agents.catalogue.schema import Pattern, Term, Threat, Vocabulary
from agents.evidence import Evidence, Label
from agents.fence import flat
from agents.findings import Candidate, Clause, Finding, Question, Truth
from agents.system import Component, ControlStatement, Flow

_FIX = 70
MOST_LINES = 3
"""Places that a precondition of a candidate is shown with."""
_QUOTE = 120
_STATEMENT = 90
_SETTLES = 150
_GIST = 100
_MOST_FLOWS = 150
_MOST_CONTROLS = 60


class Places:
    """Lines of evidence as the documents are printed: `12`, or `2:12` where there are several."""

    def __init__(self, reading: Reading) -> None:
        paths = enumerate(reading.documents, 1)
        several = len(reading.documents) > 1
        self._before = {path: f"{number}:" for number, path in paths if several}

    def lines(self, evidence: Iterable[Evidence]) -> str:
        """Each once, in order."""
        places = (f"{self._before.get(e.path, '')}{e.line_start}" for e in evidence)
        return ",".join(dict.fromkeys(places))

    def said(self, evidence: Sequence[Evidence]) -> str:
        """` | line 12`, or nothing."""
        return f" | line {self.lines(evidence)}" if evidence else ""


def vocabulary(words: Vocabulary) -> str:
    """The closed lists with their meanings."""
    lists: tuple[tuple[str, Sequence[Term]], ...] = (
        ("kinds", words.component_kinds),
        ("data classes", words.data_class_terms),
        ("boundaries", words.trust_boundaries),
        ("attributes", words.attribute_terms),
    )
    return "\n\n".join(
        f"{name}:\n" + "\n".join(f"{term.id}: {term.meaning}" for term in terms)
        for name, terms in lists
    )


def system_model(reading: Reading) -> str:
    """Components and flows with their lines, and how each stated control stands."""
    system, at = reading.system, Places(reading)
    rows = ["Components (id = other names | kind | attributes | lines):"]
    rows += [_component(part, at) for part in system.components]
    rows.append("Flows by where they begin (to: what [data] over boundaries, lines):")
    rows += _flows(system.flows[:_MOST_FLOWS], at)
    rows += _rest(len(system.flows) - _MOST_FLOWS, "flows")
    if system.boundaries:
        named = (f"{b.kind} {flat(b.name)}".strip() for b in system.boundaries)
        rows.append("Boundaries: " + "; ".join(named))
    held: dict[str, list[str]] = {}
    for data in system.data:
        if data.component and data.component not in held.setdefault(data.data_class, []):
            held[data.data_class].append(data.component)
    if held:
        rows.append("Data: " + "; ".join(f"{what} at {', '.join(x)}" for what, x in held.items()))
    rows.append("Controls that the text speaks of, by standing (line: statement):")
    rows += _controls(system.controls[:_MOST_CONTROLS], at)
    rows += _rest(len(system.controls) - _MOST_CONTROLS, "controls")
    return "\n".join(rows)


def _rest(count: int, what: str) -> list[str]:
    return [f"and {count} more {what}, not printed: the documents have them"] if count > 0 else []


def catalogue_ids(reading: Reading) -> str:
    """Ids of the threats that a part of this system can carry; they are titles in short."""
    kinds = {component.kind for component in reading.system.components}
    fitting = (t.id for t in reading.catalogue.threats.values() if kinds & set(t.applies_to))
    return ", ".join(sorted(fitting))


def candidates(items: Sequence[Candidate], reading: Reading) -> str:
    """By threat, with what would settle it; each component with its lines and what is unknown.

    Preconditions stand under letters with their threat: the components repeat the letters only.
    """
    at = Places(reading)
    rows: list[str] = []
    letters: dict[str, str] = {}
    threat_id = ""
    for number, item in enumerate(items, 1):
        if item.threat_id != threat_id:
            threat_id = item.threat_id
            alike = [c for c in items if c.threat_id == threat_id]
            letters = _letters(clause.text for c in alike for clause in telling(c))
            rows.append(_threat(reading.catalogue.threats[threat_id], letters))
        rows.append(_candidate(number, item, letters, at))
    return "\n".join(rows) or "none"


def findings(
    items: Sequence[Finding],
    reading: Reading,
    *,
    why: bool = True,
    ids: bool = False,
    change: bool = False,
    fix: bool = False,
    quotes: int = 0,
) -> str:
    """Numbered, with part and claim, as many quotes as asked for and the lines of the others.

    `ids` adds the catalogue's id, `fix` the gist of what to change, `change` all of it, what the
    text does not say and what refuting left.
    """
    at = Places(reading)
    rows = []
    for number, finding in enumerate(items, 1):
        shown, rest = finding.evidence[:quotes], finding.evidence[quotes:]
        part = finding.component_id or "the whole"
        known = f" | {finding.threat_id}" if finding.threat_id and ids else ""
        rows.append(f"{number}. {flat(finding.title)} | on {part}{known}{at.said(rest)}")
        if why:
            rows.append(f"   why: {flat(finding.why)}")
        if fix:
            rows.append(f"   fix: {_cut(finding.change, _FIX)}")
        if change:
            rows.append(f"   change: {flat(finding.change)}")
            silent = [e.note for e in finding.evidence if e.label is Label.ABSENT]
            if silent:
                rows.append(f"   the text does not say: {flat(silent[0]) or 'it'}")
            if finding.refutation is not None and finding.refutation.outcome == "narrows":
                rows.append(f"   narrowed: {flat(finding.refutation.reason)}")
        rows += [f"   {_quoted(e, at)}" for e in shown]
    return "\n".join(rows) or "none"


def questions(items: Sequence[Question], reading: Reading, first: int) -> str:
    """Numbered from `first` on, so that findings and questions have numbers of their own."""
    at = Places(reading)
    return (
        "\n".join(
            f"{number}. {flat(q.text)} | why: {flat(q.why)}{at.said(q.evidence[:1])}"
            for number, q in enumerate(items, first)
        )
        or "none"
    )


def patterns(items: Iterable[Pattern]) -> str:
    """Each with what it solves and its required controls by id."""
    rows = []
    for pattern in items:
        rows.append(f"{pattern.id} {pattern.name}: {flat(pattern.applies_when)}")
        rows += [f"   {control.id}: {flat(control.text)}" for control in pattern.required_controls]
    return "\n".join(rows) or "none"


def _component(part: Component, at: Places) -> str:
    """The id says the name where it is made of its words."""
    names = [name for name in (part.name, *part.aliases[:3]) if _slug(name) != part.id]
    known = " = ".join((part.id, *map(flat, names)))
    cells = (known, part.kind, ", ".join(part.attributes), at.lines(part.evidence))
    return " | ".join(cell for cell in cells if cell)


def _slug(name: str) -> str:
    return "-".join(name.lower().split())


def _flows(flows: Iterable[Flow], at: Places) -> list[str]:
    by_source: dict[str, list[str]] = {}
    for flow in flows:
        by_source.setdefault(flow.source, []).append(_flow(flow, at))
    return [f"{source} -> {'; '.join(found)}" for source, found in by_source.items()]


def _flow(flow: Flow, at: Places) -> str:
    """`order-api: places an order [payment] over internet, 12,14`"""
    row = f"{flow.target}: {flat(flow.label)}" if flow.label else flow.target
    row += f" [{', '.join(flow.data_classes)}]" if flow.data_classes else ""
    row += f" over {', '.join(flow.crosses)}" if flow.crosses else ""
    return f"{row}, {at.lines(flow.evidence)}"


def _controls(controls: Iterable[ControlStatement], at: Places) -> list[str]:
    by_standing: dict[str, list[str]] = {}
    for control in controls:
        said = f"{at.lines((control.evidence,))}: {_cut(control.text, _STATEMENT)}"
        by_standing.setdefault(control.standing, []).append(said)
    return [row for standing, said in by_standing.items() for row in (f"{standing}:", *said)]


def _letters(preconditions: Iterable[str]) -> dict[str, str]:
    """Each precondition once, to its letter; beyond z to aa, ab and so on."""
    names = map("".join, chain.from_iterable(product(ascii_lowercase, repeat=n) for n in (1, 2)))
    return dict(zip(dict.fromkeys(preconditions), names, strict=False))


def _threat(threat: Threat, letters: Mapping[str, str]) -> str:
    settled = "; ".join(threat.mitigated_when_document_shows[:2])
    what = _cut(threat.description.partition(". ")[0], _GIST).rstrip(".")
    needs = "; ".join(f"({letter}) {flat(text)}" for text, letter in letters.items())
    return f"* {flat(threat.title)}: {what}. Needs: {needs}. Settled by: {_cut(settled, _SETTLES)}"


def _candidate(number: int, item: Candidate, letters: Mapping[str, str], at: Places) -> str:
    """`3. on order-api | a: line 12 | b unknown`"""
    row = [f"{number}. on {item.component_id}"]
    for clause in telling(item):
        held = clause.truth is Truth.TRUE
        where = f": line {at.lines(clause.evidence[:MOST_LINES])}" if held else " unknown"
        row.append(f"{letters[clause.text]}{where}")
    return " | ".join(row if len(row) > 1 else (*row, "matches by kind only"))


def telling(item: Candidate) -> Iterator[Clause]:
    """Clauses that may decide: a false one does not, and the kind of the part is known."""
    for clause in item.clauses:
        by_kind = clause.text.startswith(BY_KIND) and item.component_id in clause.components
        if clause.truth is Truth.UNKNOWN or (clause.truth is Truth.TRUE and not by_kind):
            yield clause


def _quoted(evidence: Evidence, at: Places) -> str:
    """Where something is not said, the quote is only the place, and a line is place enough."""
    if evidence.label is Label.ABSENT:
        return f"nothing said of {flat(evidence.note) or 'it'} at line {at.lines((evidence,))}"
    return f'line {at.lines((evidence,))}: "{_cut(evidence.quote, _QUOTE)}"'


def _cut(text: str, most: int) -> str:
    """At most so many characters, without a torn word at the end."""
    line = flat(text)
    return line if len(line) <= most else f"{line[:most].rpartition(' ')[0] or line[:most]}…"
