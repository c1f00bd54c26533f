"""Renders the stand-in's pages: plain HTML, its own style sheet, a strict content policy."""

from collections.abc import Mapping
from pathlib import Path

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from service.demo.markdown import render

STATIC = Path(__file__).with_name("static")

_environment = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters["markdown"] = render


def policy(form_to: str = "") -> str:
    """Nothing but our own style sheet and icon; forms go to ourselves, or also to `form_to`."""
    targets = f"'self' {form_to}".strip()
    return (
        "default-src 'none'; style-src 'self'; img-src 'self'; "
        f"form-action {targets}; base-uri 'none'; frame-ancestors 'none'"
    )


def page(template: str, context: Mapping[str, object], form_to: str = "") -> HTMLResponse:
    html = _environment.get_template(template).render(**context)
    headers = {
        "content-security-policy": policy(form_to),
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
    }
    return HTMLResponse(html, headers=headers)
