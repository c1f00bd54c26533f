"""Instructions aimed at a reviewer: in plain sight, and the softer ones that only hiding betrays."""

import re
import unicodedata
from collections.abc import Iterator

from agents.hidden import languages, orders

ADDRESSED = "an instruction to the reviewer"

_WHO = r"(?:ai|llm|gpt|automated|automatic|security|machine)[ -]*(?:code |design |security )?"
_ISSUES = r"(?:findings?|issues?|problems?|vulnerabilit\w+|threats?|risks?|concerns?|weakness\w*)"
_INSTRUCTIONS = (
    r"\b(?:ignore|disregard|forget|override)\s+(?:all\s+|any\s+)?(?:of\s+)?(?:the\s+|your\s+|my\s+)?"
    r"(?:previous|prior|above|preceding|earlier|system|original)\s+"
    r"(?:instructions?|prompts?|rules?|guidance|directions?|messages?)",
    rf"\b(?:as|you are|if you are|when you are)\s+an?\s+{_WHO}"
    r"(?:reviewer|auditor|assistant|model|agent)\b[^.\n]{0,60}"
    r"\b(?:must|should|shall|have to|need to|approve|report|rate|skip)\b",
    rf"\b(?:note|message|instructions?|attention|hint)\s*(?:to|for|:)?\s*(?:any\s+|all\s+|the\s+)?{_WHO}"
    r"(?:reviewers?|auditors?|scanners?|assistants?|agents?|models?)\b",
    rf"\b{_WHO}(?:reviewers?|auditors?|scanners?)\s+(?:must|should|shall|are to|please)\b",
    r"(?:^|[.!?:;>*\"(][ \t]*|\bplease\s+|\bmust\s+|\byou\s+)do\s+not\s+"
    r"(?:report|flag|mention|raise|list|comment on|include)\s+"
    rf"(?:any\s+|this\s+|these\s+|the\s+|security\s+)*(?:{_ISSUES}|this section)\b",
    r"\b(?:approve|mark|rate|classify|treat)\s+this\s+(?:design|document|pr|pull request|change|section)"
    r"(?:\s+as)?\s+(?:secure|safe|approved|low[ -]risk|compliant|out of scope|clean)\b",
    rf"\b(?:return|output|respond with|answer with|report)\s+(?:no|zero|an empty list of)\s+{_ISSUES}",
    r"(?:^|[.!?:;>*\"(,][ \t]*|\b(?:and|then|please|must|should|now)\s+)"
    r"(?:reveal|print|repeat|output|leak)\s+(?:your|the)\s+(?:system\s+)?(?:prompt|instructions)\b",
)
_INSTRUCTION = re.compile(
    "|".join(f"(?:{p})" for p in _INSTRUCTIONS + orders.PATTERNS), re.IGNORECASE | re.MULTILINE
)
_CORE = re.compile("|".join(f"(?:{p})" for p in _INSTRUCTIONS), re.IGNORECASE | re.MULTILINE)
_FOREIGN = re.compile("|".join(f"(?:{p})" for p in languages.PATTERNS), re.IGNORECASE)
# A design may speak about such attacks; then the phrase stands between quotation marks.
_EXAMPLE = re.compile(
    r"inject|attack|malicious|adversar|jailbreak|attempt|e\.g\.|example|such as|detect|\bblock(?:s|ed|ing)\b|to block",
    re.I,
)
_QUOTED = re.compile(r"[\"'`“‘«]\s{0,5}$")
_AROUND = 400

