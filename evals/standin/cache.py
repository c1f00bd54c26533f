"""What a request reads from the prompt cache, writes into it and pays in full.

The rules are those of Anthropic's documentation of October 2026. An entry is the exact content up to
a breakpoint; a breakpoint looks back for an earlier entry; an entry can be read once the answer of
the request that wrote it has begun, and lives from the start of the request that wrote or last read
it. Entries belong to one model.
"""

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from evals.standin.blocks import TTL_SECONDS, Block, blocks, tokens
from evals.standin.models import MODELS

LOOK_BACK = 20
"""Positions that a breakpoint looks at, its own included."""

HOUR = TTL_SECONDS["1h"]

Key = bytes


@dataclass(frozen=True)
class Prompt:
    """A request as the cache sees it. For each block: the key of the content up to it, the tokens
    up to it and its position."""

    model: str
    blocks: Sequence[Block]
    keys: Sequence[Key]
    sums: Sequence[int]
    positions: Sequence[int]

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Self:
        """From a request that has passed the checks; each block is hashed once."""
        model, found = body["model"], blocks(body)
        keys: list[Key] = []
        sums: list[int] = []
        positions: list[int] = []
        key, characters, position, run = model.encode(), 0, -1, ""
        for block in found:
            step = f"{block.level}\0{block.text}".encode(errors="surrogatepass")
            key = hashlib.blake2b(step, key=key, digest_size=16).digest()
            characters += block.characters
            if not block.run or block.run != run:
                position += 1
            run = block.run
            keys.append(key)
            sums.append(tokens(characters))
            positions.append(position)
        return cls(model, found, keys, sums, positions)

    @property
    def tokens(self) -> int:
        """Of the whole prompt."""
        return self.sums[-1]

    @property
    def prefix(self) -> str:
        """A name for model, tools and system prompt together; empty when there are none."""
        ends = [i for i, block in enumerate(self.blocks) if block.level in ("tools", "system")]
        return self.keys[ends[-1]].hex() if ends else ""


@dataclass(slots=True)
class _Entry:
    ttl: int
    expires: float


@dataclass(frozen=True)
class Usage:
    """Tokens of one request by price. `uncached`, `read`, `written_5m` and `written_1h` add up to
    the whole prompt."""

    uncached: int
    read: int
    written_5m: int
    written_1h: int

    @property
    def written(self) -> int:
        return self.written_5m + self.written_1h

    @property
    def total(self) -> int:
        return self.uncached + self.read + self.written

    @property
    def uncached_equivalent(self) -> float:
        """Price of the prompt in units of one uncached input token."""
        return self.uncached + 1.25 * self.written_5m + 2 * self.written_1h + 0.1 * self.read

    def wire(self) -> dict[str, object]:
        """The `usage` fields of an answer."""
        return {
            "input_tokens": self.uncached,
            "cache_creation_input_tokens": self.written,
            "cache_read_input_tokens": self.read,
            "cache_creation": {
                "ephemeral_5m_input_tokens": self.written_5m,
                "ephemeral_1h_input_tokens": self.written_1h,
            },
        }


@dataclass(frozen=True)
class Account:
    """What one request costs; `begin()` when its answer begins, so that others can read it."""

    usage: Usage
    begin: Callable[[], None]


class PrefixCache:
    """Entries of all models. `clock` answers seconds and may be a test's own."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._entries: dict[Key, _Entry] = {}

    def account(self, prompt: Prompt) -> Account:
        """Bill one request; entries that it reads are renewed at once, those that it writes
        appear with `begin()`."""
        now, sums = self._clock(), prompt.sums
        marks = [i for i, block in enumerate(prompt.blocks) if block.ttl]
        read = max((self._read(prompt, mark, now) for mark in marks), default=0)
        minimum = MODELS[prompt.model].minimum
        new = [i for i in marks if sums[i] > read and sums[i] >= minimum]
        until_hour = max([read, *(sums[i] for i in new if prompt.blocks[i].ttl == HOUR)])
        until_mark = max([until_hour, *(sums[i] for i in new)])
        usage = Usage(prompt.tokens - until_mark, read, until_mark - until_hour, until_hour - read)

        def begin() -> None:
            for i in new:
                self._store(prompt.keys[i], prompt.blocks[i].ttl, now)

        return Account(usage, begin)

    def _read(self, prompt: Prompt, mark: int, now: float) -> int:
        """Tokens of the longest entry in reach of one breakpoint."""
        for i in range(mark, -1, -1):
            if prompt.positions[mark] - prompt.positions[i] >= LOOK_BACK:
                break
            entry = self._entries.get(prompt.keys[i])
            if entry and now < entry.expires:
                entry.expires = now + entry.ttl
                return prompt.sums[i]
        return 0

    def _store(self, key: Key, ttl: int, start: float) -> None:
        kept = self._entries.get(key)
        if kept is None or kept.expires < start + ttl:
            self._entries[key] = _Entry(ttl, start + ttl)
