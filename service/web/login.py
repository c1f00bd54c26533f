"""Signing in and out: with GitHub, or locally in the demo."""

import re
import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from service.audit.service import record
from service.deps import DatabaseDep, SettingsDep, signed_in
from service.errors import BadInput, NotFound
from service.settings import Settings
from service.web import oauth, sessions
from service.web.limit import LoginLimit
from service.web.pages import page

router = APIRouter()

ATTEMPT = "lintel_oauth"
"""Cookie of a sign-in under way."""
ATTEMPT_SECONDS = 600
READER = "reader"
"""Login of the demo's person who may only look."""

_TARGET = re.compile(r"/(?![/\\])[\x21-\x7e]*")


def local(target: str) -> str:
    """The target if it is a path on this site, otherwise the queue."""
    usable = _TARGET.fullmatch(target) and "\\" not in target and len(target) <= 500
    return target if usable else "/"


@router.get("/login")
def login_page(
    request: Request, settings: SettingsDep, next_: Annotated[str, Query(alias="next")] = "/"
) -> Response:
    """The ways to sign in."""
    if signed_in(request):
        return RedirectResponse(local(next_), 303)
    context = {
        "next": local(next_),
        "github": bool(settings.oauth_client_id),
        "people": (*settings.architects, READER) if settings.demo else (),
    }
    return page(request, "login.html", context)


@router.post("/login/github")
def begin_github(
    request: Request, settings: SettingsDep, next_: Annotated[str, Form(alias="next")] = "/"
) -> Response:
    """Send the browser to GitHub."""
    _count(request)
    if not settings.oauth_client_id:
        raise NotFound("sign-in with GitHub is not set up: LINTEL_OAUTH_CLIENT_ID is empty")
    attempt = oauth.Attempt.new(local(next_))
    response = RedirectResponse(oauth.authorize_url(settings, attempt), 303)
    sessions.set_cookie(response, settings, attempt.pack(), ATTEMPT_SECONDS, ATTEMPT)
    return response


@router.get(oauth.CALLBACK)
def github_callback(
    request: Request,
    settings: SettingsDep,
    code: str = "",
    state: str = "",
    error_description: str = "",
) -> Response:
    """GitHub sends the browser back here; the state must be the one of this browser's attempt."""
    _count(request)
    cookie = request.cookies.get(sessions.cookie_name(settings, ATTEMPT), "")
    attempt = oauth.Attempt.unpack(cookie)
    if attempt is None or not secrets.compare_digest(attempt.state.encode(), state.encode()):
        raise BadInput("this sign-in was not begun in this browser, or it took too long")
    if not code:
        said = error_description[:200] or "it was cancelled"
        raise BadInput(f"GitHub did not sign you in: {said}")
    found = oauth.account(settings, code, attempt)
    response = _signed_in(request, settings, found.login, found.name, "github", attempt.next)
    sessions.drop_cookie(response, settings, ATTEMPT)
    return response


@router.post("/login/demo")
def demo_login(
    request: Request,
    settings: SettingsDep,
    login: Annotated[str, Form()] = "",
    next_: Annotated[str, Form(alias="next")] = "/",
) -> Response:
    """Sign in without GitHub; exists in the demo only."""
    _count(request)
    if not settings.demo:
        raise NotFound("there is no demo sign-in here")
    if login not in (*settings.architects, READER):
        raise BadInput("choose one of the people on the sign-in page")
    return _signed_in(request, settings, login, "", "demo", local(next_))


@router.post("/logout")
def logout(request: Request, settings: SettingsDep, database: DatabaseDep) -> Response:
    """End the session here and in the database."""
    token = sessions.token_of(request)
    with database.transaction() as session:
        user = sessions.user_of(session, token)
        if user is not None:
            record(session, user.login, "session.end", user.login)
        sessions.end(session, token)
    response = RedirectResponse("/login", 303)
    sessions.drop_cookie(response, settings)
    return response


def _signed_in(
    request: Request, settings: Settings, login: str, name: str, source: str, target: str
) -> Response:
    with request.app.state.database.transaction() as session:
        # A session from before the sign-in must not outlive it.
        sessions.end(session, sessions.token_of(request))
        user = sessions.remember(session, login, name, source)
        token = sessions.begin(session, user, settings)
        record(session, login, "session.begin", login, source=source)
    response = RedirectResponse(target, 303)
    sessions.set_cookie(response, settings, token, settings.session_hours * 3600)
    return response


def _count(request: Request) -> None:
    limit: LoginLimit = request.app.state.login_limit
    limit.hit(request.client.host if request.client else "unknown")
