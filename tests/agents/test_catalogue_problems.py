"""What is wrong in a catalogue file is told with file, line and fix."""

from datetime import date
from pathlib import Path

import pytest

from agents.catalogue.files import builtin_files, line_of
from agents.catalogue.loader import CatalogueError, Problem, check, load

TODAY = date(2026, 11, 24)
HIJACK = "threats/agentic/agent-goal-hijack.yaml"
SOURCES = {source.name: source.text.decode() for source in builtin_files()}


def put(root: Path, name: str, text: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def one_problem(root: Path) -> Problem:
    with pytest.raises(CatalogueError) as caught:
        load([root], today=TODAY)
    (problem,) = caught.value.problems
    assert str(problem) in str(caught.value)
    assert problem.fix
    return problem


def edited(name: str, old: str, new: str) -> str:
    text = SOURCES[name]
    assert old in text
    return text.replace(old, new)


def line_with(text: str, part: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), start=1) if part in line)


class TestProblems:
    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            ("applies_to: [agent,", "applies_to: [robot,", "`robot` is not in the vocabulary"),
            ("- component_any_of: [agent]", "- component_any_of: [robot]", "`robot` is not"),
            ("[autonomous_actions, tool_use]", "[autonomous_actions, magic]", "`magic` is not"),
            ("- owasp-asi-2026/ASI01", "- owasp-asi-2026/ASI99", "`owasp-asi-2026/ASI99` does not"),
            ("likelihood: 4", "likelihood: 6", "less than or equal to 5"),
            ("- component_any_of: [agent]", "- component_any: [agent]", "unknown"),
            ("title: ", "titel: ", "titel"),
        ],
    )
    def test_it_names_file_line_and_fix(
        self, tmp_path: Path, old: str, new: str, message: str
    ) -> None:
        text = edited(HIJACK, old, new)
        path = put(tmp_path, HIJACK, text)
        with pytest.raises(CatalogueError) as caught:
            load([tmp_path], today=TODAY)
        problem = next(p for p in caught.value.problems if message in p.message)
        assert problem.file == str(path)
        assert problem.line == line_with(text, new)
        assert problem.fix
        assert str(problem).startswith(f"{path}:{problem.line}: ")

    def test_question_without_a_question_mark(self, tmp_path: Path) -> None:
        put(tmp_path, HIJACK, "id: agent-goal-hijack\nreview_question: Tell us.\n")
        problem = one_problem(tmp_path)
        assert "question mark" in problem.message
        assert problem.line == 2

    @pytest.mark.parametrize("count", [1, 5])
    def test_too_few_or_too_many_controls(self, tmp_path: Path, count: int) -> None:
        controls = [f"Control {n}" for n in range(count)]
        put(tmp_path, HIJACK, f"id: agent-goal-hijack\nrecommended_controls: {controls}\n")
        problem = one_problem(tmp_path)
        assert problem.message == f"{count} recommended controls"

    def test_a_pattern_that_does_not_answer(self, tmp_path: Path) -> None:
        put(
            tmp_path,
            "threats/cloud/public-storage-exposure.yaml",
            "id: public-storage-exposure\npaved_road_patterns: [PR-99]\n",
        )
        with pytest.raises(CatalogueError) as caught:
            load([tmp_path], today=TODAY)
        messages = [p.message for p in caught.value.problems]
        assert "there is no pattern `PR-99`" in messages
        assert any("`public-storage-exposure` does not name this pattern" in m for m in messages)

    def test_a_relation_said_on_one_side_only(self, tmp_path: Path) -> None:
        covered = [t for t in load().patterns["PR-03"].covers_threats if t != "embedding-inversion"]
        put(tmp_path, "patterns/PR-03.yaml", f"id: PR-03\ncovers_threats: {covered}\n")
        problem = one_problem(tmp_path)
        assert "PR-03" in problem.message
        assert "embedding-inversion" in problem.fix

    def test_switching_off_without_a_reason(self, tmp_path: Path) -> None:
        put(tmp_path, HIJACK, "id: agent-goal-hijack\ndisabled: true\n")
        assert one_problem(tmp_path).fix == "Add `reason`"

    def test_switching_off_what_does_not_exist(self, tmp_path: Path) -> None:
        put(tmp_path, "threats/agentic/nope.yaml", "id: nope\ndisabled: true\nreason: So\n")
        assert one_problem(tmp_path).message == "there is no threat `nope`"

    @pytest.mark.parametrize(
        ("name", "text", "message", "line"),
        [
            (HIJACK, "id: another\n", "differs from the file name", 1),
            (HIJACK, "id: agent-goal-hijack\ndomain: web\n", "differs from the folder", 2),
            (HIJACK, "id: agent-goal-hijack\ntitle: a\ntitle: b\n", "stands twice", 3),
            (HIJACK, "id: [\n", "not readable YAML", 2),
            (HIJACK, "- a\n", "holds no fields", 1),
            ("threat/x.yaml", "id: x\n", "no catalogue folder", 1),
            ("vocabulary.yaml", "domains: []\n", "belongs to the product", 1),
            ("patterns/PR-03.yml", "id: PR-03\n", "ends in .yml", 1),
        ],
    )
    def test_files_out_of_place(
        self, tmp_path: Path, name: str, text: str, message: str, line: int
    ) -> None:
        path = put(tmp_path, name, text)
        problem = one_problem(tmp_path)
        assert message in problem.message
        assert (problem.file, problem.line) == (str(path), line)
        assert check([tmp_path], today=TODAY) == [problem]

    def test_the_same_id_twice_in_one_directory(self, tmp_path: Path) -> None:
        for folder in ("agentic", "web"):
            put(tmp_path, f"threats/{folder}/agent-goal-hijack.yaml", "id: agent-goal-hijack\n")
        assert "has the same id" in one_problem(tmp_path).message

    def test_a_directory_that_is_not_there(self, tmp_path: Path) -> None:
        assert "not a directory" in one_problem(tmp_path / "missing").message
        assert check([tmp_path / "missing"])

    def test_a_framework_with_a_wrong_count(self, tmp_path: Path) -> None:
        put(tmp_path, "frameworks/linddun.yaml", "key: linddun\ncount: 8\n")
        assert "count says 8" in one_problem(tmp_path).message

    def test_all_problems_are_told_at_once(self, tmp_path: Path) -> None:
        put(tmp_path, HIJACK, "id: agent-goal-hijack\nreview_question: Tell us.\ncwe: [CWE-0]\n")
        assert [p.line for p in check([tmp_path], today=TODAY)] == [2, 3]

    def test_the_line_of_a_place_that_is_missing_is_its_parent(self) -> None:
        text = b"a:\n  - b: 1\n  - c: 2\n"
        assert line_of(text, ("a", 1, "c")) == 3
        assert line_of(text, ("a", 7)) == 1
        assert line_of(b"a: [", ("a",)) is None
