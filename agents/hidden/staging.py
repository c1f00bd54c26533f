"""Staged conversations: closed fences, turns of a chat, markers of our own posts."""

import re
from collections.abc import Iterator

from agents.document import Document
from agents.hidden.code import code_of, in_span

_OURS = re.compile(r"<[\s/]{0,3}untrusted[-_ ]document\b", re.IGNORECASE)
_FENCE = re.compile(
    r"<[\s/]{0,3}untrusted[-_ ]document\b"
    r"|^[ \t]{0,3}</(?:document|documents|input|data|user_content|user_input|user|context|prompt)>"
    r"|^[^\w\n]{3,12}(?:end|begin|start)[-_ ]{1,2}(?:of[-_ ]{1,2})?(?:the[-_ ]{1,2})?"
    r"(?:untrusted|document|user|input|data|prompt|context)\b",
    re.IGNORECASE | re.MULTILINE,
)
_TURN = re.compile(
    r"<\|(?:im_start|im_end|start_header_id|eot_id|endoftext|system|assistant)\|>"
    r"|\[/?INST\]|<</?SYS>>|^[^\w\n]{0,3}</?system>|^\[system\][ \t]*:"
    r"|^[^\w\n]{0,6}(?:system|developer)[ \t]+(?:override|instructions?)[ \t]*:"
    r"|^\#{1,4}[ \t]*instructions?:[ \t]*\n[^#]{0,400}^\#{1,4}[ \t]*response:",
    re.IGNORECASE | re.MULTILINE,
)
_SPOKEN = re.compile(
    r"^[ \t]{0,3}(?:assistant|ai|model)[ \t]*:"
    r"(?=[^\n]{0,200}\b(?:review|design|document|secure))[^\n]{0,160}\b"
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


def staged(document: Document) -> Iterator[tuple[int, str]]:
    """Offset and description of each; a span or block of code shows such things, it does not say them.

    Only our own tag has no place in code either: nobody else writes it.
    """
    code = code_of(document)
    for pattern, what in _SHOWN:
        for match in pattern.finditer(document.text):
            at = match.start()
            ours = _OURS.match(match[0]) is not None
            if not in_span(document.text, at) and (ours or not code.has(at)):
                yield at, what
