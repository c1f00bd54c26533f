"""One request on its way from arrival to the last byte of its answer."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse

from evals.standin import checks, line, replies
from evals.standin.brains import Asked
from evals.standin.cache import Account, Prompt
from evals.standin.errors import ApiError, too_long
from evals.standin.faults import Fault
from evals.standin.ledger import Call
from evals.standin.replies import Reply
from evals.standin.state import State

_NOT_JSON = "<html><body><h1>502 Bad Gateway</h1></body></html>"


def _overloaded() -> ApiError:
    return ApiError("overloaded_error", "Overloaded")


async def checked(state: State, request: Request, *, counting: bool = False) -> dict[str, Any]:
    """The body of a request that may pass; raises the `ApiError` that it gets otherwise."""
    try:
        checks.check_headers(request.headers, state.key)
        body = checks.parse(await request.body())
        checks.check(body, counting=counting)
    except ApiError as error:
        state.ledger.refuse(error.message)
        raise
    return body


@dataclass
class Turn:
    """What was asked, what it costs, what will go wrong."""

    state: State
    request: Request
    body: Mapping[str, Any]
    prompt: Prompt
    asked: Asked
    call: Call
    fault: Fault | None
    number: int

    @property
    def kind(self) -> str:
        return self.fault.kind if self.fault else ""

    @property
    def headers(self) -> dict[str, str]:
        return {"request-id": f"req_{self.number:08}"}

    def end(self) -> None:
        """Close the call in the ledger: the client may go on as soon as it has the last bytes."""
        self.state.ledger.end(self.call)

    def answer(self) -> Reply:
        """What the model says. Raises `ApiError` when the brain fails."""
        try:
            value = self.state.brain.answer(self.asked)
            found = replies.reply(self.body, self.asked, value, self.number)
            if self.fault:
                found = replies.spoil(found, self.fault.kind, self.body, self.asked)
            self.call.output_tokens = found.output_tokens
        except Exception as error:
            # Whatever a brain raises must reach the caller as an answer, not as a lost connection.
            self.call.outcome = "brain_failed"
            raise ApiError("api_error", f"the stand-in's brain failed: {error!r}") from error
        return found

    def bill(self) -> Account:
        """Count the tokens: from here on the call is paid."""
        account = self.state.cache.account(self.prompt)
        self.call.usage = account.usage
        return account

    async def begin(self, account: Account) -> None:
        """Wait for the first token; what this request writes can then be read by others."""
        await asyncio.sleep(self.state.delay)
        account.begin()

    async def finish(self) -> None:
        """Wait from the first token to the last."""
        await asyncio.sleep(max(0.0, self.state.duration - self.state.delay))


async def admit(state: State, request: Request) -> Turn:
    """Let a request in, or raise the `ApiError` that it gets."""
    body = await checked(state, request)
    prompt = Prompt.read(body)
    if prompt.tokens > state.window:
        refusal = too_long(prompt.tokens, state.window)
        state.ledger.refuse(refusal.message)
        raise refusal
    asked = Asked.read(body)
    call = state.ledger.begin(asked.step, body["model"], prompt.prefix)
    fault = state.faults.take(asked.step)
    if fault:
        call.outcome = fault.kind
    return Turn(state, request, body, prompt, asked, call, fault, state.number())


async def respond(turn: Turn) -> Response:
    """The answer or the failure that was planned. Raises `ApiError` for an error answer."""
    streams = bool(turn.body.get("stream"))
    try:
        await _fail_first(turn, streams)
        answer = turn.answer()
        account = turn.bill()
        if turn.kind == "not_json":
            await turn.begin(account)
            turn.end()
            return HTMLResponse(_NOT_JSON, headers=turn.headers)
        message = answer.message(turn.body, turn.number, account.usage.wire())
        if streams:
            events = _events(turn, answer, message, account)
            return StreamingResponse(events, headers=turn.headers, media_type="text/event-stream")
        await turn.begin(account)
        await turn.finish()
        return _whole(turn, json.dumps(message).encode())
    finally:
        if not streams or turn.call.usage is None:
            turn.end()


async def _fail_first(turn: Turn, streams: bool) -> None:
    """Planned failures that leave nothing to answer."""
    if error := turn.fault.error() if turn.fault else None:
        raise error
    if turn.kind == "error_midway" and not streams:
        raise _overloaded()
    if turn.kind in ("hang", "reset"):
        await (line.hang if turn.kind == "hang" else line.reset)(turn.request)
        raise _overloaded()  # nobody is left to hear it


def _whole(turn: Turn, raw: bytes) -> Response:
    if turn.kind in ("hang_midway", "reset_midway"):
        # The length is promised for the whole body, of which half comes.
        headers = {**turn.headers, "content-length": str(len(raw))}
        half = _cut_off(turn, raw[: len(raw) // 2])
        return StreamingResponse(half, headers=headers, media_type="application/json")
    return Response(raw, headers=turn.headers, media_type="application/json")


async def _cut_off(turn: Turn, raw: bytes) -> AsyncIterator[bytes]:
    yield raw
    await (line.reset if turn.kind == "reset_midway" else line.hang)(turn.request)


async def _events(
    turn: Turn, answer: Reply, message: Mapping[str, Any], account: Account
) -> AsyncIterator[bytes]:
    """The stream: its opening and first content when the first token comes, the rest at the end."""
    try:
        await turn.begin(account)
        content = replies.content_events(answer)
        yield replies.opening(message) + b"".join(content[:1])
        await turn.finish()
        if turn.kind in ("hang_midway", "reset_midway", "error_midway"):
            half = b"".join(content[1 : 1 + len(content) // 2])
            if turn.kind == "error_midway":
                turn.end()
                yield half + replies.error_event(_overloaded().body(turn.headers["request-id"]))
                return
            async for part in _cut_off(turn, half):
                yield part
            return
        turn.end()
        yield b"".join(content[1:]) + replies.closing(answer)
    finally:
        # Not ended yet: the client went away, or the line broke as planned.
        if turn.call.last is None and not turn.fault:
            turn.call.outcome = "left"
        turn.end()
