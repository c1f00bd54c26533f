"""`lintel github-app`: create the App on GitHub from a manifest, and test it."""

import contextlib
import json
import shlex
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.doctor import Check, line, report
from service.cli.failures import FOUND, INTERRUPTED
from service.cli.printing import emit, printable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from service.cli.landing import Landing
    from service.github.conversion import Created
    from service.settings import Settings

app = typer.Typer(help="The GitHub App.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
def create(
    org: Annotated[
        str, typer.Option(metavar="ORG", help="Create it for an organisation, not for yourself.")
    ] = "",
    name: Annotated[
        str, typer.Option(help="Name to propose; it can be changed on GitHub's page.")
    ] = "",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the page on this machine; 0: a free one.")
    ] = 0,
    open_browser: Annotated[
        bool, typer.Option("--open", help="Also open the page in this machine's browser.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Put an App aside that is kept here already.")
    ] = False,
    print_manifest: Annotated[
        bool, typer.Option("--print-manifest", help="Show what GitHub would be asked, and stop.")
    ] = False,
) -> None:
    """Create the GitHub App in a browser, keep its key and secrets, and test it."""
    from service.cli import app_files
    from service.github import manifest
    from service.settings import settings

    chosen = settings()
    manifest.require_one_github(chosen.github_web_url, chosen.github_api_url)
    target = manifest.creation_url(chosen.github_web_url, org)
    proposed = manifest.name_for(org, name)
    if print_manifest:
        shown = f"http://127.0.0.1:{port or 'PORT'}/callback"
        asked = manifest.manifest(chosen.base_url, proposed, shown)
        emit(json.dumps(asked, indent=2, ensure_ascii=False) + "\n")
        return
    if not force:
        app_files.require_new(chosen.home)
    _warn(chosen)
    with app_files.drafted(chosen.home) as draft:
        keeper = _Keeper(draft, chosen)
        with _landing(keeper, port) as landing:
            asked = manifest.manifest(chosen.base_url, proposed, landing.callback)
            landing.form = (target, asked)
            made, folder = _wait(landing, keeper, open_browser)
    _done(made, folder, chosen)


