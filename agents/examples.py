"""The catalogue's own examples, put through extraction, preconditions, judging and proposing."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from agents.analysts.base import Analyst, Reading
from agents.catalogue.loader import Catalogue, Threat
from agents.change import Change, SourceText
from agents.document import read
from agents.findings import Verdict
from agents.steps.candidates import candidates
from agents.steps.extract import extract
from agents.steps.judge import judge
from agents.steps.propose import propose

Shape = Literal["fires", "quiet", "mitigated"]
Outcome = Literal["finding", "question", "mitigated", "nothing"]
_PATH = "example.md"
WANTED: dict[Shape, tuple[Outcome, ...]] = {
    "fires": ("finding", "question"),
    "quiet": ("question", "mitigated", "nothing"),
    "mitigated": ("mitigated", "nothing"),
}
"""A question is fair where the text leaves something open, never where a control stands; a text may
settle a threat before the model shows it, and then it is no candidate."""


@dataclass(frozen=True)
class Tried:
    """One example and what became of it."""

    threat_id: str
    shape: Shape
    number: int
    text: str
    outcome: Outcome

    @property
    def passed(self) -> bool:
        """True when the outcome is one that this shape of example allows."""
        return self.outcome in WANTED[self.shape]


def examples(threat: Threat) -> Iterator[tuple[Shape, int, str]]:
    """All examples of a threat with their shape and place."""
    shapes: tuple[tuple[Shape, tuple[str, ...]], ...] = (
        ("fires", threat.examples.fires),
        ("quiet", threat.examples.quiet),
        ("mitigated", threat.examples.mitigated),
    )
    for shape, texts in shapes:
        for number, text in enumerate(texts):
            yield shape, number, text


def try_out(threat: Threat, catalogue: Catalogue, analyst: Analyst) -> tuple[Tried, ...]:
    """Every example of a threat with its outcome."""
    return tuple(
        Tried(threat.id, shape, number, text, outcome(threat, text, catalogue, analyst))
        for shape, number, text in examples(threat)
    )


def outcome(threat: Threat, text: str, catalogue: Catalogue, analyst: Analyst) -> Outcome:
    """What the analyst makes of one threat in a text: the strongest of its verdicts."""
    return asyncio.run(_outcome(threat, text, catalogue, analyst))


async def _outcome(threat: Threat, text: str, catalogue: Catalogue, analyst: Analyst) -> Outcome:
    change = Change(repository="example", documents=(SourceText(path=_PATH, text=text),))
    bare = Reading(change, {_PATH: read(_PATH, text)}, catalogue)
    system = (await extract(bare, analyst)).value
    reading = Reading(change, bare.documents, catalogue, system)
    own = [c for c in candidates(system, catalogue) if c.threat_id == threat.id]
    judged = (await judge(own, reading, analyst)).value
    proposed = (await propose(reading, analyst)).value
    verdicts = {judgement.verdict for judgement in judged}
    raised = [finding for finding in proposed if finding.threat_id == threat.id]
    itself = any(finding.id.startswith(f"{threat.id}@") for finding in raised)
    if Verdict.APPLIES in verdicts or itself:
        return "finding"
    if Verdict.MITIGATED in verdicts:
        return "mitigated"
    # A remark about another mechanism of the threat counts where the threat itself is open.
    if raised:
        return "finding"
    return "question" if Verdict.UNKNOWN in verdicts else "nothing"
