"""The models the stand-in knows: what their documentation says about cache and tool choice."""

from collections.abc import Mapping
from dataclasses import dataclass

WINDOW = 200_000
"""Tokens of context unless the server is told otherwise; larger windows are a matter of account."""


@dataclass(frozen=True)
class Model:
    """`minimum`: tokens below which a prefix is silently not cached. `forces`: whether the model
    accepts a `tool_choice` of `any` or `tool`. `inline`: whether it takes `system` messages between
    the others."""

    minimum: int
    forces: bool = True
    inline: bool = True


MODELS: Mapping[str, Model] = {
    # Haiku 5.5's minimum is not published: the one of its predecessor is the careful choice.
    "claude-haiku-4-5": Model(4096, inline=False),
    "claude-haiku-5-5": Model(4096),
    "claude-sonnet-4-5": Model(1024, inline=False),
    "claude-sonnet-4-6": Model(1024, inline=False),
    "claude-sonnet-5": Model(1024, inline=False),
    "claude-sonnet-5-5": Model(512, forces=False),
    "claude-opus-4-5": Model(4096, inline=False),
    "claude-opus-4-6": Model(4096, inline=False),
    "claude-opus-4-7": Model(2048, inline=False),
    "claude-opus-4-8": Model(1024),
    "claude-opus-5": Model(512),
    "claude-opus-5-5": Model(512, forces=False),
    "claude-fable-5": Model(512),
    "claude-fable-5-1": Model(512, forces=False),
    "claude-mythos-5": Model(512),
    "claude-mythos-5-1": Model(512, forces=False),
}
