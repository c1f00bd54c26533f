"""What the tests of the command line share: running it as people do, and a small design."""

import contextlib
import os
import pty
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from service.roles import FOREIGN
from service.settings import settings
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
    env: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run the command in a process of its own, with none of the caller's LINTEL settings."""
    return subprocess.run(
        command(*args),
        input=stdin,
        capture_output=True,
        check=False,
        env=environment(env),
        cwd=ROOT,
        timeout=120,
    )


def here(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs commands in this process, with the settings that are given and no others: libraries of
    models take seconds to load, once for all."""

    def run(*args: str | Path, **env: str) -> Result:
        from service.cli.main import app

        with monkeypatch.context() as patch:
            for name in set(os.environ) - set(environment()):
                patch.delenv(name)
            for name, value in env.items():
                patch.setenv(name, value)
            settings.cache_clear()
            try:
                return CliRunner().invoke(app, [str(arg) for arg in args])
            finally:
                settings.cache_clear()

    return run


def command(*args: str | Path) -> list[str]:
    """The command as the installed script runs it."""
    run = "from service.cli.main import run; run()"
    return [sys.executable, "-c", run, *map(str, args)]


def environment(env: Mapping[str, str] | None = None) -> dict[str, str]:
    """The caller's environment with no settings of Lintel but these."""
    not_ours = ("LINTEL_", *FOREIGN)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(not_ours)}
    return {**clean, **(env or {})}


def on_a_terminal(*args: str | Path, env: Mapping[str, str] | None = None) -> tuple[str, int]:
    """What a person at a terminal sees, and the exit code."""
    # Libraries are quieter where they see a test or a build.
    quieting = ("PYTEST_", "CI")
    given = {k: v for k, v in environment(env).items() if not k.startswith(quieting)}
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        command(*args),
        stdin=subprocess.DEVNULL,
        stdout=follower,
        stderr=follower,
        env=given,
        cwd=ROOT,
    )
    os.close(follower)
    seen = b""
    # Linux says with an error that the other side has closed the terminal.
    with contextlib.suppress(OSError):
        while chunk := os.read(leader, 4096):
            seen += chunk
    os.close(leader)
    return seen.decode(), process.wait()


def closed(number: int, *args: str | Path) -> tuple[int, bytes]:
    """Exit code and stderr where stdin (0) or stdout (1) is closed from the start."""
    shell = ["sh", "-c", f'exec "$@" {number}>&-', "sh", *command(*args)]
    result = subprocess.run(
        shell, stderr=subprocess.PIPE, check=False, env=environment(), cwd=ROOT, timeout=120
    )
    return result.returncode, result.stderr


def to_nobody(*args: str | Path) -> tuple[int, bytes]:
    """Exit code and stderr where nobody reads stdout."""
    reader, writer = os.pipe()
    os.close(reader)
    result = subprocess.run(
        command(*args),
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
        env=environment(),
        cwd=ROOT,
    )
    os.close(writer)
    return result.returncode, result.stderr


def said(result: subprocess.CompletedProcess[bytes]) -> str:
    """Its stderr; a traceback is never right."""
    text = result.stderr.decode()
    assert "Traceback" not in text
    return text


def disk_lines(path: Path) -> list[str]:
    """The lines of a file as an editor counts them, read without any of our own code."""
    text = path.read_bytes().decode().removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
