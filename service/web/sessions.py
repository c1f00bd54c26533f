"""Browser sessions: a random value in the cookie, only its sha256 in the database."""

import hashlib
import secrets
from datetime import timedelta

from fastapi import Request, Response
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.db import now
from service.models import LoginSession, User
from service.settings import Settings


def cookie_name(settings: Settings, name: str = "lintel_session") -> str:
    """Over https the `__Host-` prefix binds the cookie to this very host."""
    return f"__Host-{name}" if settings.base_url.startswith("https://") else name


def set_cookie(
    response: Response, settings: Settings, value: str, seconds: int, name: str = "lintel_session"
) -> None:
    """Set one of our cookies: HttpOnly, SameSite=Lax, Secure over https."""
    response.set_cookie(
        cookie_name(settings, name),
        value,
        max_age=seconds,
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.base_url.startswith("https://"),
    )


def drop_cookie(response: Response, settings: Settings, name: str = "lintel_session") -> None:
    """Have the browser forget one of our cookies."""
    set_cookie(response, settings, "", 0, name)


def begin(session: Session, user: User, settings: Settings) -> str:
    """A new session for this user; returns the cookie's value, which is stored nowhere."""
    session.execute(delete(LoginSession).where(LoginSession.expires_at < now()))
    token = secrets.token_urlsafe(32)
    until = now() + timedelta(hours=settings.session_hours)
    session.add(LoginSession(token_sha256=digest(token), user_id=user.id, expires_at=until))
    return token


def end(session: Session, token: str) -> None:
    """The session is over: a copy of its cookie is worth nothing from now on."""
    session.execute(delete(LoginSession).where(LoginSession.token_sha256 == digest(token)))


def user_of(session: Session, token: str) -> User | None:
    """Who holds this session, or None when it is unknown or has expired."""
    return session.scalars(
        select(User)
        .join(LoginSession, LoginSession.user_id == User.id)
        .where(LoginSession.token_sha256 == digest(token), LoginSession.expires_at > now())
    ).first()


def token_of(request: Request) -> str:
    """The cookie's value, or an empty text."""
    return request.cookies.get(cookie_name(request.app.state.settings), "")


def digest(token: str) -> str:
    """What the database holds of a session's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def remember(session: Session, login: str, name: str, source: str) -> User:
    """The user with this login, made or brought up to date.

    Whoever changes from the demo's sign-in to GitHub's starts without old sessions: the one proves
    less than the other.
    """
    user = session.scalars(select(User).where(User.login == login)).first()
    if user is None:
        user = User(login=login, source=source)
        session.add(user)
    elif user.source != source:
        session.execute(delete(LoginSession).where(LoginSession.user_id == user.id))
    user.name, user.source, user.seen_at = name[:200], source, now()
    session.flush()
    return user
