"""Error answers in the shape of the real service."""

from collections.abc import Mapping
from dataclasses import dataclass, field

STATUS: Mapping[str, int] = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "overloaded_error": 529,
}


@dataclass(eq=False)
class ApiError(Exception):
    """A refusal. `kind` is the service's error type and decides the HTTP status."""

    kind: str
    message: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        return STATUS[self.kind]

    def body(self, request_id: str) -> dict[str, object]:
        """The JSON that the service answers."""
        error = {"type": self.kind, "message": self.message}
        return {"type": "error", "error": error, "request_id": request_id}


def invalid(message: str) -> ApiError:
    """The request itself is wrong: 400."""
    return ApiError("invalid_request_error", message)


def too_long(tokens: int, maximum: int) -> ApiError:
    """The prompt does not fit into the model's window: 400."""
    return invalid(f"prompt is too long: {tokens} tokens > {maximum} maximum")
