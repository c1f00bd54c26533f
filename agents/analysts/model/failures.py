"""From what the model library raises to a `Trouble` that says what helps."""

import asyncio

from pydantic_ai import exceptions as raised

from agents.analysts.trouble import Kind, Trouble

_HTTP: tuple[tuple[type[BaseException], Kind, str], ...] = (
    (raised.ModelRateLimitError, Kind.RATE_LIMITED, "is limiting our rate"),
    (
        raised.ModelQuotaExceededError,
        Kind.QUOTA,
        "refuses because the account's credit or quota is used up; raise it with the provider",
    ),
    (raised.ModelOverloadedError, Kind.OVERLOADED, "is overloaded"),
    (raised.ModelUnavailableError, Kind.OVERLOADED, "is unavailable"),
    (raised.ModelServerError, Kind.SERVER_ERROR, "failed on its side"),
    (raised.ModelTimeoutError, Kind.TIMED_OUT, "did not answer in time"),
    (
        raised.ModelConnectionError,
        Kind.UNREACHABLE,
        "cannot be reached; check the network and LINTEL_MODEL_BASE_URL",
    ),
    (
        raised.ModelContextWindowExceededError,
        Kind.TOO_LONG,
        "cannot take a text of this length; lower LINTEL_MODEL_WINDOW_TOKENS",
    ),
    (
        raised.ModelAuthenticationError,
        Kind.BAD_KEY,
        "does not accept the key; check LINTEL_MODEL_API_KEY or the variable of its provider",
    ),
    (raised.ModelNotFoundError, Kind.UNKNOWN_MODEL, "is not known; check LINTEL_MODEL"),
    (raised.ModelRequestRejectedError, Kind.REJECTED, "rejected the request as malformed"),
)
"""From the special to the general: some of these are subclasses of others."""
_NO_EVENTS = "Streamed response ended without content"
"""What the library says of a stream without one event of the protocol: a proxy's page, for example."""


def translated(error: BaseException, model: str) -> Trouble:
    """The trouble behind an exception of a call; anything unknown counts as unusable output."""
    if isinstance(error, Trouble):
        return error
    for type_, kind, words in _HTTP:
        if isinstance(error, type_):
            wait = getattr(error, "retry_after", None)
            return Trouble(kind, f"The model {model} {words}.", wait)
    if isinstance(error, raised.RunTimedOut | asyncio.TimeoutError):
        return Trouble(Kind.TIMED_OUT, f"The model {model} did not answer in time.")
    if isinstance(error, raised.ContentFilterError):
        return Trouble(Kind.REFUSED, f"The model {model} refused to answer.")
    if isinstance(error, raised.IncompleteToolCall) or "token limit" in str(error):
        return Trouble(Kind.CUT_OFF, f"The answer of {model} was cut off at its longest.")
    if isinstance(error, raised.UserError):
        return Trouble(
            Kind.UNKNOWN_MODEL, f"The model {model} cannot be used as configured: {error}"
        )
    if isinstance(error, raised.ModelAPIError) or _NO_EVENTS in str(error):
        return Trouble(
            Kind.SERVER_ERROR,
            f"The model {model} gave an answer that is not of its protocol; if that stays so, "
            "check LINTEL_MODEL_BASE_URL and the proxies on the way.",
        )
    return Trouble(Kind.UNUSABLE, f"The model {model} gave no usable answer.")
