"""What a draft cost, added up from the provenance of its steps."""

from dataclasses import dataclass

from agents.findings import Provenance


@dataclass(frozen=True)
class Cost:
    """Sums over the steps that asked a model."""

    models: tuple[str, ...]
    requests: int
    input_tokens: int
    """All input, cached or not."""
    cached_tokens: int
    output_tokens: int
    usd: float
    """At list price; 0 where no price is known."""
    earlier: int
    """Steps that an earlier draft had paid for; they are part of the sums."""


def cost_of(provenance: Provenance) -> Cost:
    """The sums of one draft; all zero for the offline rules."""
    asked = [step for step in provenance.steps if step.requests]
    names = (name.strip() for step in asked for name in step.model.split(","))
    return Cost(
        models=tuple(dict.fromkeys(filter(None, names))),
        requests=sum(step.requests for step in asked),
        input_tokens=sum(step.input_tokens for step in asked),
        cached_tokens=sum(step.cached_tokens for step in asked),
        output_tokens=sum(step.output_tokens for step in asked),
        usd=sum(step.cost_usd for step in asked),
        earlier=sum(step.from_journal for step in asked),
    )
