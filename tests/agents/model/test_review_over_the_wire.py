"""One review from the document to the draft, through the real client and the provider's wire."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic_ai import Agent

from agents.analysts.model.models import trace_calls
from agents.analysts.model.options import STEPS
from agents.analysts.model.recording import Recorder, Replayer, Transcript
from agents.analysts.trouble import Kind, Remedy, Trouble
from agents.evidence import verify
from agents.findings import Draft, StepRecord
from agents.journal import MemoryJournal
from agents.steps.read import read_documents
from evals.standin import Asked, Fault, StandIn
from evals.standin.ledger import Call, Summary
from tests.agents.model.support import Answer, Lab, Spoiled, demo_change, reading_of
from tests.support import DESIGN, design_change

WORDS = {"triage": "triage/v1", "propose": "sweep/v1", "write": "comment/v1", "judge": "judge/v1"}


@dataclass
class Run:
    """A review of the demo's design, and what the stand-in saw of it."""

    draft: Draft
    calls: Sequence[Call]
    summary: Summary
    cost: float
    journal: MemoryJournal
    folder: Path

    def steps(self) -> Sequence[StepRecord]:
        """Records of the steps that a model did."""
        return [r for r in self.draft.provenance.steps if r.step.partition(":")[0] in STEPS]


@pytest.fixture(scope="module")
def run(standin: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Run:
    lab = Lab(standin)
    lab.reset()
    lab.review(demo_change())  # From here on the stand-in's brain remembers.
    lab.reset()
    # Answers begin early and end late: calls that can run side by side do.
    standin.state.delay, standin.state.duration = 0.1, 2.0
    folder, journal = tmp_path_factory.mktemp("transcript"), MemoryJournal()
    transcript = Transcript(folder)
    transcript.begin()
    draft = lab.review(demo_change(), journal, lambda model: Recorder(model, transcript))
    ledger = standin.ledger
    calls = list(ledger.calls)
    return Run(draft, calls, ledger.summary(), float(ledger.cost()), journal, folder)


def test_the_draft_has_findings_and_every_quote_is_in_the_document(run: Run) -> None:
    draft, documents = run.draft, read_documents(demo_change())
    assert draft.outcome == "findings"
    assert len(draft.findings) > 20
    quotes = [e for finding in draft.findings for e in finding.evidence]
    quotes += [e for question in draft.questions for e in question.evidence]
    quotes += [e for part in draft.system.components for e in part.evidence]
    assert all(verify(e, documents) for e in quotes)
    assert draft.coverage.dropped_evidence == 0
    assert draft.coverage.notes == ()
    assert {comment.about for comment in draft.comments} >= {f.id for f in draft.findings}


def test_provenance_says_what_each_step_was_done_with_and_cost(run: Run) -> None:
    steps = run.steps()
    assert {r.step.partition(":")[0] for r in steps} == set(STEPS)
    for record in steps:
        assert record.model == "claude-sonnet-5-5"
        assert record.analyst.startswith("model ")
        assert record.requests >= 1
        assert record.input_tokens >= record.cached_tokens + record.written_tokens
        assert min(record.output_tokens, record.cost_usd, record.duration_ms) > 0
        assert re.fullmatch(r"(\w+/v\d+ sha256:[0-9a-f]{64}(; |$))+", record.prompt)
        assert WORDS.get(record.step.partition(":")[0], "reviewer/v1") in record.prompt
    assert sum(r.requests for r in steps) == len(run.calls)
    assert sum(r.output_tokens for r in steps) == run.summary.output
    assert sum(r.cached_tokens for r in steps) == run.summary.read
    assert sum(r.cost_usd for r in steps) == pytest.approx(run.cost, rel=1e-6)


def test_prefix_and_shared_block_are_written_once_and_read_by_all_others(run: Run) -> None:
    usages = [call.usage for call in run.calls if call.usage]
    assert len({call.prefix for call in run.calls}) == 1
    prefix, shared = [u.written_5m for u in usages if u.written_5m]
    assert [u.read for u in usages] == [0, prefix, prefix, *[prefix + shared] * (len(usages) - 3)]
    # The demo's design is dense: what its steps add weighs as much as half of its prefix.
    assert run.summary.read_share > 0.65


def test_most_of_a_design_of_five_thousand_words_is_read_from_the_cache(lab: Lab) -> None:
    """By a model that finds a dozen things; the rules find four times as many."""
    few = {"judge": _fewer_verdicts, "propose": lambda a, _: {"threats": a["threats"][:3]}}
    lab.standin.state.brain = Spoiled(few)
    said = "Nobody has measured how often colleagues take the stairs when the lift is slow. "
    draft = lab.review(design_change(f"{DESIGN}\n## Background\n\n" + f"{said * 10}\n\n" * 34))
    summary = lab.standin.ledger.summary()
    assert summary.read_share >= 0.8
    assert summary.uncached_equivalent < 80_000
    assert 8 <= len(draft.findings) <= 24
    assert draft.coverage.dropped_evidence == 0


def _fewer_verdicts(answer: Answer, _: Asked) -> Answer:
    rest = [ruling["candidate"] for ruling in answer["verdicts"][3:]]
    rejected = {"candidates": rest, "reason": "Not here."}
    others = [*answer["not_applicable"], *([rejected] if rest else [])]
    return {"verdicts": answer["verdicts"][:3], "not_applicable": others}


def test_no_more_than_five_calls_are_in_sequence(run: Run) -> None:
    assert run.summary.depth <= 5
    assert run.summary.most_in_flight >= 5


def test_a_transcript_replays_the_same_draft_without_a_call(run: Run, lab: Lab) -> None:
    files = sorted(run.folder.iterdir())
    assert len(files) == len(run.calls)
    assert files[0].name == "001-triage.json"
    assert not [f for f in files if lab.standin.key in f.read_text(encoding="utf-8")]
    answers = Transcript(run.folder).answers()
    replayed = lab.review(demo_change(), wrap=lambda model: Replayer(model, answers))
    assert lab.calls() == []
    without: Any = {"exclude": {"provenance"}}
    assert replayed.model_dump(**without) == run.draft.model_dump(**without)
    with pytest.raises(Trouble) as caught:
        lab.review(design_change(), wrap=lambda model: Replayer(model, answers))
    trouble = caught.value
    assert (trouble.kind, trouble.remedy) == (Kind.TRANSCRIPT, Remedy.OPERATOR)
    assert "has no answer for this" in trouble.sentence


def test_a_second_run_with_the_same_journal_asks_nothing(run: Run, lab: Lab) -> None:
    again = lab.review(demo_change(), run.journal)
    assert lab.calls() == []
    assert again.findings == run.draft.findings
    steps = [r for r in again.provenance.steps if r.step.partition(":")[0] in STEPS]
    assert all(r.from_journal for r in steps)
    assert sum(r.cost_usd for r in steps) == pytest.approx(run.cost, rel=1e-6)


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """Everything that is traced meanwhile, calls of models included."""
    provider = trace.get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        provider = TracerProvider()
        trace.set_tracer_provider(provider)
    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace_calls()
    yield exporter
    Agent.instrument_all(False)
    exporter.shutdown()


def test_spans_have_the_names_of_genai_and_no_word_of_the_document(
    lab: Lab, spans: InMemorySpanExporter
) -> None:
    """Mistakes, corrections and failures are in it: errors like to quote what they are about."""
    lab.standin.state.brain = Spoiled({"write": lambda answer, _: answer | {"summary": 7}})
    lab.standin.faults.add(Fault("broken_tool", step="triage", times=3), Fault("text"))
    draft = lab.review()
    assert len([note for note in draft.coverage.notes if "did the step" in note]) == 2
    lab.standin.faults.add(Fault("overloaded", step="propose"))
    with pytest.raises(Trouble):
        lab.review(journal=MemoryJournal())
    found = spans.get_finished_spans()
    chats = [s for s in found if s.name == "chat claude-sonnet-5-5"]
    assert len(chats) == len(lab.calls())
    told = [dict(s.attributes or {}) for s in chats]
    answered = [attributes for attributes in told if "gen_ai.usage.input_tokens" in attributes]
    assert len(answered) == len(chats) - 1
    for attributes in answered:
        assert attributes["gen_ai.operation.name"] == "chat"
        assert attributes["gen_ai.request.model"] == "claude-sonnet-5-5"
        assert attributes["gen_ai.usage.output_tokens"]
    assert {s.name for s in found} >= {"invoke_agent reviewer", "review.step"}
    steps = {(s.attributes or {})["lintel.step"] for s in found if s.name == "review.step"}
    assert steps >= {"triage", "propose", "write"}
    traced = "\n".join(_text(span) for span in found).casefold()
    words = re.findall(r"[\w-]+", DESIGN.casefold())
    said = {" ".join(words[i : i + 3]) for i in range(len(words) - 2)}
    names = {c.id for c in reading_of(DESIGN).system.components if "-" in c.id}
    assert [text for text in sorted(said | names) if text in traced] == []


def _text(span: ReadableSpan) -> str:
    """All that a span tells, in words with single spaces between them."""
    told: list[object] = [span.name, span.status.description or "", dict(span.attributes or {})]
    told += [[event.name, dict(event.attributes or {})] for event in span.events]
    return " ".join(re.findall(r"[\w-]+", json.dumps(told, default=str)))
