"""A running stand-in and a receiver for its webhooks."""

from collections.abc import Iterator

import pytest

from service.demo.standin import StandIn
from tests.demo.support import Receiver


@pytest.fixture
def standin() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


@pytest.fixture(scope="package")
def quiet() -> Iterator[StandIn]:
    """One stand-in for all tests that leave nothing behind."""
    with StandIn() as running:
        yield running


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as listening:
        yield listening


@pytest.fixture
def hooked(standin: StandIn, receiver: Receiver) -> StandIn:
    """A stand-in whose deliveries reach the receiver."""
    standin.register(webhook_url=receiver.url)
    return standin
