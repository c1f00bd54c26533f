"""A request as the sequence of blocks that the prompt cache sees."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

CHARACTERS_PER_TOKEN = 3.5
TTL_SECONDS = {"5m": 300, "1h": 3600}

_JOINED = ("tool_use", "tool_result")
"""Blocks of these types that follow each other count as one position."""


@dataclass(frozen=True, slots=True)
class Block:
    """`text` is what the key is made of, `characters` what is billed; `ttl` is the lifetime in
    seconds asked for by a breakpoint, 0 without one; `run` is the type of a block that shares its
    position with neighbours of that type."""

    level: str
    text: str
    characters: int
    ttl: int = 0
    run: str = ""


def compact(value: object) -> str:
    """JSON without white space, keys as they came: another order is another prefix."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def tokens(characters: int) -> int:
    """The house's estimate of tokens."""
    return round(characters / CHARACTERS_PER_TOKEN)


def blocks(body: Mapping[str, Any]) -> list[Block]:
    """All blocks in the order of the cache: output format, tools, system, messages.

    `body` has passed `checks.check`. Settings that belong to a level stand before its first block.
    """
    found = [*_format(body), *_tools(body), *_system(body), *_messages(body)]
    if mark := body.get("cache_control"):
        # The automatic breakpoint goes to the last block.
        found[-1] = replace(found[-1], ttl=found[-1].ttl or _ttl(mark))
    return found


def prompt_parts(content: str | list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Content blocks of a message or system prompt, which may also be a plain string."""
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def turns(messages: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Roles with their blocks; messages of one role that follow each other are one turn."""
    found: list[tuple[str, list[dict[str, Any]]]] = []
    for message in messages:
        parts = prompt_parts(message["content"])
        if found and found[-1][0] == message["role"]:
            found[-1][1].extend(parts)
        else:
            found.append((message["role"], [*parts]))
    return found


def _format(body: Mapping[str, Any]) -> Iterator[Block]:
    if asked := (body.get("output_config") or {}).get("format"):
        # The service puts an explanation of the format before everything else.
        text = compact(asked)
        yield Block("format", text, len(text))


def _tools(body: Mapping[str, Any]) -> Iterator[Block]:
    for tool in body.get("tools") or ():
        yield _block("tools", tool)


def _system(body: Mapping[str, Any]) -> Iterator[Block]:
    lead = compact({"speed": body["speed"]}) if body.get("speed") else ""
    for part in prompt_parts(body.get("system") or []):
        yield _block("system", part, lead)
        lead = ""


def _messages(body: Mapping[str, Any]) -> Iterator[Block]:
    lead = _settings(body)
    for number, (role, parts) in enumerate(turns(body["messages"])):
        for part in parts:
            yield _block(f"{number} {role}", part, lead)
            lead = ""


def _settings(body: Mapping[str, Any]) -> str:
    effort = (body.get("output_config") or {}).get("effort") or "high"
    images = any(
        part["type"] == "image" for m in body["messages"] for part in prompt_parts(m["content"])
    )
    # The default effort equals leaving it out.
    return compact([body.get("tool_choice"), body.get("thinking"), effort, images])


def _block(level: str, part: Mapping[str, Any], lead: str = "") -> Block:
    rest = {name: value for name, value in part.items() if name != "cache_control"}
    text = rest["text"] if rest.keys() == {"type", "text"} else compact(rest)
    mark = part.get("cache_control")
    kind = str(part.get("type", ""))
    run = kind if kind in _JOINED else ""
    return Block(level, f"{lead}\0{text}", len(text), _ttl(mark) if mark else 0, run)


def _ttl(mark: Mapping[str, str]) -> int:
    return TTL_SECONDS[mark.get("ttl", "5m")]
