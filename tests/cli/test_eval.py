"""`lintel eval`: measuring, comparing, extracting, from the command line."""

import asyncio
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from typer.testing import Result

from evals import gate
from evals.compare import compare
from evals.evaluate import read_report, write_report
from evals.metrics import Share
from evals.standin import StandIn
from evals.standin.brains import Asked
from service.cli.failures import CONFIGURATION, FOUND, UNREADABLE
from service.db import Database
from service.migrations import upgrade
from service.models import Decision, Review
from service.reviews import service
from tests.cli.support import on_a_terminal
from tests.evals.support import write_case, write_own_case
from tests.support import design_change, offline_draft

Run = Callable[..., Result]


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    """A folder with a case of our own and a clean one."""
    folder = tmp_path / "cases"
    write_own_case(folder)
    write_case(folder, "clean-desk", clean=True)
    return folder


def test_it_prints_a_table_and_writes_report_and_page(
    run: Run, cases: Path, tmp_path: Path
) -> None:
    out, html = tmp_path / "out.json", tmp_path / "out.html"
    result = run("eval", cases, "--out", out, "--html", html, "--parallel", "1")
    assert result.exit_code == 0
    assert "parcel-desk" in result.stdout
    assert "clean-desk (clean)" in result.stdout
    assert f"written to {out} and {html}" in result.stdout
    assert result.stderr == ""
    report = read_report(out)
    assert (report.analyst, list(report.cases)) == ("offline 1", ["clean-desk", "parcel-desk"])
    assert report.totals["quotes_valid"].value == 1
    assert html.read_text().startswith("<!doctype html>")
    again = run("eval", cases, "--out", out, "--resume", "--only", "clean-desk")
    assert "1 drafts of an earlier run" in again.stdout


def test_the_bar_is_on_a_terminal(cases: Path, tmp_path: Path) -> None:
    seen, code = on_a_terminal("eval", cases / "clean-desk", "--out", tmp_path / "o.json")
    assert code == 0
    assert "[########################] 1 of 1, clean-desk.1" in seen


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("--analyst", "replay"), 2, "name the folder of the recording"),
        (("--model", "x"), 2, "offline has no model for --model"),
        (("--only", "nobody"), UNREADABLE, "no case nobody; there are: clean-desk, parcel-desk"),
        (("--out", "/nowhere/x.json"), 2, "cannot be written"),
        (("--analyst", "model"), CONFIGURATION, "key"),
    ],
)
def test_what_cannot_be_is_said_before_the_work(
    run: Run, cases: Path, args: tuple[str, ...], code: int, message: str
) -> None:
    result = run("eval", cases, *args)
    assert message in " ".join(result.stderr.split()).replace("│ ", "")
    assert result.exit_code == code


def test_a_broken_case_names_file_and_line(run: Run, cases: Path) -> None:
    path = cases / "parcel-desk" / "gold.yaml"
    path.write_text(path.read_text().replace("lines: '7'", "lines: '3'"))
    result = run("eval", cases)
    assert result.exit_code == UNREADABLE
    assert f"{path}:17: this is not verbatim on line 3" in result.stderr


def test_a_recording_gives_the_same_figures_again(
    asking: Run, run: Run, cases: Path, tmp_path: Path
) -> None:
    first, second, kept = tmp_path / "a.json", tmp_path / "b.json", tmp_path / "kept"
    result = asking("eval", cases, "--analyst", "model", "--transcripts", kept, "--out", first)
    assert result.exit_code == 0, result.output
    assert sorted(p.name for p in kept.iterdir()) == ["clean-desk.1", "parcel-desk.1"]
    again = run("eval", cases, "--analyst", "replay", "--transcripts", kept, "--out", second)
    assert again.exit_code == 0, again.output
    one, two = read_report(first), read_report(second)
    assert one.totals["input_tokens"].part > 0
    assert one.analyst.startswith("model ")
    compared = compare(one, two)
    assert compared.changes == {}
    assert {d.verdict for d in compared.differences if d.metric != "seconds"} == {"same"}


def test_comparing_says_what_is_worse_and_can_fail(run: Run, cases: Path, tmp_path: Path) -> None:
    before, after = tmp_path / "a.json", tmp_path / "b.json"
    run("eval", cases, "--out", before, "--parallel", "1")
    report = read_report(before)
    shares = report.cases["parcel-desk"].shares
    worse = dict(shares) | {"quotes_valid": Share(part=1, whole=shares["quotes_valid"].whole)}
    desk = report.cases["parcel-desk"].model_copy(update={"shares": worse})
    write_report(after, report.model_copy(update={"cases": {**report.cases, "parcel-desk": desk}}))
    assert run("eval", "compare", before, before, "--fail").exit_code == 0
    result = run("eval", "compare", before, after, "--fail")
    assert result.exit_code == FOUND
    assert [row.split()[-1] for row in result.stdout.splitlines() if "quotes" in row] == ["worse"]
    assert run("eval", "compare", before, after).exit_code == 0
    (tmp_path / "c.json").write_text("{}")
    broken = run("eval", "compare", before, tmp_path / "c.json")
    assert broken.exit_code == UNREADABLE
    assert "is no report of lintel eval" in broken.stderr


