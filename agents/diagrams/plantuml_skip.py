"""The statements of a PlantUML text, without notes, styles, comments and other diagram types."""

import re
from collections.abc import Iterator

_COMMENT = re.compile(
    r"'|!|@|skinparam\b|hide\b|show\b|title\b|footer\b|header\b|caption\b|mainframe\b|autonumber|scale\b"
    r"|left to right|top to bottom|sprite\b|allow_?mixing",
    re.IGNORECASE,
)
_BLOCKS = (
    (re.compile(r"/'"), re.compile(r"'/\s*$")),
    (re.compile(r"(?:floating\s+)?[hr]?note\b(?!.*:)(?!.*\"\s+as\b)", re.I), re.compile(r"end\s?[hr]?note\b", re.I)),
    (re.compile(r"ref\s+over\b(?!.*:)", re.I), re.compile(r"end\s+ref\b", re.I)),
    (re.compile(r"legend\b", re.I), re.compile(r"end\s?legend\b", re.I)),
    (re.compile(r"(title|header|footer)\s*$", re.I), re.compile(r"end\s?(title|header|footer)\b", re.I)),
    (re.compile(r"skinparam\b.*\{\s*$|sprite\b.*\{\s*$", re.I), re.compile(r"\}\s*$")),
    (re.compile(r"<style>", re.I), re.compile(r"</style>", re.I)),
    (re.compile(r"!(?:unquoted\s+|final\s+)*(?:procedure|function|definelong)\b(?!.*!return)", re.I),
     re.compile(r"!end\s?(?:procedure|function|definelong)\b", re.I)),
)  # fmt: skip
_NOTE = re.compile(r"(?:floating\s+)?[hr]?note\b|ref\s+over\b", re.IGNORECASE)
_OTHER = re.compile(
    r"(?P<other>@start(?!uml|component|deployment|c4)\w+)|(?P<states>\[\*\]|.*>\s*\[\*\]|state\s+[\"\w])"
    r"|(?P<code>(?:abstract\s+)?class\s|enum\s)|(?P<steps>start\s*$|:[^:]*;\s*$)",
    re.IGNORECASE,
)
_SUBJECTS = {
    "other": "something else",
    "states": "the states of one part",
    "code": "code",
    "steps": "the steps of one activity",
}
_LONGEST_LABEL = 12
"""Lines over which a description between brackets may run."""


def statements(source: str) -> Iterator[tuple[int, str]]:
    """Each statement with the place of its line; none where the text draws no parts."""
    lines = source.split("\n")
    found = list(_outside_blocks(lines))
    if _subject(found):
        return
    at = 0
    while at < len(found):
        number, text = found[at]
        at += 1
        if _is_open(text):
            ends = range(at, min(at + _LONGEST_LABEL, len(found)))
            end = next((n for n in ends if found[n][1].endswith("]")), None)
            if end is not None:
                text = "\n".join([text, *(found[n][1] for n in range(at, end + 1))])
                at = end + 1
        if not _COMMENT.match(text):
            yield number, text


def subject(source: str) -> str:
    """What a diagram shows instead of parts and flows; empty where it may show those."""
    return _subject(list(_outside_blocks(source.split("\n"))))


def _subject(found: list[tuple[int, str]]) -> str:
    matches = (_OTHER.match(text) for _, text in found)
    kinds = (match.lastgroup for match in matches if match)
    return next((_SUBJECTS[kind] for kind in kinds if kind), "")


def _is_open(text: str) -> bool:
    """True for a declaration whose description goes on in the next line."""
    return text.rstrip().endswith("[") and "]" not in text


def _outside_blocks(lines: list[str]) -> Iterator[tuple[int, str]]:
    ends: re.Pattern[str] | None = None
    begun = 0
    last = len(lines)
    skipped: list[tuple[int, str]] = []
    for number in range(last):
        text = lines[number].strip()
        if ends is not None:
            skipped.append((number, text))
            if ends.search(text):
                ends, skipped = None, []
            continue
        opened = next((end for begin, end in _BLOCKS if begin.match(text)), None)
        if opened is not None and not opened.search(text[2:]):
            ends, begun = opened, number
        elif opened is None and text and not _NOTE.match(text):
            yield number, text
    del begun
    # A block that is never closed hides nothing.
    yield from ((number, text) for number, text in skipped if text)
