"""`lintel catalogue coverage`."""

import json

from agents.catalogue.coverage import coverage
from agents.catalogue.loader import load
from tests.cli.support import lintel, said


def table(*args: str) -> str:
    result = lintel("catalogue", "coverage", *args)
    assert result.returncode == 0
    return result.stdout.decode()


def test_the_table_has_a_row_for_each_part_and_agrees_with_the_figures() -> None:
    head, *rows = table().split("\n\n")[0].splitlines()
    parts = [(f, part) for f in coverage(load()) for part in f.parts]
    assert head.split() == ["framework", "version", "ids", "covered", "share"]
    assert len(rows) == len(parts)
    for row, (framework, part) in zip(rows, parts, strict=True):
        assert row.startswith(framework.key)
        ids, covered, share, _ = row.split()[-4:]
        assert (int(ids), int(covered)) == (len(part.items), len(part.covered))
        assert int(share) == int(100 * part.share)
    assert rows[0].split()[1] == "technique"


def test_missing_names_the_ids_with_their_titles() -> None:
    text = table("--framework", "eu-ai-act", "--missing")
    assert "eu-ai-act, not covered:\n" in text
    assert "Art.49           Registration\n" in text
    assert "Record-keeping" not in text


def test_json_maps_ids_to_what_covers_them() -> None:
    body = json.loads(table("--json", "--framework", "eu-ai-act"))
    assert (body["schema_version"], body["kind"]) == ("1.0", "lintel.catalogue.coverage")
    assert body["hash"] == load().hash
    assert "does not mean" in body["meaning"]
    (framework,) = body["frameworks"]
    (part,) = framework["parts"]
    items = {item["id"]: item for item in part["items"]}
    assert part["ids"] == len(items) == 28
    assert part["covered"] == sum(item["covered"] for item in items.values())
    assert "insufficient-ai-logging" in items["Art.12"]["threats"]
    assert "PR-01" in items["Art.12"]["patterns"]
    assert items["Art.49"] == {
        "id": "Art.49", "title": "Registration", "threats": [], "patterns": [], "covered": False
    }  # fmt: skip


def test_json_of_what_is_missing() -> None:
    body = json.loads(table("--json", "--missing"))
    items = [i for f in body["frameworks"] for part in f["parts"] for i in part["items"]]
    assert items
    assert not any(item["covered"] for item in items)
    assert len(body["frameworks"]) == len(load().frameworks)


def test_an_unknown_framework_gets_a_suggestion() -> None:
    result = lintel("catalogue", "coverage", "--framework", "eu-ai-akt")
    assert result.returncode == 2
    assert "did you mean eu-ai-act" in " ".join(said(result).split())


def test_help_says_what_covered_means() -> None:
    text = " ".join(table("--help").split())
    assert "does not mean that an id is answered in full" in text
    assert "A pattern covers what the threats that it covers refer to" in text
