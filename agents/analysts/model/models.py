"""The models of one process, made at first use on the loop that uses them, and closed there."""

from collections.abc import Callable
from typing import Any

import pydantic_ai
from pydantic_ai import Agent, InstrumentationSettings
from pydantic_ai.models import Model, infer_model
from pydantic_ai.models.anthropic import AnthropicModel, AnthropicModelSettings
from pydantic_ai.profiles import ModelProfile
from pydantic_ai.providers import Provider, infer_provider_class
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.settings import ModelSettings

from agents.analysts.model.options import ModelOptions
from agents.analysts.trouble import Kind, Trouble

Wrap = Callable[[Model], Model]

# The library greets whoever runs it first at a terminal; what is printed here is ours.
pydantic_ai.BANNER_ENABLED = False
_AS_THEY_ARE = ModelProfile(json_schema_transformer=None)
"""Our schemas need no reshaping: without it each call would copy the schemas of all answers."""


class Models:
    """Model objects by name. They hold connections, so they belong to one loop and one thread."""

    def __init__(self, options: ModelOptions, wrap: Wrap | None = None) -> None:
        """`wrap` puts something around each model: a recorder, for example."""
        self.options = options
        self._wrap = wrap
        self._models: dict[str, Model] = {}

    def get(self, name: str) -> Model:
        """The model of this name. Raises `Trouble` where it cannot be made."""
        if name not in self._models:
            try:
                made = self._make(name)
            except Exception as error:  # making one asks nobody: it can only be how it is set up
                raise self._unusable(name, error) from error
            self._models[name] = self._wrap(made) if self._wrap is not None else made
        return self._models[name]

    def settings(self, model: Model, *, long: bool = False) -> ModelSettings:
        """What every call of this model is made with; `long` is for answers that are streamed."""
        o = self.options
        most = o.max_tokens * (2 if long else 1)
        # Retries are the caller's: the SDK would sleep as long as a server tells it to.
        common = ModelSettings(max_tokens=most, timeout=o.timeout_seconds, max_retries=0)
        if not caches(model):
            return common
        marks = AnthropicModelSettings(
            anthropic_cache_instructions=o.cache, parallel_tool_calls=False
        )
        return common | marks

    async def close(self) -> None:
        """Close all connections; on the loop that used them."""
        for model in self._models.values():
            client = getattr(model, "client", None)
            if client is not None and hasattr(client, "close"):
                await client.close()
        self._models.clear()

    def _make(self, name: str) -> Model:
        provider, rest = split(name)
        if provider == "anthropic":
            provider_ = self._provider("anthropic", AnthropicProvider)
            return AnthropicModel(rest, provider=provider_, profile=_AS_THEY_ARE)
        return infer_model(
            name, provider_factory=lambda p: self._provider(p, infer_provider_class(p))
        )

    def _provider(self, name: str, type_: type[Any]) -> "Provider[Any]":
        """With our key and address where they are set; else with the provider's own variables."""
        given: dict[str, Any] = {}
        # Never to another provider: a fallback elsewhere has a key and an address of its own.
        if name == split(self.options.model)[0]:
            if self.options.api_key is not None:
                given["api_key"] = self.options.api_key.get_secret_value()
            if self.options.base_url:
                given["base_url"] = self.options.base_url
        made: Provider[Any] = type_(**given)
        return made

    def _unusable(self, name: str, error: Exception) -> Trouble:
        if "API_KEY" in str(error) or "api_key" in str(error):
            return Trouble(
                Kind.BAD_KEY,
                f"No key for the model {name}: set ANTHROPIC_API_KEY or LINTEL_MODEL_API_KEY.",
            )
        return Trouble(Kind.UNKNOWN_MODEL, f"The model {name} cannot be used: {error}")


def split(name: str) -> tuple[str, str]:
    """Provider and model: the name of a model may hold colons itself (`openai:qwen2.5:7b`)."""
    provider, colon, rest = name.partition(":")
    return (provider, rest) if colon else ("anthropic", name)


def caches(model: Model) -> bool:
    """True for models whose provider keeps prefixes by our marks."""
    return model.system == "anthropic"


def trace_calls() -> None:
    """Spans and metrics of every call, by OpenTelemetry's conventions for GenAI, without content."""
    Agent.instrument_all(InstrumentationSettings(include_content=False))
