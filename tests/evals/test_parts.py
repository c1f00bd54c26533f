"""The optional parts of a case: read where they are, and wrong with file and line."""

from pathlib import Path

import jsonschema
import pytest
import yaml

from evals.cases import read_case
from evals.files import FileError
from evals.schema import schemas
from tests.evals.support import write_case, write_own_case
from tests.support import CASES, require_cases


def test_the_optional_parts_are_read(tmp_path: Path) -> None:
    case = read_case(write_own_case(tmp_path))
    assert [a.span for item in case.gold for a in item.evidence] == [(7, 7), (6, 6)]
    assert case.gold[0].threat_ids == ("model-service-exhaustion",)
    assert (case.not_gold[0].line, case.questions[0].line) == (11, 12)
    assert case.system is not None
    assert [c.name for c in case.system.components][:2] == ["web app", "parcel service"]


def test_a_case_without_them_is_a_case(tmp_path: Path) -> None:
    case = read_case(write_case(tmp_path))
    assert (case.not_gold, case.questions, case.system) == ((), (), None)


@pytest.mark.parametrize(
    ("name", "old", "new", "below", "message"),
    [
        ("gold.yaml", "as many and as large", "as few", 0, "not verbatim on line 7"),
        ("gold.yaml", "lines: '7'", "lines: '8'", 1, "not verbatim on line 8"),
        ("gold.yaml", "lines: '7'", "lines: '7-3'", 1, "not verbatim"),
        ("gold.yaml", "lines: '7'", "lines: soon", 0, "lines"),
        ("gold.yaml", "model-service-exhaustion", "no-such-threat", 0, "no threat no-such-threat"),
        ("gold.yaml", "  line: 11", "  line: 99", 0, "has 12 lines"),
        ("gold.yaml", "  line: 12", "  line: 0", 0, "greater than or equal to 1"),
        ("gold.yaml", "  why: Open.", "  reason: Open.", 0, "reason"),
        ("system.yaml", "case: parcel-desk", "case: other", 0, "not other"),
        ("system.yaml", "kind: web_frontend", "kind: website", 0, "not in the vocabulary"),
        ("system.yaml", "source: web app", "source: browser", 0, "browser is no component here"),
        ("system.yaml", "  - partner", "  - moon", -1, "moon is not in the vocabulary"),
        ("system.yaml", "kind: internet", "kind: wall", 0, "wall is not in the vocabulary"),
        ("system.yaml", "attribute: user_uploads", "attribute: nice", 0, "not in the vocab"),
        ("system.yaml", "kind: web_frontend", "sort: web_frontend", -1, "kind"),
    ],
)
def test_an_error_names_file_line_and_reason(
    tmp_path: Path, name: str, old: str, new: str, below: int, message: str
) -> None:
    path = write_own_case(tmp_path) / name
    before, found, after = path.read_text().partition(old)
    assert found
    path.write_text(before + new + after)
    with pytest.raises(FileError) as caught:
        read_case(path.parent)
    assert f"{path}:{before.count(chr(10)) + 1 + below}: " in str(caught.value)
    assert message in str(caught.value)


def test_the_schemas_take_what_is_read_and_refuse_what_is_not(tmp_path: Path) -> None:
    folders = [write_own_case(tmp_path, "own"), write_case(tmp_path, "foreign")]
    for folder in folders:
        for name, schema in schemas().items():
            jsonschema.Draft202012Validator.check_schema(schema)
            if (folder / name).exists():
                jsonschema.validate(yaml.safe_load((folder / name).read_text()), schema)
    gold = yaml.safe_load((folders[0] / "gold.yaml").read_text())
    for where, key in ((gold["items"][0]["evidence"][0], "quote"), (gold["items"][0], "title")):
        kept = where.pop(key)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(gold, schemas()["gold.yaml"])
        where[key] = kept


def test_the_shared_cases_fit_the_schemas() -> None:
    require_cases()
    for path in CASES.glob("*/*.yaml"):
        jsonschema.validate(yaml.safe_load(path.read_text()), schemas()[path.name])
