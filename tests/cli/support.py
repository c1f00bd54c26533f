"""What the tests of the command line share: running it as people do, and a small design."""

import os
import subprocess
import sys
from pathlib import Path

from tests.support import ROOT

DESIGN = """# Refund assistant

## Overview

Customers reach the chat service from the internet through a public REST API.
The chat service sends the conversation to a hosted LLM at an external provider.
The LLM agent calls the refund tool, which pays money back without a person confirming it.

## Data

The chat service stores conversations with names and e-mail addresses in a PostgreSQL database.
Help articles that any customer may edit are indexed into a vector store and put into the prompt.

## Security

There is no rate limiting. Authentication will be added later.
"""


def lintel(
    *args: str | Path,
    stdin: bytes = b"",
    env: dict[str, str] | None = None,
    cwd: Path = ROOT,
    user: int | None = None,
    timeout: float = 60,
) -> subprocess.CompletedProcess[bytes]:
    """Run the command in a process of its own, with none of the caller's LINTEL settings."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LINTEL_")}
    return subprocess.run(
        [sys.executable, "-c", "from service.cli.main import run; run()", *map(str, args)],
        input=stdin,
        capture_output=True,
        check=False,
        env={**clean, "PYTHONPATH": str(ROOT), **(env or {})},
        cwd=cwd,
        user=user,
        timeout=timeout,
    )


def said(result: subprocess.CompletedProcess[bytes]) -> str:
    """Its stderr; a traceback is never right."""
    text = result.stderr.decode()
    assert "Traceback" not in text
    return text


def disk_lines(path: Path) -> list[str]:
    """The lines of a file as an editor counts them, read without any of our own code."""
    text = path.read_bytes().decode().removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
