"""The rules of the house, executable."""

import ast
import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from service.queue import ROUTES
from service.roles import GUARDED, Role, environment
from service.settings import Settings
from tests.support import ROOT

CODE = ("agents", "prompts", "service", "workers", "evals")


def sources(*folders: str) -> list[Path]:
    return [p for f in folders for p in sorted((ROOT / f).rglob("*.py"))]


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_no_file_is_longer_than_300_lines() -> None:
    long = {
        relative(p): n
        for p in sources(*CODE, "tests")
        if (n := len(p.read_text().splitlines())) > 300
    }
    assert not long


def test_no_function_is_longer_than_50_lines() -> None:
    long = []
    for path in sources(*CODE):
        if "migrations/versions" in relative(path):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > 50:
                    long.append(f"{relative(path)}:{node.lineno} {node.name} ({lines})")
    assert not long


def test_only_the_database_module_commits() -> None:
    commits = [
        relative(p)
        for p in sources("service", "workers")
        if re.search(r"\.commit\(\)", p.read_text()) and not relative(p).startswith("service/demo/")
    ]
    assert commits == ["service/db.py"]


def test_states_of_reviews_change_in_one_place() -> None:
    pattern = re.compile(r"review\w*\.state\s*=[^=]|update\(Review\)[^)]*\)\.values\([^)]*state=")
    writers = [
        relative(p)
        for p in sources("service", "workers")
        if pattern.search(p.read_text()) and "models.py" not in p.name
    ]
    assert writers in ([], ["service/reviews/states.py"])


def test_the_environment_is_read_only_where_settings_are_made() -> None:
    allowed = {
        "service/settings.py",
        "service/roles.py",
        "service/lifeline.py",
        "service/demo/run.py",
    }
    readers = {
        relative(p) for p in sources(*CODE) if re.search(r"os\.environ|os\.getenv", p.read_text())
    }
    assert readers <= allowed


def test_every_setting_is_in_the_example_and_nothing_else() -> None:
    text = (ROOT / "deploy" / ".env.example").read_text()
    listed = set(re.findall(r"^#?(LINTEL_[A-Z_]+)=", text, re.MULTILINE))
    assert listed == {f"LINTEL_{name.upper()}" for name in Settings.model_fields}


def test_nobody_else_owns_our_package_names() -> None:
    owners = importlib.metadata.packages_distributions()
    for name in ("agents", "prompts", "service", "workers"):
        assert set(owners.get(name, ["lintel-review"])) == {"lintel-review"}


def test_every_task_has_a_queue_and_takes_only_ids() -> None:
    registered = {}
    for path in sources("workers"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.FunctionDef):
                continue
            if any("app.task" in ast.unparse(d) for d in node.decorator_list):
                several = [node.args.vararg] if node.args.vararg else []
                both = [*node.args.args, *several]
                registered[f"{path.stem}.{node.name}"] = [a.arg for a in both]
    assert len(registered) == len(ROUTES)
    for task, arguments in registered.items():
        assert all(re.fullmatch(r"\w+_ids?", a) for a in arguments), (task, arguments)


OTHERS = {
    "GITHUB_TOKEN", "GH_TOKEN", "ANTHROPIC_API_KEY", "OPENAI_API_KEY", "AWS_SECRET_ACCESS_KEY",
    "AZURE_OPENAI_API_KEY", "GOOGLE_API_KEY", "GEMINI_API_KEY",
}  # fmt: skip
"""Credentials that may be in an operator's shell."""


def given(role: Role, settings: Settings) -> set[str]:
    """Variables that a role gets of a shell that holds every credential."""
    names = {f"LINTEL_{n.upper()}" for n in GUARDED}
    shell = dict.fromkeys([*names, *(f"{n}_FILE" for n in names), *OTHERS, "PATH"], "x")
    return environment(role, settings, shell).keys() - {"PATH", "LINTEL_HOME"}


KEY = {"LINTEL_MODEL_API_KEY", "LINTEL_MODEL_API_KEY_FILE"}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, {"ANTHROPIC_API_KEY"}),
        ({"model": "claude-x"}, {"ANTHROPIC_API_KEY"}),
        ({"model": "openai-responses:x"}, {"OPENAI_API_KEY"}),
        ({"model": "bedrock:x"}, {"AWS_SECRET_ACCESS_KEY"}),
        ({"model": "google:x"}, {"GOOGLE_API_KEY", "GEMINI_API_KEY"}),
        ({"model": "azure:x"}, {"AZURE_OPENAI_API_KEY", "OPENAI_API_KEY"}),
        ({"model_fallbacks": ("openai:y",)}, {"ANTHROPIC_API_KEY", "OPENAI_API_KEY"}),
        ({"model_by_step": ("judge=bedrock:y",)}, {"ANTHROPIC_API_KEY", "AWS_SECRET_ACCESS_KEY"}),
        ({"analyst": "offline"}, set()),
    ],
)
def test_the_draft_role_gets_the_models_credentials_and_none_of_github(
    values: dict[str, object], expected: set[str]
) -> None:
    settings = Settings.model_validate(values)
    assert given("draft", settings) == KEY | expected


def test_no_other_role_gets_a_credential_of_a_model() -> None:
    for role in get_args(Role):
        if role != "draft":
            assert not given(role, Settings()) & (KEY | OTHERS), role


@pytest.mark.parametrize("module", ["service.app", "service.web.setup"])
def test_the_web_process_loads_no_model_library_and_no_pygithub(module: str) -> None:
    code = (
        f"import sys, {module}; "
        "print([m for m in ('pydantic_ai', 'anthropic', 'github') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


FOREIGN = re.compile(
    r"/work/|/home/\w+/|pythonhosted|pypi\.org|registry\.npmjs|\bClaude Code\b",
    re.IGNORECASE,
)

MAY_NAME_OTHERS = (
    "uv.lock",
    "tests/test_house_rules.py",
    "agents/analysts/lexical/lexicon/kinds.yaml",
    "tests/agents/lens_probes.txt",
)
"""The lock names its registry; lexicon and probes name products that designs are built from."""


def test_the_project_speaks_of_itself_alone() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    found = []
    for name in filter(None, tracked):
        path = ROOT / name
        if name in MAY_NAME_OTHERS or not path.is_file():
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        found += [f"{name}: {m.group()}" for m in FOREIGN.finditer(text)]
    assert not found
