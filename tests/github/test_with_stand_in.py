"""The whole package against the stand-in, which checks tokens, anchors and limits as GitHub does."""

from collections.abc import Iterator

import pytest
from pydantic import JsonValue

from service.demo.standin import StandIn
from service.github.change import fetch_change, pull_head
from service.github.checks import CheckAction, CheckState, permission, put_check
from service.github.client import GitHubApp
from service.github.errors import (
    GitHubRateLimited,
    GitHubRefused,
    GitHubUnavailable,
    HeadMoved,
)
from service.github.hunks import FileAnchor, LineAnchor, SummaryAnchor, parse, place
from service.github.publish import (
    FileComment,
    LineComment,
    ReviewPost,
    find_review,
    post_review,
)

DESIGN = "docs/design/cache.md"
OLD = "".join(f"Line {n}\n" for n in range(1, 61))
Where = tuple[GitHubApp, int, str, int]


@pytest.fixture(scope="module")
def standin() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


@pytest.fixture(scope="module")
def app(standin: StandIn) -> Iterator[GitHubApp]:
    github = GitHubApp(
        standin.app_id, standin.private_key_pem, standin.base_url, write_pause=0, timeout=2
    )
    yield github
    github.close()


@pytest.fixture
def where(standin: StandIn, app: GitHubApp) -> Where:
    """A pull request of its own with a new design and an edited source file."""
    source = "src/server.ts"
    number = standin.open_pull({DESIGN: OLD, source: "export {}\n"}, announce=False)
    return app, standin.installation_id, standin.repository, number


def post_for(where: Where, standin: StandIn, *comments: LineComment) -> ReviewPost:
    mark = f"<!-- lintel:review:{where[3]} -->"
    own = f"<!-- lintel:file:{where[3]} -->"
    return ReviewPost(
        body=f"Read.\n\n{mark}",
        event="COMMENT",
        commit_id=standin.head_sha(where[3]),
        marker=mark,
        comments=comments or (LineComment(path=DESIGN, line=9, start_line=7, body="Why?"),),
        file_comments=(FileComment(path=DESIGN, body=f"All of it {own}", marker=own),),
    )


def test_from_pull_request_to_posted_review(standin: StandIn, where: Where) -> None:
    head = pull_head(*where)
    assert (head.sha, head.state, head.draft) == (standin.head_sha(where[3]), "open", False)
    change = fetch_change(*where, head.sha)
    assert [(d.path, d.text) for d in change.documents] == [(DESIGN, OLD)]
    assert change.notes == ()
    posted = post_review(*where, post_for(where, standin))
    assert find_review(*where, f"<!-- lintel:review:{where[3]} -->") is not None
    assert [c.path for c in posted.comments] == [DESIGN, DESIGN]
    assert posted.refused == ()
    kept = [r for r in standin.reviews(where[3]) if r["id"] == posted.review_id]
    assert kept[0]["body"] == post_for(where, standin).body


@pytest.mark.parametrize("kind", ["status", "drop"])
def test_a_review_whose_answer_is_lost(standin: StandIn, where: Where, kind: str) -> None:
    standin.faults({"method": "POST", "path_regex": "/reviews$", "kind": kind, "when": "after"})
    post = post_for(where, standin)
    with pytest.raises(GitHubUnavailable):
        post_review(*where, post)
    posted = post_review(*where, post)
    assert posted == post_review(*where, post)
    with_mark = [r for r in standin.reviews(where[3]) if post.marker in str(r["body"])]
    assert len(with_mark) == 1
    assert len(posted.comments) == 2


def test_every_anchor_that_place_gives_is_taken(standin: StandIn, where: Where) -> None:
    edited = OLD.replace("Line 5\n", "Line five\n").replace("Line 40\n", "")
    standin.push(where[3], {"docs/design/cache.md": edited, "docs/operations.md": "# Changed\n"},
                 announce=False)  # fmt: skip
    change = fetch_change(*where, standin.head_sha(where[3]))
    lines: list[LineComment] = []
    for file in change.files:
        for line in sorted(parse(file.patch or "").right_lines):
            anchor = place(file.path, max(1, line - 2), line + 3, change.files)
            assert isinstance(anchor, LineAnchor)
            lines.append(
                LineComment(
                    path=anchor.path, line=anchor.line, start_line=anchor.start_line, body="x"
                )
            )
    posted = post_review(*where, post_for(where, standin, *lines))
    assert len(posted.comments) == len(lines) + 1 > 60


