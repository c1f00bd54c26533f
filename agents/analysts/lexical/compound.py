"""Names of two nouns, and a noun with the product behind it: each is one part, not two."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from agents.analysts.lexical.lexicon import singular
from agents.analysts.lexical.phrases import Mention, Token, name_key

HEADS = ("service", "component", "application", "platform", "server", "engine", "backend")
"""Behind another noun these say nothing new: an `assistant service` is the assistant."""
_PEOPLE = frozenset({"external_user", "human_operator", "external_content"})
_MADE_WITH = re.compile(
    r"\s*(?:\(\s*|,?\s*(?:hosted|run|served|provided|offered|called|named|implemented|built)?\s*"
    r"(?:at|from|by|on|in|of|via|with)?\s+(?:an?\s+|the\s+)?)",
    re.I,
)


def joined(mentions: Sequence[Mention], plain: str, line: Sequence[Token]) -> list[Mention]:
    """The mentions of a sentence, with `assistant` `service` as one."""
    found: list[Mention] = []
    for mention in mentions:
        if found and _is_head(found[-1], mention, plain, line):
            mention = _compound(found.pop(), mention, plain, line)
        found.append(mention)
    return found


def _is_head(one: Mention, other: Mention, plain: str, line: Sequence[Token]) -> bool:
    word = line[one.last - 1].low
    plural = singular(word) != word
    head = other.bare and singular(line[other.first].low) in HEADS
    touching = plain[line[one.last - 1].end : line[other.first].start] == " "
    generic = one.sort == other.sort == "generic" and one.kind != "service"
    return head and touching and generic and not plural


def _compound(one: Mention, head: Mention, plain: str, line: Sequence[Token]) -> Mention:
    name = plain[line[one.first].start : line[head.last - 1].end]
    return replace(
        one,
        name=name,
        key=name_key(name, named=False),
        kind=head.kind if one.kind in _PEOPLE else one.kind,
        last=head.last,
        bare=False,
    )


def products(
    mentions: Sequence[Mention], plain: str, line: Sequence[Token]
) -> Iterator[tuple[Mention, Mention]]:
    """A common noun and the product behind it of the same kind: `hosted LLM at OpenAI`."""
    for one, other in zip(mentions, mentions[1:], strict=False):
        between = plain[line[one.last - 1].end : line[other.first].start]
        alike = one.kind == other.kind and one.kind not in _PEOPLE
        named = one.sort == "generic" and other.sort in ("named", "exact") and not one.bare
        if alike and named and _MADE_WITH.fullmatch(between):
            yield one, other
