"""The loop of a draft process: what lives on it is closed on it."""

import asyncio
import logging
import threading

import pytest

from workers.loop import LoopBox


async def here() -> tuple[int, asyncio.AbstractEventLoop]:
    return threading.get_ident(), asyncio.get_running_loop()


def test_clients_are_closed_on_the_loop_that_they_lived_on() -> None:
    box, closed = LoopBox(), []

    async def close() -> None:
        closed.append(await here())

    lived = box.run(here(), limit=5)
    box.stop(close)
    assert closed == [lived]
    assert lived[1].is_closed()


def test_a_loop_that_was_never_used_closes_nothing() -> None:
    box, closed = LoopBox(), []

    async def close() -> None:
        closed.append(await here())

    box.stop(close)
    assert closed == []


def test_clients_that_do_not_close_do_not_keep_the_worker(
    caplog: pytest.LogCaptureFixture,
) -> None:
    box = LoopBox()

    async def close() -> None:
        raise OSError("already gone")

    _, loop = box.run(here(), limit=5)
    with caplog.at_level(logging.WARNING):
        box.stop(close)
    assert loop.is_closed()
    assert "did not close in order" in caplog.text
