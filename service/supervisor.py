"""Runs web, workers, beat and the embedded Valkey as one: starts, watches, restarts, stops them."""

import contextlib
import fcntl
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from service.broker import EmbeddedValkey
from service.errors import ConfigurationError
from service.lifeline import FD_VARIABLE, lifeline
from service.migrations import upgrade
from service.roles import Role, environment, inherited
from service.settings import Settings

log = logging.getLogger(__name__)

SOFT_SECONDS = 20.0
"""Time for an orderly end after SIGTERM. Two are enough as a rule; hundreds of reviews in flight take nine."""
TICK = 0.2
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
STEADY_SECONDS = 60.0
"""A child that ran this long is well: its next restart waits the shortest pause again."""


@dataclass
class Child:
    """One process of the house, restarted for as long as the house stands."""

    role: Role
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE
    due: float = 0.0
    """Monotonic time of the next start, while it is down."""


@dataclass
class Supervisor:
    """`run` returns when it was told to stop and nothing is left."""

    settings: Settings
    roles: Sequence[Role] = ("web", "intake", "draft", "post", "upkeep", "beat")
    on_ready: Callable[[], None] = lambda: None
    children: list[Child] = field(default_factory=list)
    stopping: bool = False

    def run(self) -> None:
        """Start everything, keep it running, stop it on SIGTERM or SIGINT."""
        settings = self.settings
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        with only_one(settings.home / "run"), lifeline() as fd:
            require_port(settings.host, settings.port)
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, self._told_to_stop)
            valkey = EmbeddedValkey(settings) if settings.embedded_broker else None
            try:
                if valkey:
                    valkey.start()
                upgrade(settings.database)
                self.children = [Child(r, command(r, settings)) for r in self.roles]
                self._watch(fd, valkey)
            finally:
                self._stop_children()
                if valkey:
                    valkey.stop()

    def _watch(self, fd: int, valkey: EmbeddedValkey | None) -> None:
        ready, look = False, time.monotonic() + 2
        while not self.stopping:
            for child in self.children:
                self._care_for(child, fd)
            if not ready and answers(self.settings.host, self.settings.port):
                ready = True
                self.on_ready()
            if valkey and time.monotonic() > look:
                look = time.monotonic() + 2
                if not valkey.alive():
                    log.warning("the embedded Valkey stopped: starting it again")
                    valkey.start()
            time.sleep(TICK)

    def _care_for(self, child: Child, fd: int) -> None:
        moment = time.monotonic()
        if child.process is None:
            if moment >= child.due:
                self._start(child, fd)
            return
        code = child.process.poll()
        if code is None:
            return
        if moment - child.started > STEADY_SECONDS:
            child.pause = FIRST_PAUSE
        log.warning("%s ended with %s: again in %.1f s", child.role, _said(code), child.pause)
        _kill_group(child.process.pid, signal.SIGKILL)
        child.process, child.due = None, moment + child.pause
        child.pause = min(child.pause * 2, LONGEST_PAUSE)

    def _start(self, child: Child, fd: int) -> None:
        env = environment(child.role, self.settings, inherited())
        child.process = subprocess.Popen(  # noqa: S603  the commands are ours
            child.command,
            env=env | {FD_VARIABLE: str(fd)},
            pass_fds=(fd,),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        child.started = time.monotonic()
        log.info("%s started as process %d", child.role, child.process.pid)

    def _stop_children(self) -> None:
        running = [c.process for c in self.children if c.process is not None]
        for process in running:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        end = time.monotonic() + SOFT_SECONDS
        for process in running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.05, end - time.monotonic()))
        for process in running:
            _kill_group(process.pid, signal.SIGKILL)
            process.wait()

    def _told_to_stop(self, number: int, _frame: object) -> None:
        log.info("stopping on %s", signal.Signals(number).name)
        self.stopping = True


def command(role: Role, settings: Settings) -> list[str]:
    """How a process of this role is started, on this machine or on another one."""
    celery = [sys.executable, "-m", "celery", "--app", "workers.app", "--quiet"]
    if role == "web":
        return [
            sys.executable, "-m", "uvicorn", "--factory", "service.app:serve",
            "--host", settings.host, "--port", str(settings.port), "--no-access-log",
            "--no-server-header", "--timeout-graceful-shutdown", "5",
        ]  # fmt: skip
    if role == "beat":
        return [*celery, "beat", "--pidfile="]
    pools = {
        "intake": ["prefork", settings.intake_processes],
        "post": ["prefork", settings.post_processes],
        "upkeep": ["prefork", 1],
        "draft": ["threads", settings.draft_slots],
    }
    pool, slots = pools[role]
    tasks = {"intake": "deliveries", "post": "posting", "upkeep": "upkeep", "draft": "reviews"}
    return [
        *celery, "worker", "--include", f"workers.{tasks[role]}", "--queues", role, "--pool", str(pool), "--concurrency", str(slots),
        "--hostname", f"{role}@%h", "--without-mingle", "--without-gossip",
    ]  # fmt: skip


@contextlib.contextmanager
def only_one(run: Path) -> Iterator[None]:
    """Hold the home directory's lock; the kernel gives it back even after kill -9."""
    run.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (run / "lintel.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ConfigurationError(
                f"another `lintel up` uses {run.parent}: stop it, or set another LINTEL_HOME"
            ) from None
        yield


def require_port(host: str, port: int, setting: str = "LINTEL_PORT") -> None:
    """Fail early, and say what to do, where the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as e:
            raise ConfigurationError(
                f"port {port} on {host} cannot be used ({e.strerror}): "
                f"free it, or choose another with {setting}"
            ) from None


def answers(host: str, port: int) -> bool:
    """True when something accepts connections there."""
    target = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104
    try:
        with socket.create_connection((target, port), timeout=0.5):
            return True
    except OSError:
        return False


def _said(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _kill_group(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)
