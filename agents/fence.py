"""Fences untrusted text: for a model's input, for the Markdown we write, and against instructions."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, zip_longest

from agents.document import Document
from agents.evidence import Evidence, Label, locate
from agents.hidden import hints

TAG = "untrusted-document"

_TAG_LIKE = re.compile(rf"<(?=[\s/]*{TAG})", re.IGNORECASE)

# GitHub resolves these in the rendered text, so an escape does not stop them; a code span does.
_LIVE_WORD = re.compile(
    r"@[\w-]|#\d|GH-\d|://|www\.|mailto:|xmpp:|&#?\w+;|"
    r"(?<![^\W_])(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,40}(?![^\W_])",
    re.IGNORECASE,
)
# Bots read what stands at the start of a line as it was written; a backtick before it is enough.
_COMMAND = re.compile(
    r"([ \t]*)([/!][a-z][\w./-]*|bors(?=\s+(?:r|d|try|merge|ping|delegate|retry)\b)|recheck(?=\s*$)"
    r"|re-?test(?=\s+this\b)|test(?=\s+this\s+please\b)|ok(?=\s+to\s+test\b))",
    re.IGNORECASE,
)
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
_LIVE_SIGNS = "<[]`$"
_LIVE_SIGN = re.compile(r"[\\<\[\]`$]")
_LINE_START = re.compile(r"(\s*)(?:([#>+=~|:-]|\*(?=\s|$|[\s*]*$)|_(?=[\s_]*$))|(\d{1,9})([.)]))")

_BIDI = "\u202a-\u202e\u2066-\u2069"
_TAGS = "\U000e0000-\U000e007f"
_ZERO_WIDTH = "\u200b\u2060-\u2064\ufeff\u00ad"
_VARIATION = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_FILLERS = "\u115f\u1160\u180e\u3164\uffa0\u206a-\u206f\ufff9-\ufffb"
_SEPARATORS = "\u2028\u2029"
"""They end a line for some readers and not for others."""
# One selector behind a character is how emoji are written; a second one only carries data.
_INVISIBLE = re.compile(
    f"[{_BIDI}{_TAGS}{_ZERO_WIDTH}{_FILLERS}{_SEPARATORS}]|(?<=[{_VARIATION}])[{_VARIATION}]"
    "|[\x00-\x08\x0b-\x1f\x7f-\x9f]"
)
UNSEEN = re.compile(f"{_INVISIBLE.pattern}|[\u034f\u061c\u200e\u200f\u2028\u2029]")
"""One character that `reveal` names."""

_CUT = "\n\n*(shortened)*"
_MAX_QUOTE = 300
_WORDS = " that read"
_MOST = 20
"""Places shown of one document; more would say the same."""


def fence(text: str, name: str) -> str:
    """`text` between two tags that it cannot close itself; `name` becomes an attribute."""
    label = re.sub(r"[^\w./ -]", "_", name)
    inner = _TAG_LIKE.sub("&lt;", text)
    return f'<{TAG} name="{label}">\n{inner}\n</{TAG}>'


def neutralise(markdown: str) -> str:
    """The same words with nothing live in them, for text that we quote or echo in Markdown.

    Mentions, references, links, addresses and commands of bots become code spans; brackets, tags and
    block markers are escaped; invisible characters are named. Complete code spans stay as they are.
    """
    lines = _INVISIBLE.sub(_named, markdown.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    return "\n".join(_line(line) for line in lines)


def reveal(text: str) -> str:
    """The same text with each character that is not seen, line ends apart, as `⟨U+200B⟩`."""
    return UNSEEN.sub(lambda match: f"⟨U+{ord(match[0]):04X}⟩", text)


def flat(text: str) -> str:
    """On one line, with nothing invisible in it: for text that must not open a line of its own."""
    return reveal(" ".join(text.split()))


def within(markdown: str, most: int) -> str:
    """Inert Markdown of at most `most` (64 or more) characters: whole lines, or the first one's start."""
    if len(markdown) <= most:
        return markdown
    room = most - len(_CUT)
    kept = markdown[: room + 1].rpartition("\n")[0]
    size = room
    while size and (not kept.strip() or len(kept) > room):
        # A cut may open what was closed, so it is made inert again, which makes it longer.
        kept = neutralise(markdown.lstrip()[:size])
        size //= 2
    return kept.rstrip() + _CUT


def suspicious(document: Document) -> tuple[Evidence, ...]:
    """Hidden text, and instructions aimed at a reviewer: each with what was found as note."""
    found: dict[str, dict[tuple[int, str], Evidence]] = defaultdict(dict)
    for sort, offset, what in hints(document):
        same, line = found[sort], document.line_at(offset)
        # The words of one are enough; a flood of them would be all that anybody reads.
        note = what if not same else _without_words(what, same)
        if len(same) == _MOST or (line, note) in same:
            continue
        quote = _line_of(document, offset)
        evidence = locate(document, quote, label=Label.STATED, near_line=line, note=note)
        if evidence is not None:
            same[line, note] = evidence
    chosen = list(islice(_in_turn(found.values()), _MOST))
    return tuple(sorted(chosen, key=lambda evidence: (evidence.line_start, evidence.note)))


def _without_words(what: str, same: Iterable[tuple[int, str]]) -> str:
    """The description as it is, or without the words where others of the sort show theirs."""
    described = {note for _, note in same if _WORDS in note}
    return what if not described or what in described else what.partition(_WORDS)[0]


def _in_turn(groups: Iterable[Mapping[tuple[int, str], Evidence]]) -> Iterator[Evidence]:
    """One of each sort after the other, so that a flood of one does not hide the rest."""
    for row in zip_longest(*(group.values() for group in groups)):
        yield from (evidence for evidence in row if evidence is not None)


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
    command = _COMMAND.match(line)
    at = command.end() if command else 0
    out = [f"{command[1]}{_code(command[2])}"] if command else []
    for span in _CODE_SPAN.finditer(line, at):
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
    if _LIVE_SIGN.search(text) is None:
        return text
    out: list[str] = []
    for i, char in enumerate(text):
        following = text[i + 1] if i + 1 < len(text) else " "
        doubled = char == "\\" and (following in _PUNCTUATION or i + 1 == len(text))
        out.append("\\" + char if doubled or char in _LIVE_SIGNS else char)
    return "".join(out)


def _unblock(line: str) -> str:
    match = _LINE_START.match(line)
    if match is None:
        return line
    if match[2]:
        return f"{match[1]}\\{line[match.end(1) :]}"
    return f"{match[1]}{match[3]}\\{line[match.end(3) :]}"
