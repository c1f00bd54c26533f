"""The stand-in as a context manager in this process: a server thread on a free port."""

import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import uvicorn

from evals.standin.app import create_app
from evals.standin.brains import Brain
from evals.standin.faults import FaultPlan
from evals.standin.ledger import Ledger
from evals.standin.line import Line
from evals.standin.minimal import Minimal
from evals.standin.models import WINDOW
from evals.standin.state import KEY, State

_STOP_SECONDS = 20
_BACKLOG = 4096


def listen(port: int = 0, host: str = "127.0.0.1") -> socket.socket:
    """A listening socket: the first request waits for the server instead of being refused."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(_BACKLOG)
    return listener


def make_server(state: State) -> uvicorn.Server:
    """A server for `state`. An idle connection outlives the clients' own limit, so that none of
    them sends a request into a connection that is being closed."""
    config = uvicorn.Config(
        create_app(state),
        http=Line,
        log_level="critical",
        access_log=False,
        lifespan="off",
        backlog=_BACKLOG,
        timeout_keep_alive=75,
        # Calls that hang on purpose would keep it from stopping.
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)


class StandIn:
    """`with StandIn(brain) as standin`: Anthropic's API at `standin.base_url` with `standin.key`.

    `state` may be changed between calls; parameters as in `State`.
    """

    def __init__(
        self,
        brain: Brain | None = None,
        *,
        key: str = KEY,
        window: int = WINDOW,
        delay: float = 0.0,
        duration: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.state = State(brain or Minimal(), key, window, delay, duration, clock)
        self.base_url = ""

    def __enter__(self) -> Self:
        listener = listen()
        self.base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self._server = make_server(self.state)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listener]}, daemon=True
        )
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=_STOP_SECONDS)

    @property
    def key(self) -> str:
        """The key that is accepted."""
        return self.state.key

    @property
    def ledger(self) -> Ledger:
        """What was asked so far."""
        return self.state.ledger

    @property
    def faults(self) -> FaultPlan:
        """What will go wrong."""
        return self.state.faults
