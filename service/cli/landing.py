"""The page on this machine from which a browser creates the App, and to which GitHub sends it back.

Whoever reaches such a page first would own the keys. So it is behind a code that only the console
shows, that works once, and that binds the browser by a cookie; GitHub's answer must come back in
that browser, with the state that was sent along.
"""

import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from html import escape
from http.cookies import CookieError, SimpleCookie
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlencode, urlsplit

from service.cli.local_page import STYLE, Answer, LocalServer, page
from service.errors import ServiceError

CODE_SECONDS = 600
FLOW_SECONDS = 3600
"""GitHub gives the whole flow an hour."""
COOKIE = "lintel_app"


class NotCreated(ServiceError):
    """The App was not created from this page; the message says why and what to do."""


class Landing:
    """A server on 127.0.0.1; use as a context manager, then `wait()`.

    `finish` gets GitHub's code, once, and answers a sentence for the browser; what it raises is
    raised by `wait()`. `clock` gives seconds.
    """

    def __init__(
        self,
        finish: Callable[[str], str],
        *,
        port: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._finish, self._clock = finish, clock
        self.form: tuple[str, Mapping[str, object]] = ("", {})
        """Where the manifest goes, and the manifest; set before the address is shown."""
        self._code, self._cookie, self._state = (secrets.token_urlsafe(32) for _ in range(3))
        self._opened = self._returned = self._through = False
        self._begun = clock()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._error: Exception | None = None
        self._finishing = threading.Lock()
        self._server = LocalServer(port, self.answer, self.sent)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,))

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return self._server.origin

    @property
    def address(self) -> str:
        """What a person opens, once."""
        return f"{self.origin}/start?code={self._code}"

    @property
    def callback(self) -> str:
        """Where GitHub sends the browser back."""
        return f"{self.origin}/callback"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Take no more requests; an exchange under way is waited for: it may hold the only key."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        with self._lock:
            self._returned = True
        with self._finishing:
            return

    def wait(self) -> None:
        """Until GitHub has sent the browser back and `finish` is through; raises what it raised.

        Raises `NotCreated` when nobody came in time, or with the wrong state.
        """
        while not self._ended.wait(0.2):
            self._require_time()
        if self._error is not None:
            raise self._error

    def _require_time(self) -> None:
        spent = self._clock() - self._begun
        with self._lock:
            opened, returned = self._opened, self._returned
        if returned:
            return
        if not opened and spent > CODE_SECONDS:
            minutes = CODE_SECONDS // 60
            raise NotCreated(f"nobody opened the address within {minutes} minutes: run it again")
        if spent > FLOW_SECONDS:
            raise NotCreated("GitHub did not send the browser back within an hour: run it again")

    def answer(self, target: str, host: str, cookie: str) -> Answer:
        """The answer to a GET."""
        try:
            parts = urlsplit(target)
            fields = {name: values[0] for name, values in parse_qs(parts.query).items()}
        except ValueError:
            return page(400, "This address cannot be read.")
        # Another site's name may be made to point here.
        port = self._server.server_port
        if host not in (f"127.0.0.1:{port}", f"localhost:{port}"):
            return page(403, "This page answers on this machine only.")
        if parts.path == "/start":
            return self._start(fields.get("code", ""))
        if parts.path == "/lintel.css":
            return 200, STYLE.read_text(), {"content-type": "text/css; charset=utf-8"}
        if parts.path not in ("/", "/callback"):
            return page(404, "There is nothing here.")
        if not _same(_value(cookie), self._cookie):
            return page(403, "Open the address that the console shows, in this browser.")
        return self._offer() if parts.path == "/" else self._back(fields)

    def _start(self, code: str) -> Answer:
        with self._lock:
            good = _same(code, self._code) and not self._opened
            if not good or self._clock() - self._begun > CODE_SECONDS:
                return page(403, "This address is wrong, was used before, or is too old.")
            self._opened = True
        cookie = f"{COOKIE}={self._cookie}; HttpOnly; SameSite=Lax; Path=/"
        return 303, "", {"location": "/", "set-cookie": cookie}

    def _offer(self) -> Answer:
        target, manifest = self.form
        action = f"{target}?{urlencode({'state': self._state})}"
        wanted = manifest.get("default_permissions")
        rights = wanted.items() if isinstance(wanted, dict) else ()
        listed = "".join(f"<li>{escape(str(n))}: {escape(str(v))}</li>" for n, v in rights)
        form = (
            "<p>Sign in to GitHub in this browser first. GitHub then shows the App before it "
            "makes it; the name can be changed there.</p>"
            f"<h2>Permissions</h2><ul>{listed}</ul>"
            f'<form method="post" action="{escape(action)}">'
            f'<input type="hidden" name="manifest" value="{escape(json.dumps(manifest))}">'
            '<button class="primary">Go on to GitHub</button></form>'
        )
        return page(200, "Create Lintel's GitHub App", form)

    def _back(self, fields: Mapping[str, str]) -> Answer:
        with self._lock:
            if self._returned:
                return page(410, "This was used before. The console says how it ended.")
            self._returned = True
            self._finishing.acquire()
        try:
            if not _same(fields.get("state", ""), self._state):
                raise NotCreated(
                    "the browser came back with another state than it was sent with, so the "
                    "answer may not be yours: nothing was exchanged. Run it again"
                )
            return page(200, self._finish(fields.get("code", "")))
        except Exception as error:  # whatever it is, the console has to say it
            self._error = error
            return page(502, "The App is not set up. The console says why.")
        finally:
            self._through = True
            self._finishing.release()

    def sent(self) -> None:
        """Called after each answer, so that the end comes after the browser has the last one."""
        if self._through:
            self._ended.set()


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())


def _value(header: str) -> str:
    try:
        found = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""
