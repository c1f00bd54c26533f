"""Which analyst is in force, and how its model is set up, from the settings."""

from typing import Literal
from urllib.parse import urlsplit

from agents.analysts.model.options import Budget, ModelOptions
from agents.analysts.trouble import Kind, Trouble
from agents.findings import Draft
from service.providers import provider_of
from service.settings import Settings


def chosen(settings: Settings) -> Literal["model", "offline"]:
    """Who judges in this process; only the draft role and the command line know the key."""
    if settings.analyst == "auto":
        return "model" if settings.model_configured else "offline"
    return settings.analyst


def model_options(settings: Settings) -> ModelOptions:
    """The settings of the model-backed analyst as it wants them."""
    by_step = (word.partition("=") for word in settings.model_by_step)
    return ModelOptions(
        model=settings.model,
        by_step={step.strip(): name.strip() for step, _, name in by_step},
        fallbacks=settings.model_fallbacks,
        api_key=settings.model_api_key,
        base_url=settings.model_base_url,
        max_tokens=settings.model_max_tokens,
        timeout_seconds=settings.model_timeout_seconds,
        cache=settings.model_cache,
        window_tokens=settings.model_window_tokens,
        parallel=settings.model_parallel,
        budget=Budget(tokens=settings.review_token_budget, usd=settings.review_usd_budget),
    )


def model_host(settings: Settings) -> str:
    """Where the model is asked, without path and credentials."""
    if settings.model_base_url:
        parts = urlsplit(settings.model_base_url)
        return parts.netloc.rpartition("@")[2] or settings.model_base_url.rpartition("@")[2]
    return provider_of(settings.model).host or "the provider's own server"


def by_a_model(draft: Draft) -> Draft:
    """The draft, where a model did at least one of its steps. Raises `Trouble` where none did.

    A model that refuses every step leaves a whole draft of the rules, which nobody asked for under
    `analyst=model`.
    """
    if any(
        step.model and step.analyst == draft.provenance.analyst for step in draft.provenance.steps
    ):
        return draft
    why = next((note for step in draft.provenance.steps for note in step.notes), "")
    raise Trouble(Kind.UNUSABLE, f"The model did no step of this review. {why}".strip())


BY_RULES = "this draft was made by the offline rules."


def left_to_rules(trouble: Trouble) -> str:
    """What a draft says that the rules made because the model could not."""
    return f"The model could not judge: {clause(trouble)}; {BY_RULES}"


def clause(trouble: Trouble) -> str:
    """The sentence of a trouble, to go on after it."""
    return trouble.sentence.rstrip(". ")
