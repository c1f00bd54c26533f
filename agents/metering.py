"""What a step costs and what was noted on the way, gathered while it runs."""

from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass
class Meter:
    """Counts of one step; an analyst adds, the notebook reads.

    The pipeline runs steps side by side, so the meter in force travels with the task and not with
    the analyst: tasks that a step starts inherit it.
    """

    model: str = ""
    """Names of the models that answered, by `, `."""
    requests: int = 0
    input_tokens: int = 0
    """All input, cached or not."""
    cached_tokens: int = 0
    """Input that was read from the provider's cache."""
    written_tokens: int = 0
    """Input that was written to it."""
    output_tokens: int = 0
    cost_usd: float = 0.0
    """At list price; 0 where no price is known."""
    dropped: int = 0
    """What the model said and code could not prove."""
    notes: list[str] = field(default_factory=list)
    """Sentences for coverage."""
    done_by: str = ""
    """Who did the step in place of its analyst; empty as a rule."""

    def note(self, sentence: str) -> None:
        """Keep a sentence for coverage, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)


current: ContextVar[Meter | None] = ContextVar("meter", default=None)


def meter() -> Meter:
    """The meter of the step that runs here; a throw-away one outside a step."""
    return current.get() or Meter()
