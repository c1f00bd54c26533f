"""A stand-in on a free port inside this process, with keys of its own: for tests and load."""

import socket
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx2
import uvicorn
from pydantic import JsonValue, SecretStr

from service.demo.app import create_app
from service.demo.config import INSTALLATION_ID, REPOSITORY, Config
from service.demo.keys import generate_keys
from service.demo.rows import Json

_START_SECONDS = 20


class StandIn:
    """Use as a context manager. Everything goes over a real socket at `base_url`."""

    app_id = 1001
    installation_id = INSTALLATION_ID
    repository = REPOSITORY
    client_id = "Iv1.standin0001"

    def __init__(
        self,
        home: Path | None = None,
        *,
        webhook_url: str = "",
        redirect_uri: str = "http://127.0.0.1:8000/login/callback",
        hourly_limit: int = 5000,
    ) -> None:
        self._scratch = None if home else tempfile.TemporaryDirectory(prefix="standin-")
        self.home = home or Path(self._scratch.name if self._scratch else ".")
        self.private_key_pem, self.public_key_pem = generate_keys()
        self.webhook_secret = "standin-webhook-secret"  # noqa: S105
        self.client_secret = "standin-client-secret"  # noqa: S105
        self.redirect_uri, self._webhook_url = redirect_uri, webhook_url
        self._hourly_limit = hourly_limit
        self._port = 0
        self.base_url = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        if self._scratch:
            self._scratch.cleanup()

    def start(self) -> None:
        """Begin to serve; after `stop()` it comes back on the same port with the same state."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self._port))
        # Listening already: the first request waits for the server instead of being refused.
        listener.listen(128)
        self._port = listener.getsockname()[1]
        self.base_url = f"http://127.0.0.1:{self._port}"
        app = create_app(self._config())
        # A busy machine pauses clients for seconds: an idle connection must outlive that.
        settings = uvicorn.Config(
            app, log_level="critical", access_log=False, lifespan="on", timeout_keep_alive=60
        )
        self._server = uvicorn.Server(settings)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listener]}, daemon=True
        )
        self._thread.start()
        self._client = httpx2.Client(base_url=self.base_url, timeout=30, trust_env=False)
        self._wait_until_ready()

    def _config(self) -> Config:
        self.home.mkdir(parents=True, exist_ok=True)
        key_file = self.home / "app.public.pem"
        key_file.write_text(self.public_key_pem)
        return Config(
            home=self.home,
            base_url=self.base_url,
            app_id=self.app_id,
            public_key_file=key_file,
            webhook_url=self._webhook_url,
            webhook_secret=SecretStr(self.webhook_secret),
            oauth_client_id=self.client_id,
            oauth_client_secret=SecretStr(self.client_secret),
            redirect_uri=self.redirect_uri,
            hourly_limit=self._hourly_limit,
        )

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            try:
                if self._client.get("/_standin/health").is_success:
                    return
            except httpx2.TransportError:
                continue
        raise TimeoutError("the stand-in did not start")

    def stop(self) -> None:
        """Stop serving; deliveries under way are finished first."""
        self._client.close()
        self._server.should_exit = True
        self._thread.join(timeout=_START_SECONDS)

    def environment(self) -> dict[str, str]:
        """The `STANDIN_*` variables that give `python -m service.demo` the same registration."""
        return {
            "STANDIN_APP_ID": str(self.app_id),
            "STANDIN_PUBLIC_KEY_FILE": str(self.home / "app.public.pem"),
            "STANDIN_WEBHOOK_SECRET": self.webhook_secret,
            "STANDIN_OAUTH_CLIENT_ID": self.client_id,
            "STANDIN_OAUTH_CLIENT_SECRET": self.client_secret,
            "STANDIN_REDIRECT_URI": self.redirect_uri,
        }

    def _call(self, method: str, path: str, body: object = None) -> JsonValue:
        response = self._client.request(method, f"/_standin{path}", json=body)
        response.raise_for_status()
        answer: JsonValue = response.json() if response.content else None
        return answer

    def _object(self, method: str, path: str, body: object = None) -> Json:
        answer = self._call(method, path, body)
        return answer if isinstance(answer, dict) else {}

    def _objects(self, path: str) -> list[Json]:
        answer = self._call("GET", path)
        found = answer if isinstance(answer, list) else []
        return [item for item in found if isinstance(item, dict)]

    def register(self, *, webhook_url: str | None = None, redirect_uri: str | None = None) -> None:
        """Change where deliveries or sign-ins go, while running."""
        given = {"webhook_url": webhook_url, "redirect_uri": redirect_uri}
        self._call("PUT", "/registration", given)

    def reviews(self, number: int) -> list[Json]:
        """Reviews in order, each with its `comments`. GitHub makes a review without a body for a
        comment or reply that was sent on its own; it is among them."""
        return self._objects(f"/pulls/{number}/reviews")

    def conversation(self, number: int) -> list[Json]:
        return self._objects(f"/pulls/{number}/conversation")

    def check_runs(self, sha: str) -> list[Json]:
        """Check runs of a commit, oldest first, with `actions` and `annotations`."""
        return self._objects(f"/check-runs/{sha}")

    def head_sha(self, number: int) -> str:
        return str(self._object("GET", f"/pulls/{number}")["head_sha"])

    def requests(self, path_part: str = "", method: str = "") -> list[Json]:
        """What was asked of the API: method, path, query, status, auth, at."""
        return [
            item
            for item in self._objects("/requests")
            if path_part in str(item["path"]) and method in ("", item["method"])
        ]

    def faults(self, *faults: Mapping[str, JsonValue]) -> None:
        """Plan failures; the fields are those of `service.demo.faults.Fault`."""
        self._call("POST", "/faults", [dict(fault) for fault in faults])

    def clear_faults(self) -> None:
        self._call("DELETE", "/faults")

    def open_pull(
        self,
        files: Mapping[str, str | None],
        *,
        title: str = "Another change",
        body: str = "",
        user: str = "ben",
        draft: bool = False,
        labels: Sequence[str] = (),
        announce: bool = True,
    ) -> int:
        """Open a pull request from the default branch; answers its number."""
        form = {"files": dict(files), "title": title, "body": body, "user": user, "draft": draft}
        form |= {"labels": list(labels), "announce": announce}
        return int(str(self._object("POST", "/pulls", form)["number"]))

    def push(self, number: int, files: Mapping[str, str | None], *, announce: bool = True) -> str:
        """Add a commit to a pull request; answers the new head."""
        form = {"files": dict(files), "announce": announce}
        return str(self._object("POST", f"/pulls/{number}/commits", form)["head_sha"])

    def commit(self, files: Mapping[str, str | None], repository: str = REPOSITORY) -> str:
        """Add a commit to the default branch of a repository, made if need be; answers its sha."""
        form = {"files": dict(files), "repository": repository}
        return str(self._object("POST", "/commits", form)["sha"])

    def change(self, number: int, **fields: JsonValue) -> None:
        """Set `state`, `draft`, `title`, `body` or `labels`, with GitHub's events."""
        self._call("PATCH", f"/pulls/{number}", fields)

    def say(self, number: int, user: str, body: str) -> int:
        """A sample user writes in the conversation; answers the comment's id."""
        form = {"user": user, "body": body}
        return int(str(self._object("POST", f"/pulls/{number}/comments", form)["id"]))

    def fire(self, number: int = 1, action: str = "opened", **fields: JsonValue) -> Json:
        """Send one event now; answers `id`, `guid` and the receiver's `status_code`."""
        form = {"n": number, "action": action, **fields}
        return self._object("POST", "/webhooks/fire", form)
