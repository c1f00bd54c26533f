"""Instructions in an encoding: base64, hexadecimal, percent signs, character references, ciphers."""

import base64
import binascii
import codecs
import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote

from agents.hidden.characters import shorten
from agents.hidden.instructions import instruction_in, plainest

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{20,}={0,2}(?:\r?\n[ \t>]{0,8}[A-Za-z0-9+/_-]{4,}={0,2})*")
_HEX = re.compile(r"(?<![0-9A-Za-z])(?:(?:\\x|0x|%)?[0-9a-fA-F]{2}[ :,]?){20,}")
_HEX_PAIR = re.compile(r"(?:\\x|0x|%)?([0-9a-fA-F]{2})")
_PERCENT = re.compile(r"(?:[\w.+-]{0,15}%[0-9a-fA-F]{2}){3,}[\w.+-]{0,20}")
_REFERENCES = re.compile(r"(?:&#x?[0-9a-fA-F]{2,6};[ ]?){8,}")
_DIGITS = str.maketrans("013457@$", "oieastas")
_SPELLED = re.compile(r"(?:\w*[A-Za-z][013457@$]|\w*[013457@$][A-Za-z])")
_SHOWN = 90
_MOST = 4000
"""Characters of a blob that are decoded: an instruction comes early, or it is not heard."""


def instructions(text: str) -> Iterator[tuple[int, str]]:
    """Offset and words of each blob that holds an instruction."""
    for pattern, decode in (
        (_BASE64, _base64),
        (_HEX, _hex),
        (_PERCENT, unquote),
        (_REFERENCES, unescape),
    ):
        for match in pattern.finditer(text):
            words = decode(match[0][:_MOST])
            at = instruction_in(words) if words else None
            if at is not None:
                yield match.start(), shorten(words[at:])
    yield from _ciphers(text)


def _ciphers(text: str) -> Iterator[tuple[int, str]]:
    """The whole text shifted, spelled with digits, and read from its end: the offsets stay known."""
    shifted = codecs.encode(text, "rot13")
    for at in plainest(shifted):
        yield at, _paragraph(shifted, at)
    spelled = text.translate(_DIGITS)
    for at in plainest(spelled):
        if text[at : at + _SHOWN] != spelled[at : at + _SHOWN] and _SPELLED.match(text, at):
            yield at, _paragraph(spelled, at)
    turned = text[::-1]
    for at in plainest(turned):
        yield len(text) - 1 - at, _paragraph(turned, at)


def _paragraph(text: str, at: int) -> str:
    """What stands there, up to the end of its paragraph at most."""
    return shorten(text[at : at + _SHOWN].partition("\n\n")[0])


def _base64(blob: str) -> str:
    packed = re.sub(r"[^A-Za-z0-9+/]", "", blob.replace("-", "+").replace("_", "/"))
    packed = packed[:-1] if len(packed) % 4 == 1 else packed
    try:
        return _text(base64.b64decode(packed + "=" * (-len(packed) % 4)))
    except (binascii.Error, ValueError):
        return ""


def _hex(blob: str) -> str:
    return _text(bytes(int(pair, 16) for pair in _HEX_PAIR.findall(blob)))


def _text(raw: bytes) -> str:
    """The bytes as text, where nearly all of them are; UTF-16 too, as some shells pack it."""
    for encoding in ("utf-8", "utf-16-le"):
        words = raw.decode(encoding, errors="ignore")
        readable = sum(c.isprintable() or c in "\n\r\t" for c in words)
        if readable >= 0.9 * max(1, len(raw) // (2 if encoding == "utf-16-le" else 1)):
            if "\0" not in words:
                return words
    return ""
