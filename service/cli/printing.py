"""What every command prints with: UTF-8 on stdout, and text that cannot steer a terminal."""

import os
import sys
import unicodedata

from service.errors import ServiceError


def emit(text: str) -> None:
    """Print to stdout as UTF-8; a reader that went away early is no failure, a full disk is one."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.buffer.write(text.encode("utf-8", "replace"))
        sys.stdout.flush()
    except OSError as error:
        # The interpreter flushes once more when it ends: let that go nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise ServiceError(f"stdout cannot be written: {error.strerror}") from error


def printable(text: str) -> str:
    """The text on one line, with control characters and undecodable bytes replaced."""
    spaced = " ".join(text.split())
    return "".join("\ufffd" if unicodedata.category(c) in ("Cc", "Cs") else c for c in spaced)
