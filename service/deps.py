"""What endpoints are given: settings, a database session, and the person who asks."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from service.db import Database
from service.errors import Forbidden, ServiceError
from service.settings import Settings
from service.web import sessions


class SignInNeeded(ServiceError):
    """Nobody is signed in; `next` is where to go afterwards."""

    status = 401

    def __init__(self, next_: str) -> None:
        super().__init__("sign in first")
        self.next = next_


@dataclass(frozen=True)
class Person:
    """Who is signed in, and what the settings allow them at this moment."""

    login: str
    name: str
    architect: bool
    admin: bool

    @property
    def role(self) -> str:
        """The strongest role, in one word."""
        if self.admin:
            return "admin"
        return "architect" if self.architect else "reader"


def _settings(request: Request) -> Settings:
    given: Settings = request.app.state.settings
    return given


def _database(request: Request) -> Database:
    given: Database = request.app.state.database
    return given


SettingsDep = Annotated[Settings, Depends(_settings)]
DatabaseDep = Annotated[Database, Depends(_database)]


def _session(request: Request, database: DatabaseDep) -> Iterator[Session]:
    reads = request.method in ("GET", "HEAD")
    with database.reading() if reads else database.transaction() as session:
        yield session


# Committed before the answer is sent: the page that a redirect leads to must see the change.
SessionDep = Annotated[Session, Depends(_session, scope="function")]


def person_of(login: str, name: str, settings: Settings) -> Person:
    """A login with its roles; GitHub's logins do not distinguish upper and lower case."""
    known = login.lower()
    admin = known in {a.lower() for a in settings.admins}
    architect = admin or known in {a.lower() for a in settings.architects}
    return Person(login, name, architect, admin)


def may_read(person: Person, settings: Settings) -> bool:
    """Designs are not for every GitHub account: architects, the readers named, and the demo's own."""
    readers = {r.lower() for r in settings.readers}
    return person.architect or settings.demo or "*" in readers or person.login.lower() in readers


def signed_in(request: Request) -> Person | None:
    """The person behind the request's session, or None."""
    settings, token = _settings(request), sessions.token_of(request)
    if not token:
        return None
    with _database(request).reading() as session:
        user = sessions.user_of(session, token)
        if user is None or (user.source == "demo" and not settings.demo):
            return None
        return person_of(user.login, user.name, settings)


def _current(request: Request) -> Person:
    person = signed_in(request)
    if person is None:
        target = request.url.path if request.method == "GET" else "/"
        query = f"?{request.url.query}" if request.method == "GET" and request.url.query else ""
        raise SignInNeeded(target + query)
    if not may_read(person, _settings(request)):
        raise Forbidden(
            f"{person.login} may not read reviews here: an operator can add the login to LINTEL_READERS"
        )
    return person


CurrentUser = Annotated[Person, Depends(_current)]


def _architect(person: CurrentUser) -> Person:
    if not person.architect:
        raise Forbidden(f"{person.login} is not an architect here: only architects may do this")
    return person


Architect = Annotated[Person, Depends(_architect)]
