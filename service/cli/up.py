"""`lintel up`: web, workers, beat and the embedded Valkey, as one."""

import sys

from service.lifeline import hold_on
from service.settings import Settings, settings
from service.supervisor import Supervisor
from service.telemetry import configure_logging


def up() -> None:
    """Run until SIGTERM or Ctrl-C. Says where to look as soon as the workspace answers."""
    hold_on()
    chosen = settings()
    configure_logging(chosen)
    for warning in warnings(chosen):
        print(f"lintel: {warning}", file=sys.stderr)

    def ready() -> None:
        print(f"Lintel is up: {chosen.base_url}", flush=True)

    Supervisor(chosen, on_ready=ready).run()


def warnings(settings: Settings) -> list[str]:
    """What will not work with these settings, each with what to set."""
    found = []
    if settings.webhook_secret is None:
        found.append("no LINTEL_WEBHOOK_SECRET: every webhook will be refused")
    if settings.github_private_key is None or settings.github_app_id is None:
        found.append(
            "no LINTEL_GITHUB_APP_ID and LINTEL_GITHUB_PRIVATE_KEY_FILE: "
            "changes cannot be fetched or posted; `lintel github-app create` makes an App"
        )
    if not settings.architects and not settings.admins:
        found.append("no LINTEL_ARCHITECTS: nobody can approve a draft")
    return found
