"""Process roles, and which secrets each may hold: least privilege by environment."""

import os
from collections.abc import Mapping
from typing import Literal

from service.providers import PROVIDERS, provider_of
from service.settings import Settings

Role = Literal["web", "intake", "draft", "post", "upkeep", "beat"]

GITHUB_APP = frozenset({"github_private_key", "github_app_id"})
SECRETS: dict[Role, frozenset[str]] = {
    "web": frozenset({"webhook_secret", "oauth_client_id", "oauth_client_secret", "metrics_token"}),
    "intake": GITHUB_APP,
    "draft": frozenset({"model_api_key"}),
    "post": GITHUB_APP,
    "upkeep": frozenset(),
    "beat": frozenset(),
}
"""Settings, by name, that only some roles get. Everything else goes to all."""

GUARDED = frozenset().union(*SECRETS.values())
FOREIGN = frozenset({"GITHUB_", "GH_"}).union(*(p.prefixes for p in PROVIDERS.values()))
"""Credentials of other tools that happen to be in the operator's shell go to no role, except
those of the configured models' providers to the draft role."""


def environment(role: Role, settings: Settings, base: Mapping[str, str]) -> dict[str, str]:
    """The environment for a process of this role: `base` without what the role must not have."""
    allowed = {_variable(name) for name in SECRETS[role]}
    guarded = {_variable(name) for name in GUARDED}
    foreign = tuple(FOREIGN - _providers(role, settings))
    kept = {
        key: value
        for key, value in base.items()
        if not key.startswith(foreign)
        and (key.removesuffix("_FILE") not in guarded or key.removesuffix("_FILE") in allowed)
    }
    return kept | {"LINTEL_HOME": str(settings.home)}


def _providers(role: Role, settings: Settings) -> frozenset[str]:
    """Prefixes of the variables that the role's models are set up by."""
    if role != "draft" or settings.analyst == "offline":
        return frozenset()
    by_step = (word.partition("=")[2].strip() for word in settings.model_by_step)
    models = (settings.model, *by_step, *settings.model_fallbacks)
    return frozenset().union(*(provider_of(name).prefixes for name in models))


def _variable(name: str) -> str:
    return f"LINTEL_{name.upper()}"


def inherited() -> dict[str, str]:
    """The environment that this process was started with."""
    return dict(os.environ)
