"""Who is calling and what they may do: app JWT, installation token, user token."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated

import jwt
from fastapi import Depends, Request

from service.demo.config import BOT, GRANTED, INSTALLATION_ID, ROLES
from service.demo.refusals import Refusal, forbidden, not_found
from service.demo.rows import App, Repo, Token
from service.demo.store import Store, now, stamp
from service.demo.world import World, WorldHere

LEVELS = ("none", "read", "write")
MAX_JWT_SECONDS = 600
_CLOCK_SKEW = 60


@dataclass(frozen=True)
class Bearer:
    """What the Authorization header turned out to be; `app` means a JWT not yet verified."""

    kind: str
    """`none`, `app`, `installation`, `user` or `invalid`."""
    credential: str = field(default="", repr=False)
    token: Token | None = None

    @property
    def spender(self) -> str:
        return self.token.hash if self.token else self.kind

    @property
    def named(self) -> str:
        """How GitHub names the caller when a limit is reached."""
        if self.kind == "installation":
            return f"installation ID {INSTALLATION_ID}"
        return f"user {self.token.login}" if self.token else "127.0.0.1"


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def read_bearer(store: Store, header: bytes) -> Bearer:
    """Sort a raw Authorization header by kind, looking tokens up."""
    scheme, _, credential = header.decode("latin-1").partition(" ")
    if not header:
        return Bearer("none")
    if scheme.lower() not in ("bearer", "token"):
        return Bearer("invalid")
    if credential.count(".") == 2:
        return Bearer("app", credential)
    found = store.one(Token, "select * from tokens where hash = ?", digest(credential))
    if found is None or found.kind == "code" or found.expires_at <= stamp():
        return Bearer("invalid")
    return Bearer(found.kind, credential, found)


def issue(
    store: Store,
    kind: str,
    login: str,
    permissions: dict[str, str],
    *,
    repo_ids: list[int] | None = None,
    minutes: int = 60,
    challenge: str | None = None,
    redirect_uri: str | None = None,
) -> tuple[str, str]:
    """Make a token; answers it and when it expires. Only its hash is kept."""
    prefix = {"installation": "ghs_", "user": "ghu_", "code": ""}[kind]
    secret = prefix + secrets.token_hex(20)
    expires = stamp(now() + timedelta(minutes=minutes))
    store.insert(
        "tokens",
        hash=digest(secret),
        kind=kind,
        login=login,
        permissions_json=json.dumps(permissions),
        repo_ids_json=None if repo_ids is None else json.dumps(repo_ids),
        challenge=challenge,
        redirect_uri=redirect_uri,
        expires_at=expires,
    )
    return secret, expires


def user_permissions(login: str) -> dict[str, str]:
    """What a user token of the app may do: the app's grant, capped by the user's own role."""
    if ROLES.get(login) == "read":
        return dict.fromkeys(GRANTED, "read")
    return dict(GRANTED)


def verify_jwt(app: App, credential: str) -> None:
    """Check an app JWT as GitHub does: RS256, the app's key, at most ten minutes ahead."""
    try:
        claims = jwt.decode(
            credential,
            app.public_key,
            algorithms=["RS256"],
            leeway=_CLOCK_SKEW,
            options={"require": ["exp", "iat", "iss"], "verify_exp": False, "verify_iss": False},
        )
    except jwt.ImmatureSignatureError as error:
        raise _unauthorised("'Issued at' claim ('iat') must be in the past") from error
    except jwt.InvalidTokenError as error:
        raise _undecoded() from error
    _check_expiry(claims.get("exp"))


def _check_expiry(exp: object) -> None:
    current = now().timestamp()
    if isinstance(exp, bool) or not isinstance(exp, int | float):
        raise _undecoded()
    if exp <= current:
        raise _unauthorised(
            "'Expiration time' claim ('exp') must be a numeric value representing the future "
            "time at which the assertion expires"
        )
    if exp > current + MAX_JWT_SECONDS + _CLOCK_SKEW:
        raise _unauthorised("'Expiration time' claim ('exp') is too far in the future")


def _unauthorised(message: str) -> Refusal:
    return Refusal(401, message)


def _undecoded() -> Refusal:
    return _unauthorised("A JSON web token could not be decoded")


def bearer_of(request: Request, world: WorldHere) -> Bearer:
    header = request.headers.get("authorization", "")
    return read_bearer(world.store, header.encode("latin-1"))


BearerHere = Annotated[Bearer, Depends(bearer_of)]


def calling_app(bearer: BearerHere, world: WorldHere) -> App:
    """The app that signed the JWT, proven by the key it is registered with."""
    if bearer.kind != "app":
        raise _undecoded()
    try:
        issuer = jwt.decode(bearer.credential, options={"verify_signature": False}).get("iss")
    except jwt.InvalidTokenError as error:
        raise _undecoded() from error
    app = world.app_of(str(issuer))
    if app is None:
        raise _undecoded()
    verify_jwt(app, bearer.credential)
    return app


CallingApp = Annotated[App, Depends(calling_app)]


def require_app(app: CallingApp, world: WorldHere) -> World:
    """Only the app that is installed here; to others its things do not exist."""
    if app.id != world.config.app_id:
        raise not_found()
    return world


AsApp = Annotated[World, Depends(require_app)]


@dataclass(frozen=True)
class Access:
    """A caller who may use one repository."""

    world: World
    repo: Repo
    login: str
    token: Token

    @property
    def store(self) -> Store:
        return self.world.store

    @property
    def acts_for_app(self) -> bool:
        return self.login == BOT


def acting_as(world: World, repo: Repo, login: str) -> Access:
    """A sample user at work in the browser, without a token."""
    if login not in ROLES:
        raise not_found()
    return Access(world, repo, login, Token("", "user", login, "{}", None, None, None, ""))


class Needs:
    """A dependency: the repository of the path, and one of the named permissions at a level."""

    def __init__(self, level: str, *permissions: str) -> None:
        self.level, self.permissions = level, permissions

    def __call__(
        self, owner: str, repo: str, request: Request, bearer: BearerHere, world: WorldHere
    ) -> Access:
        token = require_token(bearer, request.method)
        found = world.store.one(
            Repo, "select * from repos where full_name = ? collate nocase", f"{owner}/{repo}"
        )
        if found is None or (token.repo_ids is not None and found.id not in token.repo_ids):
            raise not_found()
        held = token.permissions
        if not any(allows(held.get(name), self.level) for name in self.permissions):
            raise forbidden()
        return Access(world, found, token.login, token)


def allows(held: str | None, wanted: str) -> bool:
    return LEVELS.index(held or "none") >= LEVELS.index(wanted)


def require_token(bearer: Bearer, method: str) -> Token:
    """The token of the call. The repository is private: it hides from anonymous readers."""
    if bearer.token:
        return bearer.token
    if bearer.kind == "none":
        raise not_found() if method == "GET" else _unauthorised("Requires authentication")
    raise _unauthorised("Bad credentials")


ReadMetadata = Annotated[Access, Depends(Needs("read", "metadata"))]
ReadContents = Annotated[Access, Depends(Needs("read", "contents"))]
ReadPulls = Annotated[Access, Depends(Needs("read", "pull_requests"))]
WritePulls = Annotated[Access, Depends(Needs("write", "pull_requests"))]
ReadIssues = Annotated[Access, Depends(Needs("read", "issues", "pull_requests"))]
WriteIssues = Annotated[Access, Depends(Needs("write", "issues", "pull_requests"))]
ReadChecks = Annotated[Access, Depends(Needs("read", "checks"))]
WriteChecks = Annotated[Access, Depends(Needs("write", "checks"))]
