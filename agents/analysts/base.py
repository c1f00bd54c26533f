"""The protocol between the pipeline and whatever judges."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from agents.catalogue.loader import Catalogue, Pattern
from agents.change import Change
from agents.document import Document
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


@dataclass(frozen=True)
class Reading:
    """What has been understood so far: the context of every judgement."""

    change: Change
    documents: Mapping[str, Document]
    """By path, in the order of the change."""
    catalogue: Catalogue
    system: SystemModel = field(default_factory=SystemModel)


class Analyst(Protocol):
    """One judgement per method. Implementations return data only; code verifies and renders it.

    Every method may raise; the pipeline turns that into a failed review, never into an empty one.
    """

    @property
    def name(self) -> str:
        """`model` or `offline`."""

    @property
    def version(self) -> str:
        """Changes with whatever makes other answers likely: finished steps are then done anew."""

    async def triage(self, reading: Reading) -> Triage:
        """Is this a design, at what risk, to what depth."""

    async def extract(self, reading: Reading) -> SystemModel:
        """Components, flows, boundaries, data, attributes, controls, assumptions."""

    async def judge(
        self, candidates: Sequence[Candidate], reading: Reading
    ) -> tuple[Judgement, ...]:
        """A verdict for each candidate, in the same order."""

    async def propose(self, reading: Reading) -> tuple[Finding, ...]:
        """Threats of this very design beyond the catalogue."""

    async def merge(self, findings: Sequence[Finding], reading: Reading) -> tuple[Finding, ...]:
        """The same attack on the same part with the same fix becomes one."""

    async def refute(self, findings: Sequence[Finding], reading: Reading) -> tuple[Refutation, ...]:
        """Tries to break each finding against the text, in the same order."""

    async def roads(
        self, patterns: Sequence[Pattern], findings: Sequence[Finding], reading: Reading
    ) -> tuple[RoadVerdict, ...]:
        """How the design stands to each pattern in question."""

    async def write(
        self,
        findings: Sequence[Finding],
        questions: Sequence[Question],
        roads: Sequence[RoadVerdict],
        reading: Reading,
    ) -> Writing:
        """Comments, summaries and the diagram, from what is ranked."""
