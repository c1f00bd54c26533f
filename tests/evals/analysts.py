"""Analysts that are broken on purpose, each in its own way, and one that knows the gold."""

from collections.abc import Callable, Sequence

from agents.analysts.base import Reading
from agents.analysts.lexical import LexicalAnalyst
from agents.evidence import Evidence, Label
from agents.findings import Candidate, Finding, Judgement, Refutation, Verdict
from evals.cases import Case, GoldItem
from tests.evals.support import finding

Says = Callable[[Case, Reading], Sequence[Finding]]


class Saying(LexicalAnalyst):
    """Says what it is told to say, and nothing of its own; nothing is merged or refuted."""

    def __init__(self, case: Case, says: Says) -> None:
        super().__init__()
        self.case, self.says = case, says

    async def judge(
        self, candidates: Sequence[Candidate], reading: Reading
    ) -> tuple[Judgement, ...]:
        return tuple(
            Judgement(candidate=c, verdict=Verdict.NOT_APPLICABLE, reason="") for c in candidates
        )

    async def propose(self, reading: Reading) -> tuple[Finding, ...]:
        return tuple(self.says(self.case, reading))

    async def merge(self, findings: Sequence[Finding], reading: Reading) -> tuple[Finding, ...]:
        return tuple(findings)

    async def refute(self, findings: Sequence[Finding], reading: Reading) -> tuple[Refutation, ...]:
        return tuple(
            Refutation(finding_id=f.id, outcome="keeps", ground="none", reason="") for f in findings
        )


def nothing(_case: Case, _reading: Reading) -> Sequence[Finding]:
    return ()


def gold(case: Case, reading: Reading) -> Sequence[Finding]:
    """The gold in its own words, quoting the lines that it points at."""
    return [_said(item, reading, item.evidence[0].span[0]) for item in case.gold]


def wrong_lines(case: Case, reading: Reading) -> Sequence[Finding]:
    """The same with quotes of the title, which are verbatim and beside the point."""
    return [_said(item, reading, 1) for item in case.gold]


def duplicates(case: Case, reading: Reading) -> Sequence[Finding]:
    """Each finding of the gold five times, at parts of other names."""
    return [
        said.model_copy(update={"id": f"{said.id}-{number}"})
        for said in gold(case, reading)
        for number in range(5)
    ]


def everything(case: Case, reading: Reading) -> Sequence[Finding]:
    """Every threat of the catalogue at one part, and what the case says is settled."""
    quote = _quote(reading, 3)
    raised = [
        finding(f"{t.id}@all", t.title, threat=t.id, domain=t.domain, why=t.description)
        for t in reading.catalogue.threats.values()
    ]
    raised += [finding(f"n{n}@all", i.title, why=i.why) for n, i in enumerate(case.not_gold)]
    return [f.model_copy(update={"evidence": (quote,)}) for f in (*raised, *gold(case, reading))]


def _said(item: GoldItem, reading: Reading, line: int) -> Finding:
    said = finding(
        f"{item.id.lower()}@part", item.title, component=item.components[0], why=item.description
    )
    return said.model_copy(update={"evidence": (_quote(reading, line),)})


def _quote(reading: Reading, line: int) -> Evidence:
    (document,) = reading.documents.values()
    words = document.lines(line, line)
    return Evidence(
        path=document.path, line_start=line, line_end=line, quote=words, label=Label.STATED
    )
