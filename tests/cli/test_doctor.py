"""`lintel doctor`: one line per check, each with a fix when there is a problem."""

import json
import socket
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.cli.support import lintel, said
from tests.github.server import Scripted

NAMES = [
    "python", "settings", "secrets", "home", "database", "broker", "port", "github", "catalogue",
    "analyst",
]  # fmt: skip


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def examined(home: Path, **env: str) -> tuple[int, dict[str, dict[str, str]]]:
    """Exit code, and the checks by name."""
    base = {"LINTEL_HOME": str(home), "LINTEL_PORT": str(free_port())}
    result = lintel("doctor", "--json", env={**base, **env})
    said(result)
    body = json.loads(result.stdout)
    assert body["ok"] == (result.returncode == 0)
    assert all(bool(check["fix"]) != check["ok"] for check in body["checks"])
    return result.returncode, {check["name"]: check for check in body["checks"]}


@pytest.fixture(scope="module")
def private_key() -> str:
    """An RSA key in PEM, as GitHub hands it out."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    ).decode()


def test_a_fresh_machine_is_well(tmp_path: Path) -> None:
    env = {"LINTEL_HOME": str(tmp_path / "new"), "LINTEL_PORT": str(free_port())}
    result = lintel("doctor", env=env)
    lines = result.stdout.decode().splitlines()
    assert result.returncode == 0
    assert [line.split()[1] for line in lines] == NAMES
    assert all(line.startswith("ok ") for line in lines)
    assert result.stderr == b""
    assert not (tmp_path / "new").exists()


def test_a_migrated_database_and_an_older_one(tmp_path: Path) -> None:
    lintel("db", "upgrade", env={"LINTEL_HOME": str(tmp_path)})
    code, checks = examined(tmp_path)
    assert code == 0
    assert checks["database"]["detail"].endswith("has the newest schema")
    (tmp_path / "lintel.db").unlink()
    (tmp_path / "lintel.db").touch()
    code, checks = examined(tmp_path)
    assert code == 1
    assert checks["database"]["fix"] == "run `lintel db upgrade`"


def test_problems_have_fixes_and_secrets_stay_hidden(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code, checks = examined(
            tmp_path / "file" / "home",
            LINTEL_PORT=str(taken.getsockname()[1]),
            LINTEL_DATABASE_URL="postgresql://lintel:hunter2@127.0.0.1:9/lintel",
            LINTEL_BROKER_URL="redis://:hunter2@127.0.0.1:9/0",
            LINTEL_GITHUB_APP_ID="7",
            LINTEL_WEBHOOK_SECRET="hunter2",
            LINTEL_CATALOGUE=str(tmp_path / "none"),
        )
    assert code == 1
    wrong = {name for name, check in checks.items() if not check["ok"]}
    assert wrong == {"home", "database", "broker", "port", "github", "catalogue"}
    assert "webhook_secret set" in checks["secrets"]["detail"]
    assert "oauth_client_secret not set" in checks["secrets"]["detail"]
    assert "hunter2" not in json.dumps(checks)


def test_settings_that_cannot_be_read(tmp_path: Path) -> None:
    code, checks = examined(tmp_path, LINTEL_PORT="hunter2")
    assert code == 1
    assert list(checks) == ["python", "settings"]
    assert checks["settings"]["detail"].startswith("LINTEL_PORT: ")
    assert "hunter2" not in json.dumps(checks)
    _, checks = examined(tmp_path, LINTEL_WEBHOOK_SECRET_FILE="/nowhere")
    assert "LINTEL_WEBHOOK_SECRET_FILE: cannot read /nowhere" in checks["settings"]["detail"]


def test_the_analyst_in_force_is_named_and_its_key_is_not(tmp_path: Path) -> None:
    _, checks = examined(tmp_path)
    assert "without a language model" in checks["analyst"]["detail"]
    _, checks = examined(tmp_path, ANTHROPIC_API_KEY="sk-ant-hunter2-hunter2")
    assert checks["analyst"]["ok"]
    assert "at api.anthropic.com, model_api_key set" in checks["analyst"]["detail"]
    assert "hunter2" not in json.dumps(checks)
    _, checks = examined(
        tmp_path,
        LINTEL_ANALYST="model",
        LINTEL_MODEL="openai:local",
        LINTEL_MODEL_BASE_URL="http://ada:hunter2@models.example.org:8000/v1",
    )
    assert checks["analyst"]["ok"]
    assert "openai:local at models.example.org:8000," in checks["analyst"]["detail"]
    assert "hunter2" not in json.dumps(checks)
    code, checks = examined(tmp_path, LINTEL_ANALYST="model")
    assert code == 1
    assert "LINTEL_MODEL_API_KEY" in checks["analyst"]["fix"]


def test_the_app_is_asked_for_at_github(tmp_path: Path, private_key: str) -> None:
    with Scripted() as server:
        _, checks = examined(
            tmp_path,
            LINTEL_GITHUB_APP_ID="7",
            LINTEL_GITHUB_PRIVATE_KEY=private_key,
            LINTEL_GITHUB_API_URL=server.url,
        )
        assert len(server.got("GET", "/app")) == 1
    assert checks["github"]["ok"]
    assert "lintel-test" in checks["github"]["detail"]
    assert "github_private_key set" in checks["secrets"]["detail"]
    assert "PRIVATE KEY" not in json.dumps(checks)


def test_github_that_cannot_be_reached(tmp_path: Path, private_key: str) -> None:
    _, checks = examined(
        tmp_path,
        LINTEL_GITHUB_APP_ID="7",
        LINTEL_GITHUB_PRIVATE_KEY=private_key,
        LINTEL_GITHUB_API_URL=f"http://127.0.0.1:{free_port()}",
    )
    assert not checks["github"]["ok"]
    assert "connection to GitHub failed" in checks["github"]["detail"]


def test_a_key_that_is_no_key(tmp_path: Path) -> None:
    _, checks = examined(
        tmp_path, LINTEL_GITHUB_APP_ID="7", LINTEL_GITHUB_PRIVATE_KEY="hunter2-is-no-key"
    )
    assert "not an RSA key" in checks["github"]["detail"]
    assert "hunter2" not in json.dumps(checks)
