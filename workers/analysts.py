"""The analysts of a draft process. What talks to a model lives on the one loop, and is made there."""

import gc
from typing import TYPE_CHECKING

from agents.analysts.base import Analyst
from agents.analysts.lexical import LexicalAnalyst
from service.analyst import chosen, model_options
from service.settings import settings

if TYPE_CHECKING:
    from agents.analysts.model.models import Models


_COLLECT = (20_000, 20, 50)
"""New objects until the youngest are looked at, and turns until the older ones are."""


class Analysts:
    """`prepare` is for any thread, everything else for the loop thread alone."""

    def __init__(self) -> None:
        self._models: Models | None = None

    def prepare(self) -> None:
        """Import what the chosen analyst needs: it takes seconds, and the loop must not stand still."""
        if chosen(settings()) == "offline":
            return
        import agents.analysts.model.analyst  # noqa: F401
        from agents.analysts.model.models import trace_calls

        if settings().otlp_endpoint:
            trace_calls()

    def settle(self) -> None:
        """Load it now and for good: the collector need not walk it again at every turn.

        Calls of many reviews make so many objects that it would turn a fifth of the time.
        """
        self.prepare()
        gc.collect()
        gc.freeze()
        gc.set_threshold(*_COLLECT)

    def offline(self) -> Analyst:
        """The rules: no model, no network."""
        return LexicalAnalyst()

    def model(self) -> Analyst:
        """A model-backed analyst for one review; all of a process share its clients."""
        from agents.analysts.model.analyst import ModelAnalyst
        from agents.analysts.model.models import Models

        if self._models is None:
            self._models = Models(model_options(settings()))
        return ModelAnalyst(self._models)

    async def close(self) -> None:
        """Close the clients."""
        if self._models is not None:
            await self._models.close()
            self._models = None
