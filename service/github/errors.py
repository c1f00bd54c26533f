"""How talking to GitHub fails: wait, try again, or give up. Pure: needs no client."""

from service.errors import ServiceError


class GitHubError(ServiceError):
    """Base of everything that goes wrong with GitHub; the message is for people."""

    status = 502


class GitHubUnavailable(GitHubError):
    """A 5xx, a timeout or a broken connection: try again. A write may or may not have happened.

    `github_status` is GitHub's status where there was an answer.
    """

    def __init__(self, message: str, github_status: int | None = None) -> None:
        super().__init__(message)
        self.github_status = github_status


class GitHubRateLimited(GitHubError):
    """GitHub asks to wait `retry_after` seconds; nothing was written."""

    status = 503

    def __init__(self, retry_after: float, message: str = "") -> None:
        super().__init__(message or f"GitHub limits the rate: wait {retry_after:.0f} seconds")
        self.retry_after = retry_after

    def __reduce__(self) -> tuple[type["GitHubRateLimited"], tuple[float, str]]:
        return type(self), (self.retry_after, self.message)


class GitHubRefused(GitHubError):
    """GitHub said no, or would: trying the same again cannot work. The message says why."""

    def __init__(self, message: str, github_status: int | None = None) -> None:
        super().__init__(message)
        self.github_status = github_status


class HeadMoved(GitHubError):
    """The pull request has another head commit than the one asked for."""

    status = 409


class PayloadError(GitHubError):
    """A webhook body that is not what GitHub sends for this event."""

    status = 400
