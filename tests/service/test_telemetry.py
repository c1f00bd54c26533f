"""Logs hide credentials; traces reach a collector, and only where one is named."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from service.telemetry import mask
from tests.support import ROOT


@pytest.mark.parametrize(
    "secret",
    [
        "sk-ant-api03-abcDEF_123-456", "sk-proj-abcDEF_123-456", "sk-abcdefghij0123456789",
        "sk-svcacct-abcdefgh", "AIzaSyA1234567890abcdefghijklmnopqrstuv", "AKIAABCDEFGHIJKLMNOP",
        "ghp_abcdefghij0123",
    ],
)  # fmt: skip
def test_a_credential_does_not_reach_the_log(secret: str) -> None:
    assert mask(f"key={secret}, refused") == "key=***, refused"


def test_ordinary_words_stay() -> None:
    text = "a risk-assessment-of-the-design, task-0123456789abcdef, sk-short"
    assert mask(text) == text


class Collector(BaseHTTPRequestHandler):
    """Keeps what it is sent."""

    got: list[tuple[str, bytes]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.got.append((self.path, body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def collector() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


SPAN = """
import sys
from opentelemetry import trace
from service.settings import Settings
from service.telemetry import configure_tracing
configure_tracing(Settings(otlp_endpoint=sys.argv[1]))
with trace.get_tracer("lintel").start_as_current_span("review.draft"):
    pass
print("opentelemetry.sdk" in sys.modules)
"""


def traced(endpoint: str) -> str:
    command = [sys.executable, "-c", SPAN, endpoint]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()


def test_spans_reach_the_collector(collector: str) -> None:
    assert traced(collector) == "True"
    ((path, body),) = Collector.got
    assert path == "/v1/traces"
    assert b"review.draft" in body
    assert b"lintel" in body


def test_without_a_collector_the_sdk_is_not_even_loaded() -> None:
    assert traced("") == "False"
