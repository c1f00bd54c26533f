"""Every setting, typed, read once. `deploy/.env.example` lists them all; a test compares the two."""

import os
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SecretStr, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from service.errors import ConfigurationError


def _words(value: object) -> object:
    return [w.strip() for w in value.split(",") if w.strip()] if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)]
"""A comma-separated list."""


class SecretFiles(PydanticBaseSettingsSource):
    """`LINTEL_X_FILE=/path` gives the secret field `x`: mounted secrets stay out of the environment."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        path = os.environ.get(f"LINTEL_{field_name.upper()}_FILE")
        if not path or field.annotation != (SecretStr | None):
            return None, field_name, False
        try:
            return Path(path).read_text().strip(), field_name, False
        except OSError as e:
            raise ConfigurationError(
                f"LINTEL_{field_name.upper()}_FILE: cannot read {path} ({e.strerror})"
            ) from e

    def __call__(self) -> dict[str, Any]:
        found = {
            n: self.get_field_value(f, n)[0] for n, f in self.settings_cls.model_fields.items()
        }
        return {name: value for name, value in found.items() if value is not None}


class Settings(BaseSettings):
    """All of Lintel's settings. Names in the environment carry the prefix `LINTEL_`."""

    model_config = SettingsConfigDict(env_prefix="LINTEL_", extra="ignore", frozen=True)

    home: Path = Field(default_factory=lambda: Path.home() / ".lintel")
    host: str = "127.0.0.1"
    port: int = Field(8080, ge=1, le=65535)
    public_url: str = ""
    """Where browsers and GitHub reach the web process; default `http://HOST:PORT`."""
    database_url: str = ""
    """Default: SQLite in `home`. Production: `postgresql+psycopg://user:pass@host/db`."""
    broker_url: str = ""
    """Default: an embedded Valkey on a socket in `home`. Production: `redis://host:6379/0`."""
    log_format: Literal["text", "json"] = "text"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    github_api_url: str = "https://api.github.com"
    github_web_url: str = "https://github.com"
    github_app_id: int | None = None
    github_private_key: SecretStr | None = None
    webhook_secret: SecretStr | None = None
    oauth_client_id: str = ""
    oauth_client_secret: SecretStr | None = None

    architects: Words = ()
    """GitHub logins that may approve, edit and reject."""
    admins: Words = ()
    """GitHub logins that may also see operations; an admin is an architect too."""
    readers: Words = ()
    """GitHub logins that may read drafts without deciding; `*` means everyone who can sign in."""
    session_hours: int = Field(12, ge=1, le=168)
    demo: bool = False
    """Local sign-in without GitHub and the demo's notices. Never in production."""

    catalogue: Words = ()
    """Directories with an organisation's own threats and patterns; later ones win."""
    author_cap: int = Field(7, ge=1, le=50)
    check_name: str = "Lintel design review"

    intake_processes: int = Field(1, ge=1, le=64)
    post_processes: int = Field(1, ge=1, le=64)
    draft_slots: int = Field(50, ge=1, le=1000)
    review_limit_seconds: int = Field(900, ge=1)
    lease_seconds: int = Field(60, ge=1)
    sweep_seconds: int = Field(30, ge=1)
    stuck_seconds: int = Field(120, ge=1)
    visibility_seconds: int = Field(3600, ge=1)
    """After this long the broker hands out an unacknowledged task again."""

    @field_validator("home")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().resolve()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, SecretFiles(settings_cls)

    @property
    def base_url(self) -> str:
        """Public address of the web process, without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def database(self) -> str:
        """SQLAlchemy URL; `postgres://` and `postgresql://` mean psycopg 3."""
        url = self.database_url or f"sqlite:///{self.home / 'lintel.db'}"
        for short in ("postgres://", "postgresql://"):
            if url.startswith(short):
                return "postgresql+psycopg://" + url.removeprefix(short)
        return url

    @property
    def embedded_broker(self) -> bool:
        """True when Lintel starts its own Valkey."""
        return not self.broker_url

    def secret(self, name: str) -> str:
        """The value of a secret field, or an error that says how to set it."""
        value: SecretStr | None = getattr(self, name)
        if value is None or not value.get_secret_value():
            env = f"LINTEL_{name.upper()}"
            raise ConfigurationError(f"{env} is not set (or {env}_FILE, the path of a file)")
        return value.get_secret_value()


@lru_cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
