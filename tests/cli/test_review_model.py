"""`lintel review` with a model: over the wire, with what goes wrong there."""

import json
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from evals.standin import Fault, StandIn
from service.exports.review_json import ReviewJson
from tests.cli.support import DESIGN, command, environment, on_a_terminal
from tests.support import ROOT

Run = Callable[..., Result]
EVERY = 1000


def steady(text: str) -> dict[str, object]:
    """A review's JSON without what differs from run to run: durations, who was faster, and where the
    model was asked, which is part of what inputs are known by."""
    body: dict[str, object] = json.loads(text.replace(" at 127.0.0.1", ""))
    provenance = body["provenance"]
    assert isinstance(provenance, dict)
    for step in provenance["steps"]:
        del step["duration_ms"], step["input_hash"]
    provenance["steps"].sort(key=lambda step: step["step"])
    return body


def test_an_address_and_a_key_are_enough(asking: Run, standin: StandIn, design: Path) -> None:
    result = asking("review", design, "--analyst", "model", "--format", "json")
    assert result.exit_code == 0, result.stderr
    body = ReviewJson.model_validate_json(result.stdout)
    assert body.provenance.analyst.startswith("model ")
    assert body.findings
    paid = standin.ledger.summary()
    lines = result.stderr.splitlines()
    assert lines[0].endswith(f"at {standin.base_url.removeprefix('http://')}")
    asked = [step for step in body.provenance.steps if step.requests]
    for step in asked:
        (line,) = [text for text in lines if text.startswith(f"lintel: {step.step}: ")]
        assert f" s, {step.input_tokens:,} tokens in (" in line
        assert line.endswith(f" out, ${step.cost_usd:.4f}")
    assert len(lines) == len(asked) + 2
    sent = sum(step.input_tokens for step in asked)
    share = round(100 * sum(step.cached_tokens for step in asked) / sent)
    assert f", {paid.calls} calls, {sent:,} tokens in ({share} % cached), " in lines[-1]
    assert lines[-1].startswith("lintel: all: ")
    assert lines[-1].endswith(f"${sum(step.cost_usd for step in asked):.4f}")


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (Fault("authentication", times=EVERY), "does not accept the key"),
        # Beside other steps: what is raised is a group.
        (Fault("overloaded", "judge", times=EVERY), "is overloaded"),
    ],
)
def test_by_default_the_rules_take_over_at_once_and_it_is_said(
    asking: Run, standin: StandIn, design: Path, fault: Fault, why: str
) -> None:
    standin.faults.add(fault)
    result = asking("review", design, "--format", "json")
    assert result.exit_code == 0, result.stderr
    body = ReviewJson.model_validate_json(result.stdout)
    assert body.provenance.analyst.startswith("offline ")
    assert body.findings
    (notice,) = [note for note in body.coverage.notes if "offline rules" in note]
    assert why in notice
    assert f"lintel: {notice}\n" in result.stderr


@pytest.mark.parametrize(
    ("kind", "code", "help_"),
    [
        ("overloaded", 6, "Try again in 7 s, or use --analyst offline"),
        ("authentication", 4, "check LINTEL_MODEL_API_KEY or the variable of its provider"),
        ("not_found", 4, "check LINTEL_MODEL"),
    ],
)
def test_where_a_model_is_asked_for_nothing_else_judges(
    asking: Run, standin: StandIn, design: Path, kind: str, code: int, help_: str
) -> None:
    standin.faults.add(Fault(kind, times=EVERY, retry_after=7))  # type: ignore[arg-type]
    result = asking("review", design, "--analyst", "model", "--format", "json")
    assert (result.exit_code, result.stdout) == (code, "")
    last = result.stderr.splitlines()[-1]
    assert last.startswith("lintel: error: The model claude-")
    assert help_ in last


def test_a_model_without_a_key(run: Run, design: Path) -> None:
    for named in (("--analyst", "model"), ("--model", "claude-haiku-4-5")):
        result = run("review", design, *named)
        assert (result.exit_code, result.stdout) == (4, "")
        assert "set ANTHROPIC_API_KEY" in result.stderr.splitlines()[-1]
    assert run("review", design).exit_code == 0


