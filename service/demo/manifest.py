"""What GitHub checks in the manifest of an app before it offers to create it."""

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

MAX_NAME = 34
LEVELS = ("read", "write")
PERMISSIONS = frozenset(
    {"checks", "contents", "issues", "members", "metadata", "pull_requests", "statuses"}
)
"""The permissions that the stand-in knows; GitHub knows many more."""

EVENT_NEEDS: dict[str, str] = {
    "check_run": "checks",
    "check_suite": "checks",
    "issue_comment": "issues",
    "pull_request": "pull_requests",
    "pull_request_review": "pull_requests",
    "pull_request_review_comment": "pull_requests",
    "pull_request_review_thread": "pull_requests",
    "push": "contents",
}
"""The permission without which an app cannot subscribe to the event."""


class Hook(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    url: str
    active: bool = True


class Manifest(BaseModel):
    """The keys of GitHub's description; another one is a mistake."""

    model_config = ConfigDict(strict=True, extra="forbid")

    name: str = ""
    url: str
    hook_attributes: Hook | None = None
    redirect_url: str
    callback_urls: list[str] = Field(default_factory=list, max_length=10)
    setup_url: str = ""
    description: str = ""
    public: bool = False
    default_events: list[str] = Field(default_factory=list)
    default_permissions: dict[str, str] = Field(default_factory=dict)
    request_oauth_on_install: bool = False
    setup_on_update: bool = False


def read_manifest(text: str) -> tuple[Manifest | None, list[str]]:
    """The manifest of a form field, and what is wrong with it."""
    try:
        found = Manifest.model_validate(json.loads(text))
    except ValidationError as error:
        return None, [
            f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}"
            for item in error.errors(include_url=False, include_input=False)
        ]
    except ValueError:
        return None, ["The manifest is not JSON."]
    return found, list(_problems(found))


def _problems(manifest: Manifest) -> Iterator[str]:
    urls = [manifest.url, manifest.redirect_url, *manifest.callback_urls]
    urls += [manifest.hook_attributes.url] if manifest.hook_attributes else []
    for url in urls:
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
            yield f"{url!r} must be a URL."
    for name, level in manifest.default_permissions.items():
        if name not in PERMISSIONS or level not in LEVELS:
            yield f"Default permission records are invalid: {name} {level}"
    for event in manifest.default_events:
        if EVENT_NEEDS.get(event) not in manifest.default_permissions:
            yield f"Default events unsupported: {event}"
