"""Signing in with the stand-in: the authorize page, the code, the user token."""

import base64
import hashlib
import hmac
from typing import Annotated
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import BaseModel, JsonValue

from service.demo import shapes
from service.demo.auth import BearerHere, digest, issue, require_token, user_permissions
from service.demo.config import ROLES
from service.demo.html import page
from service.demo.refusals import Refusal, not_found
from service.demo.rows import Json, Token
from service.demo.store import stamp
from service.demo.world import World, WorldHere

router = APIRouter()

CODE_MINUTES = 10
_TOKEN_MINUTES = 8 * 60


class Authorization(BaseModel):
    """The query of the authorize page; its form sends the same fields back."""

    client_id: str = ""
    redirect_uri: str = ""
    state: str = ""
    scope: str = ""
    code_challenge: str = ""
    code_challenge_method: str = ""


class Choice(Authorization):
    user: str


class TokenError(Exception):
    """A refusal of the token endpoint: GitHub answers it with status 200 and an `error`."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(code)
        self.body: Json = {
            "error": code,
            "error_description": description,
            "error_uri": "https://docs.github.com/apps/oauth-apps/maintaining-oauth-apps/"
            f"troubleshooting-oauth-app-access-token-request-errors/#{code.replace('_', '-')}",
        }


def _redirect(target: str, **fields: str) -> RedirectResponse:
    given = {name: value for name, value in fields.items() if value}
    joint = "&" if urlsplit(target).query else "?"
    return RedirectResponse(target + joint + urlencode(given), status_code=302)


def _refused(world: World, asked: Authorization) -> Response | None:
    """The answer to a request that must not reach the page, or None."""
    if not asked.client_id or asked.client_id != world.config.oauth_client_id:
        raise not_found()
    registered = world.redirect_uri
    if not registered:
        raise Refusal(400, "The application has no callback URL registered.")
    if asked.redirect_uri not in ("", registered):
        why = "The redirect_uri is not associated with this application."
        return _redirect(
            registered, error="redirect_uri_mismatch", error_description=why, state=asked.state
        )
    if asked.code_challenge and asked.code_challenge_method != "S256":
        why = "Only the S256 code challenge method is supported."
        return _redirect(
            registered, error="invalid_request", error_description=why, state=asked.state
        )
    return None


@router.get("/login/oauth/authorize", response_model=None)
def authorize(world: WorldHere, asked: Annotated[Authorization, Query()]) -> Response:
    refused = _refused(world, asked)
    if refused:
        return refused
    # Browsers apply form-action to the redirect after the form as well.
    target = urlsplit(world.redirect_uri)
    context = {"asked": asked.model_dump(), "users": ROLES}
    return page("authorize.html", context, form_to=f"{target.scheme}://{target.netloc}")


@router.post("/login/oauth/authorize", response_model=None)
def choose(world: WorldHere, choice: Annotated[Choice, Form()]) -> Response:
    refused = _refused(world, choice)
    if refused:
        return refused
    if choice.user not in ROLES:
        raise not_found()
    code, _ = issue(
        world.store,
        "code",
        choice.user,
        {},
        minutes=CODE_MINUTES,
        challenge=choice.code_challenge or None,
        redirect_uri=choice.redirect_uri or None,
    )
    return _redirect(world.redirect_uri, code=code, state=choice.state)


@router.post("/login/oauth/access_token", response_model=None)
async def access_token(request: Request, world: WorldHere) -> Response:
    raw = await request.body()
    fields = await _fields(request, raw)
    try:
        answer = _exchange(world, fields)
    except TokenError as error:
        answer = error.body
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse(answer)
    return Response(urlencode(answer), media_type="application/x-www-form-urlencoded")


async def _fields(request: Request, raw: bytes) -> dict[str, JsonValue]:
    if "json" in request.headers.get("content-type", ""):
        try:
            sent = await request.json()
        except ValueError as error:
            raise Refusal(400, "Problems parsing JSON") from error
        return dict(sent) if isinstance(sent, dict) else {}
    pairs = [*request.query_params.items(), *parse_qsl(raw.decode(errors="replace"))]
    fields: dict[str, JsonValue] = {}
    for name, value in pairs:
        fields[name] = value
    return fields


def _exchange(world: World, fields: dict[str, JsonValue]) -> Json:
    config = world.config
    secret = config.oauth_client_secret.get_secret_value()
    known = _same(fields.get("client_id"), config.oauth_client_id)
    if not known or not _same(fields.get("client_secret"), secret):
        raise TokenError(
            "incorrect_client_credentials",
            "The client_id and/or client_secret passed are incorrect.",
        )
    code = _take_code(world, str(fields.get("code") or ""))
    redirect = fields.get("redirect_uri")
    if redirect not in (None, "", code.redirect_uri or world.redirect_uri):
        raise TokenError(
            "redirect_uri_mismatch",
            "The redirect_uri MUST match the registered callback URL for this application.",
        )
    if code.challenge and not _same(_challenge(fields.get("code_verifier")), code.challenge):
        raise _bad_code()
    token, _ = issue(
        world.store, "user", code.login, user_permissions(code.login), minutes=_TOKEN_MINUTES
    )
    return {"access_token": token, "token_type": "bearer", "scope": ""}


def _same(given: JsonValue, expected: str) -> bool:
    """Compare in constant time; nothing equals an empty registration."""
    return bool(expected) and hmac.compare_digest(str(given or "").encode(), expected.encode())


def _challenge(verifier: JsonValue) -> str:
    hashed = hashlib.sha256(str(verifier or "").encode()).digest()
    return base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()


def _bad_code() -> TokenError:
    return TokenError("bad_verification_code", "The code passed is incorrect or expired.")


def _take_code(world: World, code: str) -> Token:
    """Redeem a code: it works once, whatever comes of it."""
    sql = "delete from tokens where hash = ? and kind = 'code' returning *"
    with world.store.writing():
        found = world.store.one(Token, sql, digest(code))
    if found is None or found.expires_at <= stamp():
        raise _bad_code()
    return found


@router.get("/user")
def get_user(world: WorldHere, bearer: BearerHere) -> Json:
    token = require_token(bearer, "POST")
    if token.kind != "user":
        raise Refusal(403, "Resource not accessible by integration")
    return shapes.user_profile(world, token.login)