_DO = (
    r"(?:approve\b|ignore\s+(?:all|any|the|this|every|other|previous)\b|skip\s+(?:all|any|this|the)\b"
    r"|(?:not|don['’]t|never)\s+(?:report|flag|mention|raise|list|comment\s+on)\s+(?:\w+\s+){0,3}?"
    rf"(?:{_ISSUES}|this|anything|it)\b"
    r"|(?:report|return|output|answer|respond|reply|say|find)\s+(?:with\s+)?(?:no|nothing|zero|only|that|an\s+empty|none)\b"
    r"|(?:rate|score|mark|classify|treat|consider|assess)\s+(?:this|it|all|everything|the\s+(?:design|document|risk|change))\b"
    r"|(?:raise|write|mention|find)\s+(?:nothing|[\"'“]?no\s+(?:findings?|issues?|problems?))\b"
    r"|(?:reveal|print|repeat|leak)\s+(?:your|the|all)\b|call\s+the\s+\w+\s+tool\b)"
)
_WHOM = r"(?:ai|llms?|gpt|language\s+models?|models?|assistants?|agents?|bots?|reviewers?|scanners?|auditors?)"
_SOFT = re.compile(
    rf"\b{_WHOM}\b\s{{0,3}}(?:[:,]|must\b|should\b|shall\b|please\b|to\b)[^.\n]{{0,80}}?\b{_DO}"
    rf"|\byou\s+(?:must|should|shall|are\s+to|need\s+to|have\s+to|can\s+safely|may\s+safely)\b[^.\n]{{0,80}}?\b{_DO}"
    rf"|^\W{{0,10}}(?:please\s+|now\s+|always\s+|simply\s+|just\s+)?{_DO}[^.\n]{{0,60}}"
    r"\b(?:design|document|review|section|findings?|issues?|risks?|instructions?|prompt|secure|safe)\b"
    r"|<\|(?:im_start|im_end|system|assistant|endoftext)\|>|\[/?INST\]|</?system>",
    re.IGNORECASE | re.MULTILINE,
)
_PAIRS = (
    "\u0430a \u0432b \u0435e \u0438i \u043cm \u043dh \u043eo \u0440p \u0441c \u0442t "
    "\u0443y \u0445x \u0456i \u0458j \u0455s \u0501d \u04bbh \u0578n \u0585o \u0261g "
    "\u0410A \u0412B \u0415E \u041aK \u041cM \u041dH \u041eO \u0420P \u0421C \u0422T "
    "\u0423Y \u0425X \u0406I \u0405S \u0408J \u03b1a \u03bfo \u03c1p \u03bdv \u03b9i "
    "\u03bak \u03c4t \u0391A \u0392B \u0395E \u0397H \u0399I \u039aK \u039cM \u039dN "
    "\u039fO \u03a1P \u03a4T \u03a5Y \u03a7X \u0396Z"
)
_LOOK_ALIKES = {ord(pair[0]): pair[1] for pair in _PAIRS.split()}
"""Cyrillic, Greek and Armenian letters that look like Latin ones."""


def addressed(text: str) -> Iterator[int]:
    """Offsets of instructions to the reviewer; quoted examples of attacks are none."""
    yield from _matches(_INSTRUCTION, latin(text))
    # As it stands: Cyrillic letters that look like Latin ones are Cyrillic here.
    yield from _matches(_FOREIGN, text)


def plainest(text: str) -> Iterator[int]:
    """Offsets of the wordings that nobody writes by chance: for texts that are only tried out."""
    return _matches(_CORE, text)


def instruction_in(words: str) -> int | None:
    """Offset of what speaks to a reviewer or a model; softer than what counts in plain sight."""
    plain = latin(words)
    for pattern, said in ((_INSTRUCTION, plain), (_SOFT, plain), (_FOREIGN, words)):
        at = next(_matches(pattern, said), None)
        if at is not None:
            return at
    return None


def _matches(pattern: re.Pattern[str], text: str) -> Iterator[int]:
    for match in pattern.finditer(text):
        if not _is_example(text, match.start(), match.end()):
            yield match.start() + len(match[0]) - len(match[0].lstrip())


def latin(text: str) -> str:
    """The text, character for character, with letters that pass for Latin ones as those."""
    if text.isascii():
        return text
    table: dict[int, str] = {}
    for character in set(text):
        shown = _LOOK_ALIKES.get(ord(character)) or unicodedata.normalize("NFKC", character)
        if len(shown) == 1 and shown != character:
            table[ord(character)] = shown
    return text.translate(table)


def _is_example(text: str, start: int, end: int) -> bool:
    """True for a phrase between quotation marks in a line that speaks of attacks."""
    quoted = _QUOTED.search(text, max(0, start - 6), start) is not None
    if not quoted:
        return False
    first = max(text.rfind("\n", max(0, start - _AROUND), start) + 1, start - _AROUND, 0)
    last = text.find("\n", end, end + _AROUND)
    return _EXAMPLE.search(text, first, last if last >= 0 else end + _AROUND) is not None
