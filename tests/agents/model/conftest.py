"""One stand-in for all tests of a module; each test finds it as new."""

from collections.abc import Iterator

import pytest

from evals.standin import StandIn
from tests.agents.model.support import Lab


@pytest.fixture(scope="module")
def standin() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


@pytest.fixture
def lab(standin: StandIn) -> Lab:
    found = Lab(standin)
    found.reset()
    return found
