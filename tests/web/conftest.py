"""Fixtures of the workspace's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.support import Workspace, workspace


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace over a database of its own, with the demo's sign-in and the architect `ada`."""
    with workspace(tmp_path) as made:
        yield made
