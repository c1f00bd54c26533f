"""Text for other tools: plain fields that nothing in them is live in, lengths, URIs, ids and JSON."""

import hashlib
import json
import posixpath
import re
from collections.abc import Mapping
from urllib.parse import quote
from uuid import NAMESPACE_OID, uuid5

# Control, direction, zero-width and tag characters: a terminal obeys them or a reader misses them.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069"
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
_MADE_UP = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_ID = 80
_LONGEST_NAME = 250
_NAMESPACE = uuid5(NAMESPACE_OID, "lintel.exports")


def plain(text: str) -> str:
    """The words on one line, hidden characters replaced, with nothing that SARIF reads as a link."""
    return visible(" ".join(text.split())).replace("](", "] (")


def visible(text: str) -> str:
    """The text with hidden characters replaced; line ends and tabs stay."""
    return _HIDDEN.sub("\ufffd", text)


def tidy(value: object) -> object:
    """The value with all its strings on one line and visible: for free property bags."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, Mapping):
        return {key: tidy(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [tidy(item) for item in value]
    return value


def units(text: str) -> int:
    """Length in UTF-16 code units, as JavaScript counts; never less than in code points."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clip(text: str, limit: int) -> str:
    """The text, or its beginning with an ellipsis: at most `limit` UTF-16 code units."""
    if units(text) <= limit:
        return text
    kept = text.encode("utf-16-le", "surrogatepass")[: 2 * (limit - 1)]
    return kept.decode("utf-16-le", "ignore").rstrip() + "…"


def label(text: str) -> str:
    """A plain name of at most 250 UTF-16 code units: below what consumers cut or refuse."""
    return clip(plain(text), _LONGEST_NAME)


def sentence(text: str) -> str:
    """The plain text, ended by a full stop unless it ends a sentence already; empty stays empty."""
    line = plain(text)
    return line if not line or line.endswith((".", "?", "!", "…")) else f"{line}."


def uri(path: str) -> tuple[str, bool]:
    """The percent-encoded URI of a path, and whether it is relative; an absolute one is a file's."""
    if path.startswith("/"):
        whole = "/" + posixpath.normpath(path).lstrip("/")
        return "file://" + quote(whole, safe="/", errors="replace"), False
    return quote(path, safe="/", errors="replace"), True


def identifier(prefix: str, text: str) -> str:
    """`prefix-text` in letters, digits and `._-`; a digest is added where that loses something."""
    short = _MADE_UP.sub("-", text).strip("-")[:_LONGEST_ID]
    if short == text:
        return f"{prefix}-{text}"
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return "-".join(part for part in (prefix, short, digest) if part)


def stable_uuid(*parts: str) -> str:
    """The same UUID (version 5) for the same parts, on every machine."""
    return str(uuid5(_NAMESPACE, json.dumps(parts)))


def dump(value: object) -> str:
    """JSON text with a line end; characters that steer a terminal are escaped, all others kept."""
    return escaped(json.dumps(value, ensure_ascii=False, indent=2)) + "\n"


def escaped(text: str) -> str:
    """JSON text of the same value without raw control, direction or invisible characters."""
    return _HIDDEN.sub(lambda match: json.dumps(match[0])[1:-1], text)
