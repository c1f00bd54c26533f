"""The bars on what a review costs, and the command that measures it."""

import json
from pathlib import Path

import pytest

from agents.analysts.model import asking
from agents.analysts.model.answers import TriageAnswer
from agents.analysts.model.cited import Answer
from agents.catalogue.loader import load
from agents.findings import Draft
from evals.bench import cost
from evals.bench.designs import design
from evals.bench.spent import CallSpent, Spent, spent, total

DEMO = Path(cost.__file__).parents[2] / (
    "service/demo/sample/pull-1/files/docs/design/support-assistant.md"
)


def row(*calls: CallSpent) -> Spent:
    return Spent(
        words=10, calls=len(calls), depth=1, uncached=0, written=0, read=0, output=0, read_share=0.5,
        uncached_equivalent=1.0, usd=0.1, corrections=0, findings=1, by_call=calls,
    )  # fmt: skip


def call(uncached: int, read: int) -> CallSpent:
    return CallSpent(step="judge", uncached=uncached, written=0, read=read, output=1)


def test_a_design_of_5000_words_holds_the_bars() -> None:
    found, draft = spent(design(5_000), load())
    assert cost.missed(found) == ()
    holds_together(found, draft)


def test_the_demo_costs_what_it_did() -> None:
    """Short and full of findings: what the steps are asked is more than what they read."""
    found, draft = spent(DEMO.read_text(), load())
    assert found.depth <= cost.MOST_DEPTH
    assert found.read_share >= 0.7
    assert found.uncached_equivalent <= 65_000
    holds_together(found, draft)


def holds_together(found: Spent, draft: Draft) -> None:
    assert found.corrections == 0
    assert found.findings == len(draft.findings) > 0
    # Only the first call of the review and the one that shares the system model write the cache.
    assert [c.step for c in found.by_call if c.written] in (
        ["triage", "judge"], ["triage", "propose"], ["extract", "judge"], ["extract", "propose"],
    )  # fmt: skip


def test_a_tool_list_for_each_step_misses_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def one_tool(_: object, want: type[Answer]) -> tuple[asking.Output, type[Answer] | None]:
        return "tool", want

    monkeypatch.setattr(asking, "_output", one_tool)
    found, _ = spent(DEMO.read_text(), load())
    assert found.read_share < 0.5
    assert cost.missed(found)


def test_schemas_say_nothing_twice() -> None:
    schema = json.dumps(TriageAnswer.model_json_schema())
    assert "maxLength" not in schema
    assert "default" not in schema
    # The tool's own description stays.
    assert schema.count('"description"') == 1


def test_totals_are_over_the_calls_after_the_first_of_each_design() -> None:
    both = total({"a": row(call(100, 0), call(25, 75)), "b": row(call(100, 0), call(75, 25))})
    assert both.read_share == 0.5
    assert (both.calls, both.usd) == (4, 0.2)


def test_the_command_reports_and_fails_where_a_bar_is_missed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, draft = spent("# Notes\n\nNothing is built here.\n", load())
    dear = row(call(1, 1)).model_copy(update={"uncached_equivalent": 60_001.0, "read_share": 0.9})
    monkeypatch.setattr(cost, "run", lambda designs, _: (dict.fromkeys(designs, dear), draft))
    result = tmp_path / "cost.json"
    assert cost.main(["--cases", str(tmp_path / "none"), "--result", str(result)]) == 1
    shown = capsys.readouterr()
    assert "60,001 uncached-equivalent > 60,000" in shown.err
    assert "list prices of claude-sonnet-5-5" in shown.out
    kept = json.loads(result.read_text())
    assert kept["prices_of"] == "claude-sonnet-5-5"
    assert kept["does_not_show"]
    assert set(kept["designs"]) == {"500 words", "2,000 words", "5,000 words", cost.THREE}
