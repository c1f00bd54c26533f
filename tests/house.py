"""The whole house as real processes: stand-in GitHub, `lintel up`, and a database to look into."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import func, select

from service.db import Database
from service.demo.standin import StandIn
from service.models import Post, Review
from service.queue import Publisher, make_celery
from service.reviews import decisions, render, service
from service.roles import FOREIGN
from service.settings import Settings
from tests.conftest import Stack
from tests.support import ROOT, eventually

ALL = ("web", "intake", "draft", "post", "upkeep", "beat")
RUN = """
import sys
from service.settings import settings
from service.supervisor import Supervisor
from service.telemetry import configure_logging
configure_logging(settings())
Supervisor(settings(), roles=sys.argv[1].split(",")).run()
"""


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class House:
    """`with House(stack, tmp_path, standin) as house`: everything runs, and is gone afterwards."""

    def __init__(
        self,
        stack: Stack,
        tmp_path: Path,
        standin: StandIn,
        roles: Sequence[str] = ALL,
        extra: Mapping[str, str] | None = None,
    ) -> None:
        self.home, self.standin, self.roles = tmp_path / "home", standin, roles
        self.port = free_port()
        keys = tmp_path / "key.pem"
        keys.write_text(standin.private_key_pem)
        self.env = {
            "LINTEL_HOME": str(self.home),
            "LINTEL_PORT": str(self.port),
            "LINTEL_DATABASE_URL": stack.database_url,
            "LINTEL_BROKER_URL": stack.broker_url,
            "LINTEL_GITHUB_API_URL": standin.base_url,
            "LINTEL_GITHUB_WEB_URL": standin.base_url,
            "LINTEL_GITHUB_APP_ID": str(standin.app_id),
            "LINTEL_GITHUB_PRIVATE_KEY_FILE": str(keys),
            "LINTEL_WEBHOOK_SECRET": standin.webhook_secret,
            "LINTEL_OAUTH_CLIENT_ID": standin.client_id,
            "LINTEL_OAUTH_CLIENT_SECRET": standin.client_secret,
            "LINTEL_ARCHITECTS": "ada",
            "LINTEL_SWEEP_SECONDS": "1",
            "LINTEL_STUCK_SECONDS": "3",
            "LINTEL_LEASE_SECONDS": "3",
            "LINTEL_DRAFT_SLOTS": "4",
            "GITHUB_TOKEN": "ghp_must_never_reach_a_worker",
        } | dict(extra or {})
        self.log = tmp_path / "house.log"
        self.settings = Settings(
            home=self.home, database_url=stack.database_url, broker_url=stack.broker_url
        )
        self.process: subprocess.Popen[bytes] | None = None
        self.database = Database(stack.database_url, Publisher(make_celery(self.settings)))

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException as e:
            self.__exit__(type(e), e, None)  # nobody else will: nothing may be left running
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        self.database.close()
        if error is not None:
            sys.stderr.write(self.log.read_text(errors="replace")[-8000:])

    def start(self) -> None:
        """Start, and wait until the web process answers."""
        self.process = self.spawn([sys.executable, "-c", RUN, ",".join(self.roles)])
        if "web" in self.roles:
            eventually(self.answers, "the web process answers")
            url = f"http://127.0.0.1:{self.port}/webhooks/github"
            self.standin.register(webhook_url=url)

    def spawn(
        self, command: Sequence[str], extra: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """A process with the house's settings, in the repository's folder."""
        # Nobody's key is spent by a test.
        not_ours = ("LINTEL_", *FOREIGN)
        base = {k: v for k, v in os.environ.items() if not k.startswith(not_ours)}
        with self.log.open("ab") as out:
            return subprocess.Popen(
                command,
                env=base | self.env | dict(extra or {}),
                cwd=ROOT,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def stop(self, number: signal.Signals = signal.SIGTERM, seconds: float = 12) -> int:
        """Send the signal to the supervisor and wait for its end."""
        if self.process is None:
            return 0
        self.process.send_signal(number)
        code = self.process.wait(seconds)
        self.process = None
        return code

    def answers(self) -> bool:
        """True when the web process accepts connections."""
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def processes(self) -> dict[int, str]:
        """Living processes with this house's home in environment or command: id to command."""
        # Valkey writes its title over its environment, with the path of its socket.
        mark, home = f"LINTEL_HOME={self.home}".encode(), str(self.home)
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                text = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                environment = (folder / "environ").read_bytes().split(b"\0")
                if mark in environment or (home in text and "valkey" in text):
                    if text and (folder / "stat").read_text().rsplit(")", 1)[1].split()[0] != "Z":
                        found[int(folder.name)] = text
            except OSError:
                continue  # gone meanwhile
        return found

    def role(self, role: str) -> list[int]:
        """Process ids of the workers of one queue."""
        return [p for p, c in self.processes().items() if f"--queues {role} " in c]

    def review(self, *states: str, head_sha: str = "") -> Review | None:
        """The newest review that is in one of the states."""
        with self.database.reading() as session:
            query = select(Review).where(Review.state.in_(states))
            if head_sha:
                query = query.where(Review.head_sha == head_sha)
            return session.scalars(query.order_by(Review.created_at.desc())).first()

    def count_reviews(self) -> int:
        """How many reviews there are."""
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(Review)) or 0

    def await_review(self, *states: str, head_sha: str = "", seconds: float = 40) -> Review:
        """Wait for a review in one of the states."""
        return eventually(
            lambda: self.review(*states, head_sha=head_sha), f"a review is {states}", seconds
        )

    def approve(self, review_id: str) -> str:
        """Approve the newest revision as ada, as the workspace does; returns the decision's id."""
        with self.database.transaction() as session:
            last = service.latest(session, review_id)
            assert last is not None
            post = decisions.preview(session, review_id, last.revision, "COMMENT", "ada")
            return decisions.approve(
                session,
                review_id,
                by="ada",
                revision=last.revision,
                event="COMMENT",
                seen_sha256=render.sha256(post),
            )

    def post_row(self, decision_id: str) -> Post:
        """The row of a post."""
        with self.database.reading() as session:
            row = session.get(Post, decision_id)
            assert row is not None
            return row

    def posted_reviews(self, number: int = 1) -> list[dict[str, object]]:
        """Reviews with a body that the stand-in holds for a pull request."""
        return [dict(r) for r in self.standin.reviews(number) if r.get("body")]
