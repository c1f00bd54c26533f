"""Charts as SVG text: points and bars, with titles that a screen reader reads."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH, HEIGHT = 520, 300
LEFT, RIGHT, TOP, BOTTOM = 56, 14, 12, 44
BAR = 22
BAR_NAMES, BAR_TEXT = 216, 110
"""Pixels for the names before the bars and for the text behind them."""
_STEPS = (1, 2, 2.5, 5, 10)
_svg = Markup(
    '<svg viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" aria-label="{label}">{body}</svg>'
).format


@dataclass(frozen=True)
class Point:
    """One dot: a case."""

    x: float
    y: float
    label: str
    link: str
    """Id of the element on the page that it leads to."""


def scatter(points: Sequence[Point], x_label: str, y_label: str) -> Markup:
    """Points over two axes from 0; each is a link with its label as title."""
    x_ticks = ticks(max((p.x for p in points), default=0))
    y_ticks = ticks(max((p.y for p in points), default=0))
    body = [*_across(x_ticks), *_up(y_ticks), _x_name(x_label), _y_name(y_label)]
    for p in points:
        body.append(
            Markup('<a href="#{}"><circle cx="{:.1f}" cy="{:.1f}" r="5"><title>{}</title></circle></a>')
            .format(p.link, _x(p.x, x_ticks[-1]), _y(p.y, y_ticks[-1]), p.label)
        )  # fmt: skip
    label = f"{y_label} against {x_label}, {len(points)} cases"
    return _svg(w=WIDTH, h=HEIGHT, label=label, body=Markup().join(body))


def bars(rows: Sequence[tuple[str, float, str]], label: str) -> Markup:
    """Shares from 0 to 1 as bars; a row is name, share and the text behind its bar."""
    names, most = BAR_NAMES, WIDTH - BAR_NAMES - BAR_TEXT
    body = []
    for place, (name, share, said) in enumerate(rows):
        y = place * BAR
        body.append(
            Markup(
                '<text x="{}" y="{}" text-anchor="end">{}</text>'
                '<rect x="{}" y="{}" width="{:.1f}" height="{}" class="bar"/>'
                '<text x="{:.1f}" y="{}">{}</text>'
            ).format(
                names - 8, y + 15, name, names, y + 3, max(share * most, 1), BAR - 7,
                names + share * most + 6, y + 15, said,
            )
        )  # fmt: skip
    return _svg(w=WIDTH, h=len(rows) * BAR + 4, label=label, body=Markup().join(body))


def ticks(most: float) -> list[float]:
    """Three to six round numbers from 0 to at least `most`; 0 and 1 where there is nothing."""
    if most <= 0:
        return [0.0, 1.0]
    power = 10 ** math.floor(math.log10(most / 4))
    step = next(s * power for s in _STEPS if s * power * 5 >= most)
    count = math.ceil(round(most / step, 9))
    return [round(step * n, 10) for n in range(count + 1)]


def _across(marks: Sequence[float]) -> list[Markup]:
    line = Markup(
        '<line x1="{0:.1f}" y1="{1}" x2="{0:.1f}" y2="{2}" class="grid"/>'
        '<text x="{0:.1f}" y="{3}" text-anchor="middle">{4:g}</text>'
    )
    bottom = HEIGHT - BOTTOM
    return [line.format(_x(v, marks[-1]), TOP, bottom, bottom + 16, v) for v in marks]


def _up(marks: Sequence[float]) -> list[Markup]:
    line = Markup(
        '<line x1="{1}" y1="{0:.1f}" x2="{2}" y2="{0:.1f}" class="grid"/>'
        '<text x="{3}" y="{4:.1f}" text-anchor="end">{5:g}</text>'
    )
    return [
        line.format(y, LEFT, WIDTH - RIGHT, LEFT - 6, y + 4, v)
        for v, y in ((v, _y(v, marks[-1])) for v in marks)
    ]


def _x(value: float, most: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * value / most


def _y(value: float, most: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / most


def _x_name(label: str) -> Markup:
    middle = (LEFT + WIDTH - RIGHT) / 2
    return Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(
        middle, HEIGHT - 8, escape(label)
    )


def _y_name(label: str) -> Markup:
    middle = (TOP + HEIGHT - BOTTOM) / 2
    return Markup('<text transform="translate(14 {}) rotate(-90)" text-anchor="middle">{}</text>').format(
        middle, escape(label)
    )  # fmt: skip
