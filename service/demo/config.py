"""What the stand-in is told when it starts: the app's registration and where to keep its state."""

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

INSTALLATION_ID = 51_000_042
HOOK_ID = 414_000_007
ORGANISATION = "acme"
REPOSITORY = "acme/support-assistant"
APP_SLUG = "lintel"
BOT = "lintel[bot]"

GRANTED: dict[str, str] = {
    "checks": "write",
    "contents": "read",
    "issues": "write",
    "members": "read",
    "metadata": "read",
    "pull_requests": "write",
}
"""What the organisation granted when it installed the app."""

EVENTS = (
    "check_run",
    "check_suite",
    "issue_comment",
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
)
"""The webhook events the app subscribes to."""

ROLES: dict[str, str] = {"ada": "maintain", "ben": "write", "cleo": "read"}
"""The sample users and their role in the repository."""

NAMES: dict[str, str] = {"ada": "Ada Moreau", "ben": "Ben Okafor", "cleo": "Cleo Lindqvist"}


class Config(BaseSettings):
    """Read from the environment (`STANDIN_*`); the command line adds the folder and the port."""

    model_config = SettingsConfigDict(env_prefix="STANDIN_", frozen=True)

    home: Path
    base_url: str
    """Where clients reach the stand-in; every URL in an answer begins with it."""
    app_id: int = 1001
    public_key_file: Path
    webhook_url: str = ""
    """Where deliveries go; empty means the app has no webhook and none is sent."""
    webhook_secret: SecretStr
    oauth_client_id: str = ""
    oauth_client_secret: SecretStr = SecretStr("")
    redirect_uri: str = ""
    hourly_limit: int = 5000
    """Requests an hour for each token, as GitHub gives an installation."""

    @property
    def public_key(self) -> str:
        return self.public_key_file.read_text()
