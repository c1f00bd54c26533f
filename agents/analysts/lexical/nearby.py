"""Flows that a sentence implies without stating them as subject, verb and object."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from agents.analysts.lexical.clauses import RawFlow
from agents.analysts.lexical.grammar import ALSO
from agents.analysts.lexical.lexicon import Lexicon
from agents.analysts.lexical.phrases import Mention, Token
from agents.analysts.lexical.sentences import forbids

_APART = 14
"""Words between two parts beyond which a sentence no longer ties them together."""
_AGAINST = frozenset({"from", "by"})
"""Between two parts: the second one gives or acts."""
_ALONG = frozenset("to into in on onto with via through using at for over inside against".split())
_SOURCES = frozenset({"external_user", "external_content", "human_operator"})


def nearby(
    plain: str,
    line: Sequence[Token],
    mentions: Sequence[Mention],
    stated: Sequence[RawFlow],
    lexicon: Lexicon,
) -> list[RawFlow]:
    """One flow for each two neighbouring parts of which the stated flows leave one out.

    A verb or a preposition between them gives the direction; where neither stands, or something
    is denied, there is none. People and outside content give, unless they are named as receivers.
    What is added with `and` and no verb of its own has the flows of the part before it.
    """
    joined = {frozenset((f.source.key, f.target.key)) for f in stated if f.source is not None}
    settled = {end.key for f in stated if f.source is not None for end in (f.source, f.target)}
    found: list[RawFlow] = []
    for one, other in zip(mentions, mentions[1:], strict=False):
        between = line[one.last : other.first]
        if one.key == other.key or not between or len(between) > _APART:
            continue
        if frozenset((one.key, other.key)) in joined or {one.key, other.key} <= settled:
            continue
        text = plain[line[one.last - 1].end : line[other.first].start]
        verb = next((lexicon.verbs[t.low] for t in between if t.low in lexicon.verbs), None)
        cues = {token.low for token in between}
        if forbids(text) or ";" in text or not (verb or cues & (_ALONG | _AGAINST)):
            continue
        span = (line[one.first].start, line[other.last - 1].end)
        shared = list(_instead(one, other, stated)) if verb is None and ALSO.match(text) else []
        if shared:
            found += [replace(flow, span=span) for flow in shared]
            continue
        label = verb.lemma if verb is not None else ""
        back = bool(cues & _AGAINST) or (verb is not None and verb.way == "reads")
        if verb is not None and verb.form == "past" and "by" not in cues and "from" not in cues:
            back = False
        if back and one.kind in _SOURCES and "by" not in cues:
            back = False
        source, target = (other, one) if back else (one, other)
        found.append(RawFlow(source, target, label, span=span))
    return found


def _instead(one: Mention, other: Mention, stated: Sequence[RawFlow]) -> Iterator[RawFlow]:
    """The stated flows of the first part, with the second in its place."""
    for flow in stated:
        if flow.source is None or other.key in (flow.source.key, flow.target.key):
            continue
        if flow.target.key == one.key:
            yield replace(flow, target=other)
        elif flow.source.key == one.key:
            yield replace(flow, source=other)
