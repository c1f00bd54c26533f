"""The compliance view as JSON of its own and behind the report."""

import asyncio
import json

from agents.catalogue.loader import load
from agents.change import Change, SourceText
from agents.findings import Draft
from service.exports.compliance import report_with_compliance
from service.exports.formats import export_format
from service.exports.markdown import review_markdown
from tests.support import offline_draft

SCREENING = """# Screening of applicants

## Architecture

Applicants upload a CV on the Career site. The Career site calls the Screening service. The Screening service sends the CV to
GPT-4o and stores the score in Postgres. The model ranks applicants, and those below the threshold are rejected automatically.
"""
SHOP = """# Shop

## Architecture

Customers order in the Web shop. The Web shop calls the Order API. The Order API stores orders in Postgres.
"""


def drafted(text: str) -> Draft:
    source = SourceText(path="design.md", text=text)
    return asyncio.run(offline_draft(Change(repository="local", documents=(source,))))


def test_the_view_stands_behind_the_whole_report() -> None:
    draft = drafted(SCREENING)
    text = report_with_compliance(draft, load())
    assert text.startswith(review_markdown(draft))
    assert "not legal advice" in text.lower()
    assert "EU AI Act" in text.removeprefix(review_markdown(draft))


def test_the_view_alone_is_json_with_a_version() -> None:
    body = json.loads(export_format("compliance").render(drafted(SCREENING), load()))
    assert (body["kind"], body["schema_version"]) == ("lintel.compliance", "1.0")
    assert body["applies"] is True
    assert any("Annex III" in json.dumps(question) for question in body["risk"])


def test_a_design_without_ai_says_why_the_view_is_empty() -> None:
    body = json.loads(export_format("compliance").render(drafted(SHOP), load()))
    assert body["applies"] is False
    assert "no AI component" in body["why"]
