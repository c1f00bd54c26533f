"""`lintel catalogue`."""

import json
from pathlib import Path

from agents.catalogue.loader import load
from tests.cli.support import lintel, said


def overlay(folder: Path, name: str, text: str) -> Path:
    """A catalogue directory with one file."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return folder


def test_check_of_the_built_in_catalogue() -> None:
    result = lintel("catalogue", "check")
    known = load()
    assert result.returncode == 0
    assert f"ok: {len(known.threats)} threats, {len(known.patterns)} patterns" in (
        result.stdout.decode()
    )
    assert known.hash[:12] in result.stdout.decode()


def test_check_names_file_and_line_of_an_error(tmp_path: Path) -> None:
    folder = overlay(tmp_path, "threats/rag/new.yaml", "id: new\ntitle: x\nseverity: high\n")
    result = lintel("catalogue", "check", "--catalogue", folder)
    assert result.returncode == 1
    assert f"error: {folder}/threats/rag/new.yaml:3: severity" in result.stdout.decode()
    assert result.stdout.decode().rstrip().endswith("problems")
    said(result)


def test_a_broken_catalogue_stops_other_commands(tmp_path: Path) -> None:
    result = lintel("catalogue", "list", env={"LINTEL_CATALOGUE": str(tmp_path / "none")})
    assert result.returncode == 4
    assert result.stdout == b""
    assert "lintel: error: the catalogue cannot be used" in said(result)


def test_list_by_domain() -> None:
    text = lintel("catalogue", "list", "--domain", "rag").stdout.decode()
    wanted = [t for t in load().threats.values() if t.domain == "rag"]
    assert text.startswith("rag:\n")
    assert len(text.splitlines()) == len(wanted) + 1
    assert all(f"  {t.id} " in text for t in wanted)


def test_list_as_json_holds_everything() -> None:
    body = json.loads(lintel("catalogue", "list", "--json").stdout)
    known = load()
    assert body["kind"] == "lintel.catalogue"
    assert body["hash"] == known.hash
    assert {t["id"] for t in body["threats"]} == set(known.threats)
    assert {p["id"] for p in body["patterns"]} == set(known.patterns)


def test_show_a_threat() -> None:
    text = lintel("catalogue", "show", "rag-corpus-poisoning").stdout.decode()
    threat = load().threats["rag-corpus-poisoning"]
    assert text.startswith(f"{threat.id}: {threat.title}\n")
    assert threat.review_question in text
    assert all(f"  - {control}" in text for control in threat.recommended_controls)
    assert "likelihood 4 x impact 4, high" in text


def test_show_a_pattern() -> None:
    text = lintel("catalogue", "show", "PR-01").stdout.decode()
    pattern = load().patterns["PR-01"]
    assert text.startswith(f"PR-01: {pattern.name}\n")
    assert all(f"  - {c.id} {c.text}" in text for c in pattern.required_controls)


def test_an_unknown_id_gets_a_suggestion() -> None:
    assert "did you mean rag-corpus-poisoning" in said(
        lintel("catalogue", "show", "rag-corpus-poisonin")
    )


def test_show_a_threat_that_is_switched_off(tmp_path: Path) -> None:
    text = "id: rag-corpus-poisoning\ndisabled: true\nreason: We index nothing.\n"
    folder = overlay(tmp_path, "threats/rag/rag-corpus-poisoning.yaml", text)
    result = lintel(
        "catalogue", "show", "rag-corpus-poisoning", env={"LINTEL_CATALOGUE": str(folder)}
    )
    assert result.returncode == 0
    assert b"is switched off: We index nothing." in result.stdout
