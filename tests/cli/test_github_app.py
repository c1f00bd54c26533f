"""`lintel github-app`: the whole flow against the stand-in, and every way it can end badly."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from typer.testing import Result

from service.demo.standin import StandIn
from tests.cli.browser import PUBLIC, Browser, Creating, settings_for
from tests.cli.support import command, environment, lintel, said
from tests.support import ROOT

SECRET_FILES = ("private-key.pem", "webhook-secret", "oauth-client-secret")


@pytest.fixture(scope="module")
def github() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_from_the_address_to_an_app_that_works(github: StandIn, tmp_path: Path) -> None:
    home = tmp_path / "my home"
    env = settings_for(github, home)
    with Creating(env, "--org", "acme") as creating, Browser() as browser:
        assert "created" in browser.whole(creating.address).text
        code, text = creating.ended()
    assert code == 0, text
    folder = home / "github-app"
    assert [path.name for path in home.iterdir()] == ["github-app"]
    assert mode(folder) == 0o700
    assert {mode(path) for path in folder.iterdir()} == {0o600}
    key, *others = [(folder / name).read_text() for name in SECRET_FILES]
    assert key.startswith("-----BEGIN RSA PRIVATE KEY-----")
    assert not [line for line in [*key.split("\n")[1:-2], *others] if line in text]
    assert "ssh -L" in text
    assert f"{github.base_url}/apps/lintel-acme/installations/new" in text
    assert f"ok       webhook       {PUBLIC}/webhooks/github" in text
    # The file for the shell gives a process the same App, and the kept files do without it.
    script = f'set -a; . "{folder}/lintel.env"; set +a; exec "$@"'
    shell = ["sh", "-c", script, "sh", *command("github-app", "check", "--json")]
    left_over = {"LINTEL_GITHUB_PRIVATE_KEY": "of another App", "LINTEL_WEBHOOK_SECRET": "old"}
    plain = environment({"LINTEL_HOME": str(tmp_path / "elsewhere"), **left_over})
    done = subprocess.run(shell, capture_output=True, env=plain, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["ok"] is True
    assert lintel("github-app", "check", env=env).returncode == 0
    broker = {"LINTEL_BROKER_URL": "redis://127.0.0.1:9/0"}
    doctor = json.loads(lintel("doctor", "--json", env={**env, **broker}).stdout)["checks"]
    fixes = [check["fix"] for check in doctor if check["name"] == "github"]
    assert fixes == [f"set -a; . '{folder}/lintel.env'; set +a"]


def test_an_app_is_put_aside_only_when_told(github: StandIn, tmp_path: Path) -> None:
    env = settings_for(github, tmp_path)
    key = tmp_path / "github-app" / "private-key.pem"
    key.parent.mkdir()
    key.write_text("the first key")
    refused = lintel("github-app", "create", env=env)
    assert (refused.returncode, key.read_text()) == (4, "the first key")
    assert "--force" in said(refused)
    with Creating(env, "--force", "--name", "The second") as creating, Browser() as browser:
        browser.whole(creating.address)
        assert creating.ended()[0] == 0
    assert key.read_text().startswith("-----BEGIN")
    assert (tmp_path / "github-app.before-1" / key.name).read_text() == "the first key"


def test_another_state_is_not_exchanged(github: StandIn, tmp_path: Path) -> None:
    before = len(github.requests("/app-manifests"))
    with Creating(settings_for(github, tmp_path), "--name", "State") as creating:
        with Browser() as browser:
            back = browser.create(browser.open(creating.address))
            foreign = re.sub(r"state=[^&]+", "state=another", back)
            assert browser.http.get(foreign).status_code == 502
        code, text = creating.ended()
    assert (code, "another state" in text) == (5, True)
    assert len(github.requests("/app-manifests")) == before
    assert list(tmp_path.iterdir()) == []


def test_a_code_that_was_used_keeps_nothing(github: StandIn, tmp_path: Path) -> None:
    with Creating(settings_for(github, tmp_path), "--name", "Reuse") as creating:
        with Browser() as browser:
            back = browser.create(browser.open(creating.address))
            code = re.findall(r"code=([^&]+)", back)[0]
            stolen = httpx2.post(f"{github.base_url}/app-manifests/{code}/conversions")
            assert stolen.status_code == 201
            browser.http.get(back)
        status, text = creating.ended()
    assert (status, "it was used before" in text) == (5, True)
    assert "/settings/apps" in text
    assert code not in text
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("times", "expected"), [(2, 0), (3, 5)])
def test_a_short_outage_loses_nothing(
    github: StandIn, tmp_path: Path, times: int, expected: int
) -> None:
    env = settings_for(github, tmp_path)
    with Creating(env, "--name", f"Outage {times}") as creating, Browser() as browser:
        back = browser.create(browser.open(creating.address))
        github.faults({"kind": "status", "path_regex": "/conversions$", "times": times})
        browser.http.get(back)
        assert creating.ended()[0] == expected
    assert (tmp_path / "github-app").exists() == (expected == 0)


def test_ctrl_c_leaves_nothing(github: StandIn, tmp_path: Path) -> None:
    with Creating(settings_for(github, tmp_path)) as creating:
        creating.interrupt()
        code, text = creating.ended()
    assert (code, "nothing was kept" in text) == (130, True)
    assert list(tmp_path.iterdir()) == []


def test_the_manifest_asks_for_the_least(run: Callable[..., Result], tmp_path: Path) -> None:
    shown = run(
        "github-app", "create", "--print-manifest", "--org", "acme",
        LINTEL_HOME=str(tmp_path / "home"), LINTEL_PUBLIC_URL=PUBLIC,
    )  # fmt: skip
    asked = json.loads(shown.stdout)
    assert asked["hook_attributes"]["url"] == f"{PUBLIC}/webhooks/github"
    assert asked["callback_urls"] == [f"{PUBLIC}/login/callback"]
    assert asked["public"] is False
    assert asked["default_permissions"] == {
        "checks": "write", "contents": "read", "issues": "write", "metadata": "read",
        "pull_requests": "write",
    }  # fmt: skip
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("args", "env", "code", "words"),
    [
        ((), {"LINTEL_GITHUB_WEB_URL": "https://git.acme.org"}, 4, "https://git.acme.org/api/v3"),
        ((), {"LINTEL_GITHUB_WEB_URL": "https://acme.ghe.com"}, 4, "https://api.acme.ghe.com"),
        (("--org", "a/b"), {}, 3, "not the name of an organisation"),
        (("--name", "x" * 35), {}, 3, "34 characters"),
        ((), {"LINTEL_HOME": "/dev/null/home"}, 4, "cannot be written"),
    ],
)
def test_what_cannot_work_is_said_first(
    run: Callable[..., Result],
    tmp_path: Path,
    args: tuple[str, ...],
    env: dict[str, str],
    code: int,
    words: str,
) -> None:
    base = {"LINTEL_HOME": str(tmp_path / "home")}
    result = run("github-app", "create", *args, **(base | env))
    assert (result.exit_code, words in result.stderr) == (code, True), result.stderr
    assert not (tmp_path / "home").exists()
