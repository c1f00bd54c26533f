"""How the model-backed analyst is set up: plain values, made from settings or the command line."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, SecretStr

from agents.values import Value

STEPS = ("triage", "extract", "judge", "propose", "merge", "refute", "roads", "write")
"""Judgements of a model; each has a prompt folder and an answer type of its own."""

VERSIONED = (
    *("reviewer", "model", "triage", "extract", "judge", "sweep", "lenses"),
    *("merge", "refute", "roads", "write", "correction", "shorter"),
)
"""Prompts of which `ModelOptions.prompts` may name another version than the newest."""

DEFAULT_MODEL = "anthropic:claude-sonnet-5-5"


class Budget(Value):
    """Limits of one review; what is left over when one is reached is done by the rules."""

    tokens: int = Field(3_000_000, ge=1)
    """Input and output together, cached input included."""
    usd: float = Field(10.0, gt=0)
    """At list price; not enforced for models whose price is unknown."""


class ModelOptions(Value):
    """One model for all steps by default: each model has a prompt cache of its own."""

    model: str = DEFAULT_MODEL
    """`provider:name` as pydantic-ai writes it; `anthropic:` may be left out."""
    by_step: Mapping[str, str] = {}
    """Other models for single steps."""
    fallbacks: tuple[str, ...] = ()
    """Asked in turn when a model refuses or is down."""
    api_key: SecretStr | None = None
    """None: what the provider's own environment variables say."""
    base_url: str = ""
    """Empty: the provider's own, or what its environment variables say."""
    max_tokens: int = Field(16_000, ge=256, le=21_000)
    """Of one answer, twice as many for the system model, which is streamed: the SDK insists on that
    above about 21,000."""
    timeout_seconds: float = Field(300.0, gt=0)
    """Of one call."""
    cache: Literal["5m", "1h"] = "5m"
    window_tokens: int = Field(180_000, ge=4_000)
    """Input that fits the model, room for the answer left out; beyond it documents are sliced."""
    parallel: int = Field(6, ge=1, le=64)
    """Calls of one review at the same time."""
    budget: Budget = Budget()
    prompts: Mapping[str, str] = {}
    """Versions other than the newest, by name: `{"refute": "v1"}`."""

    def name_for(self, step: str) -> str:
        """The model of a step."""
        return self.by_step.get(step, self.model)
