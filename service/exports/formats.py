"""The formats of a review by name: how each is rendered, its media type and its file suffix."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, assert_never

if TYPE_CHECKING:
    from agents.catalogue.loader import Catalogue
    from agents.findings import Draft

FormatName = Literal["md", "json", "sarif", "otm", "threat-composer", "compliance"]


@dataclass(frozen=True)
class Format:
    """One format. `render` is pure: the same draft and catalogue give the same text."""

    render: "Callable[[Draft, Catalogue], str]"
    media_type: str
    suffix: str
    """With its dot, as the consumer expects it."""


def export_format(name: FormatName) -> Format:
    """The format with this name; its renderer is imported only now."""
    if name == "md":
        from service.exports.markdown import review_markdown

        return Format(lambda draft, _: review_markdown(draft), "text/markdown", ".md")
    if name == "json":
        from service.exports.review_json import review_json_text

        return Format(lambda draft, _: review_json_text(draft), "application/json", ".json")
    if name == "sarif":
        from service.exports.sarif import sarif

        return Format(sarif, "application/sarif+json", ".sarif")
    if name == "otm":
        from service.exports.otm import otm

        return Format(otm, "application/json", ".otm")
    if name == "threat-composer":
        from service.exports.threat_composer import threat_composer

        return Format(threat_composer, "application/json", ".tc.json")
    if name == "compliance":
        from service.exports.compliance import compliance_json

        return Format(compliance_json, "application/json", ".compliance.json")
    assert_never(name)
