"""Offline writing: comments, summary and brief from templates; all logic is here, all text is data."""

import re
from collections import Counter
from collections.abc import Sequence

import prompts
from agents.analysts.base import Reading
from agents.analysts.lexical.diagram import diagram
from agents.analysts.lexical.facts import lines
from agents.analysts.lexical.merge import lens_of
from agents.catalogue.loader import reference_title
from agents.evidence import Evidence, Label
from agents.fence import neutralise
from agents.findings import Comment, Finding, Question, RoadVerdict, Writing
from agents.steps.read import coverage

_MAX_WORDS = 115
_MAX_QUOTE = 180
_CITED = (
    "owasp-llm-2026",
    "owasp-asi-2026",
    "owasp-mcp-2025",
    "owasp-api-2023",
    "owasp-top10-2025",
    "owasp-cicd",
    "owasp-nhi-2025",
    "mitre-atlas",
    "cwe",
    "nist-sp-800-53",
)
"""Frameworks that authors know, in the order of printing."""


def write(
    findings: Sequence[Finding],
    questions: Sequence[Question],
    roads: Sequence[RoadVerdict],
    reading: Reading,
    by: str,
) -> Writing:
    """Everything that people read, in Markdown, with all quoted text made inert."""
    return Writing(
        comments=(
            *(_on_finding(finding, reading) for finding in findings),
            *(_on_question(question, reading) for question in questions),
        ),
        summary=_summary(findings, questions, roads, reading, by),
        brief=_brief(findings, questions, reading),
        diagram=diagram(reading),
    )


def _on_finding(finding: Finding, reading: Reading) -> Comment:
    bodies = [_comment(finding, most, reading) for most in (3, 2, 1, 0)]
    body = next((b for b in bodies if len(b.split()) <= _MAX_WORDS), bodies[-1])
    return _placed(finding.id, finding.evidence[0], body)


def _comment(finding: Finding, most: int, reading: Reading) -> str:
    """With so many steps of what to change, and as many references."""
    place = f" ({finding.component_name})" if finding.component_id else ""
    stated = finding.evidence[0].label is not Label.ABSENT
    return _tidy(
        prompts.load("comment").render(
            title=neutralise(f"{finding.title}{place}"),
            why=neutralise(finding.why),
            quote=f"> {neutralise(_short(finding.evidence[0].quote))}" if stated else "",
            change=neutralise(_instruction(finding, max(most, 1))),
            question=neutralise(finding.question),
            references=_references(finding, reading, most),
        )
    )


def _instruction(finding: Finding, most: int) -> str:
    """The controls closest to what is missing, as sentences; what a lens asks for is closer still."""
    if lens_of(finding) is not None:
        asked = re.split(r"(?<=[;.]) ", finding.change)
        return f"{' '.join(asked[:most]).rstrip(';.')}."
    if finding.threat_id is None or not finding.controls:
        return finding.change
    return " ".join(f"{control.rstrip('.')}." for control in finding.controls[: min(most, 2)])


def _references(finding: Finding, reading: Reading, most: int) -> str:
    """So many at most, one of each framework, with their titles."""
    known = [r for r in finding.references if _key(r) in _CITED]
    ordered = sorted(known, key=lambda r: _CITED.index(_key(r)))
    best = list({_key(r): r for r in reversed(ordered)}.values())[::-1][:most]
    shown = (f"{_id(r)} {reference_title(reading.catalogue, r) or ''}".strip() for r in best)
    return f"<sub>{' · '.join(neutralise(text) for text in shown)}</sub>" if best else ""


def _on_question(question: Question, reading: Reading) -> Comment:
    component = reading.system.component(question.component_id or "")
    name = f"Question on {component.name}" if component is not None else "Question"
    body = _tidy(
        prompts.load("question").render(
            title=neutralise(name), question=neutralise(question.text), why=neutralise(question.why)
        )
    )
    return _placed(question.id, question.evidence[0], body)


def _placed(about: str, place: Evidence, body: str) -> Comment:
    return Comment(
        about=about,
        path=place.path,
        line_start=place.line_start,
        line_end=place.line_end,
        body=body,
    )


def _summary(
    findings: Sequence[Finding],
    questions: Sequence[Question],
    roads: Sequence[RoadVerdict],
    reading: Reading,
    by: str,
) -> str:
    catalogue = reading.catalogue
    versions = f"catalogue {catalogue.version}, {by}"
    return _tidy(
        prompts.load("summary").render(
            outcome=_outcome(findings, questions, reading),
            findings=_table(findings),
            questions=_asked(questions),
            roads=_paved(roads),
            coverage=_read(reading),
            versions=f"<sub>{neutralise(versions)}</sub>",
        )
    )


