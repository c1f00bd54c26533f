"""One case through the offline analyst, as figures."""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pydantic import BaseModel

from agents.analysts.base import Analyst, Reading
from agents.catalogue.loader import Catalogue
from agents.change import Change, SourceText
from agents.evidence import Evidence, verify
from agents.findings import Draft
from agents.journal import MemoryJournal
from agents.pipeline import review
from agents.steps.candidates import candidates
from agents.steps.extract import extract
from agents.steps.read import read_documents
from agents.values import Value
from evals.cases import DESIGN, Case
from evals.matching import Matcher
from evals.untrusted import Marking, compare, gold

FIRST = 15
"""How many findings of a case an architect may be asked to read."""


class Figures(Value):
    """What came out for one case."""

    clean: bool
    outcome: str
    words: int
    components: int
    flows: int
    candidates: int
    findings: int
    for_author: int
    questions: int
    mitigated: int
    seconds: float
    gold: int
    matched: Mapping[str, str]
    """Gold id to the id of the finding that makes its point."""
    missed: tuple[str, ...]
    recall: float | None
    """None where the gold has no item."""
    matched_for_author: int
    matched_first: int
    """Within the author's cap, and within the first 15 by rank."""
    covered: int
    """Gold items with a finding, where one finding may make the point of several."""
    quotes: int
    quotes_valid: int
    untrusted: Marking | None
    """None where nobody has read the case for it."""


def measure(case: Case, analyst: Analyst, catalogue: Catalogue) -> tuple[Figures, Draft]:
    """Review the case, and count; raises whatever the pipeline raises."""
    change = Change(repository="local", documents=(SourceText(path=DESIGN, text=case.text),))
    started = time.perf_counter()
    draft = asyncio.run(review(change, catalogue, analyst, MemoryJournal()))
    seconds = time.perf_counter() - started
    reading = Reading(change, read_documents(change), catalogue)
    system = asyncio.run(extract(reading, analyst)).value
    return count(case, draft, replace(reading, system=system), seconds), draft


def count(case: Case, draft: Draft, reading: Reading, seconds: float) -> Figures:
    """The figures of a draft; the reading holds the documents and the system model."""
    system, author = reading.system, [f for f in draft.findings if f.for_author]
    first = sorted(draft.findings, key=lambda finding: finding.rank)[:FIRST]
    quotes = [verify(quote, reading.documents) for quote in quoted(draft)]
    matcher = Matcher(case.gold, reading.catalogue)
    matched = {match.gold_id: match.finding_id for match in matcher.match(draft.findings)}
    known = gold().get(case.slug)
    return Figures(
        clean=case.clean,
        outcome=draft.outcome,
        words=sum(document.words for document in reading.documents.values()),
        components=len(system.components),
        flows=len(system.flows),
        candidates=len(candidates(system, reading.catalogue)),
        findings=len(draft.findings),
        for_author=len(author),
        questions=len(draft.questions),
        mitigated=len(draft.mitigated),
        seconds=round(seconds, 2),
        gold=len(case.gold),
        matched=matched,
        missed=tuple(item.id for item in matcher.gold if item.id not in matched),
        recall=share(len(matched), len(case.gold)),
        matched_for_author=len(matcher.match(author)),
        matched_first=len(matcher.match(first)),
        covered=len(matcher.covered(draft.findings)),
        quotes=len(quotes),
        quotes_valid=sum(quotes),
        untrusted=compare(system, known) if known else None,
    )


def totals(cases: Mapping[str, Figures]) -> dict[str, float | int | None]:
    """Over all cases; recall and precision over those that are not clean."""
    designs = [figures for figures in cases.values() if not figures.clean]
    clean = [figures for figures in cases.values() if figures.clean]
    items, findings = sum(f.gold for f in designs), sum(f.findings for f in designs)
    matched = sum(len(f.matched) for f in designs)
    recalls = [f.recall for f in designs if f.recall is not None]
    return {
        "cases": len(cases),
        "gold": items,
        "matched": matched,
        "recall": share(matched, items),
        "recall_mean_of_cases": share(sum(recalls), len(recalls)),
        "recall_for_author": share(sum(f.matched_for_author for f in designs), items),
        f"recall_first_{FIRST}": share(sum(f.matched_first for f in designs), items),
        "recall_one_for_several": share(sum(f.covered for f in designs), items),
        "findings_per_case": share(findings, len(designs)),
        "findings_most": max((f.findings for f in designs), default=0),
        "findings_per_clean_case": share(sum(f.findings for f in clean), len(clean)),
        "findings_most_clean": max((f.findings for f in clean), default=0),
        "precision_at_least": share(matched, findings),
        "quotes_valid": share(
            sum(f.quotes_valid for f in cases.values()), sum(f.quotes for f in cases.values())
        ),
        "seconds": round(sum(f.seconds for f in cases.values()), 2),
        **_untrusted([f.untrusted for f in cases.values() if f.untrusted]),
    }


def quoted(value: object) -> Iterator[Evidence]:
    """Every piece of evidence anywhere inside a value."""
    if isinstance(value, Evidence):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from quoted(getattr(value, name))
    elif isinstance(value, tuple | list):
        for entry in value:
            yield from quoted(entry)


def share(part: float, whole: float) -> float | None:
    """Three decimals; None of nothing."""
    return round(part / whole, 3) if whole else None


def _untrusted(marks: Sequence[Marking]) -> dict[str, float | int | None]:
    found = sum(len(m.found) for m in marks)
    right, wrong = sum(len(m.right) for m in marks), sum(len(m.wrong) for m in marks)
    return {
        "untrusted_ways": found + sum(len(m.missed) for m in marks),
        "untrusted_recall": share(found, found + sum(len(m.missed) for m in marks)),
        "untrusted_marks": right + wrong,
        "untrusted_precision": share(right, right + wrong),
        "untrusted_unread": sum(len(m.unread) for m in marks),
    }
