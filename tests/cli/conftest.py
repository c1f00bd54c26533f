"""Fixtures of the command line: commands in this process, and a stand-in for the model's provider."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import Result

from evals.standin import StandIn
from evals.standin.rules import Rules
from tests.cli.support import DESIGN, here


@pytest.fixture
def design(tmp_path: Path) -> Path:
    """The small design as a file."""
    path = tmp_path / "design.md"
    path.write_text(DESIGN)
    return path


@pytest.fixture
def standin() -> Iterator[StandIn]:
    """A provider of the model, over the wire."""
    with StandIn(Rules()) as running:
        yield running


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """`run("review", path, LINTEL_X="y")`: a command with these settings only."""
    return here(monkeypatch)


@pytest.fixture
def asking(run: Callable[..., Result], standin: StandIn) -> Callable[..., Result]:
    """The same with an address and a key of the provider, and nothing else."""

    def asked(*args: str | Path, **env: str) -> Result:
        known = {"ANTHROPIC_BASE_URL": standin.base_url, "ANTHROPIC_API_KEY": standin.key}
        return run(*args, **(known | env))

    return asked
