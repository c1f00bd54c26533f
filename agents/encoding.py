"""Bytes of a document as text: the byte order mark first, then UTF-8, then Windows-1252."""

import codecs
import re
from dataclasses import dataclass
from typing import Literal

Encoding = Literal["UTF-8", "UTF-16", "Windows-1252"]

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
"""No text has these; a terminal's log may hold an escape."""
_MOST_FOREIGN = 0.3
"""Share of bytes above 0x7F in a text of a Western language: French and Czech stay below a fifth."""


class NotText(ValueError):
    """The bytes are no text in an encoding that is read; the message says why."""


@dataclass(frozen=True)
class Decoded:
    """Text without its byte order mark, and the encoding that it was in."""

    text: str
    encoding: Encoding

    @property
    def guess(self) -> str:
        """What to say where nothing in the bytes names the encoding; else empty."""
        if self.encoding != "Windows-1252":
            return ""
        return "it is not UTF-8 and was read as Windows-1252"


def decode(raw: bytes, *, whole: bool = True) -> Decoded:
    """The text of a document; with `whole` false, a character cut off at the end is left out.

    A byte order mark decides; without one it is UTF-8, else Windows-1252 where the bytes look like
    text of a Western language. Raises `NotText`.
    """
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Decoded(_strict(raw, "utf-16", "UTF-16", whole), "UTF-16")
    if (at := raw.find(b"\0")) >= 0:
        raise NotText(f"a NUL byte at offset {at:,}")
    try:
        return Decoded(_strict(raw, "utf-8-sig", "UTF-8", whole), "UTF-8")
    except NotText as error:
        return Decoded(_western(raw, str(error)), "Windows-1252")


def _strict(raw: bytes, codec: str, name: Encoding, whole: bool) -> str:
    try:
        text = codecs.getincrementaldecoder(codec)("strict").decode(raw, final=whole)
    except UnicodeDecodeError as error:
        where = f"byte 0x{raw[error.start]:02x} at offset {error.start:,}"
        raise NotText(f"not valid {name}: {where}") from error
    if "\0" in text:
        raise NotText(f"NUL characters in {name}")
    return text


def _western(raw: bytes, why: str) -> str:
    try:
        text = raw.decode("cp1252")
    except UnicodeDecodeError as error:
        raise NotText(f"{why}; nor Windows-1252") from error
    foreign = sum(byte > 0x7F for byte in raw)
    if _CONTROL.search(text) or foreign > _MOST_FOREIGN * len(raw):
        raise NotText(f"{why}; as Windows-1252 it would be no readable text")
    return text
