"""The bar of `lintel eval`: on a terminal only."""

import shutil
import sys

from service.cli.printing import printable

_CLEAR = "\r\x1b[K"
_WIDTH = 24


class EvalProgress:
    """Counts finished reviews on one line of stderr that the next one replaces."""

    def __init__(self, jobs: int, *, quiet: bool = False) -> None:
        self._jobs = jobs
        self._done = self._failed = 0
        self._terminal = not quiet and sys.stderr is not None and sys.stderr.isatty()

    def done(self, job: str, wrong: str, spent: float = 0.0) -> None:
        """A review has ended, well or with a sentence about what went wrong."""
        self._done += 1
        self._failed += bool(wrong)
        if not self._terminal:
            return
        filled = _WIDTH * self._done // max(self._jobs, 1)
        bar = "#" * filled + "." * (_WIDTH - filled)
        parts = [f"[{bar}] {self._done} of {self._jobs}"]
        parts += [f"{self._failed} failed"] if self._failed else []
        parts += [f"${spent:.2f}"] if spent else []
        line = printable(", ".join([*parts, job]))
        sys.stderr.write(_CLEAR + line[: shutil.get_terminal_size().columns - 1])
        sys.stderr.flush()

    def end(self) -> None:
        """Leave the line empty."""
        if self._terminal:
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()
