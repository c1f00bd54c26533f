"""The scorers: pydantic-evals evaluators over reviewed cases and hostile designs.

Each returns the value of its metrics and, as `name.of`, the whole that the value is a share of, so
that sums over cases can be made from the report. Names are those of `evals.metrics`.
"""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic_evals.evaluators import Evaluator, EvaluatorContext

from agents.evidence import verify
from agents.findings import Finding
from evals.bench.figures import quoted
from evals.metrics import FIRST, Share
from evals.reviewed import Job, Reviewed
from evals.systems import Tally, tally

WHOLE = ".of"
"""Behind the name of a metric: the whole of its share."""
Shares = Mapping[str, Share]


@dataclass
class Scorer(Evaluator[Job, Reviewed, None]):
    """What the scorers have in common."""

    @abstractmethod
    def shares(self, reviewed: Reviewed) -> Shares:
        """Part and whole of each metric; one with a whole of 0 says nothing and is left out."""

    def evaluate(self, ctx: EvaluatorContext[Job, Reviewed, None]) -> dict[str, float]:
        """The shares as scores."""
        return scores(self.shares(ctx.output))


@dataclass
class Threats(Scorer):
    """Recall, and how many findings it took."""

    def shares(self, reviewed: Reviewed) -> Shares:
        """Clean documents count for their findings only."""
        findings, matched = len(reviewed.findings), len(reviewed.matched)
        if reviewed.case.clean:
            return {"findings_clean": Share(part=findings, whole=1)}
        gold = len(reviewed.case.gold)
        author = len(reviewed.matches(reviewed.for_author))
        first = len(reviewed.matches(reviewed.findings[:FIRST]))
        return {
            "recall": Share(part=matched, whole=gold),
            "recall_for_author": Share(part=author, whole=gold),
            f"recall_first_{FIRST}": Share(part=first, whole=gold),
            "precision_at_least": Share(part=matched, whole=findings),
            "repeated": Share(part=len(reviewed.repeated), whole=findings),
            "findings": Share(part=findings, whole=1),
        }


@dataclass
class Ranking(Scorer):
    """Are the findings that experts made on top?"""

    def shares(self, reviewed: Reviewed) -> Shares:
        """Average precision over the gold: what is missed counts as never reached."""
        if not reviewed.case.gold:
            return {}
        part = average_precision(
            [finding.id in reviewed.matched.values() for finding in reviewed.findings],
            len(reviewed.case.gold),
        )
        return {"average_precision": Share(part=part, whole=1)}


@dataclass
class Quotes(Scorer):
    """Are quotes verbatim, and from the lines that the gold points at?"""

    def shares(self, reviewed: Reviewed) -> Shares:
        """Every quote anywhere in the draft; anchors of matched findings only."""
        documents = {reviewed.document.path: reviewed.document}
        valid = [verify(quote, documents) for quote in quoted(reviewed.draft)]
        anchored = reviewed.anchored
        return {
            "quotes_valid": Share(part=sum(valid), whole=len(valid)),
            "anchored": Share(part=sum(anchored.values()), whole=len(anchored)),
        }


@dataclass
class Restraint(Scorer):
    """Is what the text settles left alone?"""

    def shares(self, reviewed: Reviewed) -> Shares:
        """Over what the gold names as no finding."""
        whole = len(reviewed.case.not_gold)
        return {"mitigated_raised": Share(part=len(reviewed.raised), whole=whole)}


@dataclass
class Questions(Scorer):
    """Are the questions those that an expert would ask?"""

    def shares(self, reviewed: Reviewed) -> Shares:
        """Where the gold has questions."""
        gold, asked = len(reviewed.case.questions), len(reviewed.draft.questions)
        if not gold:
            return {}
        useful = len(reviewed.asked)
        return {
            "question_recall": Share(part=useful, whole=gold),
            "question_precision": Share(part=useful, whole=asked),
        }


@dataclass
class System(Scorer):
    """Is the system read as it is written?"""

    def shares(self, reviewed: Reviewed) -> Shares:
        """Where the case has a `system.yaml`."""
        if reviewed.case.system is None:
            return {}
        found = tally(reviewed.draft.system, reviewed.case.system)
        shares = {"component_kind": Share(part=found.kinds.both, whole=found.kinds.gold)}
        for name, counts in (
            ("component", found.components),
            ("flow", found.flows),
            ("attribute", found.attributes),
            ("boundary", found.boundaries),
            ("data", found.data),
        ):
            shares |= {f"{name}_{part}": share for part, share in _three(counts)}
        return shares


@dataclass
class Spending(Scorer):
    """What the review cost."""

    def shares(self, reviewed: Reviewed) -> Shares:
        """Each per review; money and tokens only where a model was asked."""
        steps = reviewed.draft.provenance.steps
        spent = {"seconds": Share(part=round(reviewed.seconds, 3), whole=1)}
        if not any(step.requests for step in steps):
            return spent
        cost = sum(step.cost_usd for step in steps)
        sent = sum(step.input_tokens for step in steps)
        return spent | {
            "cost_usd": Share(part=round(cost, 6), whole=1),
            "requests": Share(part=sum(step.requests for step in steps), whole=1),
            "input_tokens": Share(part=sent, whole=1),
            "cached_tokens": Share(part=sum(step.cached_tokens for step in steps), whole=sent),
            "output_tokens": Share(part=sum(step.output_tokens for step in steps), whole=1),
        }


SCORERS: tuple[Scorer, ...] = (
    Threats(), Ranking(), Quotes(), Restraint(), Questions(), System(), Spending(),
)  # fmt: skip


def scores(shares: Shares) -> dict[str, float]:
    """As pydantic-evals takes them; what has no whole is left out."""
    found: dict[str, float] = {}
    for name, share in shares.items():
        if share.whole:
            found[name] = share.part / share.whole
            found[name + WHOLE] = share.whole
    return found


def shares_of(scored: Mapping[str, float]) -> dict[str, Share]:
    """The other way round, from the scores of a report."""
    return {
        name: Share(part=round(value * scored[name + WHOLE], 6), whole=scored[name + WHOLE])
        for name, value in scored.items()
        if not name.endswith(WHOLE)
    }


def average_precision(hits: list[bool], relevant: int) -> float:
    """Mean of the precision at each hit, over all that is relevant; 0 of nothing."""
    right, summed = 0, 0.0
    for place, hit in enumerate(hits, start=1):
        right += hit
        summed += right / place if hit else 0.0
    return round(summed / relevant, 6) if relevant else 0.0


def ids(findings: tuple[Finding, ...]) -> frozenset[str]:
    """Of the findings."""
    return frozenset(finding.id for finding in findings)


def _three(counts: Tally) -> Iterator[tuple[str, Share]]:
    yield "precision", Share(part=counts.both, whole=counts.found)
    yield "recall", Share(part=counts.both, whole=counts.gold)
    yield "f1", Share(part=2 * counts.both, whole=counts.found + counts.gold)
