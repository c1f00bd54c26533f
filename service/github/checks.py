"""Check runs: the state of a review beside the pull request; and what a person may do there."""

from typing import Literal, Self, TypeVar

from github.CheckRun import CheckRun
from github.GithubObject import NotSet, Opt
from github.Repository import Repository
from pydantic import Field, model_validator

from agents.values import Value
from service.github.client import CHECK, METADATA, GitHubApp, repository_of, written
from service.github.errors import GitHubRefused

T = TypeVar("T")


class CheckAction(Value):
    """A button on a completed check run; GitHub's limits in characters."""

    label: str = Field(min_length=1, max_length=20)
    description: str = Field(min_length=1, max_length=40)
    identifier: str = Field(min_length=1, max_length=20)


class CheckState(Value):
    """What a check run shows. `external_id` is our id; at most three buttons."""

    status: Literal["queued", "in_progress", "completed"]
    conclusion: (
        Literal[
            "action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out"
        ]
        | None
    ) = None
    title: str = Field(min_length=1, max_length=255)
    summary: str = Field(max_length=65_535)
    details_url: str = Field("", pattern=r"^(https?://\S+)?$")
    external_id: str = ""
    actions: tuple[CheckAction, ...] = Field((), max_length=3)

    @model_validator(mode="after")
    def _concluded(self) -> Self:
        if (self.status == "completed") != (self.conclusion is not None):
            raise ValueError("a check run has a conclusion exactly when it is completed")
        return self


def put_check(
    app: GitHubApp,
    installation_id: int,
    repository: str,
    head_sha: str,
    name: str,
    state: CheckState,
    check_run_id: int | None = None,
) -> int:
    """Show `state` on the commit and return the check run's id.

    Without `check_run_id`, this App's run of that name and `external_id` is edited if there is
    one, otherwise created. Safe to repeat. Raises `GitHubError`.
    """
    with app.session(installation_id, CHECK, f"set the check on {repository}") as client:
        repo = repository_of(client, repository)
        if check_run_id is None and state.external_id:
            check_run_id = _find(repo, head_sha, name, state.external_id, app)
        if check_run_id is None:
            return _create(repo, head_sha, name, state)
        _edit(repo.get_check_run(check_run_id), state)
        return check_run_id


def permission(app: GitHubApp, installation_id: int, repository: str, login: str) -> str:
    """What a person may do: `admin`, `write`, `read` or `none` (also for an unknown login)."""
    doing = f"read what {login} may do in {repository}"
    try:
        with app.session(installation_id, METADATA, doing) as client:
            return repository_of(client, repository).get_collaborator_permission(login)
    except GitHubRefused as e:
        if e.github_status == 404:
            return "none"
        raise


def _find(
    repo: Repository, head_sha: str, name: str, external_id: str, app: GitHubApp
) -> int | None:
    runs = repo.get_commit(head_sha).get_check_runs(check_name=name, filter="all")
    own = app.identity().app_id
    ours = (r for r in runs if r.app is not None and r.app.id == own)
    return next((r.id for r in ours if r.external_id == external_id), None)


def _create(repo: Repository, head_sha: str, name: str, state: CheckState) -> int:
    run = repo.create_check_run(
        name,
        head_sha,
        status=state.status,
        conclusion=_given(state.conclusion),
        details_url=_given(state.details_url or None),
        external_id=_given(state.external_id or None),
        output={"title": state.title, "summary": state.summary},
        actions=[a.model_dump() for a in state.actions],
    )
    return written(run.id, "the check run")


def _edit(run: CheckRun, state: CheckState) -> None:
    run.edit(
        status=state.status,
        conclusion=_given(state.conclusion),
        details_url=_given(state.details_url or None),
        external_id=_given(state.external_id or None),
        output={"title": state.title, "summary": state.summary},
        # Sent even when empty: without it the buttons of the state before would stay.
        actions=[a.model_dump() for a in state.actions],
    )


def _given(value: T | None) -> Opt[T]:
    return NotSet if value is None else value
