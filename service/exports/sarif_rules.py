"""Rules of a SARIF run: one for each threat that has a result, with help and how grave it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from agents.catalogue.loader import Catalogue, Threat, ordered_references
from agents.evidence import Label
from agents.fence import neutralise
from agents.findings import Draft, Finding, Mitigated, Question, Severity
from service.exports.text import clip, label, plain, sentence, tidy

Json = dict[str, object]

OPEN_QUESTION = "open-question"
"""Rule of a question that no catalogue threat depends on."""
ADDED = "added-by-architect"
LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
}
_BANDS = {
    Severity.CRITICAL: (20, 25, 9.1, 10.0),
    Severity.HIGH: (15, 19, 7.0, 8.9),
    Severity.MEDIUM: (9, 14, 4.0, 6.9),
    Severity.LOW: (1, 8, 0.1, 3.9),
}
"""Products of likelihood and impact, and the scores that code scanning shows as that severity."""
_LONGEST_TEXT, _MOST_TAGS = 1024, 20
"""Limits of code scanning."""
_GENERAL = "A threat of this design beyond the catalogue"


@dataclass(frozen=True)
class _About:
    """What a rule says, from the catalogue or, where that is silent, from its first result."""

    title: str
    description: str
    severity: Severity
    score: int
    controls: tuple[str, ...] = ()
    question: str = ""
    stride: tuple[str, ...] = ()
    category: str = ""
    domain: str = ""
    references: tuple[str, ...] = ()


def rule_of_finding(finding: Finding) -> str:
    """Id of the rule: the catalogue's threat, or what stands before the place in the finding's id."""
    if finding.threat_id is not None:
        return label(finding.threat_id)
    if finding.id.startswith("added-"):
        return ADDED
    return label(finding.id.partition("@")[0]) or ADDED


def rule_of_question(question: Question) -> str:
    """Id of the rule: the first threat that the answer decides on."""
    return label(question.threat_ids[0]) if question.threat_ids else OPEN_QUESTION


def rule_of_mitigated(item: Mitigated) -> str:
    """Id of the rule: the catalogue's threat."""
    return label(item.threat_id)


def rules(draft: Draft, catalogue: Catalogue) -> dict[str, Json]:
    """Reporting descriptors by id, in the order in which their results appear."""
    findings: dict[str, list[Finding]] = {}
    for finding in draft.findings:
        findings.setdefault(rule_of_finding(finding), []).append(finding)
    questions = {rule_of_question(question): question for question in reversed(draft.questions)}
    mitigated = {rule_of_mitigated(item): item for item in reversed(draft.mitigated)}
    ids = (
        *findings,
        *map(rule_of_question, draft.questions),
        *map(rule_of_mitigated, draft.mitigated),
    )
    return {
        id_: _descriptor(
            id_,
            _about(catalogue.threats.get(id_), findings.get(id_), mitigated.get(id_), catalogue)
            or _about_question(questions[id_]),
            findings.get(id_, ()),
        )
        for id_ in dict.fromkeys(ids)
    }


def message(text: str, limit: int | None = None) -> str:
    """A plain text message, never empty: braces are doubled, since single ones hold arguments."""
    line = _braced(plain(text)) or "(no text)"
    short = clip(line, limit) if limit is not None else line
    # A doubled brace is not cut in two.
    return short if short == line else short[:-1].rstrip("{}") + "…"


def score(severity: Severity, product: int) -> str:
    """`security-severity`: 0.1 to 10.0, always within the band of the severity."""
    lowest, highest, start, end = _BANDS[severity]
    part = (max(lowest, min(highest, product)) - lowest) / (highest - lowest)
    return f"{start + part * (end - start):.1f}"


def _about(
    threat: Threat | None,
    findings: Sequence[Finding] | None,
    mitigated: Mitigated | None,
    catalogue: Catalogue,
) -> _About | None:
    if threat is not None:
        return _about_threat(threat, catalogue)
    if findings:
        return _about_finding(findings[0])
    if mitigated is not None:
        return _About(mitigated.title, _GENERAL, Severity.LOW, 0)
    return None


