"""How much a durable acknowledgement costs: requests per second against a handler that does nothing.

Both are served by the same server in the same process, one after the other, several rounds.
"""

import asyncio
import hashlib
import hmac
import json
import statistics
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import httpx2
import uvicorn
from fastapi import FastAPI, Response
from pydantic import SecretStr

from service.app import create_app
from service.migrations import upgrade
from service.settings import Settings

SECRET = "bench"  # noqa: S105
BODY = json.dumps({"action": "opened", "filler": "x" * 25_000}).encode()
SIGNATURE = "sha256=" + hmac.new(SECRET.encode(), BODY, hashlib.sha256).hexdigest()
CLIENTS, SECONDS, ROUNDS = 16, 2.0, 3


def measure() -> dict[str, float]:
    """Medians of requests per second, and their ratio."""
    with tempfile.TemporaryDirectory(prefix="lintel-") as folder:
        settings = Settings(
            home=Path(folder),
            database_url=f"sqlite:///{folder}/lintel.db",
            broker_url="redis://127.0.0.1:1/0",
            webhook_secret=SecretStr(SECRET),
        )
        upgrade(settings.database)
        app = create_app(settings)
        app.add_api_route("/noop", _noop, methods=["POST"])
        with _served(app) as base:
            rounds = [
                (asyncio.run(_rate(f"{base}/noop")), asyncio.run(_rate(f"{base}/webhooks/github")))
                for _ in range(ROUNDS)
            ]
    noop = statistics.median(r[0] for r in rounds)
    durable = statistics.median(r[1] for r in rounds)
    return {"noop_per_s": round(noop), "durable_per_s": round(durable),
            "ratio": round(durable / noop, 3)}  # fmt: skip


async def _noop() -> Response:
    return Response(status_code=202)


class _served:
    """The application on a free port of this machine, in a thread."""

    def __init__(self, app: FastAPI) -> None:
        config = uvicorn.Config(app, port=0, log_level="critical", access_log=False)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> str:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)


async def _rate(url: str) -> float:
    headers = {
        "content-type": "application/json",
        "x-github-event": "pull_request",
        "x-hub-signature-256": SIGNATURE,
        "sec-fetch-site": "same-origin",
    }
    done = 0
    end = time.monotonic() + SECONDS

    async def client(post: Callable[[dict[str, str]], "asyncio.Future[httpx2.Response]"]) -> None:
        nonlocal done
        while time.monotonic() < end:
            answer = await post(headers | {"x-github-delivery": str(uuid.uuid4())})
            if answer.status_code != 202:
                raise RuntimeError(f"{url} answered {answer.status_code}")
            done += 1

    limits = httpx2.Limits(max_connections=CLIENTS)
    async with httpx2.AsyncClient(limits=limits, trust_env=False) as http:

        def post(given: dict[str, str]) -> "asyncio.Future[httpx2.Response]":
            return asyncio.ensure_future(http.post(url, content=BODY, headers=given))

        await asyncio.gather(*(client(post) for _ in range(CLIENTS)))
    return done / SECONDS
