"""A scripted GitHub on a real socket: each test says what it answers, and reads what it got."""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs, urlsplit

Json = Mapping[str, object] | Sequence[Mapping[str, object]]


@dataclass(frozen=True)
class Request:
    """One request as it came in."""

    method: str
    path: str
    query: dict[str, str]
    body: dict[str, object]
    authorization: str


@dataclass(frozen=True)
class Answer:
    """One answer; `hang_up` closes the connection instead."""

    status: int = 200
    body: Json | bytes = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    hang_up: bool = False


Route = Callable[[Request], Answer]


class Scripted:
    """The server; routes are functions of the request by method and path."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.routes: dict[tuple[str, str], Route] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self.on("POST", "/app/installations/5/access_tokens", _token)
        self.on("GET", "/app", lambda _: Answer(body={"id": 7, "slug": "lintel-test"}))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def on(self, method: str, path: str, route: Route | Answer) -> None:
        """Answer this method and path so from now on."""
        self.routes[method, path] = route if callable(route) else lambda _: route

    def sequence(self, method: str, path: str, *answers: Answer) -> None:
        """Answer with these one after the other; the last stays."""
        left = list(answers)
        self.on(method, path, lambda _: left.pop(0) if len(left) > 1 else left[0])

    def got(self, method: str, path: str) -> list[Request]:
        """The requests of this method and path, in order."""
        return [r for r in self.requests if (r.method, r.path) == (method, path)]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _token(_: Request) -> Answer:
    return Answer(201, {"token": "ghs_scripted", "expires_at": "2099-01-01T00:00:00Z"})


def _handler(scripted: Scripted) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        # HTTP/1.0: every connection ends with its answer, so that the server can stop at once.
        def do_any(self) -> None:
            request = self._read()
            scripted.requests.append(request)
            route = scripted.routes.get((request.method, request.path))
            answer = route(request) if route else Answer(404, {"message": "Not Found"})
            if not answer.hang_up:
                self._write(answer)

        do_GET = do_POST = do_PATCH = do_any

        def _read(self) -> Request:
            parts = urlsplit(self.path)
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            return Request(
                method=self.command,
                path=parts.path,
                query={k: v[0] for k, v in parse_qs(parts.query).items()},
                body=json.loads(raw) if raw else {},
                authorization=self.headers.get("Authorization", ""),
            )

        def _write(self, answer: Answer) -> None:
            raw = answer.body
            raw = raw if isinstance(raw, bytes) else json.dumps(raw).encode()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
