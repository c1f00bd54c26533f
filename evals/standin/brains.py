"""What answers in the place of a model."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

from evals.standin.blocks import prompt_parts

PREFIX = "submit_"
_NAMED = re.compile(rf"Answer with ({PREFIX}\w+)\.")

Value = Mapping[str, object]


@dataclass(frozen=True)
class Asked:
    """One request, as a brain sees it.

    `step` is the wanted tool without `submit_`, empty when the request offers no tool; `tool` its
    full name. `text` is the last prompt, `corrections` what was said about the answers since.
    """

    step: str
    tool: str
    model: str
    system: str
    text: str
    schema: Mapping[str, Any]
    corrections: tuple[str, ...]

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Self:
        """From a request that has passed the checks."""
        tools = {tool["name"]: tool["input_schema"] for tool in body.get("tools") or []}
        at, name = _wanted(body["messages"], tools)
        name = name or (body.get("tool_choice") or {}).get("name") or next(reversed(tools), "")
        asked_format = (body.get("output_config") or {}).get("format") or {}
        system = [part.get("text", "") for part in prompt_parts(body.get("system") or [])]
        return cls(
            step=name.removeprefix(PREFIX),
            tool=name,
            model=body["model"],
            system="\n\n".join(system),
            text=_text(body["messages"][at]),
            schema=tools[name] if name else asked_format.get("schema", {}),
            corrections=tuple(_corrections(body["messages"][at + 1 :])),
        )


def _text(message: Mapping[str, Any]) -> str:
    parts = prompt_parts(message["content"])
    return "\n\n".join(part["text"] for part in parts if part["type"] == "text")


def _wanted(messages: Sequence[Mapping[str, Any]], tools: Mapping[str, Any]) -> tuple[int, str]:
    """The prompt and the tool named last in it. A later request to answer properly names none:
    what is wanted stands in the prompt before it."""
    prompts = [i for i, m in enumerate(messages) if m["role"] == "user" and _text(m)]
    for i in reversed(prompts):
        named = [name for name in _NAMED.findall(_text(messages[i])) if name in tools]
        if named:
            return i, named[-1]
    return (prompts[-1] if prompts else 0), ""


def _corrections(messages: Sequence[Mapping[str, Any]]) -> list[str]:
    found = []
    for message in messages:
        if message["role"] == "assistant":
            continue
        for part in prompt_parts(message["content"]):
            if part["type"] == "text":
                found.append(part["text"])
            elif part["type"] == "tool_result" and part.get("is_error"):
                inner = prompt_parts(part.get("content") or [])
                found.append("\n".join(p["text"] for p in inner if p["type"] == "text"))
    return found


class Brain(Protocol):
    """Called on the server's loop: it must not block for long."""

    def answer(self, asked: Asked) -> Value:
        """The input of the wanted tool, as JSON values."""
        ...


Answer = Value | Sequence[Value] | Callable[[Asked], Value]


class Scripted:
    """Answers by step: always the same, one after the other (the last one stays), or computed."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self._answers = answers
        self._given: Counter[str] = Counter()

    def answer(self, asked: Asked) -> Value:
        """Raises `LookupError` for a step that has no answer."""
        if asked.step not in self._answers:
            raise LookupError(f"the script has no answer for {asked.step!r}")
        found = self._answers[asked.step]
        if callable(found):
            return found(asked)
        if isinstance(found, Mapping):
            return found
        turn = self._given[asked.step]
        self._given[asked.step] += 1
        return found[min(turn, len(found) - 1)]
