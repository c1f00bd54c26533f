"""`lintel github-app create` as a process, and a browser that goes through its pages."""

import html
import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import httpx2

from service.demo.standin import StandIn
from tests.cli.support import command, environment
from tests.support import ROOT

PUBLIC = "https://lintel.example.org"


def settings_for(github: StandIn, home: Path, **env: str) -> dict[str, str]:
    return {
        "LINTEL_HOME": str(home),
        "LINTEL_PUBLIC_URL": PUBLIC,
        "LINTEL_GITHUB_API_URL": github.base_url,
        "LINTEL_GITHUB_WEB_URL": github.base_url,
        **env,
    }


class Creating:
    """The command, running until its page is done; `address` is what it printed."""

    def __init__(self, env: Mapping[str, str], *args: str) -> None:
        # In a file: nobody reads it while the command runs, and a full pipe would stop it.
        self._errors = tempfile.TemporaryFile("w+")
        self._process = subprocess.Popen(
            command("github-app", "create", *args),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            env=environment(env),
            cwd=ROOT,
        )
        self.said = ""
        self.address = self._printed_address()

    def _printed_address(self) -> str:
        while line := self._output.readline():
            self.said += line
            if "/start?code=" in line:
                return line.strip()
        raise AssertionError(f"no address: {self.ended()}")

    @property
    def _output(self) -> IO[str]:
        assert self._process.stdout is not None
        return self._process.stdout

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._output.close()
        self._errors.close()

    def interrupt(self) -> None:
        """What Ctrl-C does."""
        os.kill(self._process.pid, signal.SIGINT)

    def ended(self) -> tuple[int, str]:
        """Exit code and everything that was printed; a traceback is never right."""
        self.said += self._output.read()
        code = self._process.wait(timeout=60)
        self._errors.seek(0)
        text = self.said + self._errors.read()
        assert "Traceback" not in text, text
        return code, text


def form(page: httpx2.Response) -> tuple[str, dict[str, str]]:
    """Target and fields of the page's form, as a browser sends it."""
    action = re.findall(r'<form method="post" action="([^"]+)"', page.text)[0]
    fields = re.findall(r'<input (?:type="hidden" )?name="(\w+)" value="([^"]*)"', page.text)
    target = str(page.url.join(html.unescape(action)))
    return target, {name: html.unescape(value) for name, value in fields}


class Browser:
    """Keeps cookies; follows redirects only where told."""

    def __init__(self) -> None:
        self.http = httpx2.Client(trust_env=False, timeout=30)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.http.close()

    def open(self, address: str) -> httpx2.Response:
        """The page with the button that leads to GitHub."""
        return self.http.get(address, follow_redirects=True)

    def create(self, page: httpx2.Response, **changed: str) -> str:
        """Through GitHub's page; answers the address it sends the browser back to."""
        target, fields = form(page)
        target, fields = form(self.http.post(target, data=fields))
        answer = self.http.post(target, data=fields | changed)
        assert answer.status_code == 302, answer.text
        return str(answer.headers["location"])

    def whole(self, address: str) -> httpx2.Response:
        """From the printed address to the last page."""
        return self.http.get(self.create(self.open(address)))
