"""`lintel config`."""

import json
from pathlib import Path

from service.repository_config.model import json_schema
from tests.cli.support import lintel, said


def written(folder: Path, text: str) -> Path:
    path = folder / "lintel.yml"
    path.write_text(text)
    return path


def test_check_of_a_good_file(tmp_path: Path) -> None:
    path = written(tmp_path, "cap: 3\nignore:\n  paths: ['docs/archive/**']\n  authors: [x]\n")
    result = lintel("config", "check", path)
    assert (result.returncode, result.stdout.decode()) == (0, f"ok: {path} sets 3 keys\n")


def test_check_names_file_line_and_fix(tmp_path: Path) -> None:
    path = written(tmp_path, "\ncap: 51\nanalist: offline\n")
    result = lintel("config", "check", path)
    assert result.returncode == 1
    first, second, count = result.stdout.decode().splitlines()
    assert first.startswith(f"error: {path}:2: `cap`: ")
    assert first.endswith("Write a whole number from 1 to 50.")
    assert second == (
        f"error: {path}:3: `analist` is not a key of this file. Perhaps `analyst` is meant."
    )
    assert count == "2 problems"
    assert said(result) == ""


def test_check_of_no_file(tmp_path: Path) -> None:
    result = lintel("config", "check", tmp_path / "none.yml")
    assert result.returncode == 3
    assert "No such file" in said(result)


def test_show_says_where_each_value_comes_from(tmp_path: Path) -> None:
    path = written(tmp_path, "severity_threshold: high\n")
    env = {"LINTEL_AUTHOR_CAP": "4"}
    rows = lintel("config", "show", path, env=env).stdout.decode().splitlines()
    words = {row.split()[0]: row.split()[1:] for row in rows}
    assert words["severity_threshold"] == ['"high"', str(path)]
    assert words["cap"] == ["4", "default"]
    body = json.loads(lintel("config", "show", "--json", path, env=env).stdout)
    assert body["kind"] == "lintel.config"
    assert body["config"]["severity_threshold"] == "high"
    assert body["origins"]["severity_threshold"] == str(path)


def test_schema() -> None:
    assert lintel("config", "schema").stdout.decode() == json_schema()


def test_show_of_a_repository_that_was_never_reviewed(tmp_path: Path) -> None:
    env = {"LINTEL_HOME": str(tmp_path)}
    assert lintel("db", "upgrade", env=env).returncode == 0
    result = lintel("config", "show", "--repo", "acme/none", env=env)
    assert result.returncode == 3
    assert "no pull request of acme/none was reviewed" in said(result)
