"""What of a Markdown text would act on GitHub, or call its bots: parsed, not guessed."""

import re
from collections.abc import Iterator

import pyromark

from agents.values import Value

_OPTIONS = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_TASKLISTS
    | pyromark.Options.ENABLE_STRIKETHROUGH
)
_OWN_HTML = re.compile(r"</?sub>|<!-- lintel:(?:review:attack|comment:attack:\d+) -->")
"""What our templates write themselves; the markers carry the id of the review being rendered."""
_WORDS = {
    "a mention": re.compile(r"@[\w-]"),
    "a reference to an issue": re.compile(r"#\d|\bGH-\d", re.IGNORECASE),
    "a bare link": re.compile(r"\w://|\bwww\.|mailto:|xmpp:", re.IGNORECASE),
    "an invisible character": re.compile(
        "[\u202a-\u202e\u2066-\u2069\u200b\u2060-\u2064\ufeff\u00ad\U000e0000-\U000e007f]"
    ),
}
_COMMAND = re.compile(
    r"(?:^|[\u2028\u2029])[ \t]*(?:[/!][a-z][\w-]*|bors\b|homu\b|recheck\b|retest this\b|test this please\b)",
    re.IGNORECASE | re.MULTILINE,
)
_ACTING = re.compile(r"^\s*(?:click|links?|href|callback)\b|%%\{|<|://|javascript:", re.IGNORECASE)
_CODE = re.compile(r"(<code[^>]*>).*?(</code>)", re.DOTALL)


class Live(Value):
    """One thing that would act."""

    sort: str
    text: str

    def __str__(self) -> str:
        return f"{self.sort}: {self.text.strip()[:120]!r}"


def live(markdown: str, *, posted: bool) -> Iterator[Live]:
    """Links, images, elements, mentions, references, suggestions and commands in a text.

    Bots read what is posted as it was written, also inside code; `posted` looks there too.
    """
    said = ""
    depth = 0
    for event in pyromark.events(markdown, options=_OPTIONS):
        kind, value = next(iter(event.items())) if isinstance(event, dict) else (event, None)
        if kind == "Text":
            said += "" if depth else str(value)
            continue
        if kind not in ("SoftBreak", "HardBreak"):
            yield from _words(said)
            said = ""
        opened = kind == "Start" and isinstance(value, dict) and "CodeBlock" in value
        depth += opened - (kind == "End" and value == "CodeBlock")
        yield from _acting(kind, value)
    for match in _COMMAND.finditer(markdown if posted else _outside_code(markdown)):
        yield Live(sort="a command for a bot", text=match[0])


def acting(mermaid: str) -> Iterator[Live]:
    """Lines of a Mermaid diagram that open a link, set options or hold an element."""
    for line in mermaid.split("\n"):
        if _ACTING.search(line):
            yield Live(sort="an active line of the diagram", text=line)


def shown(markdown: str) -> str:
    """The rendered text with what stands in code left out."""
    return _CODE.sub(r"\1\2", pyromark.html(markdown, options=_OPTIONS))


def _words(text: str) -> Iterator[Live]:
    for sort, pattern in _WORDS.items():
        match = pattern.search(text)
        if match:
            yield Live(sort=sort, text=text[max(0, match.start() - 20) : match.end() + 40])


def _acting(kind: str, value: object) -> Iterator[Live]:
    if kind in ("Html", "InlineHtml"):
        rest = _OWN_HTML.sub("", str(value)).strip()
        if rest:
            yield Live(sort="an element", text=rest)
    elif kind == "FootnoteReference":
        yield Live(sort="a footnote", text=str(value))
    elif kind == "Start" and isinstance(value, dict):
        for name, attributes in value.items():
            if name in ("Link", "Image", "FootnoteDefinition"):
                yield Live(sort=f"a live {name}", text=str(attributes))
            elif name == "CodeBlock" and "suggestion" in str(attributes).lower():
                yield Live(sort="a suggestion", text=str(attributes))


def _outside_code(markdown: str) -> str:
    raw = bytearray(markdown.encode())
    for event, place in pyromark.events_with_range(markdown, options=_OPTIONS):
        inner = event.get("Start") if isinstance(event, dict) else None
        if isinstance(inner, dict) and "CodeBlock" in inner:
            raw[place["start"] : place["end"]] = b"." * (place["end"] - place["start"])
    return raw.decode()