@app.command()
def check(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Test the App of the settings, or else the one kept in LINTEL_HOME; exit with 1 on a problem."""
    from service.cli import app_files
    from service.cli.app_check import examine
    from service.errors import ConfigurationError
    from service.settings import settings

    chosen = settings()
    if chosen.github_app_id is not None:
        known: tuple[int, str] | None = (chosen.github_app_id, chosen.secret("github_private_key"))
    else:
        known = app_files.kept(chosen.home)
    if known is None:
        raise ConfigurationError("there is no App: `lintel github-app create` makes one")
    _show(examine(*known, chosen), as_json)


class _Keeper:
    """Exchanges GitHub's code and keeps what comes back; runs in the page's thread."""

    def __init__(self, draft: "Path", settings: "Settings") -> None:
        self._draft, self._settings = draft, settings
        self.kept: tuple[Created, Path] | None = None

    def __call__(self, code: str) -> str:
        from service.cli import app_files
        from service.cli.landing import NotCreated
        from service.github.conversion import convert
        from service.github.errors import GitHubError

        settings = self._settings
        try:
            made = convert(settings.github_api_url, code)
        except GitHubError as error:
            raise NotCreated(
                f"{error.message}. Nothing was kept: if GitHub lists the new App at "
                f"{settings.github_web_url}/settings/apps, delete it there, then run this again"
            ) from error
        plain = {
            "LINTEL_GITHUB_API_URL": settings.github_api_url,
            "LINTEL_GITHUB_WEB_URL": settings.github_web_url,
            "LINTEL_GITHUB_APP_ID": str(made.id),
            "LINTEL_OAUTH_CLIENT_ID": made.client_id,
        }
        if settings.public_url:
            plain["LINTEL_PUBLIC_URL"] = settings.base_url
        try:
            self.kept = made, app_files.keep(self._draft, _files(made), plain)
        except OSError as error:
            raise NotCreated(
                f"the App was created, but its key could not be kept ({error.strerror}): delete "
                f"the App or make another key at {made.html_url}"
            ) from error
        return "The App is created. Go back to the console."


def _files(made: "Created") -> dict[str, str]:
    from service.cli import app_files

    files = {
        app_files.APP_ID: str(made.id),
        app_files.PRIVATE_KEY: made.pem.get_secret_value(),
        app_files.CLIENT_ID: made.client_id,
        app_files.CLIENT_SECRET: made.client_secret.get_secret_value(),
    }
    if made.webhook_secret is not None:
        files[app_files.WEBHOOK_SECRET] = made.webhook_secret.get_secret_value()
    return files


def _landing(keeper: _Keeper, port: int) -> "Landing":
    from service.cli.landing import Landing
    from service.errors import ConfigurationError

    try:
        return Landing(keeper, port=port)
    except OSError as error:
        raise ConfigurationError(
            f"port {port} on 127.0.0.1 cannot be used ({error.strerror}): choose another --port"
        ) from error


def _warn(settings: "Settings") -> None:
    from service.github.manifest import unreachable

    reason = unreachable(settings.base_url, settings.github_web_url)
    if reason:
        print(
            f"lintel: {reason}: GitHub cannot deliver webhooks there, and may refuse the App. Set "
            "LINTEL_PUBLIC_URL to the https address of your proxy or tunnel, then run this again.",
            file=sys.stderr,
        )


def _invite(landing: "Landing", open_browser: bool) -> None:
    port = landing.origin.rpartition(":")[2]
    emit(
        "Open this address in a browser on this machine. It works once, for 10 minutes:\n\n"
        f"  {landing.address}\n\n"
        f"Is the browser elsewhere? First: ssh -L {port}:127.0.0.1:{port} THIS-MACHINE\n"
        "If the name is taken, GitHub's page asks for another. Ctrl-C stops.\n"
    )
    if open_browser:
        import webbrowser

        if not webbrowser.open(landing.address):
            print("lintel: no browser was found here: open the address yourself", file=sys.stderr)


def _wait(landing: "Landing", keeper: _Keeper, open_browser: bool) -> "tuple[Created, Path]":
    with contextlib.suppress(KeyboardInterrupt):
        _invite(landing, open_browser)
        landing.wait()
    # The page's thread may be keeping the App at this moment: this waits for it.
    landing.close()
    if keeper.kept is None:
        print("lintel: stopped, and nothing was kept here", file=sys.stderr)
        raise typer.Exit(INTERRUPTED)
    return keeper.kept


def _done(made: "Created", folder: "Path", settings: "Settings") -> None:
    from service.cli import app_files
    from service.cli.app_check import examine, install_link

    emit(f"\nThe App {printable(made.slug)} is created; its key and secrets are in {folder}\n\n")
    loaded = shlex.quote(str(folder / app_files.ENVIRONMENT))
    try:
        _show(examine(made.id, made.pem.get_secret_value(), settings, fresh=True), as_json=False)
    finally:
        emit(
            "\nNext:\n"
            f"  1. Install it: {printable(install_link(made.html_url))}\n"
            f"  2. Run Lintel with it: set -a; . {loaded}; set +a; "
            "lintel up\n"
            "  3. After the first pull request: lintel github-app check\n"
        )


def _show(checks: "Iterable[Check]", as_json: bool) -> None:
    """Print; exits with 1 when something is wrong."""
    found = []
    for one in checks:
        # What GitHub says is other people's text.
        found.append(Check(one.name, printable(one.detail), printable(one.fix)))
        if not as_json:
            emit(line(found[-1]))
    if as_json:
        emit(report(found, "lintel.github-app"))
    if not all(one.ok for one in found):
        raise typer.Exit(FOUND)
