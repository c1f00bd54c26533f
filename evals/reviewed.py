"""One case after one review: the draft, and how it stands to the gold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from agents.catalogue.loader import Catalogue
from agents.document import Document, read
from agents.findings import Draft, Finding
from evals.cases import DESIGN, Case, GoldItem
from evals.matching import Matcher, assigned, settings
from evals.questions import asked


@dataclass(frozen=True)
class Job:
    """A case to be reviewed for the n-th time."""

    case: Case
    run: int
    """From 1."""

    @property
    def name(self) -> str:
        """`slug.run`."""
        return f"{self.case.slug}.{self.run}"


@dataclass(frozen=True, eq=False)
class Reviewed:
    """What the scorers look at; everything is worked out once, when it is first asked for."""

    job: Job
    draft: Draft
    seconds: float
    catalogue: Catalogue
    said: Mapping[str, frozenset[str]] | None = None
    """What a judge said: gold id to the ids of the findings that make its point; None where the
    deterministic matcher decides."""

    @property
    def case(self) -> Case:
        """The case that was reviewed."""
        return self.job.case

    @cached_property
    def document(self) -> Document:
        """The design."""
        return read(DESIGN, self.case.text)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """By rank."""
        return tuple(sorted(self.draft.findings, key=lambda finding: finding.rank))

    @cached_property
    def for_author(self) -> tuple[Finding, ...]:
        """Within the author's cap."""
        return tuple(finding for finding in self.findings if finding.for_author)

    @cached_property
    def matcher(self) -> Matcher:
        """Against the gold."""
        return Matcher(self.case.gold, self.catalogue)

    @cached_property
    def matched(self) -> Mapping[str, str]:
        """Gold id to the id of the finding that makes its point, one to one."""
        return self.matches(self.findings)

    def matches(self, findings: Sequence[Finding]) -> Mapping[str, str]:
        """The same for some of the findings only."""
        if self.said is None:
            return {m.gold_id: m.finding_id for m in self.matcher.match(findings)}
        rows = self._rows(findings)
        return {self.matcher.gold[r].id: findings[c].id for r, c in assigned(rows, self._threshold)}

    def _rows(self, findings: Sequence[Finding]) -> list[list[float]]:
        """Scores: a row for each gold item by id, a column for each finding."""
        if self.said is None:
            return self.matcher.scores(findings)
        said = self.said
        return [
            [float(f.id in said.get(item.id, frozenset())) for f in findings]
            for item in self.matcher.gold
        ]

    @property
    def _threshold(self) -> float:
        """From which score on a finding makes a point."""
        return settings().threshold if self.said is None else 1.0

    @cached_property
    def repeated(self) -> frozenset[str]:
        """Ids of findings that make the point of a gold item that another finding is paired with."""
        limit, paired = self._threshold, set(self.matched.values())
        rows = self._rows(self.findings)
        return frozenset(
            finding.id
            for place, finding in enumerate(self.findings)
            if finding.id not in paired and any(row[place] >= limit for row in rows)
        )

    @cached_property
    def unpaired(self) -> tuple[Finding, ...]:
        """Findings that make no gold item's point."""
        taken = {*self.matched.values(), *self.repeated}
        return tuple(finding for finding in self.findings if finding.id not in taken)

    @cached_property
    def raised(self) -> Mapping[str, str]:
        """Title of what is no finding to the id of the finding that raises it all the same."""
        items = [
            GoldItem(id=f"N{place:03}", title=item.title, description=item.why)
            for place, item in enumerate(self.case.not_gold)
        ]
        matcher = Matcher([*self.case.gold, *items], self.catalogue)
        # What stands in everything that a case says tells little, so the gold is there too.
        scored = zip(matcher.gold, matcher.scores(self.unpaired), strict=True)
        rows = [row for item, row in scored if item in items]
        return {
            items[r].title: self.unpaired[c].id for r, c in assigned(rows, settings().threshold)
        }

    @cached_property
    def asked(self) -> Mapping[str, str]:
        """Text of an expert's question to the id of the question that asks it."""
        return asked(self.case, self.draft.questions, self.catalogue)

    @cached_property
    def anchored(self) -> Mapping[str, bool]:
        """For each matched gold item with lines: does its finding quote one of them?"""
        by_id = {finding.id: finding for finding in self.findings}
        return {
            item.id: _meets(by_id[self.matched[item.id]], item)
            for item in self.case.gold
            if item.evidence and item.id in self.matched
        }


def _meets(finding: Finding, item: GoldItem) -> bool:
    return any(
        e.line_start <= last and first <= e.line_end
        for e in finding.evidence
        for first, last in (anchor.span for anchor in item.evidence)
    )
