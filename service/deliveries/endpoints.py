"""`POST /webhooks/github`: verify, store, acknowledge. The body is not parsed here."""

import hashlib
import hmac
import re

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect

from service.deliveries.dispatch import Dispatcher
from service.deliveries.inbox import Inbox
from service.errors import BadInput, ConfigurationError, ServiceError
from service.settings import Settings

router = APIRouter()

MAX_BODY = 25 * 1024 * 1024
"""GitHub does not deliver events beyond 25 MB."""

GUID = re.compile(r"[0-9A-Za-z-]{1,100}")
EVENT = re.compile(r"[a-z_]{1,100}")


class BadSignature(ServiceError):
    """The request does not come from the app's GitHub."""

    status = 401


class Malformed(BadInput):
    """GitHub never sends this."""

    status = 400


class TooLarge(ServiceError):
    """More than GitHub ever sends."""

    status = 413


@router.post("/webhooks/github", status_code=202)
async def receive(request: Request) -> JSONResponse:
    """Store one delivery; the answer is 202 only after it is committed, and only then it is queued."""
    settings: Settings = request.app.state.settings
    inbox: Inbox = request.app.state.inbox
    dispatcher: Dispatcher = request.app.state.dispatcher
    try:
        body = await read_body(request)
        verify(settings, body, request.headers.get("x-hub-signature-256"))
        guid, event = read_headers(request)
        delivery_id = await inbox.store(guid, event, body)
    except ConfigurationError as e:
        return JSONResponse({"error": e.message}, 503)
    except ServiceError as e:
        return JSONResponse({"error": e.message}, e.status)
    if delivery_id is None:
        return JSONResponse({"delivery": guid, "duplicate": True}, 202)
    return JSONResponse(
        {"delivery": guid, "duplicate": False},
        202,
        background=BackgroundTask(dispatcher.send, delivery_id),
    )


async def read_body(request: Request) -> bytes:
    """The raw bytes; stops reading as soon as they are too many."""
    declared = request.headers.get("content-length", "0")
    if not declared.isdigit():
        raise Malformed("Content-Length is not a number")
    if int(declared) > MAX_BODY:
        raise TooLarge(f"the body is larger than {MAX_BODY} bytes")
    parts, size = [], 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > MAX_BODY:
                raise TooLarge(f"the body is larger than {MAX_BODY} bytes")
            parts.append(part)
    except ClientDisconnect as e:
        raise Malformed("the sender went away before the body was complete") from e
    return b"".join(parts)


def verify(settings: Settings, body: bytes, signature: str | None) -> None:
    """HMAC-SHA256 over the raw bytes, compared in constant time; refused when no secret is set."""
    secret = settings.secret("webhook_secret").encode()
    expected = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
    given = (signature or "").encode("ascii", "replace")
    if not hmac.compare_digest(expected.encode(), given):
        raise BadSignature("the signature does not match")


def read_headers(request: Request) -> tuple[str, str]:
    """GUID and event name; they are part of no signature, so their form is checked."""
    guid = request.headers.get("x-github-delivery", "")
    event = request.headers.get("x-github-event", "")
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if not GUID.fullmatch(guid):
        raise Malformed("X-GitHub-Delivery is missing or not a GUID")
    if not EVENT.fullmatch(event):
        raise Malformed("X-GitHub-Event is missing or not an event name")
    if kind != "application/json":
        raise Malformed("set the webhook's content type to application/json")
    return guid, event
