"""The table of formats: one entry per name, with the suffix and media type that consumers expect."""

import re
import subprocess
import sys
from typing import get_args

import pytest

from service.exports.formats import FormatName, export_format
from tests.exports.drafts import small
from tests.exports.support import catalogue
from tests.support import ROOT

EXPECTED = {
    "md": ("text/markdown", ".md", "# Security design review"),
    "json": ("application/json", ".json", '{\n  "schema_version"'),
    "sarif": ("application/sarif+json", ".sarif", '{\n  "$schema"'),
    "otm": ("application/json", ".otm", '{\n  "otmVersion"'),
    "threat-composer": ("application/json", ".tc.json", '{\n  "schema": 1'),
    "compliance": ("application/json", ".compliance.json", '{\n  "schema_version"'),
}


def test_every_name_is_expected() -> None:
    assert set(get_args(FormatName)) == set(EXPECTED)


@pytest.mark.parametrize("name", get_args(FormatName))
def test_media_type_suffix_and_text(name: FormatName) -> None:
    made = export_format(name)
    media_type, suffix, start = EXPECTED[name]
    assert (made.media_type, made.suffix) == (media_type, suffix)
    assert made.render(small(), catalogue()).startswith(start)


def test_the_documentation_names_every_format_with_its_suffix() -> None:
    text = (ROOT / "docs" / "exports.md").read_text()
    rows = re.findall(r"^\| `([^`]+)` \| `([^`]+)` \|", text, re.MULTILINE)
    assert dict(rows) == {name: suffix for name, (_, suffix, _) in EXPECTED.items()}


def test_the_table_alone_loads_no_renderer() -> None:
    code = "import sys, service.exports.formats; print([m for m in sys.modules if 'exports.' in m])"
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert out.stdout.strip() == "['service.exports.formats']"
