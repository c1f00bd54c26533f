"""The queue: names of tasks, which queue each goes to, and how a job is sent.

The broker only carries ids; the row in the database is the truth. A job that could not be sent is
not lost: the sweep of `workers.upkeep` finds its row and sends it again.
"""

import hashlib
import logging
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from celery import Celery
from kombu.exceptions import OperationalError

from service.settings import Settings

log = logging.getLogger(__name__)

HANDLE_DELIVERIES: Final = "deliveries.handle"
FETCH_CHANGE: Final = "reviews.fetch"
DRAFT_REVIEW: Final = "reviews.draft"
POST_REVIEW: Final = "posting.post"
PUT_CHECK: Final = "posting.check"
SWEEP: Final = "upkeep.sweep"

ROUTES: Final = {
    HANDLE_DELIVERIES: "intake",
    FETCH_CHANGE: "intake",
    DRAFT_REVIEW: "draft",
    POST_REVIEW: "post",
    PUT_CHECK: "post",
    SWEEP: "upkeep",
}
"""Queue of each task: the queue decides the process role, and so which secrets are at hand."""


@dataclass(frozen=True)
class Job:
    """A task to run, by name, with the ids it is about."""

    task: str
    ids: tuple[str | int, ...] = ()


def broker_url(settings: Settings) -> str:
    """Where the broker is: the setting, or the embedded Valkey's socket."""
    if settings.broker_url:
        return settings.broker_url
    return f"redis+socket://{socket_path(settings)}"


def socket_path(settings: Settings) -> str:
    """Socket of the embedded Valkey, in a folder that only this user may enter.

    The kernel allows 107 bytes; where `home` is longer, a folder named after it stands in for it.
    """
    path = str(settings.home / "run" / "valkey.sock")
    if len(os.fsencode(path)) <= 107:
        return path
    name = hashlib.sha256(os.fsencode(settings.home)).hexdigest()[:16]
    return str(Path(tempfile.gettempdir()) / f"lintel-{os.getuid()}-{name}" / "valkey.sock")


def make_celery(settings: Settings) -> Celery:
    """The Celery application, with settings under which `acks_late` keeps its promise on Redis."""
    app = Celery("lintel", broker=broker_url(settings))
    app.conf.update(
        task_routes={task: {"queue": queue} for task, queue in ROUTES.items()},
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        task_publish_retry=False,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options={
            "visibility_timeout": settings.visibility_seconds,
            "unacked_restore_interval": 2,
            "unacked_restore_throttle": 1,
            "socket_connect_timeout": 3,
            "socket_timeout": 30,
            # A publisher does not wait for a broker that is away: the sweep is there for that.
            "max_retries": 1,
            "interval_start": 0,
            "interval_step": 0.1,
            "interval_max": 0.1,
        },
        beat_schedule={"sweep": {"task": SWEEP, "schedule": settings.sweep_seconds}},
        beat_schedule_filename=str(settings.home / "run" / "beat-schedule"),
        timezone="UTC",
    )
    return app


class Publisher:
    """Sends jobs. A broker that is away is logged; the sweep sends what stayed behind."""

    def __init__(self, app: Celery) -> None:
        self._app = app

    def __call__(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            try:
                self._app.send_task(job.task, args=list(job.ids))
            except (OperationalError, OSError) as e:
                log.warning("broker away, the sweep will send %s later: %s", job.task, e)
                return


@lru_cache
def celery_app(settings: Settings) -> Celery:
    """One Celery application per process."""
    return make_celery(settings)
