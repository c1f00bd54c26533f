"""The offline analyst: no model, no network, deterministic."""

from collections.abc import Sequence

import prompts
from agents.analysts.base import Reading
from agents.analysts.lexical import extract, judge, merge, propose, refute, roads, triage, write
from agents.catalogue.loader import Pattern
from agents.findings import (
    Candidate,
    Finding,
    Judgement,
    Question,
    Refutation,
    RoadVerdict,
    Triage,
    Writing,
)
from agents.system import SystemModel

_TEMPLATES = ("comment", "question", "summary", "brief")


class LexicalAnalyst:
    """Judges with vocabulary, evidence terms, negation and tense; writes from templates."""

    name = "offline"
    version = "1"

    def prompts(self, step: str) -> tuple[str, ...]:
        """The template files of the write step, as provenance names them."""
        return tuple(prompts.load(name).label for name in _TEMPLATES) if step == "write" else ()

    async def triage(self, reading: Reading) -> Triage:
        """See `Analyst.triage`."""
        return triage.triage(reading)

    async def extract(self, reading: Reading) -> SystemModel:
        """See `Analyst.extract`."""
        return extract.extract(reading)

    async def judge(
        self, candidates: Sequence[Candidate], reading: Reading
    ) -> tuple[Judgement, ...]:
        """See `Analyst.judge`."""
        return tuple(judge.judge(candidate, reading) for candidate in candidates)

    async def propose(self, reading: Reading) -> tuple[Finding, ...]:
        """See `Analyst.propose`."""
        return propose.propose(reading)

    async def merge(self, findings: Sequence[Finding], reading: Reading) -> tuple[Finding, ...]:
        """See `Analyst.merge`."""
        return merge.merge(findings, reading)

    async def refute(self, findings: Sequence[Finding], reading: Reading) -> tuple[Refutation, ...]:
        """See `Analyst.refute`."""
        return refute.refute(findings, reading)

    async def roads(
        self, patterns: Sequence[Pattern], findings: Sequence[Finding], reading: Reading
    ) -> tuple[RoadVerdict, ...]:
        """See `Analyst.roads`."""
        return roads.roads(patterns, findings, reading)

    async def write(
        self,
        findings: Sequence[Finding],
        questions: Sequence[Question],
        roads: Sequence[RoadVerdict],
        reading: Reading,
    ) -> Writing:
        """See `Analyst.write`."""
        return write.write(
            findings, questions, roads, reading, f"{self.name} analyst {self.version}"
        )
