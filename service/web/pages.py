"""Templates of the workspace and the words they use for numbers, times and texts."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.templating import Jinja2Templates

from agents.evidence import Evidence, Label
from service.db import now
from service.reviews.states import IN_WORDS, State

WEB = Path(__file__).parent
FOLDERS = (WEB / "templates", WEB.parent / "reviews" / "templates")

LABELS = {
    Label.STATED: "stated in the text",
    Label.DIAGRAM: "read from a diagram",
    Label.INFERRED: "inferred from the text",
    Label.ABSENT: "not said where one would expect it",
}

HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    "\U000e0000-\U000e0fff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a]"
)
"""Characters that a reader cannot see, or that turn the text around."""

_JOINING = frozenset("\u200d\ufe0f")


def environment() -> Environment:
    """Autoescaping, and an error for every name that a page was not given."""
    env = Environment(
        loader=FileSystemLoader(FOLDERS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = (visible, age, moment, label, plural, state_words, capitalize_first, map_quotes)
    env.filters.update({word.__name__: word for word in words})
    return env


def page(
    request: Request, name: str, context: Mapping[str, object], status: int = 200
) -> HTMLResponse:
    """One page; `person` is None for somebody who is not signed in."""
    templates: Jinja2Templates = request.app.state.templates
    settings = request.app.state.settings
    defaults: dict[str, object] = {"person": None, "demo": settings.demo, "refresh": 0}
    return templates.TemplateResponse(request, name, {**defaults, **context}, status_code=status)


def visible(text: str) -> str:
    """The text with hidden characters shown as their code point, `⟨U+202E⟩`."""
    return HIDDEN.sub(_shown, text)


def _shown(match: re.Match[str]) -> str:
    char, at = match.group(), match.start()
    before = match.string[at - 1 : at]
    # One joiner after a sign beyond ASCII is how emoji and some scripts are written.
    if char in _JOINING and before and not before.isascii() and not HIDDEN.match(before):
        return char
    return f"⟨U+{ord(char):04X}⟩"


def age(moment_: datetime) -> str:
    """How long ago, in one number and unit."""
    passed = now() - moment_
    if passed < timedelta(minutes=1):
        return "now"
    if passed < timedelta(hours=1):
        return f"{passed.seconds // 60} min"
    if passed < timedelta(days=1):
        return f"{passed.seconds // 3600} h"
    return plural(passed.days, "day")


def moment(value: datetime) -> str:
    """A moment for people, in UTC."""
    return value.strftime("%Y-%m-%d %H:%M UTC")


def plural(count: int, noun: str) -> str:
    """`1 finding`, `2 findings`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def label(value: Label) -> str:
    """How a quote supports a claim, in words."""
    return LABELS[value]


def state_words(state: str) -> str:
    """A review's state in words."""
    return IN_WORDS[State(state)]


def capitalize_first(text: str) -> str:
    """The sentence with its first letter as a capital; the rest stays."""
    return text[:1].upper() + text[1:]


class Quoting(Protocol):
    """Knows the way from evidence to its lines on the page."""

    def quote(self, evidence: Evidence) -> object:
        """The evidence with its link."""


def map_quotes(items: Iterable[Evidence], view: Quoting) -> list[object]:
    """Evidence with the links of a page."""
    return [view.quote(item) for item in items]
