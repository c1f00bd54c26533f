"""Step rank: ratings with their arithmetic, one finding per id, the order, and the author's cap."""

from collections.abc import Sequence

from agents.catalogue.loader import Catalogue
from agents.catalogue.rating import rate
from agents.evidence import Label
from agents.findings import Finding, Question, Severity, Truth
from agents.system import SystemModel

AUTHOR_QUESTIONS = 5
_ORDER = {severity: place for place, severity in enumerate(Severity)}


def rank(
    findings: Sequence[Finding],
    questions: Sequence[Question],
    system: SystemModel,
    catalogue: Catalogue,
    *,
    cap: int = 7,
    threshold: Severity = Severity.MEDIUM,
) -> tuple[tuple[Finding, ...], tuple[Question, ...]]:
    """Rated findings by rank (1 is first), and the questions; pure, whatever the order given.

    The author gets the first `cap` findings at or above the severity `threshold`, and the first
    questions in the order given; the architect sees all.
    """
    rated = [rate(finding, system, catalogue) for finding in findings]
    ordered = sorted(_one_per_id(rated), key=_key)
    lowest = _ORDER[threshold]
    shown = [f.id for f in ordered if _ORDER[f.severity] <= lowest and f.dismissed is None]
    for_author = set(shown[: max(0, cap)])
    ranked = tuple(
        finding.model_copy(update={"rank": place, "for_author": finding.id in for_author})
        for place, finding in enumerate(ordered, start=1)
    )
    distinct: dict[str, Question] = {}
    for question in questions:
        distinct.setdefault(question.id, question)
    asked = tuple(
        question.model_copy(update={"for_author": place < AUTHOR_QUESTIONS})
        for place, question in enumerate(distinct.values())
    )
    return ranked, asked


def _one_per_id(findings: Sequence[Finding]) -> list[Finding]:
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.id, []).append(finding)
    return [_united(group) for group in groups.values()]


def _united(group: Sequence[Finding]) -> Finding:
    """The highest rated one of the same id, with the evidence and the merged ids of all."""
    if len(group) == 1:
        return group[0]
    first, *others = sorted(group, key=lambda f: (_rated(f), _key(f), f.model_dump_json()))
    evidence = dict.fromkeys(e for finding in (first, *others) for e in finding.evidence)
    also = dict.fromkeys(id_ for finding in (first, *others) for id_ in finding.also)
    return first.model_copy(
        update={"evidence": tuple(evidence), "also": tuple(id_ for id_ in also if id_ != first.id)}
    )


def _rated(finding: Finding) -> tuple[int, int]:
    return _ORDER[finding.severity], -finding.likelihood * finding.impact


def _key(finding: Finding) -> tuple[int, bool, int, int, str]:
    """Within a severity, what the text gives away comes before what it leaves open."""
    severity, score = _rated(finding)
    return severity, not _certain(finding), score, _exotic(finding), finding.id


def _certain(finding: Finding) -> bool:
    """Nothing it rests on is unknown, and the document itself says something of it."""
    said = any(e.label in (Label.STATED, Label.DIAGRAM) for e in finding.evidence)
    return said and all(clause.truth is not Truth.UNKNOWN for clause in finding.fired)


def _exotic(finding: Finding) -> int:
    """0 for the plain gap of any service, 1 for what models and agents add, 2 for model attacks."""
    if finding.category != "ai":
        return 0
    return 2 if finding.domain.startswith("ml_") else 1
