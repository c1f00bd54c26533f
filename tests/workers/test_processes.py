"""The supervisor: least privilege, restarts, an orderly end, and no orphans."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.demo.standin import StandIn
from service.roles import GUARDED
from tests.conftest import Stack
from tests.house import House
from tests.support import eventually


@pytest.fixture
def standin(tmp_path: Path) -> Iterator[StandIn]:
    with StandIn(tmp_path / "github") as found:
        yield found


def environ(pid: int) -> dict[str, str]:
    pairs = Path(f"/proc/{pid}/environ").read_text().split("\0")
    return dict(p.split("=", 1) for p in pairs if "=" in p)


def test_each_role_holds_only_its_own_secrets(
    stack: Stack, tmp_path: Path, standin: StandIn
) -> None:
    keys = {
        "LINTEL_MODEL_API_KEY": "a-key", "ANTHROPIC_BASE_URL": "https://models.example.org",
        "OPENAI_API_KEY": "b-key", "LINTEL_METRICS_TOKEN": "c-token",
    }  # fmt: skip
    with House(stack, tmp_path, standin, extra=keys) as house:
        roles = ("intake", "draft", "post", "upkeep")
        eventually(lambda: all(house.role(r) for r in roles), "all workers run")
        seen = {r: environ(house.role(r)[0]) for r in roles}
        guarded = {f"LINTEL_{n.upper()}" for n in GUARDED}
        guarded |= {f"{n}_FILE" for n in guarded}
        assert guarded & seen["draft"].keys() == {"LINTEL_MODEL_API_KEY"}
        assert "ANTHROPIC_BASE_URL" in seen["draft"]
        assert not guarded & seen["upkeep"].keys()
        assert "LINTEL_GITHUB_PRIVATE_KEY_FILE" in seen["post"]
        assert "LINTEL_WEBHOOK_SECRET" not in seen["post"]
        for role in roles:
            assert not [k for k in seen[role] if k.startswith(("GITHUB_", "OPENAI_"))]
            assert role == "draft" or not [k for k in seen[role] if k.startswith("ANTHROPIC_")]
            assert standin.private_key_pem not in "".join(seen[role].values())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_everything_within_ten_seconds(
    stack: Stack, tmp_path: Path, standin: StandIn, number: signal.Signals
) -> None:
    with House(stack, tmp_path, standin) as house:
        eventually(lambda: house.role("draft") and house.role("post"), "the workers run")
        assert house.stop(number, seconds=10) == 0
        assert house.processes() == {}


def test_a_crashed_child_is_started_again_and_it_is_said(
    stack: Stack, tmp_path: Path, standin: StandIn
) -> None:
    with House(stack, tmp_path, standin) as house:
        (old,) = eventually(lambda: house.role("draft"), "the draft worker runs")
        os.kill(old, signal.SIGKILL)
        eventually(lambda: set(house.role("draft")) - {old}, "another draft worker runs")
        assert "draft ended with signal SIGKILL" in house.log.read_text()
        standin.fire(1, "opened")
        house.await_review("awaiting_architect")


def test_a_killed_supervisor_leaves_at_most_a_valkey_and_the_next_one_takes_it_over(
    stack: Stack, tmp_path: Path, standin: StandIn
) -> None:
    with House(stack, tmp_path, standin) as house:
        eventually(lambda: house.role("draft") and house.role("post"), "the workers run")
        house.stop(signal.SIGKILL)
        eventually(
            lambda: not [c for c in house.processes().values() if "valkey" not in c],
            "the children followed",
            seconds=20,
        )
        remaining = house.processes()
        assert len(remaining) <= 1
        house.start()
        if remaining:
            assert "took over the Valkey" in house.log.read_text()
        standin.fire(1, "opened")
        house.await_review("awaiting_architect")
    assert house.processes() == {}


def test_a_broker_that_was_killed_comes_back_and_nothing_is_lost(
    tmp_path: Path, standin: StandIn
) -> None:
    url = f"sqlite:///{tmp_path / 'home' / 'lintel.db'}"
    with House(Stack("embedded", url, ""), tmp_path, standin) as house:
        eventually(lambda: house.role("draft") and house.role("post"), "the workers run")
        (valkey,) = [p for p, c in house.processes().items() if "valkey" in c]
        os.kill(valkey, signal.SIGKILL)
        assert standin.fire(1, "opened")["status_code"] == 202
        house.await_review("awaiting_architect", seconds=90)
        assert "the embedded Valkey stopped" in house.log.read_text()
