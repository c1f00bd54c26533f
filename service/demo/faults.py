"""The fault plan: which requests fail, how, and whether before or after they were carried out."""

import re
import threading
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator

SECONDARY = (
    "You have exceeded a secondary rate limit and have been temporarily blocked from content "
    "creation. Please retry your request again later."
)
_LIMIT_DOCS = "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api"


class Fault(BaseModel):
    """One planned failure; it applies to the next `times` requests that match."""

    model_config = ConfigDict(extra="forbid")

    method: str = "*"
    path_regex: str = ".*"
    """Searched in the path, without the query."""
    kind: Literal["latency", "status", "drop"]
    when: Literal["before", "after"] = "before"
    """`after`: the request is carried out and stored, only its answer is lost or replaced."""
    status: Literal[403, 429, 500, 502] = 502
    limit: Literal["secondary", "primary"] = "secondary"
    """Which rate limit a 403 or 429 speaks of."""
    retry_after: int | None = None
    """Seconds for the `retry-after` header; None leaves the header out."""
    reset_in: int = 3600
    """Seconds until `x-ratelimit-reset` of a primary limit."""
    delay: float = Field(default=0.5, ge=0, le=60)
    """Seconds of latency."""
    times: int = Field(default=1, ge=1)

    @field_validator("path_regex")
    @classmethod
    def _compiles(cls, value: str) -> str:
        re.compile(value)
        return value

    def matches(self, method: str, path: str) -> bool:
        return self.method in ("*", method) and re.search(self.path_regex, path) is not None

    @property
    def exhausts_budget(self) -> bool:
        return self.status in (403, 429) and self.limit == "primary"

    def body(self, spender: str) -> dict[str, JsonValue]:
        """The error body; a 5xx of GitHub's front end says little."""
        if self.status not in (403, 429):
            return {"message": "Server Error"}
        primary = f"API rate limit exceeded for {spender}."
        message = primary if self.limit == "primary" else SECONDARY
        return {"message": message, "documentation_url": _LIMIT_DOCS, "status": str(self.status)}


class FaultPlan:
    """The faults not yet used up; the only thing the stand-in keeps in memory alone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, faults: list[Fault]) -> None:
        with self._lock:
            self._faults.extend(fault.model_copy() for fault in faults)

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def remaining(self) -> list[Fault]:
        with self._lock:
            return [fault.model_copy() for fault in self._faults]

    def take(self, method: str, path: str) -> Fault | None:
        """The first fault for this request, counted down."""
        with self._lock:
            for fault in self._faults:
                if fault.matches(method, path):
                    fault.times -= 1
                    if fault.times == 0:
                        self._faults.remove(fault)
                    return fault
        return None
