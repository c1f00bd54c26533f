"""One error family: a message for people, a status for HTTP."""


class ServiceError(Exception):
    """Base of every expected failure. `status` is the HTTP status a request would get."""

    status = 500

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(ServiceError):
    """There is no such row, or this person may not know of it."""

    status = 404


class Forbidden(ServiceError):
    """The person is known but lacks the role."""

    status = 403


class BadInput(ServiceError):
    """What was sent cannot be used; the message says why and what would work."""

    status = 422


class Conflict(ServiceError):
    """Somebody or something else changed the row first."""

    status = 409


class ConfigurationError(ServiceError):
    """A setting is missing or wrong; the message names it."""
