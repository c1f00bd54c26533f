"""Errors as pages with a next step, or as JSON for whoever asks for it."""

import logging
from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from service.deps import SignInNeeded, signed_in
from service.errors import ServiceError
from service.web.pages import page

log = logging.getLogger(__name__)

NEXT_STEPS = {
    401: "Sign in and try again.",
    403: "Ask an administrator to add your login to LINTEL_ARCHITECTS if you should have this role.",
    404: "Check the address, or look for the review in the queue.",
    405: "Go back to the page and use its buttons.",
    409: "Go back, reload the page and look at what changed.",
    422: "Go back and correct what you sent.",
    429: "Wait a minute, then try again.",
    502: "Try again in a minute. If it stays, look at GitHub's status page.",
}
NEXT_STEP = "Try again. If it stays, tell whoever operates Lintel the time and this address."


def install_errors(app: FastAPI) -> None:
    """Answer every expected and unexpected error."""
    app.add_exception_handler(SignInNeeded, _sign_in)
    app.add_exception_handler(ServiceError, _service_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _bad_form)
    app.add_exception_handler(Exception, _crash)


def wants_json(request: Request) -> bool:
    """True for machines: they ask for JSON, or use a path that only machines use."""
    asked = request.headers.get("accept", "").split(",")[0].split(";")[0].strip()
    return asked == "application/json" or request.url.path.startswith("/webhooks/")


def failure(request: Request, status: int, message: str) -> Response:
    """The answer for a failed request: the status, what happened, and what to do next."""
    if wants_json(request):
        return JSONResponse({"error": message}, status)
    try:
        person = signed_in(request)
    except Exception:
        # The page must come even when the database is what failed.
        log.warning("cannot tell who is signed in", exc_info=True)
        person = None
    context = {
        "person": person,
        "status": status,
        "phrase": HTTPStatus(status).phrase,
        "message": message,
        "next_step": NEXT_STEPS.get(status, NEXT_STEP),
    }
    return page(request, "error.html", context, status)


def _sign_in(request: Request, error: Exception) -> Response:
    if wants_json(request) or not isinstance(error, SignInNeeded):
        return JSONResponse({"error": "sign in first"}, 401)
    return RedirectResponse("/login?" + urlencode({"next": error.next}), 303)


def _service_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, ServiceError):
        return _crash(request, error)
    if error.status >= 500:
        log.error("%s %s: %s", request.method, request.url.path, error.message)
    return failure(request, error.status, error.message)


def _http_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        return _crash(request, error)
    message = "there is no such page" if error.status_code == 404 else str(error.detail)
    return failure(request, error.status_code, message)


def _bad_form(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        return _crash(request, error)
    fields = ", ".join(str(e["loc"][-1]) for e in error.errors())
    return failure(request, 422, f"what was sent cannot be used: {fields}")


def _crash(request: Request, _error: Exception) -> Response:
    # The server logs the traceback; the page does not tell it.
    return failure(request, 500, "something went wrong inside Lintel")
