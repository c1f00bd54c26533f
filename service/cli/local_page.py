"""A page on this machine over HTTP: what it looks like, its headers, and who serves it."""

import contextlib
import sys
from collections.abc import Callable, Mapping
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

Answer = tuple[int, str, Mapping[str, str]]
"""Status, HTML, further headers."""

STYLE = Path(__file__).parents[1] / "web" / "static" / "lintel.css"
_HEADERS = {
    "content-type": "text/html; charset=utf-8",
    # No form-action: a company's sign-in may stand between a form and GitHub.
    "content-security-policy": "default-src 'none'; style-src 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class LocalServer(ThreadingHTTPServer):
    """Serves GET on 127.0.0.1; port 0 takes a free one. Raises OSError for a port in use.

    `answer` gets the request's target and its Host and Cookie headers; `sent` is called after each
    answer has gone out.
    """

    def __init__(
        self, port: int, answer: Callable[[str, str, str], Answer], sent: Callable[[], None]
    ) -> None:
        self.answer, self.sent = answer, sent
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing of browsers that hang up; the standard one prints a traceback."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: LocalServer
    timeout = 15

    def do_GET(self) -> None:
        host, cookie = self.headers.get("host", ""), self.headers.get("cookie", "")
        status, text, extra = self.server.answer(self.path, host, cookie)
        body = text.encode()
        # A browser that went away has no part in what was done.
        with contextlib.suppress(OSError):
            self.send_response(status)
            for name, value in {**_HEADERS, "content-length": str(len(body)), **extra}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
        self.server.sent()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the lines would show codes."""


def page(status: int, title: str, body: str = "") -> Answer:
    """A page with a heading; `body` is HTML."""
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<title>Lintel</title><link rel="stylesheet" href="/lintel.css"></head>'
        f'<body><main class="narrow"><h1>{escape(title)}</h1>{body}</main></body></html>'
    )
    return status, html, {}
