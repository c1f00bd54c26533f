"""Queues stored deliveries without keeping a webhook waiting for the broker."""

import queue
import threading
from collections.abc import Callable, Sequence

from service.queue import HANDLE_DELIVERIES, Job

BATCH = 50


class Dispatcher:
    """One thread that sends ids to the broker, several in one job when they come fast.

    Its memory is no record: what is lost with the process is a row that the sweep finds.
    """

    def __init__(self, publish: Callable[[Sequence[Job]], None]) -> None:
        self._publish = publish
        self._ids: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="dispatcher", daemon=True)
        self._thread.start()

    async def send(self, delivery_id: int) -> None:
        """Hand over one stored delivery; returns at once."""
        self._ids.put(delivery_id)

    def close(self) -> None:
        """Send what is there, then stop."""
        self._ids.put(None)
        self._thread.join(10)

    def _run(self) -> None:
        while True:
            ids, last = self._take()
            if ids:
                self._publish([Job(HANDLE_DELIVERIES, tuple(ids))])
            if last:
                return

    def _take(self) -> tuple[list[int], bool]:
        """At least one id, and what else has come meanwhile."""
        ids: list[int] = []
        item = self._ids.get()
        while item is not None:
            ids.append(item)
            if len(ids) == BATCH or self._ids.empty():
                return ids, False
            item = self._ids.get()
        return ids, True
