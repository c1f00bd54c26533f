"""What the stand-in answers: a message in one piece or as the events of a stream."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evals.standin.blocks import compact, tokens
from evals.standin.brains import Asked, Value
from evals.standin.faults import Kind
from evals.standin.minimal import smallest

PIECES = 6
"""Most parts that the input of one tool call or one text is streamed in."""

Part = dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """Content blocks and why the model stopped. `streamed` is the JSON of the tool input as a
    stream carries it, where it differs from the parsed one."""

    content: list[Part]
    stop: str
    streamed: str | None = None

    @property
    def output_tokens(self) -> int:
        return max(1, tokens(sum(len(compact(part)) for part in self.content)))

    def message(self, body: Mapping[str, Any], number: int, usage: Mapping[str, object]) -> Part:
        """The whole answer."""
        return {
            "id": f"msg_{number:08}",
            "type": "message",
            "role": "assistant",
            "model": body["model"],
            "content": self.content,
            "stop_reason": self.stop,
            "stop_sequence": None,
            "usage": {**usage, "output_tokens": self.output_tokens, "service_tier": "standard"},
        }


def reply(body: Mapping[str, Any], asked: Asked, value: Value, number: int) -> Reply:
    """A good answer: the tool call wanted, or the value as text where no tool is offered."""
    if body["max_tokens"] == 0:
        return Reply([], "max_tokens")
    if not asked.tool:
        return Reply([_text(compact(value))], "end_turn")
    return Reply([_call(asked.tool, value, number)], "tool_use")


def spoil(good: Reply, kind: Kind, body: Mapping[str, Any], asked: Asked) -> Reply:
    """The same answer with one of the model's own faults in it; other faults change nothing."""
    match kind:
        case "refusal":
            return Reply([], "refusal")
        case "empty":
            return Reply([], "end_turn")
        case "text":
            return Reply([_text("Here is what I found, without the tool.")], "end_turn")
        case "broken_tool":
            return _broken(good, asked)
        case "cut":
            return _cut(good)
        case "wrong_tool":
            return _wrong(body, asked, good)
    return good


def _text(text: str) -> Part:
    return {"type": "text", "text": text}


def _call(name: str, value: object, number: int) -> Part:
    return {"type": "tool_use", "id": f"toolu_{number:08}", "name": name, "input": value}


def _broken(good: Reply, asked: Asked) -> Reply:
    """JSON that does not parse in a stream; in one piece, members of a type nobody asked for."""
    [part] = good.content
    if part["type"] == "text":
        return Reply([_text(part["text"][: len(part["text"]) // 2] + "}{")], good.stop)
    wrong: Part = {name: {"unexpected": []} for name in asked.schema.get("properties", {})}
    text = compact(part["input"])
    return Reply([{**part, "input": wrong}], good.stop, streamed=text[: len(text) // 2] + "}{")


def _cut(good: Reply) -> Reply:
    """The answer ends in its middle: what came of a tool's input is there."""
    [part] = good.content
    if part["type"] == "text":
        text = part["text"]
        return Reply([_text(text[: len(text) // 2] or " ")], "max_tokens")
    text = compact(part["input"])
    kept = dict(list(part["input"].items())[: len(part["input"]) // 2])
    return Reply([{**part, "input": kept}], "max_tokens", streamed=text[: len(text) // 2])


def _wrong(body: Mapping[str, Any], asked: Asked, good: Reply) -> Reply:
    others = [tool for tool in body.get("tools") or [] if tool["name"] != asked.tool]
    if not others:
        raise ValueError("a wrong tool was planned for a request that offers no other")
    other, [part] = others[0], good.content
    value = smallest(other["input_schema"], other["input_schema"])
    return Reply([{**part, "name": other["name"], "input": value}], good.stop)


def opening(message: Mapping[str, Any]) -> bytes:
    """The first event of a stream, and a ping. Output tokens are counted at the end."""
    usage = {**message["usage"], "output_tokens": 1}
    start = {**message, "content": [], "stop_reason": None, "usage": usage}
    return _event("message_start", message=start) + _event("ping")


def content_events(answer: Reply) -> list[bytes]:
    """The events of the content blocks, in order."""
    found = []
    for index, part in enumerate(answer.content):
        found += list(_block_events(index, part, answer.streamed))
    return found


def _block_events(index: int, part: Part, streamed: str | None) -> Iterator[bytes]:
    tool = part["type"] == "tool_use"
    empty = {**part, "input": {}} if tool else {**part, "text": ""}
    yield _event("content_block_start", index=index, content_block=empty)
    whole = (streamed if streamed is not None else compact(part["input"])) if tool else part["text"]
    kind, name = ("input_json_delta", "partial_json") if tool else ("text_delta", "text")
    for piece in _pieces(whole):
        yield _event("content_block_delta", index=index, delta={"type": kind, name: piece})
    yield _event("content_block_stop", index=index)


def _pieces(text: str) -> list[str]:
    size = max(1, -(-len(text) // PIECES))
    return [text[i : i + size] for i in range(0, len(text), size)]


def closing(answer: Reply) -> bytes:
    """The last two events of a stream."""
    delta = {"stop_reason": answer.stop, "stop_sequence": None}
    usage = {"output_tokens": answer.output_tokens}
    return _event("message_delta", delta=delta, usage=usage) + _event("message_stop")


def error_event(error: Mapping[str, object]) -> bytes:
    """The event that ends a stream which went wrong."""
    return f"event: error\ndata: {json.dumps(error)}\n\n".encode()


def _event(name: str, **fields: object) -> bytes:
    data = json.dumps({"type": name, **fields}, separators=(",", ":"))
    return f"event: {name}\ndata: {data}\n\n".encode()
