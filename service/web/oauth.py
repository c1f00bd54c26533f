"""Sign-in with GitHub: the web flow with state and PKCE, as values and two requests."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

import httpx2
from pydantic import JsonValue

from service.errors import ServiceError
from service.settings import Settings

TIMEOUT = httpx2.Timeout(10, connect=5)
CALLBACK = "/login/callback"


class GitHubSignInFailed(ServiceError):
    """GitHub did not confirm who this is."""

    status = 502


@dataclass(frozen=True)
class Attempt:
    """One sign-in under way; it lives in a short-lived cookie between the two redirects."""

    state: str
    verifier: str
    next: str

    @classmethod
    def new(cls, next_: str) -> Self:
        """An attempt that nobody can guess."""
        return cls(secrets.token_urlsafe(32), secrets.token_urlsafe(48), next_)

    @property
    def challenge(self) -> str:
        """PKCE S256 of the verifier."""
        hashed = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()

    def pack(self) -> str:
        """As a cookie's value."""
        target = base64.urlsafe_b64encode(self.next.encode()).decode()
        return ".".join((self.state, self.verifier, target))

    @classmethod
    def unpack(cls, value: str) -> Self | None:
        """From a cookie's value; None when it is none of ours."""
        parts = value.split(".")
        if len(parts) != 3 or not all(parts):
            return None
        try:
            target = base64.b64decode(parts[2], b"-_", validate=True).decode()
            return cls(parts[0], parts[1], target)
        except ValueError:
            return None


@dataclass(frozen=True)
class Account:
    """Who GitHub says it is."""

    login: str
    name: str


def authorize_url(settings: Settings, attempt: Attempt) -> str:
    """Where the browser goes to sign in."""
    query = {
        "client_id": settings.oauth_client_id,
        "redirect_uri": settings.base_url + CALLBACK,
        "state": attempt.state,
        "code_challenge": attempt.challenge,
        "code_challenge_method": "S256",
    }
    return f"{settings.github_web_url}/login/oauth/authorize?{urlencode(query)}"


def account(settings: Settings, code: str, attempt: Attempt) -> Account:
    """Exchange the code and ask who it is; the token is not kept. Raises `GitHubSignInFailed`."""
    try:
        with httpx2.Client(timeout=TIMEOUT) as client:
            token = _token(client, settings, code, attempt)
            found = _object(
                client.get(
                    f"{settings.github_api_url}/user",
                    headers={
                        "authorization": f"Bearer {token}",
                        "accept": "application/vnd.github+json",
                        "user-agent": "lintel",
                    },
                )
            )
    except httpx2.HTTPError as e:
        raise GitHubSignInFailed(f"GitHub could not be asked who you are ({e})") from e
    login = found.get("login")
    if not isinstance(login, str) or not login:
        raise GitHubSignInFailed("GitHub did not say who you are")
    return Account(login, str(found.get("name") or ""))


def _token(client: httpx2.Client, settings: Settings, code: str, attempt: Attempt) -> str:
    answer = _object(
        client.post(
            f"{settings.github_web_url}/login/oauth/access_token",
            headers={"accept": "application/json"},
            data={
                "client_id": settings.oauth_client_id,
                "client_secret": settings.secret("oauth_client_secret"),
                "code": code,
                "redirect_uri": settings.base_url + CALLBACK,
                "code_verifier": attempt.verifier,
            },
        )
    )
    # GitHub reports an error of this request with status 200.
    if "error" in answer:
        said = answer.get("error_description") or answer["error"]
        raise GitHubSignInFailed(f"GitHub refused the sign-in: {said}")
    token = answer.get("access_token")
    if not isinstance(token, str) or not token:
        raise GitHubSignInFailed("GitHub's answer to the sign-in holds no token")
    return token


def _object(response: httpx2.Response) -> dict[str, JsonValue]:
    response.raise_for_status()
    try:
        answer = response.json()
    except ValueError as e:
        raise GitHubSignInFailed("GitHub's answer to the sign-in is not JSON") from e
    return answer if isinstance(answer, dict) else {}
