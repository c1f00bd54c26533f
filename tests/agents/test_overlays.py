"""Directories laid over the catalogue: what they may say, what conflicts, what is only warned of."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from agents.catalogue.files import builtin_files
from agents.catalogue.loader import CatalogueError, Problem, check, load

TODAY = date(2026, 11, 24)
SOURCES = {source.name: source.text.decode() for source in builtin_files()}
HIJACK = "threats/agentic/agent-goal-hijack.yaml"
ROAD = "patterns/PR-03.yaml"
PROSE = "The assistant answers staff. It calls the ticket tool."
EXAMPLES = f"examples:\n  fires: [{PROSE}]\n  quiet: [{PROSE}]\n"
NARROWER = "preconditions:\n  all_of: [{component_any_of: [agent]}]\n  in_words: An agent.\n"


def put(root: Path, name: str, text: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def own(name: str, **changes: object) -> str:
    """A built-in file as the start of a file of one's own."""
    return yaml.safe_dump(yaml.safe_load(SOURCES[name]) | changes)


def threat(root: Path, id_: str, **changes: object) -> Path:
    texts = {"fires": [PROSE], "quiet": [PROSE]}
    fields = {"id": id_, "paved_road_patterns": [], "examples": texts} | changes
    return put(root, f"threats/agentic/{id_}.yaml", own(HIJACK, **fields))


def pattern(root: Path, id_: str, **changes: object) -> Path:
    return put(root, f"patterns/{id_}.yaml", own(ROAD, id=id_, **changes))


def problems(*roots: Path) -> tuple[Problem, ...]:
    with pytest.raises(CatalogueError) as caught:
        load(roots, today=TODAY)
    return caught.value.problems


class TestCovering:
    def test_an_own_pattern_says_it_for_both_sides(self, tmp_path: Path) -> None:
        pattern(tmp_path, "ACME-01", covers_threats=["agent-goal-hijack"])
        known = load([tmp_path], today=TODAY)
        assert check([tmp_path], today=TODAY) == []
        before = load().threats["agent-goal-hijack"].paved_road_patterns
        after = known.threats["agent-goal-hijack"].paved_road_patterns
        assert after == (*before, "ACME-01")
        assert known.patterns["ACME-01"].covers_threats == ("agent-goal-hijack",)

    def test_an_own_threat_says_it_for_both_sides(self, tmp_path: Path) -> None:
        threat(tmp_path, "our-own", paved_road_patterns=["PR-03"])
        known = load([tmp_path], today=TODAY)
        before = load().patterns["PR-03"].covers_threats
        assert known.patterns["PR-03"].covers_threats == (*before, "our-own")

    def test_it_is_said_across_directories(self, tmp_path: Path) -> None:
        threat(tmp_path / "a", "our-own")
        pattern(tmp_path / "b", "ACME-01", covers_threats=["our-own"])
        known = load([tmp_path / "a", tmp_path / "b"], today=TODAY)
        assert known.threats["our-own"].paved_road_patterns == ("ACME-01",)

    def test_a_later_directory_takes_it_back(self, tmp_path: Path) -> None:
        pattern(tmp_path / "a", "ACME-01", covers_threats=["agent-goal-hijack", "mcp-rug-pull"])
        put(
            tmp_path / "b", "patterns/ACME-01.yaml", "id: ACME-01\ncovers_threats: [mcp-rug-pull]\n"
        )
        known = load([tmp_path / "a", tmp_path / "b"], today=TODAY)
        assert "ACME-01" not in known.threats["agent-goal-hijack"].paved_road_patterns
        assert "ACME-01" in known.threats["mcp-rug-pull"].paved_road_patterns

    @pytest.mark.parametrize(
        ("write", "where", "message"),
        [
            (
                lambda root: pattern(root, "ACME-01", covers_threats=["agent-goal-hijak"]),
                "- agent-goal-hijak",
                "there is no threat `agent-goal-hijak`",
            ),
            (
                lambda root: threat(root, "our-own", paved_road_patterns=["PR-99"]),
                "- PR-99",
                "there is no pattern `PR-99`",
            ),
            (
                lambda root: threat(root, "our-own", references=["eu-ai-act/Art.999"]),
                "- eu-ai-act/Art.999",
                "`eu-ai-act/Art.999` does not resolve",
            ),
        ],
    )
    def test_what_dangles_is_an_error(
        self, tmp_path: Path, write: object, where: str, message: str
    ) -> None:
        assert callable(write)
        path = write(tmp_path)
        (problem,) = problems(tmp_path)
        line = next(n for n, text in enumerate(path.read_text().splitlines(), 1) if where in text)
        assert (problem.file, problem.line, problem.message) == (str(path), line, message)
        assert problem.fix

    def test_taking_an_id_out_of_a_framework_is_an_error_at_who_refers_to_it(
        self, tmp_path: Path
    ) -> None:
        put(
            tmp_path,
            "frameworks/owasp-asi-2026.yaml",
            "key: owasp-asi-2026\ncount: 1\nitems: [{id: ASI01, title: One}]\n",
        )
        found = problems(tmp_path)
        assert all("does not resolve" in p.message and p.line for p in found)
        assert all("owasp-asi-2026/" in p.message for p in found)


