"""Planned failures: what the real service, the network or the model does wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from evals.standin.errors import ApiError, invalid, too_long

Kind = Literal[
    # Answered with an error.
    "rate_limit",
    "overloaded",
    "server_error",
    "credit",
    "too_long",
    "authentication",
    "not_found",
    # The line: `reset` and `hang` before the answer, the others within it. `error_midway` is the
    # error event of a stream that began well; an answer in one piece is refused with it.
    "reset",
    "reset_midway",
    "hang",
    "hang_midway",
    "error_midway",
    "not_json",
    # The model's answer.
    "broken_tool",
    "text",
    "wrong_tool",
    "refusal",
    "cut",
    "empty",
]

_ERRORS: Mapping[Kind, ApiError] = {
    "rate_limit": ApiError("rate_limit_error", "This request would exceed your rate limit"),
    "overloaded": ApiError("overloaded_error", "Overloaded"),
    "server_error": ApiError("api_error", "Internal server error"),
    "credit": invalid(
        "Your credit balance is too low to access the Anthropic API. "
        "Please go to Plans & Billing to upgrade or purchase credits."
    ),
    "too_long": too_long(200_001, 200_000),
    "authentication": ApiError("authentication_error", "invalid x-api-key"),
    "not_found": ApiError("not_found_error", "model: unknown"),
}


@dataclass(frozen=True)
class Fault:
    """One planned failure.

    It meets calls of `step` (empty: of any step), lets `after` of them pass and then strikes `times`
    times. `retry_after` (seconds) goes into the header of an error answer.
    """

    kind: Kind
    step: str = ""
    after: int = 0
    times: int = 1
    retry_after: int | None = None

    def error(self) -> ApiError | None:
        """The error to answer with, when this fault is one."""
        found = _ERRORS.get(self.kind)
        if found is None:
            return None
        wait = {} if self.retry_after is None else {"retry-after": f"{self.retry_after}"}
        return ApiError(found.kind, found.message, wait)


@dataclass
class _Planned:
    fault: Fault
    passing: int
    left: int


class FaultPlan:
    """Faults in the order they were planned; the first that meets a call strikes it."""

    def __init__(self) -> None:
        self._planned: list[_Planned] = []

    def add(self, *faults: Fault) -> None:
        """Plan more, behind those that wait."""
        self._planned += [_Planned(fault, fault.after, fault.times) for fault in faults]

    def clear(self) -> None:
        """Forget what was planned."""
        self._planned.clear()

    def waiting(self) -> int:
        """How many strikes are still to come: zero when a test got all that it planned."""
        return sum(planned.left for planned in self._planned)

    def take(self, step: str) -> Fault | None:
        """The fault that strikes this call. Each fault that it meets counts it."""
        for planned in self._planned:
            if planned.left == 0 or planned.fault.step not in ("", step):
                continue
            if planned.passing:
                planned.passing -= 1
                continue
            planned.left -= 1
            return planned.fault
        return None
