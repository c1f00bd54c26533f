"""Which step each review is in, as the queue page shows it: best effort, so nobody waits for it."""

import asyncio

from service.reviews import service as reviews
from workers.context import database
from workers.drafting import writer

PAUSE_SECONDS = 1.0
"""Between two writes: many reviews take many steps, and the journal needs the same writer."""


class Progress:
    """The newest step of each review since the last write. For the loop thread alone."""

    def __init__(self) -> None:
        self._steps: dict[str, str] = {}

    def note(self, review_id: str, step: str) -> None:
        """Written soon, together with those of other reviews."""
        if not self._steps:
            asyncio.get_running_loop().call_later(PAUSE_SECONDS, self._flush)
        self._steps[review_id] = step

    def _flush(self) -> None:
        steps, self._steps = self._steps, {}
        asyncio.get_running_loop().run_in_executor(writer(), _write, steps)


def _write(steps: dict[str, str]) -> None:
    with database().transaction() as session:
        for review_id, step in steps.items():
            reviews.set_progress(session, review_id, step)
