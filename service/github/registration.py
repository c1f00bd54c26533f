"""How the App is registered on GitHub, and who installed it with which permissions."""

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from service.github.client import GitHubApp
from service.github.errors import GitHubRefused, GitHubUnavailable
from service.github.payloads import Account


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Registration(_Answer):
    """`GET /app`: permissions as name to level."""

    id: int
    slug: str
    html_url: str = ""
    owner: Account | None = None
    permissions: dict[str, str] = {}
    events: tuple[str, ...] = ()


class Installed(_Answer):
    """One installation; `permissions` are those that its owner accepted."""

    id: int
    account: Account | None = None
    permissions: dict[str, str] = {}
    html_url: str = ""
    suspended_at: str | None = None

    @property
    def login(self) -> str:
        """Whose it is."""
        return self.account.login if self.account else f"installation {self.id}"


class Sent(_Answer):
    """One delivery that GitHub attempted; `status_code` is the receiver's, 0 without an answer."""

    delivered_at: str
    status: str
    status_code: int = 0

    @property
    def ok(self) -> bool:
        """True when it was answered with 2xx."""
        return 200 <= self.status_code < 300


class _HookConfig(_Answer):
    url: str | None = None


T = TypeVar("T")
_INSTALLED = TypeAdapter(tuple[Installed, ...])
_SENT = TypeAdapter(tuple[Sent, ...])


def registration(app: GitHubApp) -> Registration:
    """The App itself. Raises `GitHubError`, as all functions here do."""
    doing = "read the App's registration"
    return _read(TypeAdapter(Registration), app.read("/app", doing), doing)


def hook_url(app: GitHubApp) -> str:
    """Where GitHub delivers to; empty when the App has no webhook."""
    doing = "read the App's webhook"
    try:
        found = _read(TypeAdapter(_HookConfig), app.read("/app/hook/config", doing), doing)
    except GitHubRefused as refused:
        if refused.github_status == 404:
            return ""
        raise
    return found.url or ""


def installations(app: GitHubApp) -> tuple[Installed, ...]:
    """The first hundred installations."""
    doing = "list the App's installations"
    return _read(_INSTALLED, app.read("/app/installations?per_page=100", doing), doing)


def recent(app: GitHubApp) -> tuple[Sent, ...]:
    """The last thirty deliveries, newest first."""
    doing = "list the App's deliveries"
    return _read(_SENT, app.read("/app/hook/deliveries?per_page=30", doing), doing)


def _read(kind: TypeAdapter[T], answer: object, doing: str) -> T:
    try:
        return kind.validate_python(answer)
    except ValidationError as error:
        raise GitHubUnavailable(f"could not {doing}: the answer is not understood") from error