def test_schemas_are_printed(run: Run) -> None:
    assert set(json.loads(run("eval", "schema").stdout)) == {
        "gold.yaml", "meta.yaml", "system.yaml",
    }  # fmt: skip
    one = json.loads(run("eval", "schema", "gold.yaml").stdout)
    assert "not_gold" in one["properties"]
    assert run("eval", "schema", "x").exit_code == 2


def test_ablations_are_one_table(run: Run, cases: Path, tmp_path: Path) -> None:
    result = run("eval", "ablate", cases, "--only", "clean-desk", "--out", tmp_path / "reports")
    assert result.exit_code == 0, result.output
    names = [line.split("  ")[0] for line in result.stdout.splitlines()]
    assert names[:6] == [
        "variant", "whole", "without catalogue", "without proposals", "without refuter",
        "without roads",
    ]  # fmt: skip
    assert len(list((tmp_path / "reports").iterdir())) == 5


def test_with_a_model_the_rules_are_a_line_of_the_table(asking: Run, cases: Path) -> None:
    result = asking("eval", "ablate", cases, "--only", "parcel-desk", "--analyst", "model")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert [line.split("  ")[0] for line in lines][1:7:5] == ["whole", "rules"]
    assert lines[0].split()[-2:] == ["cost_usd", "seconds"]
    # The rules cost nothing, and a model without its catalogue less than the whole.
    cost = {line.split("  ")[0]: line.split()[-2].rstrip("+-") for line in lines[1:7]}
    assert float(cost["without catalogue"]) < float(cost["whole"])
    assert cost["rules"] in ("", "-")


class Judging:
    """A model that says that the first finding makes the first point."""

    def answer(self, asked: Asked) -> Mapping[str, object]:
        assert asked.step == "match"
        return {"pairs": [{"point": 1, "comment": 1, "why": "the same"}]}


def test_a_model_can_judge(run: Run, cases: Path, tmp_path: Path) -> None:
    out = tmp_path / "o.json"
    with StandIn(Judging()) as standin:
        result = run(
            "eval", cases, "--out", out, "--judge", "claude-sonnet-5-5", "--parallel", "1",
            ANTHROPIC_BASE_URL=standin.base_url, ANTHROPIC_API_KEY=standin.key,
        )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "judge claude-sonnet-5-5, match/v1 sha256:" in result.stdout
    report = read_report(out)
    desk = report.cases["parcel-desk"].runs[0]
    assert desk.matched == {"G01": desk.findings[0].id}


def test_decided_reviews_become_cases(run: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'lintel.db'}"
    upgrade(url)
    database = Database(url, lambda _: None)
    change = design_change()
    draft = asyncio.run(offline_draft(change))
    with database.transaction() as session:
        for number in (1, 2):
            review = Review(
                installation_id=1, repository_id=1, repository=change.repository, number=number,
                head_sha=change.head_sha, config_hash="x", state="posted",
                change=change.model_dump(mode="json"),
            )  # fmt: skip
            session.add(review)
            session.flush()
            revision = service.add_revision(session, review.id, draft, made_by="lintel")
            kind = "approve" if number == 1 else "reject"
            session.add(
                Decision(
                    review_id=review.id, kind=kind, revision=revision, by="ada",
                    head_sha=change.head_sha,
                )
            )  # fmt: skip
    database.close()
    out = tmp_path / "extracted"
    result = run("eval", "extract", out, LINTEL_HOME=str(tmp_path))
    assert result.exit_code == 0, result.output
    assert "1 cases in" in result.stdout
    (case,) = out.iterdir()
    measured = run("eval", out, "--out", tmp_path / "o.json", "--parallel", "1")
    assert measured.exit_code == 0, measured.output
    # The rules find again what the rules had found and the architect left.
    assert read_report(tmp_path / "o.json").totals["recall"].value > 0.9
    assert case.name.startswith("review-")


def test_the_gate_holds_on_to_the_baseline(
    cases: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    args = ["--cases", str(cases), "--baseline", str(tmp_path / "base.json"), "--parallel", "1"]
    assert gate.main(args) == 2
    assert "make eval ACCEPT=1" in capsys.readouterr().err
    assert gate.main([*args, "--accept"]) == 0
    assert gate.main(args) == 0
    assert "ok: no metric is worse" in capsys.readouterr().out
    (cases / "clean-desk" / "meta.yaml").unlink()
    assert gate.main(args) == 2
    for path in (cases / "clean-desk").iterdir():
        path.unlink()
    assert gate.main(args) == 1
    assert "worse: the case clean-desk is gone" in capsys.readouterr().err
