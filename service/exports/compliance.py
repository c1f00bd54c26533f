"""The compliance view of a review: as JSON of its own, and as the last section of the report."""

import json

from agents.catalogue.loader import Catalogue
from agents.compliance.markdown import compliance_markdown
from agents.compliance.view import compliance
from agents.findings import Draft
from service.exports.markdown import review_markdown

SCHEMA_VERSION = "1.0"


def compliance_json(draft: Draft, catalogue: Catalogue) -> str:
    """`schema_version`, `kind`, and the fields of `ComplianceView`."""
    view = compliance(draft, catalogue).model_dump(mode="json")
    body = {"schema_version": SCHEMA_VERSION, "kind": "lintel.compliance", **view}
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def report_with_compliance(draft: Draft, catalogue: Catalogue) -> str:
    """The Markdown report with the compliance view behind it."""
    view = compliance_markdown(compliance(draft, catalogue))
    return f"{review_markdown(draft)}\n{view.rstrip()}\n"
