"""Flows that a sentence implies: between neighbours, with a direction, and never against a denial."""

import pytest

from agents.evidence import Label
from agents.system import Flow
from tests.agents.extraction import model


def flows(sentence: str) -> tuple[Flow, ...]:
    return model(f"# Orders\n\n## Architecture\n\n{sentence}\n").flows


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Orders go from the web portal to Kafka.", "web-portal->kafka"),
        ("The web portal with Redis.", "web-portal->redis"),
        ("Events from Kafka in Postgres.", "kafka->postgres"),
        ("Reports from Postgres on the web portal.", "postgres->web-portal"),
        ("The cache in Redis is filled by the batch job.", "batch-job->redis"),
        # People give, unless they are named as receivers.
        ("Customers through the web portal.", "customers->web-portal"),
    ],
)
def test_two_neighbours_imply_a_flow(sentence: str, expected: str) -> None:
    (flow,) = flows(sentence)
    assert flow.id == expected
    assert flow.evidence[0].label is Label.INFERRED
    assert flow.evidence[0].quote == sentence


@pytest.mark.parametrize(
    "sentence",
    [
        "The web portal and Kafka.",
        "The web portal (Redis).",
        "The web portal; with Kafka behind.",
        "The web portal does not go to Redis.",
        "The web portal never goes to Kafka.",
        f"The web portal is, {'some ' * 15} way from here, next to Redis and with it.",
    ],
)
def test_without_a_tie_there_is_none(sentence: str) -> None:
    assert flows(sentence) == ()


def test_a_stated_flow_is_not_implied_again() -> None:
    (flow,) = flows("The web portal writes orders to Kafka.")
    assert (flow.id, flow.evidence[0].label) == ("web-portal->kafka", Label.STATED)


@pytest.mark.parametrize(
    "sentence",
    [
        "The batch job reads from Redis and, for orders, from Kafka.",
        "The batch job reads sessions from Redis and orders from Kafka.",
        "The batch job reads from Redis and in the end also from Kafka.",
    ],
)
def test_what_and_adds_has_the_flow_of_the_part_before_it(sentence: str) -> None:
    assert {f.id for f in flows(sentence)} == {"redis->batch-job", "kafka->batch-job"}


def test_a_part_that_the_stated_flow_leaves_out_is_tied_to_its_neighbour() -> None:
    found = {f.id: f.evidence[0].label for f in flows("The web portal writes to Kafka over Redis.")}
    assert found["web-portal->kafka"] is Label.STATED
    assert found["kafka->redis"] is Label.INFERRED
