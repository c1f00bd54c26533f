"""Who writes a prefix into the provider's cache: one call leads, the others wait for its first word.

An entry is usable once the answer of the call that writes it begins. Calls that start together on a
cold prefix would each write it, at more than ten times the price of reading it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

FRESH_SECONDS = 270.0
"""A little less than the five minutes that an entry lives without being read."""


class Warmth:
    """The prefixes of one review that are being written or have been."""

    def __init__(self, fresh_seconds: float = FRESH_SECONDS) -> None:
        self._fresh = fresh_seconds
        self._began: dict[str, asyncio.Event] = {}
        self._used: dict[str, float] = {}

    @asynccontextmanager
    async def turn(self, key: str) -> AsyncIterator[asyncio.Event | None]:
        """An event to set when the answer begins, for the call that leads; None for one that follows.

        A leader that fails lets the others go: the first of them leads next.
        """
        while (began := self._living(key)) is not None:
            if began.is_set():
                self._used[key] = asyncio.get_running_loop().time()
                yield None
                return
            await began.wait()
        event = self._began[key] = asyncio.Event()
        # The life of an entry counts from the start of the call that writes or reads it.
        self._used[key] = asyncio.get_running_loop().time()
        try:
            yield event
        except BaseException:
            if self._began.get(key) is event:
                del self._began[key]
            raise
        finally:
            event.set()

    def _living(self, key: str) -> asyncio.Event | None:
        """The event of this prefix, unless its entry has died of age."""
        event = self._began.get(key)
        if event is not None and event.is_set():
            if asyncio.get_running_loop().time() - self._used[key] > self._fresh:
                return None
        return event
