"""Steps of many reviews are written together, the newest of each."""

import asyncio

import pytest

from workers import progress


def test_the_newest_step_of_each_review_is_written_once(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[dict[str, str]] = []
    monkeypatch.setattr(progress, "_write", written.append)
    monkeypatch.setattr(progress, "PAUSE_SECONDS", 0.01)

    async def work() -> None:
        kept = progress.Progress()
        for step in ("triage", "extract"):
            kept.note("one", step)
        kept.note("two", "triage")
        while not written:
            await asyncio.sleep(0.005)
        kept.note("one", "judge")
        while len(written) < 2:
            await asyncio.sleep(0.005)

    asyncio.run(asyncio.wait_for(work(), 20))
    assert written == [{"one": "extract", "two": "triage"}, {"one": "judge"}]
