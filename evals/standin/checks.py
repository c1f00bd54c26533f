"""What the real service refuses, refused with the same words or the same kind of words."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from evals.standin.blocks import prompt_parts, turns
from evals.standin.errors import ApiError, invalid
from evals.standin.models import MODELS

BREAKPOINTS = 4
ROLES = ("user", "assistant", "system")
_TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")


def check_headers(headers: Mapping[str, str], key: str) -> None:
    """Raises `ApiError` on a missing or wrong key and on a missing version."""
    given = headers.get("x-api-key") or headers.get("authorization", "").removeprefix("Bearer ")
    if not given:
        raise ApiError("authentication_error", "x-api-key header is required")
    if given != key:
        raise ApiError("authentication_error", "invalid x-api-key")
    if not headers.get("anthropic-version"):
        raise invalid("anthropic-version: header is required")


def parse(raw: bytes) -> dict[str, Any]:
    """The JSON object of a request; raises `ApiError` when it is none."""
    try:
        body = json.loads(raw)
    except ValueError:
        raise invalid("The request body is not valid JSON") from None
    if not isinstance(body, dict):
        raise invalid("The request body must be a JSON object")
    return body


def check(body: Mapping[str, Any], *, counting: bool = False) -> None:
    """Raises `ApiError`. `counting`: a request that only counts tokens needs no `max_tokens`."""
    name = body.get("model")
    if not isinstance(name, str):
        raise invalid("model: Field required")
    if name not in MODELS:
        raise ApiError("not_found_error", f"model: {name}")
    if not counting:
        _limit(body)
    _shape(body)
    _tools(body.get("tools") or [])
    _turns(body["messages"], MODELS[name].inline)
    _calls(body["messages"])
    _breakpoints(body)
    if choice := body.get("tool_choice"):
        _choice(body, choice, name)


def _limit(body: Mapping[str, Any]) -> None:
    limit = body.get("max_tokens")
    if limit is None:
        raise invalid("max_tokens: Field required")
    if not isinstance(limit, int) or limit < 0:
        raise invalid("max_tokens: Input should be greater than or equal to 0")
    # Zero fills the cache and answers nothing; what promises an answer is refused beside it.
    format_ = (body.get("output_config") or {}).get("format")
    forced = (body.get("tool_choice") or {}).get("type") in ("any", "tool")
    if limit == 0 and (body.get("stream") or format_ or forced or _thinks(body)):
        raise invalid("max_tokens: 0 is not allowed with this combination of parameters")


def _shape(body: Mapping[str, Any]) -> None:
    messages = body.get("messages")
    if not isinstance(messages, list):
        raise invalid("messages: Field required")
    if not messages:
        raise invalid("messages: at least one message is required")
    for number, message in enumerate(messages):
        where = f"messages.{number}"
        if not isinstance(message, dict) or message.get("role") not in ROLES:
            raise invalid(f'{where}.role: Input should be "user" or "assistant"')
        _content(message.get("content"), f"{where}.content")
        if not message["content"]:
            raise invalid(f"{where}: all messages must have non-empty content")
    if body.get("system") is not None:
        _content(body["system"], "system")


def _content(content: object, where: str) -> None:
    if not isinstance(content, str | list):
        raise invalid(f"{where}: Input should be a string or a list of blocks")
    for part in prompt_parts(content):
        if not isinstance(part, dict) or not isinstance(part.get("type"), str):
            raise invalid(f"{where}: each block must be an object with a type")
        if part["type"] == "text" and not str(part.get("text", "")).strip():
            raise invalid(f"{where}: text content blocks must be non-empty")


def _tools(tools: Sequence[Mapping[str, Any]]) -> None:
    for number, tool in enumerate(tools):
        if not _TOOL_NAME.fullmatch(str(tool.get("name", ""))):
            raise invalid(f"tools.{number}.custom.name: String should match {_TOOL_NAME.pattern}")
        if (tool.get("input_schema") or {}).get("type") != "object":
            raise invalid(f"tools.{number}.custom.input_schema.type: Input should be 'object'")
    if len({tool["name"] for tool in tools}) < len(tools):
        raise invalid("tools: Tool names must be unique.")


def _turns(messages: Sequence[Mapping[str, Any]], inline: bool) -> None:
    """Messages of one role may follow each other: the service combines them."""
    if messages[0]["role"] != "user":
        raise invalid('messages: first message must use the "user" role')
    found = turns(messages)
    for number, (role, _) in enumerate(found):
        if role == "system" and not inline:
            raise invalid(f'messages.{number}.role: Input should be "user" or "assistant"')
        if role == "system" and found[number - 1][0] != "user":
            raise invalid(f"messages.{number}: a system message must follow a user turn")


def _calls(messages: Sequence[Mapping[str, Any]]) -> None:
    """Each tool call has its result in the next turn, and each result its call before it."""
    open_calls: set[str] = set()
    for number, (_, parts) in enumerate(turns(messages)):
        results = {str(p.get("tool_use_id")) for p in parts if p["type"] == "tool_result"}
        if missing := open_calls - results:
            raise invalid(
                f"messages.{number}: `tool_use` ids were found without `tool_result` blocks "
                f"immediately after: {', '.join(sorted(missing))}"
            )
        if unknown := results - open_calls:
            raise invalid(
                f"messages.{number}: unexpected `tool_use_id` found in `tool_result` blocks: "
                f"{', '.join(sorted(unknown))}"
            )
        open_calls = {str(p.get("id")) for p in parts if p["type"] == "tool_use"}


def _breakpoints(body: Mapping[str, Any]) -> None:
    parts = [*(body.get("tools") or []), *prompt_parts(body.get("system") or [])]
    for message in body["messages"]:
        parts += prompt_parts(message["content"])
    found = [part["cache_control"] for part in (*parts, body) if part.get("cache_control")]
    if len(found) > BREAKPOINTS:
        raise invalid(
            f"A maximum of {BREAKPOINTS} blocks with cache_control may be provided. "
            f"Found {len(found)}."
        )
    lifetimes = [mark.get("ttl", "5m") for mark in found]
    if not {*lifetimes} <= {"5m", "1h"}:
        raise invalid("cache_control.ttl: Input should be '5m' or '1h'")
    if lifetimes != sorted(lifetimes):  # "1h" sorts before "5m"
        raise invalid(
            "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block"
        )


def _choice(body: Mapping[str, Any], choice: Mapping[str, Any], model: str) -> None:
    tools = [tool["name"] for tool in body.get("tools") or []]
    if not tools:
        raise invalid("tool_choice: may only be specified while providing tools")
    kind = choice.get("type")
    if kind not in ("auto", "any", "tool", "none"):
        raise invalid("tool_choice.type: Input should be 'auto', 'any', 'tool' or 'none'")
    if kind == "tool" and choice.get("name") not in tools:
        raise invalid(f"Tool '{choice.get('name')}' not found in provided tools")
    if kind in ("any", "tool"):
        if not MODELS[model].forces:
            raise invalid(f"tool_choice: type '{kind}' is not supported by {model}")
        if _thinks(body):
            raise invalid("Thinking may not be enabled when tool_choice forces tool use.")


def _thinks(body: Mapping[str, Any]) -> bool:
    return (body.get("thinking") or {}).get("type") == "enabled"
