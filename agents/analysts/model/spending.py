"""What a review has spent on models, and where its budget ends."""

from pydantic_ai.usage import RunUsage

from agents.analysts.model.options import Budget
from agents.analysts.trouble import Kind, Trouble
from agents.findings import StepRecord
from agents.metering import meter


class Spending:
    """Counts one review. Calls that run side by side may end a little above the budget."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.tokens = 0
        self.usd = 0.0

    def check(self) -> None:
        """Raises `Trouble` when nothing is left for another call."""
        if self.tokens >= self.budget.tokens:
            limit = f"{self.budget.tokens:,} tokens"
        elif self.usd >= self.budget.usd:
            limit = f"${self.budget.usd:.2f}"
        else:
            return
        raise Trouble(Kind.BUDGET, f"The budget of this review, {limit}, is spent.")

    def paid(self, record: StepRecord) -> None:
        """Counts a step that an earlier run has paid."""
        self.tokens += record.input_tokens + record.output_tokens
        self.usd += record.cost_usd

    def add(self, usage: RunUsage, model: str) -> None:
        """Counts one run, here and on the meter of its step."""
        step = meter()
        cost = float(usage.cost or 0)
        self.tokens += usage.input_tokens + usage.output_tokens
        self.usd += cost
        if usage.requests:
            step.model = ", ".join(dict.fromkeys(filter(None, (*step.model.split(", "), model))))
        step.requests += usage.requests
        step.input_tokens += usage.input_tokens
        step.cached_tokens += usage.cache_read_tokens
        step.written_tokens += usage.cache_write_tokens
        step.output_tokens += usage.output_tokens
        step.cost_usd += cost
        if usage.requests and usage.input_tokens and usage.cost is None:
            step.note(f"No list price is known for {model}: its cost is counted as 0.")
