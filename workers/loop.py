"""The one asyncio loop of a draft process. Everything that talks to a model lives on it."""

import asyncio
import concurrent.futures
import logging
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

R = TypeVar("R")
log = logging.getLogger(__name__)

CLOSING_SECONDS = 2.0
"""For clients to close their connections: the supervisor allows twenty for everything."""


class Draining(Exception):
    """The worker is going away: the review was cut short or never begun, and goes back."""


class LoopBox:
    """Runs coroutines for pool threads on one loop thread, with a time limit and a clean end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self.draining = False

    def run(self, work: Coroutine[Any, Any, R], *, limit: float) -> R:
        """Result of `work`, or its exception; `TimeoutError` past `limit` seconds."""
        if self.draining:
            work.close()
            raise Draining
        future = asyncio.run_coroutine_threadsafe(self._limited(work, limit), self._running())
        try:
            return future.result()
        except (asyncio.CancelledError, concurrent.futures.CancelledError):
            raise Draining from None

    def drain(self, grace: float) -> None:
        """Take no new work; cut what is running after `grace` seconds. Safe in a signal handler."""
        self.draining = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._loop.call_later, grace, self._cut)

    def stop(self, closing: Callable[[], Coroutine[Any, Any, None]] | None = None) -> None:
        """End the loop; the pool must be empty by now. `closing` is awaited on the loop first."""
        if self._loop is None or self._thread is None:
            return
        if closing is not None:
            self._close(closing())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
        self._loop = None

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:  # at first use, never at import: a fork would copy a dead thread
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=self._loop.run_forever, name="model-loop", daemon=True
                )
                self._thread.start()
            return self._loop

    def _close(self, closing: Coroutine[Any, Any, None]) -> None:
        future = asyncio.run_coroutine_threadsafe(closing, self._running())
        try:
            future.result(CLOSING_SECONDS)
        except Exception:
            # What does not close in order ends with the process; the loop must end all the same.
            log.warning("the clients of the loop did not close in order", exc_info=True)

    async def _limited(self, work: Coroutine[Any, Any, R], limit: float) -> R:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  a coroutine on a loop always runs in a task
        self._tasks.add(task)
        try:
            async with asyncio.timeout(limit):
                return await work
        finally:
            self._tasks.discard(task)

    def _cut(self) -> None:
        for task in list(self._tasks):
            task.cancel()