def _outcome(findings: Sequence[Finding], questions: Sequence[Question], reading: Reading) -> str:
    asked = f" and {_count(len(questions), 'question')}" if questions else ""
    if findings:
        counts = Counter(str(finding.severity) for finding in findings)
        order = ("critical", "high", "medium", "low")
        split = ", ".join(f"{counts[s]} {s}" for s in order if counts[s])
        return f"**{_count(len(findings), 'finding')}** ({split}){asked}."
    if not reading.system.components and not questions:
        return "**Not a design**: nothing to review for security."
    if any(question.id.startswith("missing-") for question in questions):
        return (
            f"**Too little information** to judge the design: {_count(len(questions), 'question')}."
        )
    return f"**Nothing material found**{asked}."


def _table(findings: Sequence[Finding]) -> str:
    if not findings:
        return ""
    rows = ["| Severity | Finding | Where |", "| --- | --- | --- |"]
    for finding in findings:
        place = finding.evidence[0]
        name = f"{finding.component_name}, " if finding.component_id else ""
        where = f"{name}{place.path} {lines(place)}"
        rows.append(f"| {finding.severity} | {_cell(finding.title)} | {_cell(where)} |")
    return "\n".join(rows)


def _asked(questions: Sequence[Question]) -> str:
    if not questions:
        return ""
    items = (f"- {neutralise(q.text)} ({lines(q.evidence[0])})" for q in questions)
    return "**Questions**\n\n" + "\n".join(items)


def _paved(roads: Sequence[RoadVerdict]) -> str:
    if not roads:
        return ""
    rows = []
    for road in roads:
        missing = [control.id for control in road.controls if not control.shown]
        rest = f" Not shown: {', '.join(missing)}." if missing and road.status == "partly" else ""
        name = neutralise(f"{road.pattern_id} {road.name}")
        rows.append(f"- {name}: **{road.status}**. {neutralise(road.reason)}{rest}")
    return "**Paved roads**\n\n" + "\n".join(rows)


def _read(reading: Reading) -> str:
    known = coverage(reading.change, reading.documents, reading.system, 0)
    rows = []
    for d in known.documents:
        drawn = f", {_count(d.diagrams_read, 'diagram')}" if d.diagrams_read else ""
        rows.append(f"- {neutralise(d.path)}: {d.lines:,} lines, {d.words:,} words{drawn}")
        rows += [f"  - {neutralise(sentence)}" for sentence in d.skipped]
    rows += [f"- {neutralise(note)}" for note in known.notes]
    return "**Read**\n\n" + "\n".join(rows)


def _brief(findings: Sequence[Finding], questions: Sequence[Question], reading: Reading) -> str:
    words = sum(document.words for document in reading.documents.values())
    count = _count(len(findings), "point")
    need = "needs" if len(findings) == 1 else "need"
    outcome = f"We read {words:,} words of the proposal and found {count} that {need} attention."
    if not findings:
        outcome = (
            f"We read {words:,} words of the proposal and found no security problem to report."
        )
    top = list({finding.title: finding for finding in reversed(findings[:3])}.values())[::-1][:2]
    named = "; ".join(_plain(finding) for finding in top)
    main = f"The most important: {named}." if top else ""
    asked = f"{_count(len(questions), 'thing')} could not be judged, because the text does not say."
    following = "A security architect decides what is sent to the authors."
    return _tidy(
        prompts.load("brief")
        .render(outcome=outcome, main=main, open=asked if questions else "", next=following)
        .replace("  ", " ")
    )


def _plain(finding: Finding) -> str:
    place = f" ({neutralise(finding.component_name)})" if finding.component_id else ""
    return f"{neutralise(_lower(finding.title))}{place}"


def _cell(text: str) -> str:
    return neutralise(" ".join(text.split())).replace("|", "\\|")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _short(quote: str) -> str:
    line = re.sub(r"^(?:[-*+]|\d+[.)])\s+", "", " ".join(quote.split()))
    if line.startswith("|"):
        line = " · ".join(cell.strip() for cell in line.strip("|").split("|"))
    if len(line) <= _MAX_QUOTE:
        return line
    return line[:_MAX_QUOTE].rsplit(" ", 1)[0] + " …"


def _lower(title: str) -> str:
    """The title inside a sentence; an abbreviation keeps its capitals."""
    second = title[1:2]
    return title if second.isupper() else title[:1].lower() + title[1:]


def _tidy(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _key(reference: str) -> str:
    return reference.partition("/")[0]


def _id(reference: str) -> str:
    return reference.partition("/")[2]
