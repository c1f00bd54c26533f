"""Markdown to safe HTML: raw HTML is shown as text, comments are hidden, as on GitHub."""

import re
from collections.abc import Iterator
from html import escape

import pyromark
from markupsafe import Markup

_OPTIONS = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_TASKLISTS
)
_TAGS = {
    "Paragraph": "p",
    "BlockQuote": "blockquote",
    "Item": "li",
    "Emphasis": "em",
    "Strong": "strong",
    "Strikethrough": "del",
    "Table": "table",
    "TableHead": "tr",
    "TableRow": "tr",
    "TableCell": "td",
}
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_FOLDING = re.compile(r"</?(?:details|summary)>|<br ?/?>")
_WEB_LINK = re.compile(r"https?://", re.IGNORECASE)


def render(text: str) -> Markup:
    """HTML that holds nothing of the text's own markup but `details`, `summary` and `br`."""
    return Markup("".join(_pieces(text)))  # noqa: S704 - every piece below is escaped or our own


def _pieces(text: str) -> Iterator[str]:
    raw: list[str] = []
    for event in pyromark.events(text, options=_OPTIONS):
        name, value = _split(event)
        if name in ("Html", "InlineHtml"):
            raw.append(str(value))
            continue
        if raw:
            yield _raw("".join(raw))
            raw = []
        yield _piece(name, value)
    yield _raw("".join(raw))


def _split(event: object) -> tuple[str, object]:
    if isinstance(event, dict):
        return next((str(key), value) for key, value in event.items())
    return str(event), None


def _raw(html: str) -> str:
    kept = _COMMENT.sub("", html)
    pieces, at = [], 0
    for match in _FOLDING.finditer(kept):
        pieces += [escape(kept[at : match.start()]), match[0]]
        at = match.end()
    return "".join([*pieces, escape(kept[at:])])


def _piece(name: str, value: object) -> str:
    if name == "Text":
        return escape(str(value))
    if name == "Code":
        return f"<code>{escape(str(value))}</code>"
    if name in ("Start", "End"):
        return _element(value, closing=name == "End")
    if name == "TaskListMarker":
        return "☑ " if value else "☐ "
    return {"SoftBreak": "\n", "HardBreak": "<br>", "Rule": "<hr>"}.get(name, "")


def _element(tag: object, *, closing: bool) -> str:
    name, value = _split(tag)
    if name in ("Link", "Image"):
        return _link(value, closing=closing)
    if name == "CodeBlock":
        return "</code></pre>" if closing else "<pre><code>"
    if name == "Heading":
        level = value.get("level") if isinstance(value, dict) else value
        element = f"h{min(int(str(level)[1:]) + 2, 6)}"
    elif name == "List":
        ordered = value is True if closing else value is not None
        element = "ol" if ordered else "ul"
    else:
        element = _TAGS.get(name, "")
    if not element:
        return ""
    return f"</{element}>" if closing else f"<{element}>"


def _link(value: object, *, closing: bool) -> str:
    """A web link, with where it leads; images and other schemes stay plain text."""
    if closing:
        return "</span>"
    target = str(value.get("dest_url", "")) if isinstance(value, dict) else ""
    shown = escape(target) if _WEB_LINK.match(target) else "not a web link"
    return f'<span class="link" title="{shown}">'
