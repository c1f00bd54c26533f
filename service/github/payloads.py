"""What GitHub sends to the webhook, as typed values. Pure; everything not named here is ignored."""

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from service.github.errors import PayloadError


class _Payload(BaseModel):
    """Part of a payload. GitHub adds fields at any time, so unknown ones are left out."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class Account(_Payload):
    """A person, an organisation or a bot."""

    login: str
    type: str = "User"


class Installation(_Payload):
    """The installation of the App that the event belongs to."""

    id: int


class Repository(_Payload):
    """A repository; `full_name` is `owner/name`."""

    id: int
    full_name: str
    default_branch: str = ""


class Label(_Payload):
    """A label of a pull request."""

    name: str


class Commit(_Payload):
    """One end of a pull request."""

    sha: str
    ref: str


class PullRequest(_Payload):
    """A pull request as it was when the event happened."""

    draft: bool = False
    state: str
    title: str
    body: str = ""
    head: Commit
    base: Commit
    labels: tuple[Label, ...] = ()
    user: Account | None = None
    """None when the account no longer exists."""
    author_association: str = "NONE"

    @field_validator("body", mode="before")
    @classmethod
    def _no_body(cls, value: object) -> object:
        return "" if value is None else value


class PullRequestEvent(_Payload):
    """`pull_request`; `before` and `after` are commits of a push, set for `synchronize`; `label` is
    set for `labeled` and `unlabeled`."""

    action: str
    number: int
    pull_request: PullRequest
    repository: Repository
    installation: Installation
    sender: Account
    label: Label | None = None
    before: str | None = None
    after: str | None = None


class RequestedAction(_Payload):
    """The button of a check run that was pressed."""

    identifier: str


class CheckApp(_Payload):
    """The App that owns a check run."""

    id: int


class CheckRun(_Payload):
    """A check run; `external_id` is the id that its creator gave it."""

    id: int
    name: str = ""
    head_sha: str
    external_id: str = ""
    app: CheckApp | None = None

    @field_validator("external_id", mode="before")
    @classmethod
    def _no_id(cls, value: object) -> object:
        return "" if value is None else value


class CheckRunEvent(_Payload):
    """`check_run`; `requested_action` is set when `action` is `requested_action`."""

    action: str
    check_run: CheckRun
    requested_action: RequestedAction | None = None
    repository: Repository
    installation: Installation
    sender: Account


class PullRequestLink(_Payload):
    """There when an issue is a pull request; says nothing that is needed."""


class Issue(_Payload):
    """An issue or, with `pull_request`, a pull request."""

    number: int
    pull_request: PullRequestLink | None = None


class Comment(_Payload):
    """A comment in the conversation."""

    id: int
    body: str = ""
    user: Account | None = None
    author_association: str = "NONE"


class IssueCommentEvent(_Payload):
    """`issue_comment`, on a pull request only when `issue.pull_request` is there; has no commit."""

    action: str
    issue: Issue
    comment: Comment
    repository: Repository
    installation: Installation
    sender: Account

    @property
    def on_pull_request(self) -> bool:
        """Whether the comment stands under a pull request."""
        return self.issue.pull_request is not None


class Installed(_Payload):
    """An installation with what it may do; `permissions` maps a name to `read` or `write`."""

    id: int
    account: Account | None = None
    permissions: dict[str, str] = {}
    repository_selection: str = "all"


class Repositories(_Payload):
    """A repository in a list of an installation."""

    id: int
    full_name: str


class InstallationEvent(_Payload):
    """`installation`: `created`, `deleted`, `suspend`, `unsuspend`, `new_permissions_accepted`."""

    action: str
    installation: Installed
    repositories: tuple[Repositories, ...] = ()
    sender: Account


class InstallationRepositoriesEvent(_Payload):
    """`installation_repositories`: which repositories came and went."""

    action: str
    installation: Installed
    repositories_added: tuple[Repositories, ...] = ()
    repositories_removed: tuple[Repositories, ...] = ()
    sender: Account


class PingEvent(_Payload):
    """`ping`: GitHub tries the address of a webhook."""

    hook_id: int
    zen: str = ""


class OtherEvent(_Payload):
    """Any event that has no class of its own."""

    action: str | None = None
    installation: Installation | None = None
    sender: Account | None = None


Payload = (
    PullRequestEvent
    | CheckRunEvent
    | IssueCommentEvent
    | InstallationEvent
    | InstallationRepositoriesEvent
    | PingEvent
    | OtherEvent
)

_EVENTS: dict[str, type[Payload]] = {
    "pull_request": PullRequestEvent,
    "check_run": CheckRunEvent,
    "issue_comment": IssueCommentEvent,
    "installation": InstallationEvent,
    "installation_repositories": InstallationRepositoriesEvent,
    "ping": PingEvent,
}


def read(event: str, body: bytes) -> Payload:
    """The payload of a webhook; `event` is the header `X-GitHub-Event`, `body` the raw JSON.

    Raises `PayloadError` that names the field; the values themselves are not repeated.
    """
    try:
        return _EVENTS.get(event, OtherEvent).model_validate_json(body)
    except ValidationError as e:
        raise PayloadError(_sentence(event, e)) from None


def _sentence(event: str, error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        return f"the body of the {event} event is not JSON"
    field = ".".join(str(part) for part in first["loc"])
    if not field:
        return f"the body of the {event} event is not a JSON object"
    if first["type"] == "missing":
        return f"the {event} event lacks {field}"
    return f"the {event} event has an unusable {field}: {first['msg'].lower()}"
