"""`lintel review`, as a process: what it prints where, its exit codes, and its evidence."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.exports.review_json import ReviewJson
from tests.cli.support import (
    DESIGN,
    closed,
    command,
    disk_lines,
    environment,
    lintel,
    on_a_terminal,
    said,
    to_nobody,
)
from tests.support import ROOT, require_cases


def reviewed(*args: str | Path, stdin: bytes = b"") -> ReviewJson:
    """The JSON of a review that went well."""
    result = lintel("review", *args, "--format", "json", stdin=stdin)
    assert result.returncode == 0, said(result)
    return ReviewJson.model_validate_json(result.stdout)


def every_evidence(node: object) -> Iterator[dict[str, object]]:
    """Everything in the JSON that has the fields of evidence."""
    if isinstance(node, dict):
        if {"path", "line_start", "line_end", "quote"} <= set(node):
            yield node
        for value in node.values():
            yield from every_evidence(value)
    elif isinstance(node, list):
        for value in node:
            yield from every_evidence(value)


def assert_verbatim(body: dict[str, object]) -> int:
    """Every quote stands in its file at exactly its lines; returns how many there are."""
    count = 0
    for evidence in every_evidence(body):
        lines = disk_lines(Path(str(evidence["path"])))
        first, last = int(str(evidence["line_start"])), int(str(evidence["line_end"]))
        quote = str(evidence["quote"]).replace("\r\n", "\n")
        assert 1 <= first <= last <= len(lines)
        assert quote.strip()
        assert quote in "\n".join(lines[first - 1 : last])
        assert quote.count("\n") == last - first
        count += 1
    return count


def test_markdown_goes_to_stdout_and_nothing_to_stderr(design: Path) -> None:
    result = lintel("review", design)
    text = result.stdout.decode()
    assert result.returncode == 0
    assert result.stderr == b""
    assert text.startswith("# Security design review\n\n**Outcome:** ")
    assert "## Findings" in text
    assert "## What was read" in text
    assert f"`{design}:" in text


def test_json_of_a_file(design: Path) -> None:
    body = reviewed(design)
    assert body.outcome == "findings"
    assert body.triage.is_design
    assert [f.rank for f in body.findings] == list(range(1, len(body.findings) + 1))
    assert all(f.evidence and f.evidence[0].path == str(design) for f in body.findings)
    assert any(f.comment and f.comment.body for f in body.findings)
    assert body.system.components
    assert body.provenance.analyst.startswith("offline ")
    assert assert_verbatim(body.model_dump(mode="json")) > 5


def test_stdin_is_reviewed_like_a_file(design: Path) -> None:
    piped = reviewed("-", stdin=design.read_bytes())
    assert [f.id for f in piped.findings] == [f.id for f in reviewed(design).findings]
    assert {e["path"] for e in every_evidence(piped.model_dump(mode="json"))} == {"stdin"}


@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
def test_other_line_ends_and_a_byte_order_mark(design: Path, tmp_path: Path, line_end: str) -> None:
    other = tmp_path / "other.md"
    other.write_bytes(b"\xef\xbb\xbf" + DESIGN.replace("\n", line_end).encode())
    body = reviewed(other)
    assert [f.id for f in body.findings] == [f.id for f in reviewed(design).findings]
    assert assert_verbatim(body.model_dump(mode="json")) > 5


def test_fail_on(design: Path) -> None:
    worst = reviewed(design).findings[0].severity
    order = ["critical", "high", "medium", "low"]
    for threshold in order:
        result = lintel("review", design, "--fail-on", threshold)
        assert result.returncode == (1 if order.index(threshold) >= order.index(worst) else 0)
        assert result.stdout.startswith(b"# Security design review")
        assert result.stderr == b""


def test_a_text_that_is_no_design(tmp_path: Path) -> None:
    path = tmp_path / "note.md"
    path.write_text("Lunch is at noon. Bring cake.\n")
    result = lintel("review", path, "--format", "json", "--fail-on", "low")
    body = json.loads(result.stdout)
    assert result.returncode == 0
    assert body["outcome"] in ("not_a_design", "too_little_information")
    assert body["findings"] == []


def test_cap_limits_what_the_author_gets(design: Path) -> None:
    body = reviewed(design, "--cap", "1")
    assert len(body.findings) > 1
    assert [f.for_author for f in body.findings].count(True) == 1
    by_setting = lintel("review", design, "--format", "json", env={"LINTEL_AUTHOR_CAP": "1"})
    assert ReviewJson.model_validate_json(by_setting.stdout).findings == body.findings


def test_output_goes_to_the_file(design: Path, tmp_path: Path) -> None:
    target = tmp_path / "review.json"
    result = lintel("review", design, "--format", "json", "--output", target)
    assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")
    assert ReviewJson.model_validate_json(target.read_bytes()).outcome == "findings"


def test_a_threat_of_ones_own_catalogue_is_switched_off(design: Path, tmp_path: Path) -> None:
    victim = next(f for f in reviewed(design).findings if f.threat_id)
    folder = tmp_path / "own" / "threats"
    folder.mkdir(parents=True)
    (folder / f"{victim.threat_id}.yaml").write_text(
        f"id: {victim.threat_id}\ndisabled: true\nreason: Not here.\n"
    )
    body = reviewed(design, "--catalogue", tmp_path / "own")
    assert victim.threat_id not in {f.threat_id for f in body.findings}


def test_a_directory(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "one.md").write_text(DESIGN)
    (folder / "two.md").write_text("# Notes\n\nThe chat service runs in Kubernetes.\n")
    (folder / "empty.md").touch()
    result = lintel("review", folder, "--format", "json")
    body = json.loads(result.stdout)
    assert [d["path"] for d in body["coverage"]["documents"]] == [
        f"{folder}/one.md",
        f"{folder}/two.md",
    ]
    note = f"Not read: {folder}/empty.md: the document is empty"
    assert any(note in n for n in body["coverage"]["notes"])
    assert f"lintel: note: {note}" in said(result)
    assert assert_verbatim(body) > 5


def test_a_document_that_is_cut_says_so_everywhere(tmp_path: Path) -> None:
    path = tmp_path / "long.md"
    path.write_text(DESIGN + "\n## Log\n\n" + "```text\n" + "entry\n" * 850_000 + "```\n")
    result = lintel("review", path, "--format", "json")
    body = json.loads(result.stdout)
    assert result.returncode == 0
    size = f"{path.stat().st_size:,}"
    assert path.stat().st_size > 5_000_000
    assert f"lintel: note: {path} is cut: the first " in said(result)
    assert size in said(result)
    assert size in body["coverage"]["documents"][0]["skipped"][0]
    assert lintel("review", path, "--quiet").stderr == b""


def test_progress_on_a_terminal(design: Path) -> None:
    shown, code = on_a_terminal("review", design, "--output", os.devnull)
    assert code == 0
    steps = [line.removeprefix("lintel: ") for line in shown.splitlines()]
    assert steps[0] == "read"
    assert steps[-1] == "write"
    assert "extract" in steps
    assert on_a_terminal("review", design, "--output", os.devnull, "-q") == ("", 0)


def test_a_reader_that_goes_away_is_no_failure(design: Path) -> None:
    assert to_nobody("review", design, "--format", "json") == (0, b"")


def test_closed_stdout_and_stdin(design: Path) -> None:
    assert closed(1, "review", design) == (0, b"")
    code, stderr = closed(0, "review", "-")
    assert code == 3
    assert stderr.startswith(b"lintel: error: stdin is closed")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_said(design: Path) -> None:
    with open("/dev/full", "wb") as full:
        result = subprocess.run(
            command("review", design),
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            env=environment(),
            cwd=ROOT,
        )
    assert result.returncode == 5
    assert result.stderr == b"lintel: error: stdout cannot be written: No space left on device\n"


def test_quotes_of_every_case_stand_at_their_lines() -> None:
    for path in require_cases():
        result = lintel("review", path, "--format", "json")
        assert result.returncode == 0, said(result)
        body = json.loads(result.stdout)
        assert assert_verbatim(body) > 0 or body["outcome"] == "not_a_design"
