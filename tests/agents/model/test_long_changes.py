"""Two hundred thousand words: read in parts, in bounded memory, and the draft says so."""

import re
import resource
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from agents.findings import Draft
from evals.standin import Asked, Scripted, StandIn
from evals.standin.printed import items
from tests.agents.model.support import Answer, Lab, noted
from tests.support import design_change

WINDOW = 180_000
CHAPTERS = 100
_SAID = "The stairs are long and nobody has measured how often a colleague takes the lift. "
_LINE = re.compile(r"^(\d+)\| (The (\w+-\d+) calls the (\w+-\d+) over HTTP\.)$", re.MULTILINE)


def long_text() -> str:
    """Chapters of 2,000 words; every other one has a sentence about two parts of its own."""
    chapters = []
    for n in range(CHAPTERS):
        said = f"The caller-{n} calls the store-{n} over HTTP.\n\n" if n % 2 else ""
        chapters.append(f"## Chapter {n}\n\n{said}" + f"{_SAID * 10}\n\n" * 13)
    return "# Everything\n\n" + "".join(chapters)


def extract(asked: Asked) -> Answer:
    """The two parts of each chapter that is shown, at the lines that are shown."""
    components, flows = {}, []
    for line, text, source, target in _LINE.findall(asked.system):
        evidence = [{"line": int(line), "quote": text}]
        for name, kind in ((source, "service"), (target, "database")):
            components[name] = {"id": name, "name": name, "kind": kind, "evidence": evidence}
        flows.append({"source": source, "target": target, "evidence": evidence})
    return {"components": list(components.values()), "flows": flows}


def judge(asked: Asked) -> Answer:
    """The first candidate of a call applies, with its line; the others do not."""
    rows = re.findall(r"^(\d+)\. on (?:caller|store)-(\d+)", asked.text, re.MULTILINE)
    (first, chapter), *others = rows
    quote = f"The caller-{chapter} calls the store-{chapter} over HTTP."
    evidence = [{"line": 1, "quote": quote}]
    ruling = {"candidate": int(first), "verdict": "applies", "reason": "So.", "evidence": evidence}
    rest = [int(number) for number, _ in others]
    return {"verdicts": [ruling], "not_applicable": [{"candidates": rest, "reason": "No."}]}


def propose(asked: Asked) -> Answer:
    """One threat of each part of the change, in the middle of it."""
    shown = _LINE.findall(asked.system)
    line, text, source, _ = shown[len(shown) // 2]
    threat = {
        "title": "Anybody may call the store",
        "component": source,
        "stride": ["S"],
        "category": "classic",
        "likelihood": 3,
        "impact": 3,
        "why": "Whoever reaches the network calls the store.",
        "change": "Authenticate the caller.",
        "evidence": [{"line": int(line), "quote": text}],
    }
    return {"threats": [threat] if "the sweep" in asked.text else []}


def keep_all(asked: Asked) -> Answer:
    return {"keeps": [number for number, *_ in items(asked.text, "Findings")]}


SCRIPT: Mapping[str, Any] = {
    "triage": {"is_design": True, "tier": "medium", "depth": "full", "reasons": []},
    "extract": extract,
    "judge": judge,
    "propose": propose,
    "merge": {},
    "refute": keep_all,
    "roads": {"roads": []},
    "write": {"comments": [], "summary": "Much was read.", "brief": "Much was read."},
}


class Watched(Scripted):
    """The script, with a look at this process's memory at each call."""

    most = 0

    def answer(self, asked: Asked) -> Mapping[str, object]:
        self.most = max(self.most, resident())
        return super().answer(asked)


def resident() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


@pytest.fixture(scope="module")
def run(standin: StandIn) -> tuple[Draft, int]:
    """The draft, and the bytes that were added meanwhile."""
    lab = Lab(standin)
    lab.reset()
    brain = standin.state.brain = Watched(SCRIPT)
    change, before = design_change(long_text()), resident()
    draft = lab.review(change, window_tokens=WINDOW)
    return draft, max(brain.most, resident()) - before


def test_the_change_is_read_in_parts_that_fit_the_window(
    run: tuple[Draft, int], standin: StandIn
) -> None:
    draft, _ = run
    assert standin.ledger.refusals == []
    prompts = [call.usage.total for call in standin.ledger.calls if call.usage]
    assert max(prompts) <= WINDOW
    prefixes = {call.prefix for call in standin.ledger.calls}
    assert len(prefixes) == 3
    assert len([c for c in standin.ledger.calls if c.step == "extract"]) == 3
    assert len([c for c in standin.ledger.calls if c.step == "refute"]) == 3
    assert {call.outcome for call in standin.ledger.calls} == {"answered"}
    assert draft.outcome == "findings"


def test_coverage_names_the_parts_and_nothing_is_left_out(
    run: tuple[Draft, int],
) -> None:
    draft, _ = run
    (document,) = draft.coverage.documents
    assert document.words > 190_000
    (note,) = noted(draft, "Too long for one reading: read in 3 parts")
    ranges = [(int(a), int(b)) for a, b in re.findall(r"lines (\d+)-(\d+)", note)]
    assert ranges[0][0] == 1
    assert ranges[-1][1] == document.lines
    assert all(second[0] == first[1] + 1 for first, second in zip(ranges, ranges[1:], strict=False))
    assert noted(draft, "The system was read in 3 parts and put together by names.")
    assert len(draft.system.components) == CHAPTERS
    lines = {finding.evidence[0].line_start for finding in draft.findings}
    assert all(any(first <= line <= last for line in lines) for first, last in ranges)


def test_memory_stays_bounded(run: tuple[Draft, int]) -> None:
    """Of both sides of the wire, for the stand-in runs here too."""
    _, added = run
    assert added < 300 * 2**20
