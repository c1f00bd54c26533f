"""Walks over the sentences of a document: what each one names, states, and is about."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agents.analysts.lexical.clauses import Clauses, RawFlow
from agents.analysts.lexical.compound import joined, products
from agents.analysts.lexical.declared import in_force
from agents.analysts.lexical.lexicon import Lexicon, singular
from agents.analysts.lexical.nearby import nearby
from agents.analysts.lexical.phrases import Mention, Names, Token, hypothetical, tokens
from agents.analysts.lexical.register import Register
from agents.analysts.lexical.sentences import (
    Sentence,
    given_up,
    negated,
    plain,
    section_standing,
    sentences,
)
from agents.document import Document
from agents.system import Standing

_LEADS_TO_PART = frozenset(
    "the our a an its their this these one two three four five six several both all using via through "
    "second third another separate".split()
)
"""Before a common noun: the text speaks of one of its own parts."""
_PROTAGONISTS = frozenset(
    {"agent", "service", "orchestrator", "api_gateway", "model_gateway", "mcp_server", "web_frontend",
     "mobile_app", "batch_job", "training_pipeline", "inference_endpoint", "browser_extension"}
)  # fmt: skip
_HAS_NO = re.compile(
    r"\b(?:(?P<whole>(?:the|this|our)\s+(?:system|design|solution|application|architecture|product|project))"
    r"|it|we)\s+(?:has|have|uses?|contains?|needs?)\s+no\b",
    re.I,
)
_LIST_ENDS = re.compile(r"[:;.]|\b(?:which|that|but|so|because|since|for|in|on|of|with)\b")
_NEVER_RULED_OUT = frozenset({"service", "external_user", "human_operator", "external_content"})
_USERS_SECTION = re.compile(r"\b(?:end )?users?\b|\bactors?\b|\bstakeholders?\b", re.I)


@dataclass
class ReadSentence:
    """One sentence with what was found in it."""

    document: Document
    sentence: Sentence
    mentions: list[Mention]
    flows: list[RawFlow]
    implied: list[RawFlow]
    """Flows between parts that stand close together; evidence of them is inferred."""
    about: Mention | None
    """The part that the heading names, or that `it` means."""


def walk(document: Document, names: Names, words: Lexicon) -> list[ReadSentence]:
    """Every sentence of the document, in order, with its mentions and flows."""
    context = _Context(names)
    result: list[ReadSentence] = []
    for sentence in sentences(document):
        text = sentence.plain
        line = tokens(text)
        mentions = joined(names.find(text, line), text, line)
        about = context.enter(sentence, line)
        flows: list[RawFlow] = []
        implied: list[RawFlow] = []
        if in_force(sentence.section) and not (hypothetical(text) or given_up(text)):
            real = [m for m in mentions if not (m.example and m.sort != "generic")]
            clauses = Clauses(text, line, real, words, context.subject, context.near)
            flows = clauses.flows()
            implied = nearby(text, line, real, flows, words)
            context.leave(clauses.subject, _lead(mentions, line), sentence)
        result.append(ReadSentence(document, sentence, mentions, flows, implied, about))
    return result


def _lead(mentions: Sequence[Mention], line: Sequence[Token]) -> Mention | None:
    """The mention with which a sentence begins."""
    if not mentions or mentions[0].first > 2:
        return None
    return mentions[0] if mentions[0].last < len(line) else None


class _Context:
    """Who `it` is: the subject before, the part in the heading, or what the document is about."""

    def __init__(self, names: Names):
        self._names = names
        self._block = -1
        self._section: tuple[str, ...] = ()
        self._about: Mention | None = None
        self._main: Mention | None = None
        self.subject: Mention | None = None
        self.near = False
        """True when the heading names the subject."""

    def enter(self, sentence: Sentence, line: Sequence[Token]) -> Mention | None:
        """Begin a sentence; gives the part that it is about when it names none."""
        if sentence.section != self._section:
            self._section = sentence.section
            self._about = self._of_heading(sentence.section)
        if sentence.block != self._block:
            self._block = sentence.block
            self.subject = self._about or self._main
            self.near = self._about is not None
        first = line[0].low if line else ""
        return self.subject if first in ("it", "this") or sentence.is_item else self._about

    def leave(self, subject: Mention | None, lead: Mention | None, sentence: Sentence) -> None:
        """End a sentence with its subject, and the part with which it begins."""
        self.subject = subject or lead or self.subject
        begins = lead is not None and not sentence.is_item and lead.kind in _PROTAGONISTS
        if self._main is None and begins:
            self._main = lead

    def _of_heading(self, section: tuple[str, ...]) -> Mention | None:
        for title in section[:0:-1]:
            flat = plain(title)
            found = self._names.find(flat, tokens(flat))
            if found and not found[0].bare and found[0].kind not in ("external_user",):
                return found[0]
        return None


def meet(item: ReadSentence, register: Register) -> None:
    """Enter the names of one sentence into the register."""
    sentence = item.sentence
    if not _tells(sentence):
        return
    if in_force(sentence.section):
        _enter(item, register)
        return
    # A name from the motivation tells what a common noun means later; it proves nothing.
    for mention in item.mentions:
        if not mention.bare and not mention.example:
            register.meet(mention, None, strong=False)


def _enter(item: ReadSentence, register: Register) -> None:
    sentence = item.sentence
    line = tokens(sentence.plain)
    evidence = sentence.evidence(item.document)
    in_flow = {
        m.key for f in (*item.flows, *item.implied) for m in (f.source, f.target) if m is not None
    }
    whole, kinds = _ruled_out(sentence, item.mentions, line)
    if whole:
        register.rule_out(kinds)
    for mention in item.mentions:
        compared = mention.example and mention.sort != "declared"
        if compared or (mention.bare and mention.kind in kinds):
            continue
        strong = mention.key in in_flow or _definite(mention, sentence, line)
        register.meet(mention, evidence, strong=strong)
    for noun, product in products(item.mentions, sentence.plain, line):
        register.made_with(noun.key, product.key)
    for flow in item.flows:
        for end in (flow.source, flow.target):
            if end is not None and end not in item.mentions:
                register.meet(end, None, strong=True)


def _ruled_out(
    sentence: Sentence, mentions: Sequence[Mention], line: Sequence[Token]
) -> tuple[bool, frozenset[str]]:
    """Kinds that the sentence says are not there, and whether in the whole design.

    `It has no database: the service looks into a table` rules out that the table is a database.
    """
    match = _HAS_NO.search(sentence.plain)
    if match is None:
        return False, frozenset()
    listed = _LIST_ENDS.search(sentence.plain, match.end())
    end = listed.start() if listed else len(sentence.plain)
    kinds = frozenset(m.kind for m in mentions if match.end() <= line[m.first].start < end)
    return match["whole"] is not None, kinds - _NEVER_RULED_OUT


def _tells(sentence: Sentence) -> bool:
    """True for a sentence about what there is or will be: no attackers, nothing given up."""
    plain_text = sentence.plain
    above = section_standing(sentence.section)
    return above is Standing.IN_FORCE and not (hypothetical(plain_text) or given_up(plain_text))


def _definite(mention: Mention, sentence: Sentence, line: list[Token]) -> bool:
    """True when the sentence says that the part belongs to the system, flow or not."""
    start = line[mention.first].start
    if negated(sentence.plain[max(0, start - 60) : start]):
        return False
    if mention.kind in ("external_user", "human_operator"):
        return (
            _USERS_SECTION.search(" ".join(sentence.section[-1:])) is not None and sentence.is_item
        )
    last = line[mention.last - 1].low
    # `MCP servers` says what they are; `software tools` may be anybody's.
    many = mention.sort == "generic" and singular(last) != last and " " not in mention.term
    if mention.sort in ("named", "exact") or not (mention.bare or many):
        return True
    lead = line[mention.first - 1].low if mention.first else ""
    return lead in _LEADS_TO_PART
