"""Check runs: states, conclusions, actions and the limits of GitHub."""

import pytest

from service.demo.standin import StandIn
from tests.demo.support import DESIGN, REPO, as_installation

RUNS = f"{REPO}/check-runs"


def note(count: int) -> list[dict[str, object]]:
    one = {"path": DESIGN, "start_line": 1, "end_line": 1, "message": "x"}
    return [{**one, "annotation_level": "warning"} for _ in range(count)]


def output(**fields: object) -> dict[str, object]:
    return {"output": {"title": "T", "summary": "S"} | fields}


def actions(count: int, **fields: str) -> dict[str, object]:
    one = {"label": "Go", "description": "Do it", "identifier": "go"} | fields
    return {"actions": [one] * count}


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "completed"},
        {"status": "in_progress", "conclusion": "success"},
        {"conclusion": "stale"},
        {"status": "waiting"},
        {"head_sha": "0" * 40},
        {"name": ""},
        {"details_url": "javascript:alert(1)"},
        {"output": {"title": "T"}},
        output(summary="x" * 65_536),
        output(text="x" * 65_536),
        output(annotations=note(51)),
        output(annotations=[note(1)[0] | {"annotation_level": "shout"}]),
        output(annotations=[note(1)[0] | {"end_line": 0}]),
        actions(4),
        actions(1, label="x" * 21),
        actions(1, description="x" * 41),
        actions(1, identifier="x" * 21),
    ],
)
def test_bad_run_is_refused(quiet: StandIn, fields: dict[str, object]) -> None:
    sha = quiet.head_sha(3)
    answer = as_installation(quiet).post(RUNS, {"name": "Lintel", "head_sha": sha} | fields)
    assert answer.status_code == 422
    assert answer.json()["status"] == "422"
    assert quiet.check_runs(sha) == []


def test_limits_themselves_are_accepted(standin: StandIn) -> None:
    sha = standin.head_sha(1)
    form: dict[str, object] = {"name": "Lintel", "head_sha": sha, "conclusion": "success"}
    form |= output(summary="x" * 65_535, annotations=note(50))
    form |= actions(3, label="x" * 20, description="x" * 40, identifier="x" * 20)
    answer = as_installation(standin).post(RUNS, form)
    assert answer.status_code == 201
    assert (answer.json()["status"], answer.json()["conclusion"]) == ("completed", "success")
    assert answer.json()["completed_at"]


def test_annotations_add_up_and_output_is_replaced(standin: StandIn) -> None:
    api, sha = as_installation(standin), standin.head_sha(1)
    run = api.post(RUNS, {"name": "Lintel", "head_sha": sha}).json()
    assert run["status"] == "queued"
    for title in ("One", "Two"):
        change = output(title=title, annotations=note(50))
        changed = api.call("PATCH", f"{RUNS}/{run['id']}", change).json()
    assert changed["output"]["annotations_count"] == 100
    assert changed["output"]["title"] == "Two"
    assert changed["status"] == "queued"
    assert api.call("PATCH", f"{RUNS}/1", {"name": "x"}).status_code == 404


def test_latest_run_of_a_name_is_listed(standin: StandIn) -> None:
    api, sha = as_installation(standin), standin.head_sha(1)
    form = {"head_sha": sha, "conclusion": "neutral"}
    ids = [api.post(RUNS, form | {"name": name}).json()["id"] for name in ("A", "B", "A")]
    path = f"{REPO}/commits/{sha}/check-runs"
    listed = api.get(f"{path}?check_name=A").json()
    assert (listed["total_count"], listed["check_runs"][0]["id"]) == (1, ids[2])
    assert api.get(f"{path}?check_name=A&filter=all").json()["total_count"] == 2
    assert api.get(f"{path}?status=queued").json()["total_count"] == 0
