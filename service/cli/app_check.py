"""Is the App on GitHub what Lintel needs? The self-test of `create` and `check`."""

from collections.abc import Iterator, Mapping

from service.cli.doctor import Check
from service.errors import ServiceError
from service.github.client import GitHubApp
from service.github.errors import GitHubRefused
from service.github.manifest import (
    OPTIONAL_EVENTS,
    PERMISSIONS,
    REQUIRED_EVENTS,
    WEBHOOK,
    unreachable,
)
from service.github.registration import (
    Installed,
    Registration,
    hook_url,
    installations,
    recent,
    registration,
)
from service.settings import Settings


def examine(
    app_id: int, private_key: str, settings: Settings, *, fresh: bool = False
) -> Iterator[Check]:
    """One check after the other; stops where the App cannot be asked.

    `fresh`: just created, so a delivery that failed says nothing yet.
    """
    api = settings.github_api_url
    app: GitHubApp | None = None
    try:
        app = GitHubApp(app_id, private_key, api)
        found = registration(app)
        yield Check("app", f"{api} knows this App as {found.slug}")
        yield _permissions(found.permissions, settings_page(found, settings.github_web_url))
        yield _events(found, settings_page(found, settings.github_web_url))
        yield _webhook(hook_url(app), settings)
        yield _deliveries(app, fresh)
        yield from _installations(installations(app), found)
    except GitHubRefused as error:
        fix = "the number and the key must be of the same App, at this LINTEL_GITHUB_API_URL"
        yield Check("app", error.message, fix)
    except ServiceError as error:
        yield Check("app", error.message, "put this right, then run `lintel github-app check`")
    finally:
        if app is not None:
            app.close()


def install_link(found_html_url: str) -> str:
    """Where owners install the App."""
    return f"{found_html_url.rstrip('/')}/installations/new"


def settings_page(found: Registration, web_url: str) -> str:
    """Where the App's owner changes it."""
    owner = found.owner
    organisation = owner is not None and owner.type == "Organization"
    part = f"/organizations/{owner.login}" if owner and organisation else ""
    return f"{web_url.rstrip('/')}{part}/settings/apps/{found.slug}"


def _missing(granted: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """The required permissions that are missing, and the optional ones, each with what is lost."""
    lacking = [wanted for wanted in PERMISSIONS if not wanted.held_in(granted)]
    said = [(wanted.required, f"{wanted} ({wanted.lost})") for wanted in lacking]
    return [text for must, text in said if must], [text for must, text in said if not must]


def _permissions(granted: Mapping[str, str], page: str) -> Check:
    required, optional = _missing(granted)
    if required:
        fix = f"grant them at {page}/permissions; each owner is then asked to accept"
        return Check("permissions", "missing: " + "; ".join([*required, *optional]), fix)
    held = ", ".join(str(wanted) for wanted in PERMISSIONS if wanted.held_in(granted))
    without = f"; without {'; '.join(optional)}" if optional else ""
    return Check("permissions", held + without)


def _events(found: Registration, page: str) -> Check:
    missing = [event for event in REQUIRED_EVENTS if event not in found.events]
    if missing:
        fix = f"subscribe to them at {page}/permissions"
        return Check("events", f"missing: {', '.join(missing)}", fix)
    lacking = [event for event in OPTIONAL_EVENTS if event not in found.events]
    without = f"; not subscribed: {', '.join(lacking)}" if lacking else ""
    return Check("events", f"{', '.join(sorted(found.events))}{without}")


def _webhook(url: str, settings: Settings) -> Check:
    expected = settings.base_url + WEBHOOK
    if url != expected:
        said = f"GitHub delivers to {url}" if url else "the App has no webhook"
        fix = f"set the webhook URL to {expected} in the App's settings, or LINTEL_PUBLIC_URL"
        return Check("webhook", f"{said}, Lintel listens at {expected}", fix)
    reason = unreachable(settings.base_url, settings.github_web_url)
    if reason:
        fix = (
            "set LINTEL_PUBLIC_URL to the https address of your proxy or tunnel, and the webhook "
            f"URL of the App's settings to the same with {WEBHOOK}"
        )
        return Check("webhook", f"{reason}: GitHub cannot deliver there", fix)
    return Check("webhook", url)


def _deliveries(app: GitHubApp, fresh: bool) -> Check:
    sent = recent(app)
    if not sent:
        return Check("deliveries", "none yet")
    failed = [item for item in sent if not item.ok]
    detail = f"{len(sent) - len(failed)} of the last {len(sent)} were answered with success"
    if failed:
        detail += f"; the last failure: {failed[0].status_code} {failed[0].status}"
    if sent[0].ok or fresh:
        return Check("deliveries", detail)
    return Check("deliveries", detail, "is `lintel up` running, with this App's webhook secret?")


def _installations(installed: tuple[Installed, ...], found: Registration) -> Iterator[Check]:
    if not installed:
        link = install_link(found.html_url)
        yield Check("installed", f"nowhere yet; install it at {link}")
    for one in installed:
        yield _installation(one)


def _installation(one: Installed) -> Check:
    if one.suspended_at:
        fix = f"its owner can unsuspend it at {one.html_url}"
        return Check("installed", f"{one.login}: suspended since {one.suspended_at}", fix)
    required, optional = _missing(one.permissions)
    if required:
        fix = f"its owner has to accept the permissions at {one.html_url}"
        detail = "; ".join([*required, *optional])
        return Check("installed", f"{one.login} has not granted: {detail}", fix)
    without = f"; without {'; '.join(optional)}" if optional else ""
    return Check("installed", f"{one.login}: all that is needed{without}")