def test_a_line_outside_the_diff_loses_the_review_and_place_prevents_it(
    standin: StandIn, where: Where
) -> None:
    files = fetch_change(*where, standin.head_sha(where[3])).files
    assert place(DESIGN, 900, 901, files) == FileAnchor(path=DESIGN)
    assert place("README.md", 1, 1, files) == SummaryAnchor(path="README.md")
    wrong = post_for(where, standin, LineComment(path=DESIGN, line=900, body="x"))
    with pytest.raises(GitHubRefused, match="422"):
        post_review(*where, wrong)
    assert standin.reviews(where[3]) == []


def test_a_push_meanwhile(standin: StandIn, where: Where) -> None:
    before = standin.head_sha(where[3])
    standin.push(where[3], {DESIGN: OLD + "More\n"}, announce=False)
    with pytest.raises(HeadMoved):
        fetch_change(*where, before)


def test_a_file_of_a_megabyte_and_a_removed_one(standin: StandIn, where: Where) -> None:
    large = "0123456789abcde\n" * 80_000
    standin.push(where[3], {"docs/large.md": large, "docs/operations.md": None}, announce=False)
    change = fetch_change(*where, standin.head_sha(where[3]))
    texts = {d.path: d.text for d in change.documents}
    assert texts == {DESIGN: OLD, "docs/large.md": large}


def test_more_files_than_a_page_holds(standin: StandIn, where: Where) -> None:
    standin.push(where[3], {f"src/gen/{n}.ts": f"{n}\n" for n in range(230)}, announce=False)
    change = fetch_change(*where, standin.head_sha(where[3]))
    assert len(change.files) == 232


@pytest.mark.parametrize("limit", ["secondary", "primary"])
@pytest.mark.parametrize("status", [403, 429])
def test_limits_free_the_worker(standin: StandIn, where: Where, status: int, limit: str) -> None:
    fault: dict[str, JsonValue] = {
        "method": "GET",
        "path_regex": "/pulls/",
        "kind": "status",
        "status": status,
        "limit": limit,
        "retry_after": 2400 if limit == "secondary" else None,
        "reset_in": 2400,
    }
    standin.faults(fault)
    with pytest.raises(GitHubRateLimited) as caught:
        pull_head(*where)
    standin.clear_faults()
    assert 2390 < caught.value.retry_after <= 2402


def test_a_check_run_from_drafting_to_waiting(standin: StandIn, where: Where) -> None:
    app, installation_id, repository, number = where
    sha = standin.head_sha(number)
    on = (app, installation_id, repository, sha, "Lintel design review")
    drafting = CheckState(
        status="in_progress", title="Drafting", summary="", external_id=f"review-{number}"
    )
    approve = CheckAction(label="Approve", description="Post the draft", identifier="approve")
    waiting = CheckState(
        status="completed",
        conclusion="action_required",
        title="An architect has to look",
        summary="Two findings",
        external_id=f"review-{number}",
        actions=(approve,),
    )
    standin.faults(
        {"method": "POST", "path_regex": "/check-runs$", "kind": "status", "when": "after"}
    )
    with pytest.raises(GitHubUnavailable):
        put_check(*on, drafting)
    run_id = put_check(*on, drafting)
    assert put_check(*on, waiting, run_id) == run_id
    (kept,) = standin.check_runs(sha)
    assert (kept["id"], kept["conclusion"]) == (run_id, "action_required")
    assert put_check(*on, drafting.model_copy(update={"external_id": "other"})) != run_id


def test_what_people_may_do(standin: StandIn, app: GitHubApp) -> None:
    repository = (app, standin.installation_id, standin.repository)
    rights = [permission(*repository, login) for login in ("ada", "ben", "cleo", "nobody")]
    assert rights == ["write", "write", "read", "none"]


def test_who_we_are(standin: StandIn, app: GitHubApp) -> None:
    assert app.identity().login == "lintel[bot]"
    assert app.installation_of(standin.repository) == standin.installation_id