def test_the_model_of_the_option_is_asked_in_every_step(
    asking: Run, standin: StandIn, design: Path
) -> None:
    others = {"LINTEL_ANALYST": "offline", "LINTEL_MODEL_BY_STEP": "judge=claude-opus-4-5"}
    result = asking("review", design, "--model", "claude-haiku-4-5", "-q", **others)
    assert (result.exit_code, result.stderr) == (0, "")
    assert {call.model for call in standin.ledger.calls} == {"claude-haiku-4-5"}


@pytest.mark.parametrize(
    "args",
    [
        ("--analyst", "offline", "--model", "claude-haiku-4-5"),
        ("--analyst", "offline", "--transcript", "there"),
        ("--transcript", "there", "--replay", "there"),
        ("--transcript", "/proc/none/there"),
    ],
)
def test_what_does_not_go_together(asking: Run, design: Path, args: tuple[str, ...]) -> None:
    result = asking("review", design, *args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Error: Invalid value for --" in result.stderr


def test_a_transcript_is_replayed_without_a_network_and_without_a_key(
    asking: Run, run: Run, standin: StandIn, design: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "transcript"
    standin.faults.add(Fault("too_long", "write", times=EVERY))
    recorded = asking("review", design, "--transcript", folder, "--format", "json")
    assert recorded.exit_code == 0, recorded.stderr
    assert "did the step write" in recorded.stderr
    calls = [path.read_text() for path in sorted(folder.iterdir())]
    assert len(calls) == len(standin.ledger.calls)
    assert not any(standin.key in call for call in calls)
    asked = standin.ledger.summary().calls

    replayed = run("review", design, "--replay", folder, "--format", "json")
    assert replayed.exit_code == 0, replayed.stderr
    assert steady(replayed.stdout) == steady(recorded.stdout)
    assert standin.ledger.summary().calls == asked

    design.write_text(DESIGN.replace("rate limit", "rate limiter"))
    for changed in ((), ("--model", "claude-haiku-4-5")):
        other = run("review", design, "--replay", folder, *changed)
        assert (other.exit_code, other.stdout) == (3, "")
        assert "The transcript has no answer for this triage: the document, " in other.stderr
    again = asking("review", design, "--transcript", folder)
    assert (again.exit_code, again.stdout) == (2, "")
    assert "already holds a transcript" in again.stderr


def test_a_folder_that_is_no_transcript(run: Run, design: Path, tmp_path: Path) -> None:
    (tmp_path / "001-triage.json").write_text("{}")
    for folder, why in ((tmp_path, "is not a call"), (tmp_path / "none", "holds no transcript")):
        result = run("review", design, "--replay", folder)
        assert (result.exit_code, result.stdout) == (3, "")
        assert why in result.stderr


def test_a_terminal_shows_what_is_running_and_nothing_of_others(
    standin: StandIn, design: Path
) -> None:
    env = {"ANTHROPIC_BASE_URL": standin.base_url, "ANTHROPIC_API_KEY": standin.key}
    shown, code = on_a_terminal("review", design, "--output", "/dev/null", env=env)
    assert code == 0
    assert "\x1b[Klintel: triage, extract ..." in shown
    lines = [line.rpartition("\x1b[K")[2] for line in shown.split("\r\n")[:-1]]
    assert all(line.startswith("lintel: ") for line in lines)
    assert lines[-1].startswith("lintel: all: ")


def test_ctrl_c_ends_it_cleanly(standin: StandIn, design: Path) -> None:
    standin.state.delay = 60
    env = {"ANTHROPIC_BASE_URL": standin.base_url, "ANTHROPIC_API_KEY": standin.key}
    process = subprocess.Popen(
        command("review", design),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(env | {"PYTHONWARNINGS": "always::ResourceWarning"}),
        cwd=ROOT,
    )
    assert process.stderr is not None
    assert process.stderr.readline().startswith(b"lintel: asking ")
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=30)
    assert (process.returncode, stdout, stderr) == (130, b"", b"")
