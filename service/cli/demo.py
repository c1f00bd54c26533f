"""`lintel demo`: the whole product against a local GitHub stand-in, ready to click through."""

import json
import shutil
import socket
import sys
import tempfile
from pathlib import Path

from service.demo.run import Demo
from service.demo.smoke import smoke as drive
from service.errors import ConfigurationError
from service.supervisor import require_port

MARK = ".lintel-demo"
"""A file that says: this folder was made by the demo, it may empty it."""


def demo(smoke: bool, home: Path | None, port: int, github_port: int) -> int:
    """Run the demo until Ctrl-C, or with `smoke` drive it once without a person.

    Returns the exit code: 0 when everything arrived as it should.
    """
    if smoke:
        with tempfile.TemporaryDirectory(prefix="lintel-") as scratch:
            return _smoke(Path(scratch), *_free_ports())
    folder = (home or Path(".lintel-demo")).resolve()
    _fresh(folder)
    require_port("127.0.0.1", port, "--port")
    require_port("127.0.0.1", github_port, "--github-port")
    with Demo(folder, port, github_port) as running:
        running.announce(1)
        running.announce(2)
        print(GUIDE.format(workspace=running.workspace, github=running.github), flush=True)
        running.wait()
    return 0


def _smoke(folder: Path, port: int, github_port: int) -> int:
    with Demo(folder, port, github_port, quiet=True) as running:
        passed = True
        for stage in drive(running):
            print(json.dumps(stage), flush=True)
            passed = passed and bool(stage["ok"])
        if not passed:
            print(running.log_tail(), file=sys.stderr)
        return 0 if passed else 1


def _fresh(folder: Path) -> None:
    if folder.exists():
        if any(folder.iterdir()) and not (folder / MARK).exists():
            raise ConfigurationError(f"{folder} holds something else: choose another --home")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, mode=0o700)
    (folder / MARK).touch()


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        return one.getsockname()[1], two.getsockname()[1]


GUIDE = """
Lintel's demo is running, with a GitHub stand-in on this machine. Nothing leaves it.

  Workspace         {workspace}
                    sign in as ada (architect): locally, or through the stand-in's GitHub
  GitHub stand-in   {github}
                    pull request 1 adds a design document; push commits to it there

  1. Open the workspace; the draft for pull request 1 is there within seconds.
  2. Read it beside the document, edit or dismiss findings, look at the preview, approve.
  3. See the comments arrive on the stand-in.

Stop with Ctrl-C.
"""
