"""The last step of creating an App: a code that works once, for its key and secrets."""

import re
import time

import httpx2
from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

from service.github.errors import GitHubError, GitHubRefused, GitHubUnavailable

TIMEOUT = httpx2.Timeout(15, connect=5)
_PAUSES = (0.3, 1.0)
"""Seconds before each repeat: the code is all there is, so a hiccup must not lose it."""


class Created(BaseModel):
    """What GitHub gives for the code. The secrets do not show in a repr or a log."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: int
    slug: str
    html_url: str
    client_id: str
    client_secret: SecretStr
    webhook_secret: SecretStr | None = None
    """None when GitHub made no webhook."""
    pem: SecretStr


def convert(api_url: str, code: str) -> Created:
    """Exchange `code` at `api_url` (the REST base). No credential is sent.

    Raises `GitHubRefused` for a code that is wrong, used or older than an hour, and
    `GitHubUnavailable` when GitHub does not answer properly.
    """
    # The code becomes part of an address.
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,200}", code):
        raise GitHubRefused("what came back from GitHub holds no usable code")
    url = f"{api_url.rstrip('/')}/app-manifests/{code}/conversions"
    for pause in _PAUSES:
        try:
            return _once(url)
        except GitHubUnavailable:
            time.sleep(pause)
    return _once(url)


def _once(url: str) -> Created:
    headers = {"accept": "application/vnd.github+json", "user-agent": "lintel"}
    try:
        response = httpx2.post(url, headers=headers, timeout=TIMEOUT)
    except httpx2.HTTPError as error:
        # Its text may hold the address, and that holds the code.
        reason = type(error).__name__
        raise GitHubUnavailable(f"the connection to GitHub failed ({reason})") from None
    if response.status_code != 201:
        raise _refusal(response)
    try:
        return Created.model_validate_json(response.content)
    except ValidationError:
        # The error would quote the answer, which holds the secrets.
        raise GitHubRefused("GitHub's answer to the code could not be understood") from None


def _refusal(response: httpx2.Response) -> GitHubError:
    status = response.status_code
    if status == 404:
        return GitHubRefused(
            "GitHub does not know the code: it was used before, or is older than an hour", status
        )
    if status >= 500:
        return GitHubUnavailable(f"GitHub answered the code with status {status}", status)
    return GitHubRefused(f"GitHub refused the code with status {status}{_said(response)}", status)


def _said(response: httpx2.Response) -> str:
    try:
        body = response.json()
    except ValueError:
        return ""
    said = body.get("message") if isinstance(body, dict) else None
    return f": {' '.join(said.split())[:200]}" if isinstance(said, str) and said else ""
