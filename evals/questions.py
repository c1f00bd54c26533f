"""Does a question of the review ask what an expert asks? Words in common, and the place.

Questions are too short for the features and the threshold of findings. Nobody has labelled pairs of
questions, so the limits here are chosen by eye and not calibrated.
"""

from collections.abc import Mapping, Sequence

from agents.catalogue.loader import Catalogue
from agents.findings import Finding, Question, Severity
from evals.cases import Case, GoldItem
from evals.matching import Matcher, assigned
from evals.parts import GoldQuestion

SAME = 0.3
"""Cosine of the words, weighted as in the matcher, from which on two questions are one."""
HERE = 0.15
"""What it adds that the question is asked at the line of the gold."""


def asked(case: Case, questions: Sequence[Question], catalogue: Catalogue) -> Mapping[str, str]:
    """Text of a gold question to the id of the question that asks it, one to one."""
    items = [
        GoldItem(id=f"Q{place:03}", title=question.text, description=question.why)
        for place, question in enumerate(case.questions)
    ]
    # What stands in everything that a case says tells little, so the gold is there too.
    matcher = Matcher([*case.gold, *items], catalogue)
    compared = zip(matcher.gold, matcher.features([_as_finding(q) for q in questions]), strict=True)
    rows = [row for item, row in compared if item in items]
    scores = [
        [
            features.own + (HERE if _here(wanted, question) else 0.0)
            for features, question in zip(row, questions, strict=True)
        ]
        for wanted, row in zip(case.questions, rows, strict=True)
    ]
    return {items[r].title: questions[c].id for r, c in assigned(scores, SAME)}


def _here(wanted: GoldQuestion, question: Question) -> bool:
    line = wanted.line
    return line is not None and any(e.line_start <= line <= e.line_end for e in question.evidence)


def _as_finding(question: Question) -> Finding:
    """In the shape whose words the matcher compares; its rating says nothing."""
    return Finding(
        id=question.id,
        threat_id=None,
        title=question.text,
        component_id=None,
        component_name="",
        severity=Severity.LOW,
        likelihood=1,
        impact=1,
        why=question.why,
        change="",
        evidence=question.evidence,
    )
