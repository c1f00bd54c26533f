"""What was asked of the stand-in, and what it would have cost."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import genai_prices

from evals.standin.cache import Usage


@dataclass
class Call:
    """One request that reached the model.

    `prefix` is a hash of tools and system prompt: the calls of one review share it. `began` and
    `ended` are the clock's seconds, `first` and `last` number the starts and ends of all calls in
    the order they happened. `outcome` is `answered`, the kind of the fault that struck, or `left`
    when the client went away. `usage` is absent when nothing was billed.
    """

    step: str
    model: str
    prefix: str
    began: float
    first: int
    in_flight: int
    outcome: str = "answered"
    usage: Usage | None = None
    output_tokens: int = 0
    ended: float | None = None
    last: int | None = None

    def cost(self) -> Decimal:
        """US dollars at list price. Raises `LookupError` for a model without one."""
        if self.usage is None:
            return Decimal(0)
        used = genai_prices.Usage(
            input_tokens=self.usage.total,
            cache_read_tokens=self.usage.read,
            cache_write_tokens=self.usage.written,
            cache_write_1h_tokens=self.usage.written_1h,
            output_tokens=self.output_tokens,
        )
        priced = genai_prices.calc_price(used, model_ref=self.model, provider_id="anthropic")
        return priced.total_price


@dataclass(frozen=True)
class Summary:
    """Figures over some calls. `depth`: the longest chain of calls of which each began after the
    one before it had ended. `read_share`: cache reads among the input tokens of all billed calls
    but the first, 0 when there are none. Tokens as in `Usage`."""

    calls: int
    depth: int
    most_in_flight: int
    read_share: float
    uncached: int
    read: int
    written_5m: int
    written_1h: int
    output: int
    uncached_equivalent: float


class Ledger:
    """Written on the server's loop; read it when the calls of interest are over."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._events = 0
        self._in_flight = 0
        self.calls: list[Call] = []
        self.refusals: list[str] = []

    def begin(self, step: str, model: str, prefix: str) -> Call:
        """A request arrived that could be answered."""
        self._events += 1
        self._in_flight += 1
        call = Call(step, model, prefix, self._clock(), self._events, self._in_flight)
        self.calls.append(call)
        return call

    def end(self, call: Call, outcome: str = "") -> None:
        """Call before the last bytes leave: the client may go on as soon as it has them."""
        if call.last is not None:
            return
        self._events += 1
        self._in_flight -= 1
        call.ended, call.last = self._clock(), self._events
        call.outcome = outcome or call.outcome

    def refuse(self, message: str) -> None:
        """A request was refused before it reached the model."""
        self.refusals.append(message)

    def clear(self) -> None:
        """Forget what happened so far."""
        self.calls.clear()
        self.refusals.clear()

    def reviews(self) -> list[list[Call]]:
        """Calls by prefix, in the order the prefixes came."""
        groups: dict[str, list[Call]] = {}
        for call in self.calls:
            groups.setdefault(call.prefix, []).append(call)
        return list(groups.values())

    def summary(self) -> Summary:
        """Over all calls."""
        return summarise(self.calls)

    def cost(self) -> Decimal:
        """US dollars of all calls."""
        return sum((call.cost() for call in self.calls), Decimal(0))


def summarise(calls: Sequence[Call]) -> Summary:
    """`calls` in the order they began."""
    billed = [call.usage for call in calls if call.usage]
    later = billed[1:]
    prompt = sum(usage.total for usage in later)
    return Summary(
        calls=len(calls),
        depth=depth(calls),
        most_in_flight=max((call.in_flight for call in calls), default=0),
        read_share=sum(usage.read for usage in later) / prompt if prompt else 0.0,
        uncached=sum(usage.uncached for usage in billed),
        read=sum(usage.read for usage in billed),
        written_5m=sum(usage.written_5m for usage in billed),
        written_1h=sum(usage.written_1h for usage in billed),
        output=sum(call.output_tokens for call in calls),
        uncached_equivalent=sum(usage.uncached_equivalent for usage in billed),
    )


def depth(calls: Iterable[Call]) -> int:
    """Length of the longest chain of calls of which each began after the one before had ended."""
    events: list[tuple[int, bool, Call]] = []
    for call in calls:
        events.append((call.first, True, call))
        if call.last is not None:
            events.append((call.last, False, call))
    behind: dict[int, int] = {}
    longest_ended = longest = 0
    for _, begins, call in sorted(events, key=lambda event: event[0]):
        if begins:
            behind[call.first] = longest_ended + 1
            longest = max(longest, longest_ended + 1)
        else:
            longest_ended = max(longest_ended, behind[call.first])
    return longest
