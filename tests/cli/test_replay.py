"""`lintel replay`: a stored review once more, with nothing written to the database."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import Result

from agents.findings import Draft, Severity
from service.db import Database
from service.exports.review_json import ReviewJson
from service.migrations import upgrade
from service.models import Review
from service.repository_config.effective import EffectiveConfig, Layer, effective
from service.reviews import service
from tests.support import design_change, offline_draft

Run = Callable[..., Result]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty database in a LINTEL_HOME."""
    url = f"sqlite:///{tmp_path / 'lintel.db'}"
    upgrade(url)
    found = Database(url, lambda _: None)
    yield found
    found.close()


def stored(
    database: Database,
    draft: Draft | None,
    *,
    fetched: bool = True,
    config: EffectiveConfig | None = None,
) -> str:
    """The id of a failed review, with the first draft that it had before."""
    change = design_change()
    with database.transaction() as session:
        review = Review(
            installation_id=1,
            repository_id=1,
            repository=change.repository,
            number=7,
            head_sha=change.head_sha,
            config_hash="x",
            state="failed",
            change=change.model_dump(mode="json") if fetched else None,
            config=config.model_dump(mode="json") if config else None,
        )
        session.add(review)
        session.flush()
        if draft is not None:
            service.add_revision(session, review.id, draft, made_by="lintel")
        return review.id


def test_what_is_different_is_said_and_nothing_is_written(
    run: Run, database: Database, tmp_path: Path
) -> None:
    draft = asyncio.run(offline_draft(design_change()))
    first, second, *others = draft.findings
    was = Severity.LOW if second.severity != "low" else Severity.HIGH
    gone = first.model_copy(update={"id": "other@place", "title": "Another\x1b[31m threat"})
    before = (gone, second.model_copy(update={"severity": was}), *others)
    id_ = stored(database, draft.model_copy(update={"findings": before}))
    database.close()
    bytes_before = (tmp_path / "lintel.db").read_bytes()

    result = run("replay", id_, "--format", "json", LINTEL_HOME=str(tmp_path))
    assert result.exit_code == 0, result.stderr
    assert ReviewJson.model_validate_json(result.stdout).findings[0].id == first.id
    assert result.stderr.splitlines() == [
        f"lintel: gone: {first.severity} other@place (Another\ufffd[31m threat)",
        f"lintel: severity: {was} -> {second.severity} {second.id} ({second.title})",
        f"lintel: new: {first.severity} {first.id} ({first.title})",
        f"lintel: the same: {len(others)} of {len(draft.findings)} findings",
        f"lintel: stored: {draft.provenance.analyst}, $0.0000",
        f"lintel: now: {draft.provenance.analyst}, $0.0000",
    ]
    assert (tmp_path / "lintel.db").read_bytes() == bytes_before
    quiet = run("replay", id_, "-q", LINTEL_HOME=str(tmp_path))
    assert (quiet.exit_code, quiet.stderr) == (0, "")
    assert quiet.stdout.startswith("# Security design review")


def test_with_a_model_and_a_version_of_a_prompt(
    asking: Run, database: Database, tmp_path: Path
) -> None:
    id_ = stored(database, asyncio.run(offline_draft(design_change())))
    args = ("--model", "claude-haiku-4-5", "--prompt", "judge=v1", "--transcript", tmp_path / "t")
    result = asking("replay", id_, "--format", "json", *args, LINTEL_HOME=str(tmp_path))
    assert result.exit_code == 0, result.stderr
    body = ReviewJson.model_validate_json(result.stdout)
    cost = sum(step.cost_usd for step in body.provenance.steps)
    assert cost > 0
    assert result.stderr.splitlines()[-1] == (
        f"lintel: now: {body.provenance.analyst}, ${cost:.4f}"
    )
    assert body.provenance.analyst.endswith(" claude-haiku-4-5 at 127.0.0.1")
    assert len(list((tmp_path / "t").iterdir())) == sum(s.requests for s in body.provenance.steps)


def test_a_model_that_is_down_is_no_report(run: Run, database: Database, tmp_path: Path) -> None:
    id_ = stored(database, None)
    env = {"LINTEL_HOME": str(tmp_path), "ANTHROPIC_API_KEY": "k"}
    # A port that nobody can listen on.
    result = run("replay", id_, ANTHROPIC_BASE_URL="http://127.0.0.1:1", **env)
    assert (result.exit_code, result.stdout) == (6, "")
    assert "cannot be reached" in result.stderr


def test_a_review_without_a_draft(run: Run, database: Database, tmp_path: Path) -> None:
    result = run("replay", stored(database, None), LINTEL_HOME=str(tmp_path))
    assert result.exit_code == 0
    assert result.stderr == "lintel: this review has no stored draft to compare with\n"


def test_what_cannot_be_replayed(run: Run, database: Database, tmp_path: Path) -> None:
    id_ = stored(database, None, fetched=False)
    for asked, why in ((id_, "is not fetched yet (failed)"), ("abc", "there is no review abc in")):
        result = run("replay", asked, LINTEL_HOME=str(tmp_path))
        assert (result.exit_code, result.stdout) == (3, "")
        assert why in result.stderr


@pytest.mark.parametrize(
    ("prompt", "why"),
    [
        ("judge=v99", "there is no judge/v99: known are v1"),
        ("nonsense=v1", "write NAME=vN, with a name of reviewer, model, "),
        ("judge", "known are v1"),
        # A template of the rules: no model sees it.
        ("comment=v1", "write NAME=vN"),
    ],
)
def test_prompts_that_are_not_there(asking: Run, prompt: str, why: str) -> None:
    result = asking("replay", "x", "--prompt", prompt)
    assert (result.exit_code, result.stdout) == (2, "")
    assert why in " ".join(result.stderr.split())


def test_what_the_repository_asked_for_holds_in_a_replay(
    run: Run, database: Database, tmp_path: Path
) -> None:
    given: dict[str, object] = {"cap": 1, "analyst": "offline"}
    id_ = stored(database, None, config=effective([Layer(shown="x", given=given)], cap=7))
    # Nobody listens there: a model that is asked is an error of the command.
    away = {"LINTEL_MODEL_API_KEY": "a-key", "LINTEL_MODEL_BASE_URL": "http://127.0.0.1:9"}
    result = run("replay", id_, "--format", "json", LINTEL_HOME=str(tmp_path), **away)
    assert result.exit_code == 0, result.stderr
    findings = ReviewJson.model_validate_json(result.stdout).findings
    assert sum(finding.for_author for finding in findings) == 1 < len(findings)
