"""What every request and answer of the workspace must satisfy: origin, size, headers."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.settings import Settings

EXEMPT = "/webhooks/"
"""Machines post here; they prove themselves with a signature instead of an origin."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
MAX_FORM_BYTES = 2_000_000
"""The largest form is a summary of 60,000 characters, up to nine bytes each when encoded."""

FOREIGN = "This form was sent from another site. Open the page in Lintel and send it from there.\n"
TOO_LARGE = "This form is too large. Shorten the text and send it again.\n"


def origin(url: str) -> str:
    """Scheme, host and port of an address, as browsers write an origin."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def security_headers(settings: Settings) -> dict[str, str]:
    """Headers of every answer of the workspace."""
    policy = (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        f"form-action 'self' {origin(settings.github_web_url)}; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
    headers = {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
    }
    if settings.base_url.startswith("https://"):
        headers["strict-transport-security"] = "max-age=31536000"
    return headers


class WorkspaceGuard:
    """ASGI middleware: refuses forms from elsewhere, and sets the security headers."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self._origin = origin(settings.base_url)
        self._headers = security_headers(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the class."""
        if scope["type"] != "http" or scope["path"].startswith(EXEMPT):
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                static = scope["path"].startswith("/static/")
                headers["cache-control"] = "no-cache" if static else "no-store"
            await send(message)

        refusal = None if scope["method"] in SAFE_METHODS else self._refusal(Headers(scope=scope))
        await (refusal or self.app)(scope, receive, guarded)

    def _refusal(self, headers: Headers) -> PlainTextResponse | None:
        if not self._from_here(headers):
            return PlainTextResponse(FOREIGN, 403)
        length = headers.get("content-length", "")
        # Without a length the size would only be known after reading it all.
        if "transfer-encoding" in headers or (length and not length.isdigit()):
            return PlainTextResponse(TOO_LARGE, 411)
        if int(length or 0) > MAX_FORM_BYTES:
            return PlainTextResponse(TOO_LARGE, 413)
        return None

    def _from_here(self, headers: Headers) -> bool:
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site == "same-origin"
        return headers.get("origin") == self._origin
