"""Flows in a sentence: who calls, sends to, or reads from whom."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agents.analysts.lexical.lexicon import Lexicon, Verb
from agents.analysts.lexical.phrases import Mention, Token
from agents.analysts.lexical.sentences import negated

_AUX = frozenset("is are was were be been being gets get got".split())
_BETWEEN = frozenset(
    "will would shall can could may might must should does do did has have to also then then only now which "
    "that who and either first directly simply just automatically subsequently periodically securely it both "
    "itself in turn optionally asynchronously synchronously".split()
)
_DETERMINERS = frozenset(
    "a an the this that these those its their our your each every any some no of in on at by with for from per "
    "all via through new other same api external internal".split()
)
_MODAL = frozenset("to can will may must should shall could would might then and or not we they also".split())
_INTO = frozenset("to into in with on onto against at".split())
_STORING = frozenset(
    "write store save persist log index record archive append copy commit replicate inject insert upsert load "
    "export register publish upload delete".split()
)
_TALKING = frozenset("talk communicate interact integrate authenticate connect share register sync".split())
_CLAUSE_END = re.compile(r"[;.!?](?:\s|$)|\bso that\b|\bbecause\b|\bwhile\b|\bwhereas\b")
_COORDINATION = re.compile(r"\s*(?:,|and|or|&|/|,\s*and|,\s*or)\s*(?:the|a|an|our|its|their|to|from|in|into)?\s*", re.I)
_REACH = 16


@dataclass(frozen=True)
class RawFlow:
    """A flow between two mentions, before names are resolved."""

    source: Mention
    target: Mention
    label: str


class Clauses:
    """Reads the flows of one sentence; `before` is the subject that the context gives."""

    def __init__(
        self,
        plain: str,
        line: Sequence[Token],
        mentions: Sequence[Mention],
        lexicon: Lexicon,
        before: Mention | None,
    ):
        self.plain, self.line, self.mentions, self.before = plain, line, mentions, before
        inside = {position for m in mentions for position in range(m.first, m.last)}
        self.verbs = [
            (position, verb)
            for position, token in enumerate(line)
            if (verb := lexicon.verbs.get(token.low)) is not None
            and position not in inside
            and not self._is_noun(position, verb)
        ]
        self.subject: Mention | None = None

    def flows(self) -> list[RawFlow]:
        """All flows that the sentence states, in order."""
        found: list[RawFlow] = []
        for number, (position, verb) in enumerate(self.verbs):
            own = self._own_subjects(position)
            if own:
                self.subject = own[-1]
            end = self.verbs[number + 1][0] if number + 1 < len(self.verbs) else len(self.line)
            end = min(end, position + _REACH, self._clause_end(position))
            if negated(self.plain[self._clause_start(position) : self.line[position].end]):
                continue
            if verb.form == "past":
                found += self._passive(position, verb, end, own)
            else:
                subjects = own or self._subjects_before(position)
                found += self._active(position, verb, end, subjects)
        return [f for f in found if f.source.key != f.target.key]

    def _is_noun(self, position: int, verb: Verb) -> bool:
        before = self.line[position - 1].low if position else ""
        after = self.line[position + 1].low if position + 1 < len(self.line) else ""
        if verb.form in ("past", "ing"):
            return verb.form == "ing" and before in ("a", "an", "the", "of")
        if before in _DETERMINERS or after in ("is", "are", "was", "were", "of", "will", "must", "should"):
            return True
        if verb.form == "third":
            return False
        starts = position == 0
        ends_mention = any(m.last == position for m in self.mentions)
        plural = before.endswith("s")
        return not (starts or before in _MODAL or (ends_mention and plural) or before.endswith("ly"))

    def _own_subjects(self, position: int) -> list[Mention]:
        """Mentions right before the verb, with only small words between; coordinated ones too."""
        last = None
        for mention in self.mentions:
            if mention.last <= position:
                last = mention
        if last is None:
            return []
        between = [token.low for token in self.line[last.last : position]]
        gap = self.plain[self.line[last.last - 1].end : self.line[position].start]
        if any(w not in _BETWEEN | _AUX and not w.endswith("ly") for w in between) or ";" in gap:
            return []
        if "and" in between and not gap.lstrip().startswith(","):
            # `X calls Y and stores Z`: the subject is the one of the first verb.
            if any(p < last.first for p, _ in self.verbs):
                return []
        found = [last]
        for mention in reversed([m for m in self.mentions if m.last <= last.first]):
            joined = self.plain[self.line[mention.last - 1].end : self.line[found[0].first].start]
            if not joined or not _COORDINATION.fullmatch(joined):
                break
            if any(mention.last <= p < found[0].first for p, _ in self.verbs):
                break
            found.insert(0, mention)
        # `call to the gateway sends`: after a preposition the mention is no subject.
        first = found[0].first
        lead = self.line[first - 1].low if first else ""
        lead = self.line[first - 2].low if lead in ("the", "a", "an", "its", "their", "our") and first > 1 else lead
        if lead in ("to", "from", "with", "via", "in", "for", "of", "through") and "that" not in between:
            return [] if self.subject or "which" not in between else found
        return found

    def _subjects_before(self, position: int) -> list[Mention]:
        if self.subject is not None:
            return [self.subject]
        start = " ".join(token.low for token in self.line[:position])
        if self.before is not None and (not start or re.fullmatch(r"(it|this|they|and|then|also|which|will|\s)*", start)):
            return [self.before]
        return []

    def _active(self, position: int, verb: Verb, end: int, subjects: list[Mention]) -> list[RawFlow]:
        if not subjects:
            return []
        if verb.way == "reads":
            sources = self._after(position, end, frozenset({"from"})) or self._objects(position, end)
            return [RawFlow(o, s, verb.lemma) for o in sources for s in subjects]
        if verb.way == "sends":
            targets = self._after(position, end, self._prepositions(verb))
        else:
            targets = self._objects(position, end)
        return [RawFlow(s, o, verb.lemma) for s in subjects for o in targets]

    def _passive(self, position: int, verb: Verb, end: int, own: list[Mention]) -> list[RawFlow]:
        agents = self._after(position, end, frozenset({"by"}))
        context = [self.before] if self.before is not None else []
        if verb.way == "sends":
            sources = self._after(position, end, frozenset({"from"})) or agents
            targets = self._after(position, end, self._prepositions(verb))
            return [RawFlow(s, t, verb.lemma) for s in sources or context for t in targets]
        if verb.way == "reads":
            sources = self._after(position, end, frozenset({"from"})) or (own if agents else [])
            return [RawFlow(s, a, verb.lemma) for s in sources for a in agents or context]
        return [RawFlow(a, o, verb.lemma) for a in agents for o in own]

    def _prepositions(self, verb: Verb) -> frozenset[str]:
        if verb.lemma in _STORING:
            return _INTO
        return frozenset({"to", "into", "with"}) if verb.lemma in _TALKING else frozenset({"to", "into"})

    def _after(self, position: int, end: int, prepositions: frozenset[str]) -> list[Mention]:
        """The mentions that follow one of the prepositions within reach."""
        for at in range(position + 1, end):
            if self.line[at].low not in prepositions:
                continue
            found = [m for m in self.mentions if at < m.first <= at + 6 and m.first < end]
            if found and not self._crossed(at, found[0].first, prepositions):
                return self._coordinated(found)
        return []

    def _objects(self, position: int, end: int) -> list[Mention]:
        found = [m for m in self.mentions if position < m.first < end and m.first <= position + 9]
        if not found or self._crossed(position, found[0].first, frozenset()):
            return []
        return self._coordinated(found)

    def _crossed(self, start: int, end: int, allowed: frozenset[str]) -> bool:
        """True when another preposition stands between: the mention belongs to that one."""
        small = {"of", "via", "by", "for", "from", "with", "in", "to", "using", "through", "as", "when", "where"}
        return any(t.low in small - allowed - {"of"} for t in self.line[start + 1 : end])

    def _coordinated(self, found: list[Mention]) -> list[Mention]:
        kept = found[:1]
        for mention in found[1:]:
            gap = self.plain[self.line[kept[-1].last - 1].end : self.line[mention.first].start]
            if not _COORDINATION.fullmatch(gap):
                break
            kept.append(mention)
        return kept

    def _clause_end(self, position: int) -> int:
        match = _CLAUSE_END.search(self.plain, self.line[position].end)
        if not match:
            return len(self.line)
        return next((n for n, t in enumerate(self.line) if t.start >= match.start()), len(self.line))

    def _clause_start(self, position: int) -> int:
        end = self.line[position].start
        return max(self.plain.rfind(mark, 0, end) for mark in (";", ",", ":", "(", " but ")) + 1
