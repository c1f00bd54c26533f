"""The connection under a request, for faults that no HTTP answer can show."""

import asyncio
import os
import socket
import struct
from typing import cast

from starlette.requests import Request
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_KEY = "standin.transport"


class Line(HttpToolsProtocol):
    """uvicorn's HTTP protocol that lets a request reach its own connection."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        cast(dict[str, object], self.scope)[_KEY] = self.transport


async def hang(request: Request) -> None:
    """Say nothing until the client goes away."""
    while (await request.receive())["type"] != "http.disconnect":
        continue


async def reset(request: Request) -> None:
    """Tear the connection down: the client's next read fails with a reset."""
    transport = cast(asyncio.Transport, request.scope[_KEY])
    while transport.get_write_buffer_size():
        await asyncio.sleep(0)  # what was sent before shall arrive
    descriptor = os.dup(transport.get_extra_info("socket").fileno())
    with socket.socket(fileno=descriptor) as copy:
        # Not to linger turns the close into a reset.
        copy.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    await hang(request)
