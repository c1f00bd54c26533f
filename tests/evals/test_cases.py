"""The case reader, and what it says about a folder that is not in order."""

from collections.abc import Callable
from pathlib import Path

import pytest

from evals.cases import read_case, read_cases
from evals.files import FileError
from tests.evals.support import write_case
from tests.support import CASES, require_cases


def test_a_case_is_read_with_its_gold_by_id(tmp_path: Path) -> None:
    folder = write_case(tmp_path)
    text = (folder / "gold.yaml").read_text()
    (folder / "gold.yaml").write_text(text.replace("G01", "G09"))
    case = read_case(folder)
    assert [item.id for item in case.gold] == ["G02", "G09"]
    assert (case.slug, case.domain, case.clean) == ("parcel-desk", "web", False)
    assert case.gold[0].stride == ("S", "E")
    assert case.text == (folder / "design.md").read_text()


def test_cases_come_by_name_and_other_folders_are_left_alone(tmp_path: Path) -> None:
    for slug in ("b-case", "a-case"):
        write_case(tmp_path, slug)
    (tmp_path / "notes").mkdir()
    (tmp_path / "INDEX.md").write_text("# Cases\n")
    assert [case.slug for case in read_cases(tmp_path)] == ["a-case", "b-case"]


def test_a_folder_that_is_not_there_has_no_cases(tmp_path: Path) -> None:
    assert read_cases(tmp_path / "missing") == ()


def replaced(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))

    return change


def removed(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def written(name: str, content: bytes) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / name).write_bytes(content)

    return write


@pytest.mark.parametrize(
    ("damage", "place", "message"),
    [
        (removed("design.md"), "design.md", "No such file"),
        (removed("gold.yaml"), "gold.yaml", "No such file"),
        (removed("meta.yaml"), "meta.yaml", "No such file"),
        (written("design.md", b"\n \n"), "design.md:1", "empty"),
        (written("design.md", b"one\ntw\xff\n"), "design.md:2", "not UTF-8"),
        (written("gold.yaml", b"case: [\n"), "gold.yaml:2", "not readable YAML"),
        (written("gold.yaml", b"- a\n"), "gold.yaml:1", "no fields"),
        (replaced("gold.yaml", "gold_count: 2", "gold_count: 3"), "gold.yaml:2", "has 2 items"),
        (replaced("gold.yaml", "case: parcel-desk", "case: other"), "gold.yaml:1", "not other"),
        (replaced("gold.yaml", "- D", "- X"), "gold.yaml:8", "stride"),
        (replaced("gold.yaml", "id: G02", "id: G01"), "gold.yaml:12", "G01 stands twice"),
        (replaced("gold.yaml", "  title: Stolen API key\n", ""), "gold.yaml:12", "title"),
        (
            replaced("gold.yaml", "ai_category: null", "ai_category: magic"),
            "gold.yaml:9",
            "magic is none of: agent_identity",
        ),
        (replaced("meta.yaml", "slug: parcel-desk", "slug: x"), "meta.yaml:1", "not x"),
        (replaced("meta.yaml", "clean: false", "clean: true"), "meta.yaml:4", "has 2"),
        (replaced("meta.yaml", "clean: false", "clean: perhaps"), "meta.yaml:4", "clean"),
    ],
)
def test_an_error_names_file_line_and_reason(
    tmp_path: Path, damage: Callable[[Path], None], place: str, message: str
) -> None:
    folder = write_case(tmp_path)
    damage(folder)
    with pytest.raises(FileError) as caught:
        read_case(folder)
    assert f"{folder / place}:" in str(caught.value)
    assert message in str(caught.value)


def test_the_development_cases_are_in_order() -> None:
    require_cases()
    cases = read_cases(CASES)
    assert [case.slug for case in cases] == [path.parent.name for path in require_cases()]
    assert all(case.clean != bool(case.gold) for case in cases)