def _about_threat(threat: Threat, catalogue: Catalogue) -> _About:
    product = threat.default_rating.likelihood * threat.default_rating.impact
    return _About(
        title=threat.title,
        description=threat.description,
        severity=catalogue.vocabulary.severity(product),
        score=product,
        controls=threat.recommended_controls,
        question=threat.review_question,
        stride=threat.stride,
        category=threat.category,
        domain=threat.domain,
        references=ordered_references(threat),
    )


def _about_finding(finding: Finding) -> _About:
    added = rule_of_finding(finding) == ADDED
    return _About(
        title="Found by the architect, not by the analyst" if added else finding.title,
        description=_GENERAL,
        severity=finding.severity,
        score=finding.likelihood * finding.impact,
        controls=finding.controls,
        question="" if added else finding.question,
        stride=finding.stride,
        category=finding.category,
        domain=finding.domain,
        references=finding.references,
    )


def _about_question(question: Question) -> _About:
    known = question.threat_ids != ()
    title = question.text if known else "The text does not say what the verdict depends on"
    return _About(title, _GENERAL if known else question.why, Severity.LOW, 0)


def _descriptor(id_: str, about: _About, findings: Sequence[Finding]) -> Json:
    pascal = "".join(part[:1].upper() + part[1:] for part in id_.replace("_", "-").split("-"))
    body: Json = {"id": id_}
    if pascal != id_ and pascal.isidentifier():
        body["name"] = pascal
    return body | {
        "shortDescription": {"text": message(sentence(about.title), _LONGEST_TEXT)},
        "fullDescription": {"text": message(sentence(about.description), _LONGEST_TEXT)},
        "help": {"text": message(_help(about)), "markdown": _braced(_help_markdown(about))},
        "defaultConfiguration": {"level": LEVELS[about.severity]},
        "properties": _properties(about, findings),
    }


def _help(about: _About) -> str:
    parts = [sentence(about.description)]
    parts += [f"Control: {sentence(control)}" for control in about.controls]
    if about.question:
        parts.append(f"Ask: {sentence(about.question)}")
    return " ".join(parts)


def _help_markdown(about: _About) -> str:
    parts = [neutralise(sentence(about.description))]
    if about.controls:
        parts += ["**Controls**", "\n".join(f"- {neutralise(plain(c))}" for c in about.controls)]
    if about.question:
        parts.append(f"**Ask:** {neutralise(plain(about.question))}")
    if about.references:
        parts.append(f"**References:** {neutralise(plain(', '.join(about.references)))}")
    return "\n\n".join(parts)


def _properties(about: _About, findings: Sequence[Finding]) -> Json:
    """`security-severity` is that of the gravest finding; without one, of the catalogue's start."""
    graded = [(f.severity, f.likelihood * f.impact) for f in findings]
    worst = max(
        graded or [(about.severity, about.score)],
        key=lambda grade: float(score(*grade)),
    )
    facts = {
        "tags": _tags(about),
        "stride": about.stride,
        "category": about.category,
        "domain": about.domain,
        "references": about.references,
    }
    return {
        "precision": "medium" if any(_said(finding) for finding in findings) else "low",
        "security-severity": score(*worst),
        **{key: tidy(value) for key, value in facts.items()},
    }


def _said(finding: Finding) -> bool:
    """The text itself says it; what it leaves out is the weaker ground."""
    return any(e.label in (Label.STATED, Label.DIAGRAM) for e in finding.evidence)


def _tags(about: _About) -> list[str]:
    weaknesses = (f"external/cwe/{id_.lower()}" for id_ in cwe_ids(about.references))
    tags = ("security", about.category, about.domain, *weaknesses)
    return list(dict.fromkeys(tag for tag in tags if tag))[:_MOST_TAGS]


def cwe_ids(references: Sequence[str]) -> tuple[str, ...]:
    """`CWE-79` of each `cwe/CWE-79`."""
    return tuple(r.removeprefix("cwe/") for r in references if r.startswith("cwe/"))


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
