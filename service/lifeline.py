"""A child process follows its supervisor, even one that was killed without a word.

The supervisor keeps the write end of a pipe open. When it is gone, however it went, the pipe ends,
and the child ends: softly first, then with its whole process group.
"""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator

FD_VARIABLE = "LINTEL_LIFELINE_FD"
SOFT_SECONDS = 6.0


@contextlib.contextmanager
def lifeline() -> Iterator[int]:
    """The read end of a pipe whose write end lives exactly as long as this process."""
    read_end, write_end = os.pipe()
    try:
        yield read_end
    finally:
        os.close(read_end)
        os.close(write_end)


def hold_on() -> None:
    """Watch the supervisor's pipe, if there is one. Call once, early, in the main process."""
    value = os.environ.pop(FD_VARIABLE, "")
    if value.isdigit():
        threading.Thread(target=_watch, args=(int(value),), name="lifeline", daemon=True).start()


def _watch(fd: int) -> None:
    while os.read(fd, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(SOFT_SECONDS)
    os.killpg(os.getpgrp(), signal.SIGKILL)
