"""Styles of HTML that keep text from being seen."""

import re

OPENING = re.compile(
    r"<(?!(?:img|input|br|hr|meta|link)\b)([a-z][\w-]{0,20})(\s[^<>]{1,2000})>", re.IGNORECASE
)
"""An element that can hold text, with attributes: its name, and those."""
_UNSEEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?:\.0\d*)?\s*(?:[;\"']|$)"
    r"|font-size\s*:\s*(?:0|[01](?:\.\d+)?(?:px|pt))(?![.\d])|(?:left|top|text-indent)\s*:\s*-\d{3,}",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"\shidden(?:[\s=/]|$)", re.IGNORECASE)
_VALUE = re.compile(r"\"[^\"]*\"|'[^']*'")
_FLAT = re.compile(r"(?<![\w-])(?:max-)?(?:height|width)\s*:\s*0(?![.\d])", re.IGNORECASE)
_PALE = re.compile(
    r"(?<![\w-])color\s*[:=]\s*[\"']?\s*(?:white|transparent|#f{3}(?:f{1,5})?\b|#fefefe"
    r"|rgba?\(\s*255\s*,\s*255\s*,\s*255|rgba\([^)]{0,40},\s*0(?:\.0+)?\s*\))",
    re.IGNORECASE,
)
_BACKGROUND = re.compile(r"background|bgcolor", re.IGNORECASE)


def hides(attributes: str) -> bool:
    """True where the attributes of an element keep its text from being seen."""
    if _UNSEEN.search(attributes) or _HIDDEN.search(_VALUE.sub("", attributes)):
        return True
    if _FLAT.search(attributes) and "overflow" in attributes:
        return True
    return _PALE.search(attributes) is not None and not _BACKGROUND.search(attributes)
