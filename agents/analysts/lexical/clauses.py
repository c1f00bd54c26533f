"""Flows in a sentence: who calls, sends to, or reads from whom."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from agents.analysts.lexical.grammar import (
    ARTICLES,
    ASIDE,
    AUX,
    BETWEEN,
    CLAUSE_END,
    COORDINATION,
    DETERMINERS,
    INTO,
    LEADS_AWAY,
    MODAL,
    NOUN_BEFORE,
    ON_A_STORE,
    REACH,
    STORING,
    TALKING,
)
from agents.analysts.lexical.lexicon import Lexicon, Verb, singular
from agents.analysts.lexical.phrases import Mention, Token
from agents.analysts.lexical.sentences import forbids


@dataclass(frozen=True)
class RawFlow:
    """A flow between two mentions, before names are resolved."""

    source: Mention | None
    """None when the sentence does not say who acts."""
    target: Mention
    label: str
    reads: bool = False
    """The target takes; it is the one who acts."""
    span: tuple[int, int] = (0, 0)
    """Characters of the plain sentence in which the flow is stated."""

    @property
    def actor(self) -> Mention | None:
        """Who does what the verb says."""
        return self.target if self.reads else self.source


class Clauses:
    """Reads the flows of one sentence; `before` is who `it` is, `near` when the heading says so."""

    def __init__(
        self,
        plain: str,
        line: Sequence[Token],
        mentions: Sequence[Mention],
        lexicon: Lexicon,
        before: Mention | None,
        near: bool,
    ):
        self.plain, self.line, self.mentions = plain, line, mentions
        self.before, self.near = before, near
        inside = {position for m in mentions for position in range(m.first, m.last)}
        self._forms = lexicon.verbs
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
            end = min(end, position + REACH, self._clause_end(position))
            if forbids(self.plain[self._clause_start(position) : self.line[position].end]):
                continue
            if verb.form == "past":
                stated = self._passive(position, verb, end, own)
            else:
                subjects = own or self._subjects_before(position)
                stated = self._active(position, verb, end, subjects)
            start = self.line[self.verbs[number - 1][0]].end if number else 0
            span = (start, self.line[min(end, len(self.line)) - 1].end)
            found += [replace(flow, span=span) for flow in stated]
        return [f for f in found if f.source is None or f.source.key != f.target.key]

    def _is_noun(self, position: int, verb: Verb) -> bool:
        before = self.line[position - 1].low if position else ""
        if position and self.plain[self.line[position - 1].end : self.line[position].start].strip():
            before = ""
        ends_mention = any(m.last == position for m in self.mentions)
        if ends_mention:
            before = singular(before) if verb.form != "base" else before
        after = self.line[position + 1].low if position + 1 < len(self.line) else ""
        if verb.lemma == "use" and verb.form == "ing":
            return True
        if verb.form in ("past", "ing"):
            nouns = ("a", "an", "the", "of") if verb.form == "ing" else DETERMINERS
            return before in nouns and not ends_mention
        if (before in DETERMINERS and not ends_mention) or after in NOUN_BEFORE:
            return True
        if verb.form == "third":
            # `makes requests to`, `sends queries to`
            lead = self._forms.get(before)
            return lead is not None
        starts = position == 0
        plural = before.endswith("s")
        return not (starts or before in MODAL or (ends_mention and plural) or before.endswith("ly"))

    def _own_subjects(self, position: int) -> list[Mention]:
        """Mentions right before the verb, with only small words between; coordinated ones too."""
        before = [m for m in self.mentions if m.last <= position]
        if not before:
            return []
        last = before[-1]
        gap = self.plain[self.line[last.last - 1].end : self.line[position].start]
        gap = ASIDE.sub(" ", gap)
        between = re.findall(r"\w+", gap.lower())
        if any(w not in BETWEEN | AUX and not w.endswith("ly") for w in between) or ";" in gap:
            return []
        # `X calls Y and stores Z`: the subject is the one of the first verb.
        joined = gap.strip() == "," or ("and" in between and not gap.lstrip().startswith(","))
        if joined and any(p < last.first for p, _ in self.verbs):
            return []
        found = self._coordinated_before(before)
        if self._led_away(found[0].first) and "that" not in between:
            return found if "which" in between and self.subject is None else []
        return found

    def _coordinated_before(self, before: Sequence[Mention]) -> list[Mention]:
        found = [before[-1]]
        for mention in reversed(before[:-1]):
            joined = self.plain[self.line[mention.last - 1].end : self.line[found[0].first].start]
            if not joined or not COORDINATION.fullmatch(joined):
                break
            if any(mention.last <= p < found[0].first for p, _ in self.verbs):
                break
            found.insert(0, mention)
        return found

    def _led_away(self, first: int) -> bool:
        """True behind a preposition: in `calls to the gateway` the gateway is no subject."""
        words = [token.low for token in self.line[max(0, first - 2) : first]]
        if len(words) > 1 and words[-1] in ARTICLES:
            words.pop()
        return bool(words) and words[-1] in LEADS_AWAY

    def _subjects_before(self, position: int) -> list[Mention]:
        if self.subject is not None:
            return [self.subject]
        colon = self.plain.rfind(":", 0, self.line[position].start)
        start = " ".join(token.low for token in self.line[:position] if token.start > colon)
        if self.before is not None and (
            not start or re.fullmatch(r"(it|this|they|and|then|also|which|will|\s)*", start)
        ):
            return [self.before]
        return []

    def _active(
        self, position: int, verb: Verb, end: int, subjects: list[Mention]
    ) -> list[RawFlow]:
        if not subjects:
            return []
        if verb.way == "reads":
            sources = self._after(position, end, frozenset({"from"})) or self._objects(
                position, end
            )
            return [RawFlow(o, s, verb.lemma, reads=True) for o in sources for s in subjects]
        if verb.way == "sends":
            targets = self._after(position, end, self._prepositions(verb))
            targets = targets or self._after(position, end, frozenset({"via", "through"}))
        else:
            targets = self._objects(position, end)
        return [RawFlow(s, o, verb.lemma) for s in subjects for o in targets]

    def _passive(self, position: int, verb: Verb, end: int, own: list[Mention]) -> list[RawFlow]:
        agents = self._after(position, end, frozenset({"by"}))
        context = [self.before] if self.before is not None and self.near and not own else []
        if verb.lemma == "authenticate":
            context = []
        serving = [] if agents else self._after(position, end, frozenset({"from"}))
        if verb.lemma == "serve" or (verb.way == "reads" and verb.lemma == "process" and agents):
            return [RawFlow(o, a, "serve") for o in own for a in agents or serving]
        if verb.way == "sends":
            sources = self._after(position, end, frozenset({"from"})) or agents
            targets = self._after(position, end, self._prepositions(verb))
            known: list[Mention | None] = [*(sources or context)]
            return [RawFlow(s, t, verb.lemma) for s in known or [None] for t in targets]
        if verb.way == "reads":
            sources = self._after(position, end, frozenset({"from"})) or (own if agents else [])
            return [
                RawFlow(s, a, verb.lemma, reads=True) for s in sources for a in agents or context
            ]
        if not agents and verb.lemma in ON_A_STORE:
            stores = [
                o for o in own if o.kind in ("database", "object_store", "rag_index", "cache")
            ]
            return [RawFlow(None, o, verb.lemma) for o in stores]
        return [RawFlow(a, o, verb.lemma) for a in agents for o in own]

    def _prepositions(self, verb: Verb) -> frozenset[str]:
        if verb.lemma in STORING:
            return INTO
        return (
            frozenset({"to", "into", "with"})
            if verb.lemma in TALKING
            else frozenset({"to", "into"})
        )

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
        small = {
            "of",
            "via",
            "by",
            "for",
            "from",
            "with",
            "in",
            "to",
            "using",
            "through",
            "as",
            "when",
            "where",
        }
        return any(t.low in small - allowed - {"of"} for t in self.line[start + 1 : end])

    def _coordinated(self, found: list[Mention]) -> list[Mention]:
        kept = found[:1]
        for mention in found[1:]:
            gap = self.plain[self.line[kept[-1].last - 1].end : self.line[mention.first].start]
            if not COORDINATION.fullmatch(gap):
                break
            kept.append(mention)
        return kept

    def _clause_end(self, position: int) -> int:
        match = CLAUSE_END.search(self.plain, self.line[position].end)
        if not match:
            return len(self.line)
        return next(
            (n for n, t in enumerate(self.line) if t.start >= match.start()), len(self.line)
        )

    def _clause_start(self, position: int) -> int:
        end = self.line[position].start
        return max(self.plain.rfind(mark, 0, end) for mark in (";", ",", ":", "(", " but ")) + 1
