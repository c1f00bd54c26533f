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

from agents.analysts.model.options import DEFAULT_MODEL, STEPS
from service.errors import ConfigurationError
from service.providers import provider_of


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


class OthersVariables(PydanticBaseSettingsSource):
    """What the model's provider and OpenTelemetry call their settings; a `LINTEL_` name wins."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        provider = provider_of(str(self.current_state.get("model") or DEFAULT_MODEL))
        names = {
            "model_api_key": provider.keys,
            "model_base_url": provider.base_urls,
            "otlp_endpoint": ("OTEL_EXPORTER_OTLP_ENDPOINT",),
        }.get(field_name, ())
        return next(filter(None, map(os.environ.get, names)), None), field_name, False

    def __call__(self) -> dict[str, Any]:
        found = {
            n: self.get_field_value(f, n)[0] for n, f in self.settings_cls.model_fields.items()
        }
        return {name: value for name, value in found.items() if value is not None}


class Settings(BaseSettings):
    """All of Lintel's settings. Names in the environment carry the prefix `LINTEL_`."""

    model_config = SettingsConfigDict(
        env_prefix="LINTEL_", env_ignore_empty=True, extra="ignore", frozen=True
    )

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

    analyst: Literal["auto", "model", "offline"] = "auto"
    """`auto`: the model as soon as one is configured, the rules where it cannot judge."""
    model: str = DEFAULT_MODEL
    """`provider:name`; without a provider it is Anthropic's."""
    model_by_step: Words = ()
    """`step=model`: another model for one step."""
    model_fallbacks: Words = ()
    """Models that are asked in turn when the first refuses or is down."""
    model_api_key: SecretStr | None = None
    """Only the draft role gets it. Default: the variable of the model's provider."""
    model_base_url: str = ""
    """Default: the provider's own, or what its variable says."""
    model_max_tokens: int = Field(16_000, ge=256, le=21_000)
    model_timeout_seconds: float = Field(300.0, gt=0)
    model_cache: Literal["5m", "1h"] = "5m"
    model_window_tokens: int = Field(180_000, ge=4_000)
    model_parallel: int = Field(6, ge=1, le=64)
    model_wait_minutes: int = Field(30, ge=0)
    """How long a review waits for a model that is down before the rules draft it."""
    review_token_budget: int = Field(3_000_000, ge=1)
    review_usd_budget: float = Field(10.0, gt=0)
    installation_usd_per_day: float = Field(0.0, ge=0)
    """At list price, per UTC day; what comes later waits for the next day. 0: no limit."""

    metrics_token: SecretStr | None = None
    """Bearer token of who reads `/metrics`; without it only admins do."""
    otlp_endpoint: str = ""
    """Base address of an OpenTelemetry collector (OTLP over HTTP); empty: no traces."""

    intake_processes: int = Field(1, ge=1, le=64)
    post_processes: int = Field(1, ge=1, le=64)
    draft_slots: int = Field(50, ge=1, le=1000)
    review_limit_seconds: int = Field(1800, ge=1)
    lease_seconds: int = Field(60, ge=1)
    sweep_seconds: int = Field(30, ge=1)
    stuck_seconds: int = Field(120, ge=1)
    visibility_seconds: int = Field(3600, ge=1)
    """After this long the broker hands out an unacknowledged task again."""

    @field_validator("home")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().resolve()

    @field_validator("model_by_step")
    @classmethod
    def _steps(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for word in value:
            step, _, name = word.partition("=")
            if step.strip() not in STEPS or not name.strip():
                raise ValueError(f"write step=model, with a step of {', '.join(STEPS)}")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        ours = (init_settings, env_settings, SecretFiles(settings_cls))
        return (*ours, OthersVariables(settings_cls))

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

    @property
    def model_configured(self) -> bool:
        """True when the model can be asked: its key is known, or it needs none."""
        provider, key = provider_of(self.model), self.model_api_key
        return bool(
            (key and key.get_secret_value())
            or (provider.keyless and self.model_base_url)
            or any(os.environ.get(name) for name in provider.ambient)
        )

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
