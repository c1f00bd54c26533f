"""The model-backed analyst of one review."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import TypeVar
from urllib.parse import urlsplit

import prompts
from agents.analysts.base import Reading
from agents.analysts.lexical import LexicalAnalyst
from agents.analysts.model import extract, judge, merge, propose, refute, roads, triage, write
from agents.analysts.model.asking import Asking
from agents.analysts.model.desk import Desk
from agents.analysts.model.models import Models
from agents.analysts.model.options import ModelOptions
from agents.analysts.model.proof import Proof
from agents.analysts.model.room import Room
from agents.analysts.model.spending import Spending
from agents.analysts.trouble import Kind, Remedy, Trouble
from agents.catalogue.loader import Pattern
from agents.findings import (
    Candidate,
    Finding,
    Judgement,
    Question,
    Refutation,
    RoadVerdict,
    StepRecord,
    Triage,
    Writing,
)
from agents.metering import meter
from agents.steps.candidates import candidates
from agents.steps.judge import to_findings
from agents.steps.propose import HIDDEN_INSTRUCTIONS
from agents.system import SystemModel

T = TypeVar("T")

VERSION = "1"
MOST_ROADS = 8
"""Patterns that are judged in one review."""
_POINTED = 5
_LONG_WORDS = 3_000
"""From here on the rules are noticed by others on the loop; below it a thread costs more."""
_ALWAYS = ("reviewer", "correction", "shorter")
_PROMPTS: Mapping[str, tuple[str, ...]] = {
    "triage": ("triage",),
    "extract": ("extract",),
    "judge": ("model", "judge"),
    "propose": ("model", *propose.GENERATORS),
    "merge": ("model", "merge"),
    "refute": ("model", "refute"),
    "roads": ("model", "roads"),
    "write": ("model", "write", "comment", "question", "summary"),
}


class ModelAnalyst:
    """Does every judgement with a model; what a model will not do, the rules do, and it is said.

    Raises `Trouble` where waiting or an operator helps. Make one for each review: it holds the
    review's budget and its place in the provider's cache.
    """

    name = "model"

    def __init__(self, models: Models) -> None:
        self._models = models
        self._rules = LexicalAnalyst()
        self._spending = Spending(models.options.budget)
        self._asking = Asking(models, self._spending)
        self._laid: tuple[Desk, Proof] | None = None

    @property
    def version(self) -> str:
        """Changes with everything that makes another answer likely."""
        return f"{VERSION} {described(self._models.options)}"

    def prompts(self, step: str) -> tuple[str, ...]:
        """The prompt and template files of a step, as provenance names them."""
        chosen = self._models.options.prompts
        names = (*_ALWAYS, *_PROMPTS[step])
        return tuple(prompts.load(name, chosen.get(name)).label for name in names)

    def paid(self, record: StepRecord) -> None:
        """A step that an earlier run of this review has paid."""
        self._spending.paid(record)

    async def triage(self, reading: Reading) -> Triage:
        """See `Analyst.triage`."""
        return await self._judged(
            "triage", reading, self._triage, lambda: self._rules.triage(reading)
        )

    async def _triage(self, room: Room) -> Triage:
        """A model alone does not clear a change: where the rules see a design, it is reviewed."""
        found = await triage.triage(room)
        if found.is_design:
            return found
        second = await _aside(self._rules.triage(room.reading), room.reading)
        if second.is_design:
            meter().note("The model took this for no design, the offline rules for one: reviewed.")
        return second if second.is_design else found

    async def extract(self, reading: Reading) -> SystemModel:
        """See `Analyst.extract`."""
        return await self._judged(
            "extract", reading, extract.extract, lambda: self._rules.extract(reading)
        )

    async def judge(
        self, candidates: Sequence[Candidate], reading: Reading
    ) -> tuple[Judgement, ...]:
        """See `Analyst.judge`."""
        return await self._judged(
            "judge",
            reading,
            lambda room: judge.judge(candidates, room),
            lambda: self._rules.judge(candidates, reading),
        )

    async def propose(self, reading: Reading) -> tuple[Finding, ...]:
        """See `Analyst.propose`."""
        return await self._judged(
            "propose", reading, propose.propose, lambda: self._rules.propose(reading)
        )

    async def merge(self, findings: Sequence[Finding], reading: Reading) -> tuple[Finding, ...]:
        """See `Analyst.merge`."""
        return await self._judged(
            "merge",
            reading,
            lambda room: merge.merge(findings, room),
            lambda: self._rules.merge(findings, reading),
        )

    async def refute(self, findings: Sequence[Finding], reading: Reading) -> tuple[Refutation, ...]:
        """See `Analyst.refute`."""
        return await self._judged(
            "refute",
            reading,
            lambda room: refute.refute(findings, room),
            lambda: self._rules.refute(findings, reading),
        )

    async def roads(
        self, patterns: Sequence[Pattern], findings: Sequence[Finding], reading: Reading
    ) -> tuple[RoadVerdict, ...]:
        """See `Analyst.roads`."""
        return await self._judged(
            "roads",
            reading,
            lambda room: self._roads(patterns, findings, room),
            lambda: self._rules.roads(patterns, findings, reading),
        )

    async def _roads(
        self, patterns: Sequence[Pattern], findings: Sequence[Finding], room: Room
    ) -> tuple[RoadVerdict, ...]:
        """Of the patterns that fit by kind, those that the rules or a finding point at."""
        by_rules = await _aside(self._rules.roads(patterns, findings, room.reading), room.reading)
        pointed = {verdict.pattern_id for verdict in by_rules}
        count = Counter(p for finding in findings for p in finding.patterns)
        chosen = sorted(
            (p for p in patterns if p.id in pointed or p.id in count),
            key=lambda p: (-count[p.id], p.id not in pointed, p.id),
        )
        return await roads.roads(chosen[:MOST_ROADS], findings, room)

    async def write(
        self,
        findings: Sequence[Finding],
        questions: Sequence[Question],
        roads: Sequence[RoadVerdict],
        reading: Reading,
    ) -> Writing:
        """See `Analyst.write`."""
        by = f"{self.name} analyst {self.version}"
        return await self._judged(
            "write",
            reading,
            lambda room: self._write(findings, questions, roads, room, by),
            lambda: self._rules.write(findings, questions, roads, reading),
        )

    async def _write(
        self,
        findings: Sequence[Finding],
        questions: Sequence[Question],
        roads: Sequence[RoadVerdict],
        room: Room,
        by: str,
    ) -> Writing:
        """A model that finds nothing is not believed alone: what the rules point at is named."""
        if not findings and _unjudged(questions, room.reading):
            work = self._rules.write(findings, questions, roads, room.reading)
            return await _aside(work, room.reading)
        own = [f for f in findings if f.threat_id != HIDDEN_INSTRUCTIONS]
        if not own and room.reading.system.components:
            await self._second_look(room.reading)
        return await write.write(findings, questions, roads, room, by)

    async def _second_look(self, reading: Reading) -> None:
        found = candidates(reading.system, reading.catalogue)
        judged = await _aside(self._rules.judge([c for c in found if c.certain], reading), reading)
        proposed = await _aside(self._rules.propose(reading), reading)
        pointed = (*to_findings(judged, reading), *proposed)
        titles = dict.fromkeys(f"{f.title} ({f.component_name})" for f in pointed)
        if titles:
            few = "; ".join(list(titles)[:_POINTED])
            meter().note(f"The model found nothing material; the offline rules point at: {few}.")

    async def _judged(
        self,
        step: str,
        reading: Reading,
        work: Callable[[Room], Awaitable[T]],
        rules: Callable[[], Coroutine[None, None, T]],
    ) -> T:
        """The model's judgement; in smaller parts where it is too long; else that of the rules."""
        while True:
            room = self._room(reading)
            try:
                found = await work(room)
            except Trouble as trouble:
                if trouble.kind is Kind.TOO_LONG and self._cut_smaller(room.desk):
                    continue
                if trouble.remedy is not Remedy.OTHER:
                    raise
                meter().note(f"{trouble.sentence} The offline rules did the step {step}.")
                meter().done_by = f"{self._rules.name} {self._rules.version}"
                return await _aside(rules(), reading)
            for note in room.desk.notes:
                meter().note(note)
            return found

    def _cut_smaller(self, desk: Desk) -> bool:
        """Steps run side by side: the first that hears of it cuts for all of them, once."""
        if self._laid is not None and self._laid[0] is desk:
            half = desk.smaller()
            if half is None:
                return False
            self._laid = (half, self._laid[1])
        return True

    def _room(self, reading: Reading) -> Room:
        options = self._models.options
        if self._laid is None:
            desk = Desk(reading, options.window_tokens, options.prompts.get("reviewer"))
            self._laid = (desk, Proof(reading))
        return Room(reading, *self._laid, self._asking, options.prompts)


async def _aside(work: Coroutine[None, None, T], reading: Reading) -> T:
    """The rules compute for seconds on a long text: in a thread, so that the loop serves others."""
    if sum(document.words for document in reading.documents.values()) < _LONG_WORDS:
        return await work
    return await asyncio.to_thread(asyncio.run, work)


def _unjudged(questions: Sequence[Question], reading: Reading) -> bool:
    """No design, or too little of one: there is nothing that a model could put into better words."""
    asked = any(question.id.startswith("missing-") for question in questions)
    return asked or not reading.system.components


def described(options: ModelOptions) -> str:
    """The models of a review in few words: `claude-x, refute: claude-y`, and where they are asked.

    A stand-in or a gateway may answer differently under the same name.
    """
    short = {step: name.removeprefix("anthropic:") for step, name in options.by_step.items()}
    others = [f"{step}: {name}" for step, name in sorted(short.items())]
    named = ", ".join((options.model.removeprefix("anthropic:"), *others))
    host = urlsplit(options.base_url).hostname
    return f"{named} at {host}" if host else named
