"""How often one address may try to sign in."""

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from service.errors import ServiceError

ATTEMPTS = "20/minute"


class TooMany(ServiceError):
    """Too many attempts from one address."""

    status = 429


class LoginLimit:
    """Counts sign-in attempts by client address, in this process."""

    def __init__(self, attempts: str = ATTEMPTS) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._limit = parse(attempts)

    def hit(self, address: str) -> None:
        """Count one attempt; raises `TooMany` beyond the limit."""
        if not self._limiter.hit(self._limit, "login", address):
            raise TooMany("too many sign-in attempts from your address")