class TestWhoSaidIt:
    def test_an_error_is_told_where_it_stands_not_in_the_last_file(self, tmp_path: Path) -> None:
        wrong = put(tmp_path / "a", HIJACK, "id: agent-goal-hijack\ntitle: A\ncwe: [CWE-0]\n")
        put(tmp_path / "b", HIJACK, "id: agent-goal-hijack\ntitle: B\n")
        (problem,) = problems(tmp_path / "a", tmp_path / "b")
        assert (problem.file, problem.line) == (str(wrong), 3)

    def test_a_wrong_type_too(self, tmp_path: Path) -> None:
        wrong = put(tmp_path / "a", HIJACK, "id: agent-goal-hijack\ncategory: strange\n")
        put(tmp_path / "b", HIJACK, "id: agent-goal-hijack\ntitle: B\n")
        (problem,) = problems(tmp_path / "a", tmp_path / "b")
        assert (problem.file, problem.line) == (str(wrong), 2)

    def test_a_review_date_too(self, tmp_path: Path) -> None:
        text = "id: PR-03\nstatus: approved\nowner: Platform\nreview_by: 2026-01-01\n"
        late = put(tmp_path / "a", ROAD, text)
        put(tmp_path / "b", ROAD, "id: PR-03\nname: Ours\n")
        (warning,) = check([tmp_path / "a", tmp_path / "b"], today=TODAY)
        assert (warning.level, warning.file, warning.line) == ("warning", str(late), 4)


class TestPlaces:
    def test_an_override_lies_in_the_folder_of_its_domain(self, tmp_path: Path) -> None:
        path = put(tmp_path, "threats/web/agent-goal-hijack.yaml", "id: agent-goal-hijack\n")
        (problem,) = problems(tmp_path)
        assert problem.file == str(path)
        assert problem.message == "the domain `agentic` differs from the folder"
        assert problem.fix == "Move the file to threats/agentic/"

    @pytest.mark.parametrize("folder", ["", "off/", "web/"])
    def test_a_switch_lies_anywhere_under_threats(self, tmp_path: Path, folder: str) -> None:
        text = "id: agent-goal-hijack\ndisabled: true\nreason: None here\n"
        put(tmp_path, f"threats/{folder}agent-goal-hijack.yaml", text)
        assert "agent-goal-hijack" in load([tmp_path], today=TODAY).disabled

    def test_a_threat_may_move_to_another_domain(self, tmp_path: Path) -> None:
        text = "id: agent-goal-hijack\ndomain: web\n"
        put(tmp_path, "threats/web/agent-goal-hijack.yaml", text)
        assert load([tmp_path], today=TODAY).threats["agent-goal-hijack"].domain == "web"

    def test_a_link_to_nowhere_is_told_like_any_other_problem(self, tmp_path: Path) -> None:
        link = tmp_path / "patterns" / "PR-03.yaml"
        link.parent.mkdir()
        link.symlink_to(tmp_path / "gone.yaml")
        (problem,) = problems(tmp_path)
        assert problem.file == str(link)
        assert problem.message.startswith("not readable: ")

    def test_bytes_that_are_no_text(self, tmp_path: Path) -> None:
        path = tmp_path / ROAD
        path.parent.mkdir()
        path.write_bytes(b"id: PR-03\nname: \xff\xfe\n")
        (problem,) = problems(tmp_path)
        assert problem.message.startswith("not readable YAML")


class TestSwitchingOff:
    @pytest.mark.parametrize("reason", ["''", "'   '"])
    def test_a_blank_reason_is_none(self, tmp_path: Path, reason: str) -> None:
        put(tmp_path, HIJACK, f"id: agent-goal-hijack\ndisabled: true\nreason: {reason}\n")
        (problem,) = problems(tmp_path)
        assert (problem.line, problem.message.split(":")[0]) == (3, "reason")

    def test_a_later_directory_prolongs_it(self, tmp_path: Path) -> None:
        for layer, day in (("a", "2026-01-31"), ("b", "2027-01-31")):
            text = f"id: agent-goal-hijack\ndisabled: true\nreason: None\nexpires: {day}\n"
            put(tmp_path / layer, HIJACK, text)
        both = [tmp_path / "a", tmp_path / "b"]
        assert "agent-goal-hijack" in load(both, today=TODAY).disabled
        assert check(both, today=TODAY) == []

    def test_a_day_that_is_none(self, tmp_path: Path) -> None:
        text = "id: agent-goal-hijack\ndisabled: true\nreason: So\nexpires: soon\n"
        put(tmp_path, HIJACK, text)
        (problem,) = problems(tmp_path)
        assert (problem.line, problem.message.split(":")[0]) == (4, "expires")


