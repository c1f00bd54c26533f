"""Clients of the stand-in: real PyGithub, plain HTTP, and a receiver of webhooks."""

import json
import queue
import threading
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

import httpx2
import jwt
from github import Auth, Github, GithubIntegration, GithubRetry
from pydantic import JsonValue

from service.demo.standin import StandIn

DESIGN = "docs/design/support-assistant.md"
REPO = "/repos/acme/support-assistant"


@dataclass(frozen=True)
class Received:
    headers: Mapping[str, str]
    body: bytes

    @property
    def payload(self) -> dict[str, JsonValue]:
        return dict(json.loads(self.body))


class Receiver:
    """An HTTP server that keeps what it is sent and answers `status`."""

    def __init__(self) -> None:
        self.status = 202
        self.received: queue.Queue[Received] = queue.Queue()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.received.put(Received(headers, body))
                self.send_response(receiver.status)
                self.send_header("content-length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, format: str, *args: object) -> None:
                """Keep the test output quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def next(self) -> Received:
        return self.received.get(timeout=10)


def app_auth(standin: StandIn) -> Auth.AppAuth:
    return Auth.AppAuth(standin.app_id, standin.private_key_pem)


def integration(standin: StandIn) -> GithubIntegration:
    return GithubIntegration(
        auth=app_auth(standin), base_url=standin.base_url, seconds_between_requests=None
    )


def client(standin: StandIn, **permissions: str) -> Github:
    """PyGithub as the installation, narrowed to the permissions given, never retrying."""
    auth = app_auth(standin).get_installation_auth(
        standin.installation_id, token_permissions=permissions or None
    )
    return Github(
        auth=auth,
        base_url=standin.base_url,
        retry=None,
        seconds_between_requests=None,
        seconds_between_writes=None,
        per_page=100,
    )


def retrying() -> GithubRetry:
    return GithubRetry(total=2, allowed_methods=["GET"], backoff_factor=0)


def make_jwt(standin: StandIn, **claims: object) -> str:
    current = int(time.time())
    whole = {"iat": current - 60, "exp": current + 300, "iss": str(standin.app_id)} | claims
    return jwt.encode(whole, standin.private_key_pem, algorithm="RS256")


class Api:
    """Plain HTTP against the API, where the exact status and body matter."""

    def __init__(self, standin: StandIn, credential: str | None) -> None:
        headers = {"authorization": f"Bearer {credential}"} if credential else {}
        self.base_url, self.headers = standin.base_url, headers

    def call(self, method: str, path: str, body: object = None, **headers: str) -> httpx2.Response:
        with closing(httpx2.Client(base_url=self.base_url, trust_env=False)) as http:
            extra = {name.replace("_", "-"): value for name, value in headers.items()}
            return http.request(method, path, json=body, headers=self.headers | extra)

    def get(self, path: str, **headers: str) -> httpx2.Response:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: object = None) -> httpx2.Response:
        return self.call("POST", path, body)


def as_app(standin: StandIn) -> Api:
    return Api(standin, make_jwt(standin))


def as_installation(standin: StandIn, **permissions: str) -> Api:
    wanted = {"permissions": permissions} if permissions else {}
    path = f"/app/installations/{standin.installation_id}/access_tokens"
    answer = as_app(standin).post(path, wanted)
    assert answer.status_code == 201, answer.text
    return Api(standin, answer.json()["token"])
