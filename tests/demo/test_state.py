"""A restart forgets nothing, and the stand-in runs as a process of its own."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import httpx2

from service.demo.standin import StandIn
from tests.demo.support import REPO, Api, as_app, as_installation


def test_restart_keeps_everything(tmp_path: Path) -> None:
    with StandIn(tmp_path / "home") as standin:
        api = as_installation(standin)
        standin.register(webhook_url="http://127.0.0.1:9/hook")
        number = standin.open_pull({"docs/x.md": "# X\n"})
        api.post(f"{REPO}/pulls/1/reviews", {"event": "COMMENT", "body": "Kept"})
        head, log = standin.head_sha(number), standin.requests()
        delivered = as_app(standin).get("/app/hook/deliveries").json()
        standin.stop()
        standin.start()
        assert api.get(f"{REPO}/pulls/{number}").json()["head"]["sha"] == head
        assert [item["body"] for item in standin.reviews(1)] == ["Kept"]
        assert standin.requests()[: len(log)] == log
        again = as_app(standin).get("/app/hook/deliveries").json()
        assert {item["id"] for item in delivered} <= {item["id"] for item in again}
        assert api.get(REPO).headers["x-ratelimit-used"] != "1"


def test_runs_as_its_own_process(tmp_path: Path) -> None:
    with StandIn(tmp_path / "keys") as keys:
        environment = os.environ | keys.environment()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [sys.executable, "-m", "service.demo", "--home", str(tmp_path / "home")]
        command += ["--port", str(port), "--webhook-url", "http://127.0.0.1:9/"]
        with subprocess.Popen(command, env=environment) as process:
            try:
                keys.base_url = f"http://127.0.0.1:{port}"
                answer = first_answer(keys.base_url, process)
                assert json.loads(answer)["repository"] == "acme/support-assistant"
                token_from_process = as_installation(keys)
                assert isinstance(token_from_process, Api)
                assert len(token_from_process.get(f"{REPO}/pulls").json()) == 3
            finally:
                process.terminate()
        assert (tmp_path / "home" / "standin.sqlite3").exists()


def first_answer(base_url: str, process: "subprocess.Popen[bytes]") -> str:
    """Ask until the process answers; the wait is the transport's own retry pause."""
    transport = httpx2.HTTPTransport(retries=7)
    with httpx2.Client(transport=transport, timeout=30) as client:
        assert process.poll() is None
        return client.get(f"{base_url}/_standin/health").text
