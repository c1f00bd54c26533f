"""One call writes a prefix, those beside it wait for its first word."""

import asyncio
from collections.abc import Sequence

import pytest

from agents.analysts.model.warmth import Warmth


class Calls:
    """Calls of one prefix that begin and end when they are told to."""

    def __init__(self, warmth: Warmth) -> None:
        self.warmth = warmth
        self.log: list[str] = []
        self._say: dict[str, asyncio.Event] = {}
        self._end: dict[str, asyncio.Future[None]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def start(self, *names: str, key: str = "prefix") -> None:
        """Start calls, and let everything happen that can."""
        for name in names:
            self._say[name] = asyncio.Event()
            self._end[name] = asyncio.get_running_loop().create_future()
            self._tasks[name] = asyncio.create_task(self._call(name, key))
        await settle()

    async def say(self, name: str) -> None:
        """The first word of an answer comes."""
        self._say[name].set()
        await settle()

    async def end(self, *names: str, error: Exception | None = None) -> None:
        """Answers end, or fail."""
        for name in names:
            if error is None:
                self._end[name].set_result(None)
            else:
                self._end[name].set_exception(error)
        await settle()

    async def cancel(self, name: str) -> None:
        self._tasks[name].cancel()
        await settle()

    def new(self) -> Sequence[str]:
        """What happened since the last look."""
        log, self.log = self.log, []
        return log

    async def _call(self, name: str, key: str) -> None:
        try:
            async with self.warmth.turn(key) as began:
                self.log.append(f"{name} {'leads' if began else 'follows'}")
                said = asyncio.create_task(self._say[name].wait())
                await asyncio.wait((said, self._end[name]), return_when=asyncio.FIRST_COMPLETED)
                if began is not None and self._say[name].is_set():
                    began.set()
                said.cancel()
                await self._end[name]
        except RuntimeError:
            self.log.append(f"{name} failed")


async def settle() -> None:
    """Run the loop until nothing is left that could run."""
    for _ in range(50):
        await asyncio.sleep(0)


def test_the_others_start_at_the_leaders_first_word() -> None:
    async def main() -> None:
        calls = Calls(Warmth())
        await calls.start("a", "b", "c")
        assert calls.new() == ["a leads"]
        await calls.say("a")
        assert calls.new() == ["b follows", "c follows"]
        await calls.start("d")
        assert calls.new() == ["d follows"]
        await calls.end("a", "b", "c", "d")

    asyncio.run(main())


def test_another_prefix_has_a_leader_of_its_own() -> None:
    async def main() -> None:
        calls = Calls(Warmth())
        await calls.start("a")
        await calls.start("x", key="another")
        assert calls.new() == ["a leads", "x leads"]
        await calls.end("a", "x")

    asyncio.run(main())


@pytest.mark.parametrize("how", ["fails", "is cancelled"])
def test_when_the_leader_fails_the_next_one_leads(how: str) -> None:
    async def main() -> None:
        calls = Calls(Warmth())
        await calls.start("a", "b", "c")
        calls.new()
        if how == "fails":
            await calls.end("a", error=RuntimeError())
            assert calls.new() == ["a failed", "b leads"]
        else:
            await calls.cancel("a")
            assert calls.new() == ["b leads"]
        await calls.say("b")
        assert calls.new() == ["c follows"]
        await calls.end("b", "c")

    asyncio.run(main())


def test_a_follower_that_fails_changes_nothing() -> None:
    async def main() -> None:
        calls = Calls(Warmth())
        await calls.start("a", "b")
        await calls.say("a")
        await calls.end("b", error=RuntimeError())
        await calls.start("c")
        assert calls.new()[-1] == "c follows"
        await calls.end("a", "c")

    asyncio.run(main())


class Clock:
    """The loop's time, as the test says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: self.now)


def test_an_entry_that_has_died_of_age_gets_a_new_leader(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        clock, calls = Clock(monkeypatch), Calls(Warmth(fresh_seconds=270))
        await calls.start("a")
        await calls.say("a")
        clock.now += 200
        await calls.end("a")
        clock.now += 60
        await calls.start("b")
        # Each reading renews it, and the age counts from the start of a call, not from its end.
        clock.now += 200
        await calls.end("b")
        clock.now += 60
        await calls.start("c")
        await calls.end("c")
        assert calls.new() == ["a leads", "b follows", "c follows"]
        clock.now += 271
        await calls.start("d", "e")
        assert calls.new() == ["d leads"]
        await calls.say("d")
        assert calls.new() == ["e follows"]
        await calls.end("d", "e")

    asyncio.run(main())


def test_a_leader_that_takes_long_leaves_an_entry_that_is_old(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def main() -> None:
        clock, calls = Clock(monkeypatch), Calls(Warmth(fresh_seconds=270))
        await calls.start("a")
        await calls.say("a")
        clock.now += 260
        await calls.end("a")
        clock.now += 20
        await calls.start("b")
        await calls.end("b")
        assert calls.new() == ["a leads", "b leads"]

    asyncio.run(main())


def test_an_old_leader_that_fails_late_takes_nothing_from_the_new_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def main() -> None:
        clock, calls = Clock(monkeypatch), Calls(Warmth(fresh_seconds=270))
        await calls.start("a")
        await calls.say("a")
        clock.now += 300
        await calls.start("b")
        await calls.say("b")
        await calls.end("a", error=RuntimeError())
        await calls.start("c")
        assert calls.new() == ["a leads", "b leads", "a failed", "c follows"]
        await calls.end("b", "c")

    asyncio.run(main())
