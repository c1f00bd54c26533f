"""Parts of the pipeline that an ablation switches off, as wrappers around an analyst."""

from collections.abc import Sequence
from typing import Literal, get_args

from agents.analysts.base import Analyst, Reading
from agents.catalogue.loader import Pattern
from agents.findings import (
    Candidate,
    Finding,
    Judgement,
    Question,
    Refutation,
    RoadVerdict,
    Triage,
    Verdict,
    Writing,
)
from agents.system import SystemModel

Part = Literal["catalogue", "proposals", "refuter", "roads"]
PARTS: tuple[Part, ...] = get_args(Part)


class Without:
    """An analyst without some of the parts; what is left judges as before.

    `catalogue`: no catalogue threat applies. `proposals`: nothing beyond the catalogue. `refuter`:
    every finding is kept. `roads`: no paved road is known.
    """

    def __init__(self, analyst: Analyst, parts: frozenset[Part]) -> None:
        self._analyst = analyst
        self._off = parts
        self.name = analyst.name
        off = "".join(f" without {part}" for part in sorted(parts))
        self.version = f"{analyst.version}{off}"

    def __getattr__(self, name: str) -> object:
        """What only some analysts have: the prompt files of a step, a budget that was paid from."""
        return getattr(self._analyst, name)

    async def triage(self, reading: Reading) -> Triage:
        """See `Analyst.triage`."""
        return await self._analyst.triage(reading)

    async def extract(self, reading: Reading) -> SystemModel:
        """See `Analyst.extract`."""
        return await self._analyst.extract(reading)

    async def judge(
        self, candidates: Sequence[Candidate], reading: Reading
    ) -> tuple[Judgement, ...]:
        """See `Analyst.judge`."""
        if "catalogue" not in self._off:
            return await self._analyst.judge(candidates, reading)
        return tuple(
            Judgement(candidate=c, verdict=Verdict.NOT_APPLICABLE, reason="Switched off.")
            for c in candidates
        )

    async def propose(self, reading: Reading) -> tuple[Finding, ...]:
        """See `Analyst.propose`."""
        return () if "proposals" in self._off else await self._analyst.propose(reading)

    async def merge(self, findings: Sequence[Finding], reading: Reading) -> tuple[Finding, ...]:
        """See `Analyst.merge`."""
        return await self._analyst.merge(findings, reading)

    async def refute(self, findings: Sequence[Finding], reading: Reading) -> tuple[Refutation, ...]:
        """See `Analyst.refute`."""
        if "refuter" not in self._off:
            return await self._analyst.refute(findings, reading)
        return tuple(
            Refutation(finding_id=f.id, outcome="keeps", ground="none", reason="Switched off.")
            for f in findings
        )

    async def roads(
        self, patterns: Sequence[Pattern], findings: Sequence[Finding], reading: Reading
    ) -> tuple[RoadVerdict, ...]:
        """See `Analyst.roads`."""
        if "roads" in self._off:
            return ()
        return await self._analyst.roads(patterns, findings, reading)

    async def write(
        self,
        findings: Sequence[Finding],
        questions: Sequence[Question],
        roads: Sequence[RoadVerdict],
        reading: Reading,
    ) -> Writing:
        """See `Analyst.write`."""
        return await self._analyst.write(findings, questions, roads, reading)
