"""What every request passes first: request id, rate-limit headers, the log, and planned faults."""

import asyncio
import json
import re
import secrets
import time
from urllib.parse import unquote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.demo.auth import Bearer, read_bearer
from service.demo.faults import Fault, FaultPlan
from service.demo.refusals import DOCS
from service.demo.store import Store, stamp

_SECRETIVE = re.compile(r"/login|/settings/apps|/organizations/")
"""The queries of these pages carry codes and states."""

Headers = list[tuple[bytes, bytes]]


class Front:
    """ASGI middleware around the whole app. It sees the raw connection, so it can drop it."""

    def __init__(self, app: ASGIApp, store: Store, faults: FaultPlan, hourly_limit: int) -> None:
        self.app, self.store, self.faults = app, store, faults
        self.hourly_limit = hourly_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        if path.startswith("/_standin"):
            await self.app(scope, receive, send)
            return
        bearer = read_bearer(self.store, dict(scope["headers"]).get(b"authorization", b""))
        exchange = Exchange(self, scope, send, bearer)
        fault = self.faults.take(scope["method"], path)
        await exchange.run(receive, fault)

    def spend(self, bearer: Bearer) -> int:
        """Count one request of this token's hour; answers how many were used."""
        if bearer.kind not in ("installation", "user"):
            return 0
        hour = int(time.time()) // 3600
        used = self.store.scalar(
            "insert into budgets values (?, ?, 1) on conflict (spender, hour) "
            "do update set used = used + 1 returning used",
            *(bearer.spender, hour),
        )
        return int(used or 0)


class Exchange:
    """One request on its way through: what it spends, what it answers, what is logged."""

    def __init__(self, front: Front, scope: Scope, send: Send, bearer: Bearer) -> None:
        self.front, self.scope, self.bearer = front, scope, bearer
        self._send = send
        self.status = 0
        self.used = front.spend(bearer)
        self.exhausted = False
        self.reset = (int(time.time()) // 3600 + 1) * 3600

    async def run(self, receive: Receive, fault: Fault | None) -> None:
        try:
            if self.used > self.front.hourly_limit:
                await self._over_budget()
            elif fault is None:
                await self.front.app(self.scope, receive, self.send)
            else:
                await self._fail(receive, fault)
        finally:
            self._log()

    async def send(self, message: Message) -> None:
        """Pass an answer on, with GitHub's headers added."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": [*message["headers"], *self._headers()]}
        await self._send(message)

    def _headers(self) -> Headers:
        parts = (secrets.token_hex(size).upper() for size in (2, 3, 4, 4, 4))
        headers: Headers = [(b"x-github-request-id", ":".join(parts).encode())]
        if not self.used:
            return headers
        limit = self.front.hourly_limit
        used = limit if self.exhausted else min(self.used, limit)
        budget = {
            "limit": limit,
            "remaining": limit - used,
            "used": used,
            "reset": self.reset,
            "resource": "core",
        }
        return headers + [
            (f"x-ratelimit-{name}".encode(), str(value).encode()) for name, value in budget.items()
        ]

    async def _fail(self, receive: Receive, fault: Fault) -> None:
        if fault.kind == "latency":
            await asyncio.sleep(fault.delay)
            await self.front.app(self.scope, receive, self.send)
            return
        if fault.when == "after":
            await self.front.app(self.scope, receive, _swallow)
        if fault.kind == "drop":
            await self._drop(receive)
            return
        headers: Headers = []
        if fault.retry_after is not None:
            headers.append((b"retry-after", str(fault.retry_after).encode()))
        if fault.exhausts_budget:
            self.exhausted, self.reset = True, int(time.time()) + fault.reset_in
        await self._answer(fault.status, fault.body(self.bearer.named), headers)

    async def _over_budget(self) -> None:
        self.exhausted = True
        message = f"API rate limit exceeded for {self.bearer.named}."
        body = {"message": message, "documentation_url": DOCS, "status": "403"}
        await self._answer(403, body, [])

    async def _answer(self, status: int, body: object, headers: Headers) -> None:
        kind = (b"content-type", b"application/json; charset=utf-8")
        data = json.dumps(body).encode()
        length = (b"content-length", str(len(data)).encode())
        start = {"type": "http.response.start", "status": status}
        await self.send({**start, "headers": [kind, length, *headers]})
        await self.send({"type": "http.response.body", "body": data})

    async def _drop(self, receive: Receive) -> None:
        """Cut the connection without an answer, as a failing network does."""
        # ASGI has no word for this: reach through the server's `send` to its connection.
        connection = getattr(self._send, "__self__", None)
        abort = getattr(getattr(connection, "transport", None), "abort", None)
        if not callable(abort):
            raise RuntimeError("the server does not let a connection be dropped")
        abort()
        while (await receive())["type"] != "http.disconnect":
            continue

    def _log(self) -> None:
        path = unquote(self.scope["path"])
        query = "" if _SECRETIVE.match(path) else self.scope["query_string"].decode()
        # A code that was refused may still be good.
        path = re.sub(r"^(/app-manifests/)[^/]+", r"\1CODE", path)
        self.front.store.insert(
            "requests",
            method=self.scope["method"],
            path=path,
            query=query,
            status=self.status,
            auth=self.bearer.kind,
            at=stamp(),
        )


async def _swallow(message: Message) -> None:
    """The answer of a request that was carried out but never heard of."""
