"""All Markdown that is made of a draft: for GitHub, for people, for other tools."""

import json
from collections.abc import Iterator

from agents.catalogue.loader import Catalogue
from agents.change import Change
from agents.findings import Draft
from service.exports.compliance import report_with_compliance
from service.exports.otm import otm
from service.exports.sarif import sarif
from service.reviews.render import render

REVIEW = "attack"
"""Id of the review whose markers a post carries."""
EXPORT = "export"
"""Name of every text that is not posted."""


def texts(draft: Draft, change: Change, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Every Markdown that is made of a draft, by name: what is posted, and what is exported."""
    yield "summary", draft.summary
    yield "brief", draft.brief
    yield from ((f"comment on {c.about}", c.body) for c in draft.comments)
    # Without a diff, and with one that has no lines, comments go to other places.
    whole = tuple(file.model_copy(update={"patch": None}) for file in change.files)
    for files in (change.files, whole, ()):
        placed = change.model_copy(update={"files": files})
        post = render(draft, placed, review_id=REVIEW, event="COMMENT", approved_by="ada")
        yield "posted review", post.body
        yield from (("posted comment", c.body) for c in post.comments)
        yield from (("posted comment", c.body) for c in post.file_comments)
    yield EXPORT, report_with_compliance(draft, catalogue)
    for exported in (sarif(draft, catalogue), otm(draft, catalogue)):
        yield from ((EXPORT, markdown) for markdown in _markdown(json.loads(exported)))


def _markdown(value: object) -> Iterator[str]:
    """What other tools render as Markdown."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("markdown", "description") and isinstance(inner, str):
                yield inner
            yield from _markdown(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _markdown(inner)
