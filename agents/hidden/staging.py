"""Staged conversations: closed fences, turns of a chat, markers of our own posts."""

import re
from collections.abc import Iterator

_FENCE = re.compile(
    r"<[\s/]{0,3}untrusted[-_ ]document\b"
    r"|^[ \t]{0,3}</(?:document|documents|input|data|user_content|user_input|user|context|prompt)>"
    r"|^\W{3,12}(?:end|begin|start)[-_ ]{1,2}(?:of[-_ ]{1,2})?(?:the[-_ ]{1,2})?"
    r"(?:untrusted|document|user|input|data|prompt|context)\b",
    re.IGNORECASE | re.MULTILINE,
)
_TURN = re.compile(
    r"<\|(?:im_start|im_end|start_header_id|eot_id|endoftext|system|assistant)\|>"
    r"|\[/?INST\]|<</?SYS>>",
    re.IGNORECASE,
)
_SPOKEN = re.compile(
    r"^[ \t]{0,3}(?:assistant|ai|model)[ \t]*:[^\n]{0,160}\b"
    r"(?:no|zero|any|without)\s+(?:\w+\s+)?(?:findings?|issues?|problems?|vulnerabilit\w+)\b",
    re.IGNORECASE | re.MULTILINE,
)
_MARKER = re.compile(r"<!--\s{0,5}lintel:", re.IGNORECASE)
_COMMAND = re.compile(r"^[ \t]{0,3}/lintel\b", re.IGNORECASE | re.MULTILINE)
_SHOWN = (
    (_FENCE, "what looks like the end of the document inside it"),
    (_TURN, "the turn of a chat with a model"),
    (_SPOKEN, "the turn of a chat with a model"),
    (_MARKER, "a copy of the markers of our own posts"),
    (_COMMAND, "a command to the reviewer"),
)
_LONGEST = 500


def staged(text: str) -> Iterator[tuple[int, str]]:
    """Offset and description of each; what stands in a code span is spoken of, not said."""
    for pattern, what in _SHOWN:
        for match in pattern.finditer(text):
            if not in_code(text, match.start()):
                yield match.start(), what


def in_code(text: str, offset: int) -> bool:
    """True between the backticks of a code span."""
    start = max(text.rfind("\n", max(0, offset - _LONGEST), offset) + 1, offset - _LONGEST, 0)
    return text.count("`", start, offset) % 2 == 1
