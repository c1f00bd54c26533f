"""The catalogue: complete, consistent, and extensible by directories laid over it."""

import hashlib
from datetime import date
from pathlib import Path

import pytest
import yaml

from agents.catalogue.files import builtin_files
from agents.catalogue.loader import (
    Catalogue,
    CatalogueError,
    check,
    load,
    ordered_references,
    reference_title,
)
from agents.findings import Severity

TODAY = date(2026, 11, 24)
SOURCES = {source.name: source.text.decode() for source in builtin_files()}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def put(root: Path, name: str, text: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


HIJACK = "threats/agentic/agent-goal-hijack.yaml"


class TestContents:
    def test_counts(self, catalogue: Catalogue) -> None:
        assert len(catalogue.threats) == 109
        assert sum(t.category == "ai" for t in catalogue.threats.values()) == 70
        assert len(catalogue.patterns) == 23
        assert sum(len(p.required_controls) for p in catalogue.patterns.values()) == 110
        assert len(catalogue.frameworks) == 30
        assert sum(len(f.items) for f in catalogue.frameworks.values()) == 1490
        assert sum(len(t.references) for t in catalogue.threats.values()) == 1329
        words = catalogue.vocabulary
        lists = (words.kinds, words.attributes, words.data_classes, words.boundaries)
        assert [len(ids) for ids in lists] == [49, 49, 14, 12]

    def test_every_file_is_loaded_and_nothing_else_is(self, catalogue: Catalogue) -> None:
        names = [f"threats/{t.domain}/{t.id}.yaml" for t in catalogue.threats.values()]
        names += [f"patterns/{id_}.yaml" for id_ in catalogue.patterns]
        names += [f"frameworks/{key}.yaml" for key in catalogue.frameworks]
        assert sorted([*names, "vocabulary.yaml", "version.yaml"]) == sorted(SOURCES)

    def test_every_reference_has_a_title(self, catalogue: Catalogue) -> None:
        for threat in catalogue.threats.values():
            for reference in ordered_references(threat):
                assert reference_title(catalogue, reference), (threat.id, reference)

    def test_the_pattern_relation_reads_the_same_from_both_sides(
        self, catalogue: Catalogue
    ) -> None:
        forth = {(t.id, p) for t in catalogue.threats.values() for p in t.paved_road_patterns}
        back = {(t, p.id) for p in catalogue.patterns.values() for t in p.covers_threats}
        assert forth == back

    def test_it_checks_itself(self) -> None:
        assert check() == []

    def test_it_is_read_once_and_has_a_version_and_a_hash(self, catalogue: Catalogue) -> None:
        assert load() is catalogue
        assert catalogue.version == "2026.11"
        assert len(bytes.fromhex(catalogue.hash)) == hashlib.sha256().digest_size

    def test_licences_name_every_framework(self, catalogue: Catalogue) -> None:
        import agents.catalogue

        text = (Path(agents.catalogue.__file__).parent / "LICENCES.md").read_text()
        for framework in catalogue.frameworks.values():
            assert f"| `{framework.key}` | {framework.name} | {framework.version} |" in text


class TestVocabulary:
    def test_a_kind_has_group_and_stride_element(self, catalogue: Catalogue) -> None:
        kind = catalogue.vocabulary.kind("rag_index")
        assert kind is not None
        assert (kind.group, kind.stride_element) == ("ai", "data_store")
        assert catalogue.vocabulary.kind("any") is None

    @pytest.mark.parametrize(
        ("score", "severity"),
        [(25, "critical"), (20, "critical"), (16, "high"), (15, "high"), (12, "medium")]
        + [(9, "medium"), (8, "low"), (1, "low")],
    )
    def test_bands(self, catalogue: Catalogue, score: int, severity: str) -> None:
        assert catalogue.vocabulary.severity(score) is Severity(severity)


class TestReferences:
    def test_a_title(self, catalogue: Catalogue) -> None:
        assert reference_title(catalogue, "cwe/CWE-918")
        assert reference_title(catalogue, "owasp-ai-exchange/#PROMPT_INJECTION_I/O_HANDLING")
        assert reference_title(catalogue, "mitre-atlas/AML.T9999") is None
        assert reference_title(catalogue, "nowhere/1") is None
        assert reference_title(catalogue, "") is None

    def test_a_retired_id_gives_its_successor(self, catalogue: Catalogue) -> None:
        new = reference_title(catalogue, "mitre-atlas/AML.T0115.000")
        assert reference_title(catalogue, "mitre-atlas/AML.T0019") == new

    def test_the_attack_comes_first_and_2026_before_2025(self, catalogue: Catalogue) -> None:
        ordered = ordered_references(catalogue.threats["indirect-prompt-injection"])
        assert ordered[:3] == (
            "mitre-atlas/AML.T0051.001",
            "owasp-llm-2026/LLM01:2026",
            "owasp-llm-2025/LLM01:2025",
        )
        assert "cwe/CWE-1427" in ordered

    def test_the_narrower_technique_comes_first(self, catalogue: Catalogue) -> None:
        pair = ("mitre-atlas/AML.T0051", "mitre-atlas/AML.T0051.000")
        threat = catalogue.threats["agent-goal-hijack"]
        threat = threat.model_copy(update={"references": pair, "cwe": ()})
        assert ordered_references(threat) == pair[::-1]

    def test_nothing_is_lost_or_doubled(self, catalogue: Catalogue) -> None:
        for threat in catalogue.threats.values():
            ordered = ordered_references(threat)
            assert len(set(ordered)) == len(ordered)
            assert set(ordered) == {*threat.references, *(f"cwe/{c}" for c in threat.cwe)}
            editions = [r.split("/")[0] for r in ordered if r.startswith("owasp-llm-20")]
            if editions:
                assert editions[0] == "owasp-llm-2026"


class TestOverlay:
    def test_a_new_threat_is_added_and_changes_the_hash(
        self, catalogue: Catalogue, tmp_path: Path
    ) -> None:
        fields = yaml.safe_load(SOURCES[HIJACK])
        fields |= {"id": "our-own", "paved_road_patterns": []}
        put(tmp_path, "threats/agentic/our-own.yaml", yaml.safe_dump(fields))
        added = load([tmp_path], today=TODAY)
        assert set(added.threats) - set(catalogue.threats) == {"our-own"}
        assert added.hash != catalogue.hash
        assert added.hash == load([tmp_path], today=TODAY).hash

    def test_a_later_directory_wins_field_by_field(
        self, catalogue: Catalogue, tmp_path: Path
    ) -> None:
        for layer, title in (("a", "First"), ("b", "Second")):
            put(tmp_path / layer, HIJACK, f"id: agent-goal-hijack\ntitle: {title}\n")
        both = load([tmp_path / "a", tmp_path / "b"], today=TODAY)
        threat = both.threats["agent-goal-hijack"]
        assert threat.title == "Second"
        put(tmp_path / "b", HIJACK, "id: agent-goal-hijack\ntitle: Sekond\n")
        assert load([tmp_path / "a", tmp_path / "b"], today=TODAY).hash != both.hash
        kept = catalogue.threats["agent-goal-hijack"].model_copy(update={"title": "Second"})
        assert threat == kept

    def test_a_pattern_is_approved_with_owner_and_review_date(self, tmp_path: Path) -> None:
        text = "id: PR-03\nstatus: approved\nowner: Platform team\nreview_by: 2027-05-01\n"
        put(tmp_path, "patterns/PR-03.yaml", text)
        pattern = load([tmp_path], today=TODAY).patterns["PR-03"]
        assert (pattern.status, pattern.review_by) == ("approved", date(2027, 5, 1))
        assert check([tmp_path], today=TODAY) == []
        (late,) = check([tmp_path], today=date(2027, 5, 2))
        assert (late.level, late.line) == ("warning", 4)

    def test_approval_without_owner_is_refused(self, tmp_path: Path) -> None:
        put(tmp_path, "patterns/PR-03.yaml", "id: PR-03\nstatus: approved\n")
        with pytest.raises(CatalogueError, match="owner"):
            load([tmp_path], today=TODAY)

    def test_a_threat_is_switched_off_until_its_day(
        self, catalogue: Catalogue, tmp_path: Path
    ) -> None:
        text = (
            "id: agent-goal-hijack\ndisabled: true\nreason: No agents here\nexpires: 2027-01-31\n"
        )
        put(tmp_path, HIJACK, text)
        off = load([tmp_path], today=date(2027, 1, 31))
        assert set(catalogue.threats) - set(off.threats) == {"agent-goal-hijack"}
        assert off.disabled["agent-goal-hijack"].reason == "No agents here"
        covered = {id_ for p in off.patterns.values() for id_ in p.covers_threats}
        assert covered <= set(off.threats)
        back = date(2027, 2, 1)
        assert "agent-goal-hijack" in load([tmp_path], today=back).threats
        (warning,) = check([tmp_path], today=back)
        assert (warning.level, warning.line) == ("warning", 4)

    def test_a_later_directory_switches_it_on_again(self, tmp_path: Path) -> None:
        put(tmp_path / "a", HIJACK, "id: agent-goal-hijack\ndisabled: true\nreason: Not ours\n")
        put(tmp_path / "b", HIJACK, "id: agent-goal-hijack\n")
        on = load([tmp_path / "a", tmp_path / "b"], today=TODAY)
        assert "agent-goal-hijack" in on.threats
        assert not on.disabled

    def test_the_built_in_catalogue_stays_as_it_was(
        self, catalogue: Catalogue, tmp_path: Path
    ) -> None:
        put(tmp_path, HIJACK, "id: agent-goal-hijack\ntitle: Other\n")
        load([tmp_path], today=TODAY)
        assert load() is catalogue
        assert catalogue.threats["agent-goal-hijack"].title != "Other"
