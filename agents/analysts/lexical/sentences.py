"""Sentences with exact offsets, and how a statement stands: in force, negated, planned ..."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from agents.analysts.lexical.comments import LEAD, comments
from agents.document import Block, BlockKind, Document
from agents.evidence import Evidence, Label, locate
from agents.system import Standing

PROSE = frozenset({BlockKind.PARAGRAPH, BlockKind.LIST_ITEM})
_END = re.compile(
    r"(?<![ (.][A-Za-z])(?<!e\.g)(?<!i\.e)(?<!etc)(?<!vs)(?<!approx)[.!?][\"')\]*_`]{0,3}(?:\s+|$)"
    r"(?=[A-Z0-9\"'(\[*_`À-ÞŒ]|$)"
    r"|:\s*\n|\n\s*\n"
)
_MARKS = re.compile(
    r"!\[[^\]]{0,300}\]\([^()\n]{0,400}\)|\]\([^()\s]{0,400}\)|\]\[[^\]]{0,80}\]|[*`\[\]]|(?<!\w)_"
    r"|_(?!\w)|<[^<>\s]{1,80}>"
)
_URL = re.compile(r"https?://\S+")
_LEAD = re.compile(r"\s*(?:[-*+•]|\d{1,4}[.)])\s+(?:\[[ xX]\]\s+)?|[>\s]+")
MAX_QUOTE = 300
_LONGEST = 1000
_NEAR = 8
"""Words within which a negation counts."""

_OUT = re.compile(
    r"alternative|(?<!goals and )(?<!goals / )non-? ?goal|not? in scope|out of scope|not covered"
    r"|glossary|references?$|related work"
    r"|prior art|rejected|options considered|terminolog|acronym|abbreviation|further reading"
    r"|see also"
    r"|table of contents|changelog|change log|revision history|appendix|related projects"
    r"|similar projects"
    r"|drawback|copyright|acknowledg|sign-?off|comparison"
    r"|case stud|test plan|caveats|faq|best practices|self-assessment use"
    r"|graduation|feature gate|known issues|documentation plan|^history",
    re.I,
)
_PLAN = re.compile(
    r"future|^goals?$|roadmap|next steps|later phase|phase [2-9]|planned|to ?do\b|open (question"
    r"|issue)"
    r"|follow-?up|backlog|enhancements? to come|possible extension|extensions of",
    re.I,
)
_STORY = re.compile(
    r"motivation|background|problem|rationale|threats?\b(?! model)|risks?\b|attack|abuse|lessons"
    r"|discussion|why\b"
    r"|introduction to|principles|business value|regulat|compliance|current state|status quo"
    r"|goals?$|goals? and"
    r"|troubleshoot|compatibility",
    re.I,
)
_NOT = re.compile(
    r"\b(?:not|no|nobody|no one|never|without|cannot|lacks?|lacking|missing|absent|neither|nor|none|nothing"
    r"|disabled"
    r"|instead of|rather than|unauthenticated|unencrypted|unprotected)\b|n['’]t\b",
    re.I,
)
_ONLY = re.compile(r"\bnot (?:only|just)\b", re.I)
# Behind the key word `without` denies what follows, not the key word.
_NOT_AFTER = re.compile(r"\b(?:not|never|absent|missing|disabled|cannot)\b|n['’]t\b", re.I)
_NOT_REALLY = re.compile(
    r"\b(?:(?:must|shall|may|can|should) )?(?:not|never|cannot|no|nothing|nobody)\b[^.;]{0,160}?"
    r"\b(?:without|unless|until)\b|"
    r"\bnot yet (?:released|published|public)\b|\bnot only\b|\bno longer than\b|\bno more than\b|\bnot more than\b|\bnot just\b"
    r"|\bno later than\b"
    r"|\b(?:must|shall|may|can|should) (?:not|never)\b|\bif not\b|\bwhether or not\b"
    # To refuse what lacks the control is the control.
    r"|\b(?:den(?:y|ies)|rejects?|refuses?|blocks?|prevents?|drops?|discards?|fails?|stops?|forbids?)\b"
    r"[^.;]{0,60}?\b(?:not|no|without|un(?:authenticated|encrypted|signed))\b"
    r"|\b(?:not|no|without)\b(?=[^.;]{0,60}\b(?:are|is|be|gets?) "
    r"(?:denied|rejected|refused|blocked|dropped|discarded|stopped|forbidden)\b)",
    re.I,
)
_PLANNED = re.compile(
    r"\b(?:planned|plan to|plans to|roadmap|to ?do|tbd|to be (?:decided|defined|determined"
    r"|implemented|added"
    r"|designed)|not yet(?! (?:released|published|public))|in (?:the|a) future|future (?:work|version|release|iteration|phase)"
    r"|later (?:phase"
    r"|release|version|on)|eventually|next (?:phase|release|quarter|version)|phase (?:[2-9]|two"
    r"|three)"
    r"|will be (?:added|introduced|considered|addressed) (?:later|in|once|after)|coming soon|should"
    r"|intend to"
    r"|intends to|would like to|wish ?list|reserved for future|until then|follow-?up|foreseen|envisaged|when time (?:allows|permits))\b",
    re.I,
)
_CONDITIONAL = re.compile(
    r"\b(?:if|unless|optional|optionally|may|might|could|would|can be|where (?:possible|supported|available|needed)|when (?:enabled|configured|supported|available)|in case|depending on|recommended"
    r"|consider(?:ing)?|suggests?|ideally|typically|often|usually|configurable)\b",
    re.I,
)
_ALLOWED = re.compile(r"\bonly\b[^.;]{0,60}\bcan be\b", re.I)
_MARK = re.compile(
    r"^\s*(?:todo|tbd)\b|\b(?:todo|tbd)\W*$|\bwill\b[^.;]{0,80}\blater\W*$"
    r"|\([^()]{0,40}\b(?:planned|future|future work|later|not yet \w+|todo|tbd)\)",
    re.I,
)
# Of these, `never` says that the control is not there; of others, that something bad is forbidden.
_WANTED = re.compile(
    r"(?:authenti|authori|encrypt|valid|verif|sign|check|audit|approv|rotat|expir|scann|pinn|isolat"
    r"|saniti|limit|restrict|review|factor|monitor|backup|back up|test|ask)",
    re.I,
)
_CONTENTS = re.compile(r"(?:[-*+]|\d{1,3}[.)])\s+\[[^\]\n]{1,200}\]\(#[^)\s]{0,200}\)")
"""A line of a table of contents states nothing."""
_GIVEN_UP = re.compile(
    r"\b(?:was|were|has been|have been|had been)\b[^.;]{0,80}\b(?:rejected|declined|dropped|withdrawn|turned down"
    r"|ruled out|put off|abandoned|left out|discarded|given up|crossed off|shelved|not pursued|cut|cancelled"
    r"|found unnecessary|not continued|not adopted|not taken up|voted down|decided against|weighed up|examined"
    r"|taken out)\b"
    r"|\b(?:earlier|previous|former|original) (?:plans?|ideas?|proposals?|versions?|drafts?)\b"
    r"|\bnot pursued\b|\blies? outside this\b|\bin another (?:project|paper)\b|\bseparate project\b|\bdo(?:es)? not occur\b"
    r"|\bwe tried\b[^.;]{0,80}\bstopped\b",
    re.I,
)
_LISTED = re.compile(
    r"\b(?:no|not|nor|neither|never|none)\b"
    r"(?=[^.;]{0,60}?(?:(?:,|\band|\bor)\s*(?:\w+\s+){0,2}no\b|\bnor\b))",
    re.I,
)
"""`No login, no session and no key`, `neither x nor y`: one negation, said again."""
_MUST_NOT = re.compile(r"\b(?:must|shall|may|can|should) (?:not|never)\b|\bMAY NOT\b", re.I)
_CLAUSE = re.compile(
    r"[;:—–(]|, (?:but|however|while|whereas|although|though|and|so|because)\b|\bbut\b"
)


@dataclass(frozen=True)
class Sentence:
    """One sentence, table row or list item, verbatim."""

    path: str
    text: str
    line: int
    """1-based line on which it begins."""
    section: tuple[str, ...]
    block: int
    """Position of its block in the document."""
    is_item: bool
    first: bool
    """True for the first sentence of its block."""

    @cached_property
    def plain(self) -> str:
        """The text with marks, link targets and addresses as spaces: offsets stay the same."""
        return plain(self.text)

    def evidence(self, document: Document, label: Label = Label.STATED) -> Evidence | None:
        """The sentence as a quote; a long one ends at the last word before 300 characters."""
        quote = self.text
        if len(quote) > MAX_QUOTE:
            quote = quote[:MAX_QUOTE].rsplit(None, 1)[0]
        last = self.line + quote.count("\n")
        # The place is known; searching for a sentence that a hostile text repeats takes too long.
        if last <= document.line_count and quote in document.lines(self.line, last):
            return Evidence(
                path=self.path, line_start=self.line, line_end=last, quote=quote, label=label
            )
        return locate(document, quote, label=label, near_line=self.line)


def plain(text: str) -> str:
    """Markup and comment marks as spaces, character for character."""
    blanked = LEAD.sub(lambda m: " " * len(m.group()), text) if text[:1] in "/#-" else text
    blanked = _MARKS.sub(lambda m: " " * len(m.group()), blanked)
    blanked = _URL.sub(lambda m: " " * len(m.group()), blanked)
    lead = _LEAD.match(text)
    if lead:
        blanked = " " * lead.end() + blanked[lead.end() :]
    return blanked


def sentences(document: Document) -> Iterator[Sentence]:
    """Sentences of paragraphs, list items and comments in code, each an exact part of the document."""
    for number, block in enumerate(document.blocks):
        if block.kind in PROSE and not _CONTENTS.fullmatch(block.text.strip()):
            yield from _split(document.path, block, number, block.line_start, block.text)
        for line, text in comments(block):
            yield from _split(document.path, block, number, line, text)


def _split(path: str, block: Block, number: int, line: int, whole: str) -> Iterator[Sentence]:
    at = 0
    is_item = block.kind is BlockKind.LIST_ITEM
    for end in _ends(whole):
        raw = whole[at:end]
        text = raw.strip()
        if text:
            lead = raw[: len(raw) - len(raw.lstrip())].count("\n")
            first = at == 0
            yield Sentence(path, text, line + lead, block.section, number, is_item, first)
        line += raw.count("\n")
        at = end


def _ends(text: str) -> Iterator[int]:
    """Where sentences end; one without an end is cut at white space."""
    at = 0
    for end in [*(match.end() for match in _END.finditer(text)), len(text)]:
        while end - at > _LONGEST:
            space = text.rfind(" ", at, at + _LONGEST)
            at = space + 1 if space > at else at + _LONGEST
            yield at
        yield end
        at = end


def section_standing(section: tuple[str, ...]) -> Standing:
    """How everything under these headings stands; the outermost heading that says so decides."""
    for depth, title in enumerate(section):
        if _says(_OUT, title, depth):
            return Standing.OUT_OF_SCOPE
        if _says(_PLAN, title, depth):
            return Standing.PLANNED
    return Standing.IN_FORCE


def tells_why(section: tuple[str, ...]) -> bool:
    """True under headings such as Motivation, Background or Threats: not the design itself."""
    return any(_says(_STORY, title, depth) for depth, title in enumerate(section))


def _says(pattern: re.Pattern[str], title: str, depth: int) -> bool:
    """True when a heading says this; the outermost is often the title, and must say little else."""
    match = pattern.search(title)
    if match is None:
        return False
    rest = f"{title[: match.start()]} {title[match.end() :]}"
    return depth > 0 or len(re.findall(r"[A-Za-z]{2,}", rest)) <= 1


def standing(text: str, at: int = 0, section: tuple[str, ...] = ()) -> Standing:
    """How the statement stands whose key word begins at character `at` of the plain text.

    Only the clause around `at` is looked at for negation. A prohibition (`must not be logged`)
    is a rule in force. A requirement (`must`, `shall`) is in force, a wish (`should`) is planned.
    """
    above = section_standing(section)
    if above is not Standing.IN_FORCE:
        return above
    if given_up(text):
        return Standing.OUT_OF_SCOPE
    clause = _clause(text, at)
    if _MARK.search(text) or (_PLANNED.search(clause) and not _MUST_NOT.search(clause)):
        return Standing.PLANNED
    if _denied(text, clause, at):
        return Standing.NEGATED
    if _CONDITIONAL.search(_NOT_REALLY.sub(" ", _ALLOWED.sub(" ", clause))):
        return Standing.CONDITIONAL
    return Standing.IN_FORCE


def given_up(text: str) -> bool:
    """True for a sentence about what was once considered and is no part of the design."""
    return _GIVEN_UP.search(text) is not None


def negated(clause: str) -> bool:
    """True when the clause says that something is not so; two negations cancel."""
    return _denials(_blank_prohibitions(clause)) % 2 == 1


def forbids(clause: str) -> bool:
    """True when the clause denies or forbids what its verb says."""
    return _NOT.search(_ONLY.sub(" ", clause)) is not None


def _blank_prohibitions(clause: str) -> str:
    return _NOT_REALLY.sub(lambda m: " " * len(m.group()), clause)


def _denials(text: str) -> int:
    """How often a text denies; a negation that is said again in a list counts once."""
    return len(_NOT.findall(_LISTED.sub(" ", text)))


def _denied(text: str, clause: str, at: int) -> bool:
    """True when a negation near `at` denies it; one far away speaks of something else."""
    start = text.find(clause)
    blanked = _blank_prohibitions(clause)
    if not _WANTED.match(text, at):
        blanked = re.sub(r"(?i)\bnever\b", "     ", blanked)
    before = blanked[: max(0, at - start)].split()[-_NEAR:]
    after = blanked[max(0, at - start) :].split()[:_NEAR]
    count = _denials(" ".join(before)) + len(_NOT_AFTER.findall(" ".join(after)))
    return count % 2 == 1


def _clause(text: str, at: int) -> str:
    start, end = 0, len(text)
    for match in _CLAUSE.finditer(text):
        if match.end() <= at:
            start = match.start()
        elif match.start() > at:
            end = match.start()
            break
    return text[start:end]
