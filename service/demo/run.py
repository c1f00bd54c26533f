"""Starts the stand-in and `lintel up` side by side, wired to each other, each its own process."""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx2

from service.demo.keys import generate_keys
from service.errors import ServiceError
from service.lifeline import FD_VARIABLE, lifeline

START_SECONDS = 60.0
STOP_SECONDS = 12.0


class DemoFailed(ServiceError):
    """A part of the demo did not start, or stopped."""


class Demo:
    """Use as a context manager: on entry both processes answer, on exit both are gone.

    `home` is an empty folder for keys, databases and logs; ports are on 127.0.0.1.
    """

    def __init__(self, home: Path, port: int, github_port: int, *, quiet: bool = False) -> None:
        self.home, self.quiet = home, quiet
        self.workspace = f"http://127.0.0.1:{port}"
        self.github = f"http://127.0.0.1:{github_port}"
        self._port, self._github_port = port, github_port
        self._processes: list[subprocess.Popen[bytes]] = []
        self._open = contextlib.ExitStack()
        self._lifeline = self._open.enter_context(lifeline())
        self.client = httpx2.Client(timeout=15, trust_env=False)

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _start(self) -> None:
        keys = self.home / "keys"
        keys.mkdir(mode=0o700)
        private, public = generate_keys()
        webhook_secret, oauth_secret = secrets.token_hex(24), secrets.token_hex(24)
        for name, text in {
            "app.private.pem": private,
            "app.public.pem": public,
            "webhook-secret": webhook_secret,
            "oauth-secret": oauth_secret,
        }.items():
            _write_secret(keys / name, text)
        standin = {
            "STANDIN_APP_ID": "1001",
            "STANDIN_PUBLIC_KEY_FILE": str(keys / "app.public.pem"),
            "STANDIN_WEBHOOK_SECRET": webhook_secret,
            "STANDIN_WEBHOOK_URL": f"{self.workspace}/webhooks/github",
            "STANDIN_OAUTH_CLIENT_ID": "Iv1.demo",
            "STANDIN_OAUTH_CLIENT_SECRET": oauth_secret,
            "STANDIN_REDIRECT_URI": f"{self.workspace}/login/callback",
        }
        lintel = {
            "LINTEL_HOME": str(self.home),
            "LINTEL_PORT": str(self._port),
            "LINTEL_GITHUB_API_URL": self.github,
            "LINTEL_GITHUB_WEB_URL": self.github,
            "LINTEL_GITHUB_APP_ID": "1001",
            "LINTEL_GITHUB_PRIVATE_KEY_FILE": str(keys / "app.private.pem"),
            "LINTEL_WEBHOOK_SECRET_FILE": str(keys / "webhook-secret"),
            "LINTEL_OAUTH_CLIENT_ID": "Iv1.demo",
            "LINTEL_OAUTH_CLIENT_SECRET_FILE": str(keys / "oauth-secret"),
            "LINTEL_ARCHITECTS": "ada",
            "LINTEL_DEMO": "true",
            "LINTEL_DRAFT_SLOTS": "4",
        }
        folder = ["--home", str(self.home / "github"), "--port", str(self._github_port)]
        self._spawn([sys.executable, "-m", "service.demo", *folder], standin, "github.log")
        self._spawn([sys.executable, "-m", "service.cli", "up"], lintel, "lintel.log")
        self._await(f"{self.github}/_standin/health")
        self._await(f"{self.workspace}/readyz")

    def _spawn(self, command: list[str], env: dict[str, str], log: str) -> None:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("LINTEL_", "STANDIN_"))}
        with (self.home / log).open("wb") as out:
            process = subprocess.Popen(  # noqa: S603  our own module
                command,
                env=kept | env | {FD_VARIABLE: str(self._lifeline)},
                pass_fds=(self._lifeline,),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                # Ctrl-C reaches only the demo itself, which then stops both in order.
                start_new_session=True,
            )
        self._processes.append(process)

    def _await(self, url: str) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            self._check()
            with contextlib.suppress(httpx2.TransportError):
                if self.client.get(url).is_success:
                    return
            time.sleep(0.1)
        raise DemoFailed(f"{url} did not answer within {START_SECONDS:.0f} s\n{self.log_tail()}")

    def _check(self) -> None:
        for process in self._processes:
            if process.poll() is not None:
                raise DemoFailed(f"a part of the demo stopped\n{self.log_tail()}")

    def announce(self, number: int) -> None:
        """Let the stand-in send the `opened` webhook of a pull request."""
        form = {"n": number, "action": "opened"}
        answer = self.client.post(f"{self.github}/_standin/webhooks/fire", json=form)
        answer.raise_for_status()

    def wait(self) -> None:
        """Until Ctrl-C or SIGTERM; `DemoFailed` when a part stops by itself."""
        told: list[int] = []
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda n, _: told.append(n))
        while not told:
            if any(p.poll() is not None for p in self._processes):
                raise DemoFailed(f"a part of the demo stopped\n{self.log_tail()}")
            time.sleep(0.2)

    def log_tail(self, lines: int = 25) -> str:
        """The last lines of both logs."""
        parts = []
        for name in ("lintel.log", "github.log"):
            path = self.home / name
            text = path.read_text(errors="replace") if path.exists() else ""
            parts.append("\n".join([f"--- {path}", *text.splitlines()[-lines:]]))
        return "\n".join(parts)

    def stop(self) -> None:
        """End both processes and wait for them."""
        self.client.close()
        for process in reversed(self._processes):
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._processes.clear()
        self._open.close()


def _write_secret(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text)