class TestApproval:
    @pytest.mark.parametrize("owner", ["''", "'  '", "TO BE ASSIGNED"])
    def test_nobody_owns_nothing(self, tmp_path: Path, owner: str) -> None:
        text = f"id: PR-03\nstatus: approved\nowner: {owner}\nreview_by: 2027-05-01\n"
        put(tmp_path, ROAD, text)
        (problem,) = problems(tmp_path)
        assert "owner" in problem.message

    def test_it_needs_a_review_date(self, tmp_path: Path) -> None:
        put(tmp_path, ROAD, "id: PR-03\nstatus: approved\nowner: Platform\n")
        assert "review_by" in problems(tmp_path)[0].message


class TestExamples:
    @pytest.mark.parametrize("change", [NARROWER, "applies_to: [agent]\n"])
    def test_what_changes_when_it_applies_brings_its_own(self, tmp_path: Path, change: str) -> None:
        path = put(tmp_path, HIJACK, f"id: agent-goal-hijack\n{change}")
        (problem,) = problems(tmp_path)
        assert (problem.file, problem.line) == (str(path), 2)
        assert "examples" in problem.message
        assert "examples: {}" in problem.fix

    @pytest.mark.parametrize("change", [NARROWER, "applies_to: [agent]\n"])
    def test_with_them_it_loads_and_no_older_one_is_kept(self, tmp_path: Path, change: str) -> None:
        lone = (
            "id: agent-goal-hijack\nexamples: {fires: [Old.], quiet: [Old.], mitigated: [Old.]}\n"
        )
        put(tmp_path / "a", HIJACK, lone)
        put(tmp_path / "b", HIJACK, f"id: agent-goal-hijack\n{change}{EXAMPLES}")
        both = [tmp_path / "a", tmp_path / "b"]
        examples = load(both, today=TODAY).threats["agent-goal-hijack"].examples
        assert (examples.fires, examples.mitigated) == ((PROSE,), ())
        assert check(both, today=TODAY) == []

    def test_setting_them_empty_is_allowed_and_warned_of(self, tmp_path: Path) -> None:
        path = put(tmp_path, HIJACK, f"id: agent-goal-hijack\n{NARROWER}examples: {{}}\n")
        assert load([tmp_path], today=TODAY).threats["agent-goal-hijack"].examples.fires == ()
        (warning,) = check([tmp_path], today=TODAY)
        assert (warning.level, warning.file, warning.line) == ("warning", str(path), 5)
        assert warning.message == "the threat has no `fires` and no `quiet` example"

    def test_the_same_precondition_changes_nothing(self, tmp_path: Path) -> None:
        fields = yaml.safe_load(SOURCES[HIJACK])
        same = {name: fields[name] for name in ("id", "preconditions", "applies_to")}
        put(tmp_path, HIJACK, yaml.safe_dump(same))
        assert check([tmp_path], today=TODAY) == []

    @pytest.mark.parametrize("missing", ["fires", "quiet"])
    def test_an_own_threat_without_one_is_warned_of(self, tmp_path: Path, missing: str) -> None:
        texts = {name: [PROSE] for name in ("fires", "quiet") if name != missing}
        path = threat(tmp_path, "our-own", examples=texts)
        (warning,) = check([tmp_path], today=TODAY)
        assert (warning.level, warning.file) == ("warning", str(path))
        assert warning.message == f"the threat has no `{missing}` example"

    def test_an_override_of_something_else_is_not(self, tmp_path: Path) -> None:
        put(tmp_path, HIJACK, "id: agent-goal-hijack\ntitle: Ours\n")
        assert check([tmp_path], today=TODAY) == []

    def test_nor_is_a_threat_that_is_off(self, tmp_path: Path) -> None:
        threat(tmp_path / "a", "our-own", examples={})
        text = "id: our-own\ndisabled: true\nreason: Not yet\n"
        put(tmp_path / "b", "threats/agentic/our-own.yaml", text)
        assert check([tmp_path / "a", tmp_path / "b"], today=TODAY) == []

    def test_an_unknown_kind_of_example_is_an_error(self, tmp_path: Path) -> None:
        put(tmp_path, HIJACK, "id: agent-goal-hijack\nexamples:\n  shows: [Text.]\n")
        (problem,) = problems(tmp_path)
        assert (problem.line, problem.fix) == (3, "Remove `shows` or correct its name")
