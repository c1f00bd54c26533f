"""Fences untrusted text: for a model's input, for the Markdown we write, and against instructions."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import chain

from agents.document import Document
from agents.evidence import Evidence, Label, locate

TAG = "untrusted-document"

_TAG_LIKE = re.compile(rf"<(?=[\s/]*{TAG})", re.IGNORECASE)

# GitHub resolves these in the rendered text, so an escape does not stop them; a code span does.
_LIVE_WORD = re.compile(
    r"@[\w-]|#\d|GH-\d|://|www\.|mailto:|xmpp:|&#?\w+;|"
    r"(?<![^\W_])(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,40}(?![^\W_])",
    re.IGNORECASE,
)
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
_LINE_START = re.compile(r"(\s*)(?:([#>+=~|:-]|\*(?=\s|$|[\s*]*$)|_(?=[\s_]*$))|(\d{1,9})([.)]))")

_BIDI = "\u202a-\u202e\u2066-\u2069"
_TAGS = "\U000e0001-\U000e007f"
_ZERO_WIDTH = "\u200b\u2060-\u2064\ufeff\u00ad"
_VARIATION = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_INVISIBLE = re.compile(f"[{_BIDI}{_TAGS}{_ZERO_WIDTH}]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")

_HIDDEN = (
    (re.compile(f"[{_BIDI}]"), "text direction control characters"),
    # A black flag followed by tag characters is an ordinary emoji.
    (re.compile(f"(?<![\U0001f3f4{_TAGS}])[{_TAGS}]"), "invisible tag characters"),
    (
        re.compile(f"[{_ZERO_WIDTH}]{{2,}}|(?<=\\w)[\u200b\u2060-\u2064]+(?=\\w)"),
        "invisible characters",
    ),
    (re.compile(f"[{_VARIATION}]{{2,}}"), "a run of variation selectors"),
)

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
    r"\b(?:reveal|print|repeat|output|leak)\s+(?:your|the)\s+(?:system\s+)?(?:prompt|instructions)\b",
)
_INSTRUCTION = re.compile("|".join(f"(?:{p})" for p in _INSTRUCTIONS), re.IGNORECASE | re.MULTILINE)
# A design may speak about such attacks; then the phrase stands between quotation marks.
_EXAMPLE = re.compile(
    r"inject|attack|malicious|adversar|jailbreak|attempt|e\.g\.|example|such as|detect|block", re.I
)
_MAX_QUOTE = 300
_MOST = 20
"""Places shown of one document; more would say the same."""


def fence(text: str, name: str) -> str:
    """`text` between two tags that it cannot close itself; `name` becomes an attribute."""
    label = re.sub(r"[^\w./ -]", "_", name)
    inner = _TAG_LIKE.sub("&lt;", text)
    return f'<{TAG} name="{label}">\n{inner}\n</{TAG}>'


def neutralise(markdown: str) -> str:
    """The same words with nothing live in them, for text that we quote or echo in Markdown.

    Mentions, references, links and addresses become code spans; brackets, tags and block markers
    are escaped; invisible characters are named. Complete code spans stay as they are.
    """
    lines = _INVISIBLE.sub(_named, markdown.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    return "\n".join(_line(line) for line in lines)


def suspicious(document: Document) -> tuple[Evidence, ...]:
    """Hidden characters, and instructions aimed at a reviewer: each with what was found as note."""
    found: dict[tuple[int, str], Evidence] = {}
    for offset, what in chain(_hidden(document.text), _addressed(document.text)):
        line = document.line_at(offset)
        if (line, what) in found:
            continue
        quote = _line_of(document, offset)
        evidence = locate(document, quote, label=Label.STATED, near_line=line, note=what)
        if evidence is not None:
            found[line, what] = evidence
        if len(found) == _MOST:
            break
    return tuple(found[key] for key in sorted(found))


def _hidden(text: str) -> Iterator[tuple[int, str]]:
    for pattern, what in _HIDDEN:
        for match in pattern.finditer(text):
            yield match.start(), what


def _addressed(text: str) -> Iterator[tuple[int, str]]:
    for match in _INSTRUCTION.finditer(text):
        start = text.rfind("\n", 0, match.start()) + 1
        end = text.find("\n", match.end())
        around = text[start : end if end >= 0 else len(text)]
        quoted = re.search(r"[\"'`“‘«]\s*$", text[start : match.start()]) is not None
        if not (quoted and _EXAMPLE.search(around)):
            yield (
                match.start() + len(match[0]) - len(match[0].lstrip()),
                "an instruction to the reviewer",
            )


def _line_of(document: Document, offset: int) -> str:
    text = document.text
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    line = text[start : end if end >= 0 else len(text)]
    if len(line) <= _MAX_QUOTE:
        return line
    return text[max(start, offset - 100) : min(start + len(line), offset + 200)]


def _named(match: re.Match[str]) -> str:
    char = match[0]
    return f"⟨U+{ord(char):04X}⟩" if unicodedata.category(char) != "Cc" else "�"


def _line(line: str) -> str:
    out: list[str] = []
    at = 0
    for span in _CODE_SPAN.finditer(line):
        # A backslash before the opening run would make it literal; ours are always doubled.
        out += [_prose(line[at : span.start()]), span[0]]
        at = span.end()
    return _unblock(_joined([*out, _prose(line[at:])]))


def _prose(text: str) -> str:
    return _joined([_word(part) for part in re.split(r"(\s+)", text)])


def _joined(parts: list[str]) -> str:
    """Parts after each other, with a space where two runs of backticks would become one."""
    text = ""
    for part in parts:
        text += " " + part if text.endswith("`") and part.startswith(("`", "\\`")) else part
    return text


def _word(word: str) -> str:
    if not _LIVE_WORD.search(word):
        return _escaped(word)
    core = word.strip("()[]{}<>.,;:!?\"'*_~`\\")
    start = word.find(core)
    if not core or _LIVE_WORD.search(word[:start] + word[start + len(core) :]):
        core, start = word, 0
    if _LIVE_WORD.search(core) is None:
        core, start = word, 0
    return _joined([_escaped(word[:start]), _code(core), _escaped(word[start + len(core) :])])


def _code(text: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    ticks = "`" * (longest + 1)
    pad = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def _escaped(text: str) -> str:
    out: list[str] = []
    for i, char in enumerate(text):
        following = text[i + 1] if i + 1 < len(text) else " "
        doubled = char == "\\" and (following in _PUNCTUATION or i + 1 == len(text))
        out.append("\\" + char if doubled or char in "<[]`$" else char)
    return "".join(out)


def _unblock(line: str) -> str:
    match = _LINE_START.match(line)
    if match is None:
        return line
    if match[2]:
        return f"{match[1]}\\{line[match.end(1) :]}"
    return f"{match[1]}{match[3]}\\{line[match.end(3) :]}"
