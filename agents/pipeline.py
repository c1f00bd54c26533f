"""The pipeline: one change in, one draft out. The steps in order, as plain code."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from importlib import metadata
from typing import Any, Literal

from agents.analysts.base import Analyst, Reading
from agents.catalogue.loader import Catalogue
from agents.change import Change
from agents.findings import (
    Candidate,
    Draft,
    Finding,
    Judgement,
    Mitigated,
    Provenance,
    Question,
    Refutation,
    RoadVerdict,
    Severity,
    StepRecord,
    Triage,
    Writing,
)
from agents.journal import Journal as Journal
from agents.journal import MemoryJournal as MemoryJournal
from agents.journal import Notebook, digest
from agents.steps import extract as extracting
from agents.steps import judge as judging
from agents.steps import propose as proposing
from agents.steps import refute as refuting
from agents.steps import roads as paving
from agents.steps.candidates import candidates
from agents.steps.checked import Checked
from agents.steps.merge import merge
from agents.steps.rank import rank
from agents.steps.read import coverage, read_documents
from agents.steps.triage import triage
from agents.steps.write import with_notes, write
from agents.system import SystemModel

ENOUGH = 3
"""Findings of its own that make a design with few named parts worth judging."""

Outcome = Literal["findings", "nothing_material", "too_little_information", "not_a_design"]


async def review(
    change: Change,
    catalogue: Catalogue,
    analyst: Analyst,
    journal: Journal,
    *,
    cap: int = 7,
    threshold: Severity = Severity.MEDIUM,
    lintel_version: str | None = None,
    on_step: Callable[[str], None] | None = None,
    on_done: Callable[[StepRecord], None] | None = None,
) -> Draft:
    """Reviews a change.

    `cap` limits what the author gets, and so does `threshold`, the lowest severity for them; the
    architect sees all. `on_step` hears the name of each
    step as it begins, `on_done` its record when it has ended. Whatever the analyst or the journal raises is raised here.
    """
    name = f"{analyst.name} {analyst.version}"
    signature = f"{name} {catalogue.hash}"
    notebook = Notebook(journal, analyst, signature, name, on_step, on_done)
    running = _Review(change, catalogue, analyst, notebook, cap, threshold)
    draft = await running.run()
    provenance = Provenance(
        lintel=lintel_version or _installed_version(),
        analyst=notebook.name,
        catalogue_version=catalogue.version,
        catalogue_hash=catalogue.hash,
        steps=tuple(notebook.records),
    )
    return draft.model_copy(update={"provenance": provenance})


def _installed_version() -> str:
    try:
        return metadata.version("lintel-review")
    except metadata.PackageNotFoundError:
        return "unknown"


class _Review:
    """One run: the reading as it grows, and the steps as methods in the order they are called."""

    def __init__(
        self,
        change: Change,
        catalogue: Catalogue,
        analyst: Analyst,
        notebook: Notebook,
        cap: int,
        threshold: Severity,
    ) -> None:
        self.analyst = analyst
        self.notebook = notebook
        self.cap, self.threshold = cap, threshold
        self.dropped = 0
        self.refuted: tuple[str, ...] = ()
        """What refuting dropped, in sentences."""
        self.model = digest(SystemModel())
        """Digest of the system model: what later steps depend on, without writing it out again."""
        self.mitigated: tuple[Mitigated, ...] = ()
        started = time.perf_counter()
        notebook.announce("read")
        self.reading = Reading(change, read_documents(change), catalogue)
        # Only what is judged: the head commit may move while the documents stay the same.
        self.source = digest(change.title, change.body, change.documents, change.files)
        notebook.code("read", started, self.source)

    async def run(self) -> Draft:
        """All steps; provenance is filled in by the caller."""
        # Neither needs the other: that, judging beside proposing, and roads beside refuting keep a
        # review at five calls of a model in sequence.
        verdict: Triage
        system: SystemModel
        verdict, system = await _all(self._triage(), self._extract())
        warnings = proposing.instructions_found(self.reading)
        if verdict.depth == "none":
            return await self._finish("not_a_design", verdict, warnings, (), ())
        self.reading = replace(self.reading, system=system)
        self.model = digest(system)
        judgements, proposed = await self._judge_and_propose(light=verdict.depth == "light")
        # A text may name few parts and still say much about how they work: a protocol, say.
        if extracting.too_thin(system) and len(proposed) < ENOUGH:
            questions = extracting.ask_for_more(self.reading)
            return await self._finish("too_little_information", verdict, warnings, questions, ())
        found = (*judging.to_findings(judgements, self.reading), *proposed)
        merged = await self._merge(found)
        refutations, roads = await _all(self._refute(merged), self._roads(merged))
        surviving = refuting.apply(merged, refutations)
        self.refuted = refuting.said(refutations)
        questions = judging.to_questions(judgements, self.reading)
        self.mitigated = judging.to_mitigated(judgements, self.reading)
        findings = (*surviving, *warnings)
        kept = paving.of_surviving(roads, surviving)
        return await self._finish("nothing_material", verdict, findings, questions, kept)

    async def _triage(self) -> Triage:
        answer = await self.notebook.step(
            "triage", [self.source], Checked[Triage], lambda: triage(self.reading, self.analyst)
        )
        self.dropped += answer.dropped
        return answer.value

    async def _extract(self) -> SystemModel:
        answer = await self.notebook.step(
            "extract",
            [self.source],
            Checked[SystemModel],
            lambda: extracting.extract(self.reading, self.analyst),
        )
        self.dropped += answer.dropped
        return answer.value

    async def _judge_and_propose(
        self, light: bool
    ) -> tuple[tuple[Judgement, ...], tuple[Finding, ...]]:
        self.notebook.announce("candidates")
        started = time.perf_counter()
        reading = self.reading
        found = candidates(reading.system, reading.catalogue)
        self.notebook.code("candidates", started, digest(reading.catalogue.hash, self.model))
        # A light review does not ask about what the document leaves open.
        asked = [c for c in found if c.certain or not light]
        *judged, proposed = await _all(
            *(self._judge(name, items) for name, items in judging.groups(asked, reading).items()),
            self._propose(),
        )
        return tuple(judgement for one in judged for judgement in one), proposed

    async def _judge(self, name: str, items: Sequence[Candidate]) -> tuple[Judgement, ...]:
        answer = await self.notebook.step(
            f"judge:{name}",
            [self.source, self.model, items],
            Checked[tuple[Judgement, ...]],
            lambda: judging.judge(items, self.reading, self.analyst),
        )
        self.dropped += answer.dropped
        return answer.value

    async def _propose(self) -> tuple[Finding, ...]:
        answer = await self.notebook.step(
            "propose",
            [self.source, self.model],
            Checked[tuple[Finding, ...]],
            lambda: proposing.propose(self.reading, self.analyst),
        )
        self.dropped += answer.dropped
        return answer.value

    async def _merge(self, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        answer = await self.notebook.step(
            "merge",
            [self.source, self.model, findings],
            Checked[tuple[Finding, ...]],
            lambda: merge(findings, self.reading, self.analyst),
        )
        self.dropped += answer.dropped
        return answer.value

    async def _refute(self, findings: Sequence[Finding]) -> tuple[Refutation, ...]:
        answer = await self.notebook.step(
            "refute",
            [self.source, self.model, findings],
            Checked[tuple[Refutation, ...]],
            lambda: refuting.refute(findings, self.reading, self.analyst),
        )
        self.dropped += answer.dropped
        return answer.value

    async def _roads(self, findings: Sequence[Finding]) -> tuple[RoadVerdict, ...]:
        patterns = paving.relevant(self.reading)
        answer = await self.notebook.step(
            "roads",
            [self.source, self.model, findings, patterns],
            Checked[tuple[RoadVerdict, ...]],
            lambda: paving.roads(patterns, findings, self.reading, self.analyst),
        )
        self.dropped += answer.dropped
        return answer.value

    async def _finish(
        self,
        outcome: Outcome,
        verdict: Triage,
        findings: Sequence[Finding],
        questions: Sequence[Question],
        roads: Sequence[RoadVerdict],
    ) -> Draft:
        reading = self.reading
        self.notebook.announce("rank")
        started = time.perf_counter()
        deviating = paving.deviations(roads, findings, reading)
        ranked, asked = rank(
            (*findings, *deviating), questions, reading.system, reading.catalogue,
            cap=self.cap, threshold=self.threshold,
        )  # fmt: skip
        if ranked:
            outcome = "findings"
        self.notebook.code("rank", started, digest(ranked, asked))
        writing = await self._write(outcome, ranked, asked, roads)
        partial = (*proposing.spoken_to(reading.change), *self.notebook.notes)
        return Draft(
            repository=reading.change.repository,
            number=reading.change.number,
            head_sha=reading.change.head_sha,
            outcome=outcome,
            triage=verdict,
            system=reading.system,
            findings=ranked,
            questions=asked,
            mitigated=self.mitigated,
            roads=tuple(roads),
            comments=writing.comments,
            summary=with_notes(writing.summary, partial),
            brief=writing.brief,
            diagram=writing.diagram,
            coverage=coverage(
                reading.change,
                reading.documents,
                reading.system,
                self.dropped + self.notebook.dropped,
                (*partial, *self.refuted),
            ),
            provenance=Provenance(lintel="", analyst="", catalogue_version="", catalogue_hash=""),
        )

    async def _write(
        self,
        outcome: Outcome,
        findings: Sequence[Finding],
        questions: Sequence[Question],
        roads: Sequence[RoadVerdict],
    ) -> Writing:
        return await self.notebook.step(
            "write",
            [self.source, outcome, self.model, findings, questions, roads],
            Writing,
            lambda: write(findings, questions, roads, self.reading, self.analyst),
        )


async def _all(*works: Coroutine[None, None, Any]) -> list[Any]:
    """All results. Where one fails the others still finish: what they cost is paid, so it is kept."""
    results = await asyncio.gather(*works, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results
