"""Providers of models: which environment variables and which server belong to each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Provider:
    """What a provider's own SDK reads from the environment, and where it calls."""

    prefixes: tuple[str, ...]
    """Its environment variables begin with one of these."""
    keys: tuple[str, ...]
    """Variables that hold its key; the first that is set counts."""
    base_urls: tuple[str, ...] = ()
    """Variables that hold another address for it."""
    ambient: tuple[str, ...] = ()
    """Variables that let its SDK find credentials which are no key."""
    keyless: bool = False
    """A server of one's own may ask for no key."""
    host: str = ""
    """Where it is asked when no address is set; empty where that depends on region or account."""


PROVIDERS = {
    "anthropic": Provider(
        ("ANTHROPIC_",),
        ("ANTHROPIC_API_KEY",),
        ("ANTHROPIC_BASE_URL",),
        host="api.anthropic.com",
    ),
    "openai": Provider(
        ("OPENAI_",),
        ("OPENAI_API_KEY",),
        ("OPENAI_BASE_URL",),
        keyless=True,
        host="api.openai.com",
    ),
    "azure": Provider(("AZURE_", "OPENAI_"), ("AZURE_OPENAI_API_KEY",), ("AZURE_OPENAI_ENDPOINT",)),
    "google": Provider(
        ("GOOGLE_", "GEMINI_"),
        ("GOOGLE_API_KEY", "GEMINI_API_KEY"),
        ambient=("GOOGLE_APPLICATION_CREDENTIALS",),
        host="generativelanguage.googleapis.com",
    ),
    "bedrock": Provider(
        ("AWS_",),
        ("AWS_BEARER_TOKEN_BEDROCK",),
        ambient=(
            "AWS_ACCESS_KEY_ID",
            "AWS_PROFILE",
            "AWS_ROLE_ARN",
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        ),
    ),
}
"""By the first word of a model's name: `openai-responses:x` is asked at `openai`."""

_OTHER = Provider((), ())
"""A provider that only its SDK knows: set its key as LINTEL_MODEL_API_KEY."""


def provider_of(model: str) -> Provider:
    """The provider of a model name `provider:name`; without a provider it is Anthropic's."""
    prefix = model.partition(":")[0] if ":" in model else "anthropic"
    return PROVIDERS.get(prefix.partition("-")[0], _OTHER)
