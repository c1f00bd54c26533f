"""Sends webhook events, signed over exactly the bytes sent, and records every attempt."""

import hashlib
import hmac
import json
import time
import uuid
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx2

from service.demo.config import HOOK_ID, Config
from service.demo.rows import Delivery, Json
from service.demo.store import Store, stamp

TIMEOUT_SECONDS = 10
_KEPT_RESPONSE_CHARACTERS = 2000


@dataclass(frozen=True)
class Outcome:
    """How one attempt ended. `status_code` is 0 where no answer came."""

    status: str
    status_code: int
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""


class Hooks:
    """GitHub delivers beside the request that caused the event, so this does too."""

    def __init__(self, config: Config, store: Store) -> None:
        self._config, self._store = config, store
        self._pool = ThreadPoolExecutor(4, thread_name_prefix="hookshot")
        self._client = httpx2.Client(timeout=TIMEOUT_SECONDS, trust_env=False)

    @property
    def url(self) -> str:
        """Where deliveries go: what was set while running, else what it was started with."""
        changed = self._store.get_meta("webhook_url")
        return self._config.webhook_url if changed is None else changed

    def close(self) -> None:
        """Finish what is under way."""
        self._pool.shutdown(wait=True)
        self._client.close()

    def send(
        self, event: str, payload: Json, repo_id: int | None, guid: str | None = None
    ) -> "Future[int | None]":
        """Deliver an event; the result is the delivery's id, or None if there is no webhook."""
        body = json.dumps(payload).encode()
        named = payload.get("action")
        action = named if isinstance(named, str) else None
        guid = guid or str(uuid.uuid4())
        return self._pool.submit(self._deliver, event, action, guid, repo_id, body, False)

    def redeliver(self, delivery: Delivery) -> "Future[int | None]":
        """Send the same bytes under the same GUID; a new delivery id, marked as redelivery."""
        again = (delivery.event, delivery.action, delivery.guid, delivery.repository_id)
        return self._pool.submit(self._deliver, *again, delivery.payload, True)

    def _deliver(
        self,
        event: str,
        action: str | None,
        guid: str,
        repo_id: int | None,
        body: bytes,
        redelivery: bool,
    ) -> int | None:
        url = self.url
        if not url:
            return None
        headers, started = self._headers(event, guid, body), time.monotonic()
        outcome = self._attempt(url, headers, body)
        return self._store.insert(
            "deliveries",
            guid=guid,
            event=event,
            action=action,
            redelivery=int(redelivery),
            repository_id=repo_id,
            url=url,
            payload=body,
            request_headers_json=json.dumps(headers),
            response_headers_json=json.dumps(outcome.headers),
            response_body=outcome.body,
            status=outcome.status,
            status_code=outcome.status_code,
            duration=round(time.monotonic() - started, 2),
            delivered_at=stamp(),
        )

    def _headers(self, event: str, guid: str, body: bytes) -> dict[str, str]:
        secret = self._config.webhook_secret.get_secret_value().encode()
        return {
            "Accept": "*/*",
            "Content-Type": "application/json",
            "User-Agent": "GitHub-Hookshot/7f3a2c1",
            "X-GitHub-Delivery": guid,
            "X-GitHub-Event": event,
            "X-GitHub-Hook-ID": str(HOOK_ID),
            "X-GitHub-Hook-Installation-Target-ID": str(self._config.app_id),
            "X-GitHub-Hook-Installation-Target-Type": "integration",
            "X-Hub-Signature-256": "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest(),
        }

    def _attempt(self, url: str, headers: dict[str, str], body: bytes) -> Outcome:
        try:
            response = self._client.post(url, content=body, headers=headers)
        except httpx2.TimeoutException:
            return Outcome("timed out", 0)
        except (httpx2.HTTPError, httpx2.InvalidURL):
            return Outcome("failed to connect to host", 0)
        code = response.status_code
        status = "OK" if response.is_success else f"Invalid HTTP Response: {code}"
        return Outcome(
            status, code, dict(response.headers), response.text[:_KEPT_RESPONSE_CHARACTERS]
        )
