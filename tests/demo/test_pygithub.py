"""The real PyGithub works against the stand-in, and is refused where GitHub would refuse it."""

import pytest
from github import GithubException, UnknownObjectException
from github.PullRequest import ReviewComment

from service.demo.standin import StandIn
from tests.demo.support import DESIGN, client, integration


def test_app_finds_its_installation_and_gets_a_token(standin: StandIn) -> None:
    with integration(standin) as app:
        assert app.get_app().slug == "lintel"
        assert app.get_repo_installation("acme", "support-assistant").id == standin.installation_id
        assert [item.id for item in app.get_installations()] == [standin.installation_id]
        token = app.get_access_token(standin.installation_id, permissions={"contents": "read"})
        assert token.permissions == {"contents": "read", "metadata": "read"}


def test_reads_a_pull_request_its_files_and_contents(standin: StandIn) -> None:
    with client(standin) as github:
        repo = github.get_repo(standin.repository)
        pull = repo.get_pull(1)
        files = list(pull.get_files())
        content = repo.get_contents(DESIGN, ref=pull.head.sha)
        assert not isinstance(content, list)
        text = content.decoded_content.decode()
        assert [(file.filename, file.status) for file in files] == [(DESIGN, "added")]
        assert files[0].patch == "\n".join(
            [f"@@ -0,0 +1,{text.count(chr(10))} @@", *("+" + line for line in text.splitlines())]
        )
        assert pull.changed_files == 1
        assert pull.user.login == "ben"
        assert content.sha == files[0].sha
        assert len(text.split()) > 1400


def test_lists_folders_trees_and_comparisons(standin: StandIn) -> None:
    with client(standin) as github:
        repo = github.get_repo(standin.repository)
        head = repo.get_pull(1).head.sha
        listing = repo.get_contents("docs", ref=head)
        assert isinstance(listing, list)
        assert [(item.name, item.type) for item in listing] == [
            ("design", "dir"),
            ("operations.md", "file"),
        ]
        paths = {item.path for item in repo.get_git_tree(head, recursive=True).tree}
        assert {"docs", "docs/design", DESIGN, "src/server.ts"} <= paths
        compared = repo.compare("main", head)
        assert (compared.status, compared.ahead_by, compared.behind_by) == ("ahead", 1, 0)
        assert [file.filename for file in compared.files] == [DESIGN]
        assert repo.get_git_blob(listing[1].sha).size == listing[1].size


def test_a_missing_path_or_ref_is_not_found(standin: StandIn) -> None:
    with client(standin) as github:
        repo = github.get_repo(standin.repository)
        with pytest.raises(UnknownObjectException):
            repo.get_contents("docs/missing.md")
        # PyGithub knows only the plain message as "unknown object"; this one GitHub words itself.
        with pytest.raises(GithubException, match="No commit found for the ref") as missing:
            repo.get_contents("README.md", ref="no-such-branch")
        assert missing.value.status == 404
        with pytest.raises(UnknownObjectException):
            repo.get_pull(99)


def test_posts_a_review_with_comments(standin: StandIn) -> None:
    with client(standin) as github:
        repo = github.get_repo(standin.repository)
        pull = repo.get_pull(1)
        review = pull.create_review(
            commit=repo.get_commit(pull.head.sha),
            body="Two points.",
            event="COMMENT",
            comments=[
                {"path": DESIGN, "line": 3, "side": "RIGHT", "body": "One"},
                {
                    "path": DESIGN,
                    "start_line": 5,
                    "start_side": "RIGHT",
                    "line": 9,
                    "side": "RIGHT",
                    "body": "Several",
                },
            ],
        )
        comments = list(pull.get_review_comments())
        assert [review.id] == [item.id for item in pull.get_reviews()]
        assert [(item.line, item.start_line) for item in comments] == [(3, None), (9, 5)]
        reply = pull.create_review_comment_reply(comments[0].id, "Answered")
        assert reply.in_reply_to_id == comments[0].id
        comments[0].create_reaction("eyes")
        assert [item.content for item in comments[0].get_reactions()] == ["eyes"]
    stored = standin.reviews(1)[0]
    assert stored["state"] == "COMMENTED"
    assert stored["user"]["login"] == "lintel[bot]"  # type: ignore[index,call-overload]


def test_one_bad_line_loses_the_whole_review(standin: StandIn) -> None:
    good: ReviewComment = {"path": DESIGN, "line": 3, "side": "RIGHT", "body": "Good"}
    bad: ReviewComment = {"path": DESIGN, "line": 9999, "side": "RIGHT", "body": "Bad"}
    with client(standin) as github:
        pull = github.get_repo(standin.repository).get_pull(1)
        with pytest.raises(GithubException) as refused:
            pull.create_review(body="Text", event="COMMENT", comments=[good, bad])
    assert refused.value.status == 422
    assert refused.value.data["errors"] == ["Line could not be resolved"]
    assert refused.value.data["message"] == "Unprocessable Entity"
    assert standin.reviews(1) == []


def test_conversation_comment_is_edited_in_place(standin: StandIn) -> None:
    with client(standin) as github:
        pull = github.get_repo(standin.repository).get_pull(1)
        comment = pull.create_issue_comment("First")
        comment.edit("Second")
        comment.create_reaction("rocket")
        assert [item.body for item in pull.get_issue_comments()] == ["Second"]
    (kept,) = standin.conversation(1)
    assert kept["reactions"]["rocket"] == 1  # type: ignore[index,call-overload]


def test_check_run_from_progress_to_buttons(standin: StandIn) -> None:
    sha = standin.head_sha(1)
    note: dict[str, str | int] = {
        "path": DESIGN,
        "start_line": 1,
        "end_line": 2,
        "annotation_level": "notice",
        "message": "Here",
    }
    with client(standin) as github:
        repo = github.get_repo(standin.repository)
        run = repo.create_check_run(
            "Lintel",
            sha,
            status="in_progress",
            output={"title": "Drafting", "summary": "Reading", "annotations": [note]},
        )
        action = {"label": "Approve", "description": "Post the draft", "identifier": "approve"}
        run.edit(
            status="completed",
            conclusion="action_required",
            output={"title": "Waiting", "summary": "One draft", "annotations": [note]},
            actions=[action],
        )
        (found,) = repo.get_commit(sha).get_check_runs(check_name="Lintel")
        assert (found.status, found.conclusion) == ("completed", "action_required")
        assert len(list(found.get_annotations())) == 2
    (stored,) = standin.check_runs(sha)
    assert stored["actions"] == [action]


def test_permission_of_a_commenter(standin: StandIn) -> None:
    with client(standin) as github:
        repo = github.get_repo(standin.repository)
        assert repo.get_collaborator_permission("ada") == "write"
        assert repo.get_collaborator_role_name("ada") == "maintain"
        assert repo.get_collaborator_permission("cleo") == "read"
        with pytest.raises(UnknownObjectException):
            repo.get_collaborator_permission("mallory")


def test_narrowed_token_cannot_post(standin: StandIn) -> None:
    with client(standin, contents="read", pull_requests="read") as github:
        pull = github.get_repo(standin.repository).get_pull(1)
        with pytest.raises(GithubException) as refused:
            pull.create_review(body="Text", event="COMMENT")
    assert refused.value.status == 403
    assert refused.value.data["message"] == "Resource not accessible by integration"
    assert standin.reviews(1) == []
