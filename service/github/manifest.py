"""What Lintel asks GitHub for when its App is created: the least that each feature needs. Pure."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from service.errors import BadInput, ConfigurationError

WEBHOOK = "/webhooks/github"
CALLBACK = "/login/callback"
MAX_NAME = 34
"""Characters of an App's name on GitHub."""
DEFAULT_API, DEFAULT_WEB = "https://api.github.com", "https://github.com"
_LEVELS = ("none", "read", "write", "admin")


@dataclass(frozen=True)
class Permission:
    """A permission of the App. `lost` says what does not work without it."""

    name: str
    level: str
    lost: str
    required: bool = True

    def held_in(self, granted: Mapping[str, str]) -> bool:
        """True when `granted` (name to level) holds it, or more."""
        held = granted.get(self.name, "none")
        return held in _LEVELS and _LEVELS.index(held) >= _LEVELS.index(self.level)

    def __str__(self) -> str:
        return f"{self.name}: {self.level}"


PERMISSIONS = (
    Permission("metadata", "read", "GitHub gives no access at all"),
    Permission("contents", "read", "documents cannot be read"),
    Permission("pull_requests", "write", "reviews cannot be posted"),
    Permission("checks", "write", "pull requests show no state of a review", required=False),
    Permission("issues", "write", "comments get no reaction and no answer", required=False),
)
REQUIRED_EVENTS = ("pull_request",)
OPTIONAL_EVENTS = (
    "check_run",
    "check_suite",
    "issue_comment",
    "pull_request_review",
    "pull_request_review_comment",
    "pull_request_review_thread",
    "push",
)


def manifest(base_url: str, name: str, redirect_url: str) -> dict[str, object]:
    """The manifest of an App whose workspace is at `base_url`, as GitHub's form field takes it."""
    return {
        "name": name,
        "url": base_url,
        "description": "Drafts the security review of a design; an architect signs it.",
        "hook_attributes": {"url": base_url + WEBHOOK, "active": True},
        "redirect_url": redirect_url,
        "callback_urls": [base_url + CALLBACK],
        "public": False,
        "default_permissions": {wanted.name: wanted.level for wanted in PERMISSIONS},
        "default_events": sorted((*REQUIRED_EVENTS, *OPTIONAL_EVENTS)),
    }


def name_for(org: str, name: str) -> str:
    """The name to propose; GitHub's page lets a person change it. Raises `BadInput`."""
    chosen = name.strip() or (f"Lintel {org}"[:MAX_NAME] if org else "Lintel design review")
    if len(chosen) > MAX_NAME:
        raise BadInput(f"an App's name has {MAX_NAME} characters at most: shorten --name")
    return chosen


def creation_url(web_url: str, org: str) -> str:
    """Where a browser posts the manifest: for an organisation, or for its own account."""
    base = web_url.rstrip("/")
    if not org:
        return f"{base}/settings/apps/new"
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,100}", org):
        raise BadInput(f"{org!r} is not the name of an organisation")
    return f"{base}/organizations/{org}/settings/apps/new"


def require_one_github(web_url: str, api_url: str) -> None:
    """Refuse a web and a REST address of different GitHubs: the code would go to the wrong one."""
    web, api = web_url.rstrip("/"), api_url.rstrip("/")
    host = urlsplit(web).hostname or ""
    mixed = (web == DEFAULT_WEB) != (api == DEFAULT_API)
    if host.endswith(".ghe.com"):
        expected = f"https://api.{host}"
        mixed = mixed or api != expected
    else:
        expected = DEFAULT_API if web == DEFAULT_WEB else f"{web}/api/v3"
    if mixed:
        raise ConfigurationError(
            f"LINTEL_GITHUB_WEB_URL is {web} and LINTEL_GITHUB_API_URL is {api}: set "
            f"LINTEL_GITHUB_API_URL={expected}, or correct LINTEL_GITHUB_WEB_URL"
        )


def unreachable(base_url: str, web_url: str) -> str:
    """Why the GitHub at `web_url` cannot deliver to `base_url`, or an empty string."""
    here, github = urlsplit(base_url).hostname or "", urlsplit(web_url).hostname or ""
    if _is_local(here):
        return "" if _is_local(github) else f"{base_url} is an address of this machine"
    # A server of one's own may well be in the same private network.
    cloud = github == urlsplit(DEFAULT_WEB).hostname or github.endswith(".ghe.com")
    return f"{base_url} is not on the internet" if cloud and _is_private(here) else ""


def _is_local(host: str) -> bool:
    if host in ("", "localhost") or host.endswith(".localhost"):
        return True
    address = _address(host)
    return address is not None and (address.is_loopback or address.is_unspecified)


def _is_private(host: str) -> bool:
    address = _address(host)
    # Without a dot, or in .local and .internal, a name is known in its own network only.
    if address is None:
        return "." not in host or host.endswith((".local", ".internal"))
    return not address.is_global


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
