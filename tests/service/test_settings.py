"""Settings of the model: our names, the provider's names, files, and what they come to."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from service.analyst import chosen, model_host, model_options
from service.roles import FOREIGN
from service.settings import Settings


@pytest.fixture(autouse=True)
def bare_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    """No credential of the developer decides a test."""
    import os

    for name in list(os.environ):
        if name.startswith(("LINTEL_MODEL", "LINTEL_ANALYST", "OTEL_", *FOREIGN)):
            monkeypatch.delenv(name)


def key_of(settings: Settings) -> str | None:
    return settings.model_api_key.get_secret_value() if settings.model_api_key else None


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "offline"),
        ({"LINTEL_MODEL_API_KEY": "k"}, "model"),
        ({"ANTHROPIC_API_KEY": "k"}, "model"),
        ({"ANTHROPIC_API_KEY": ""}, "offline"),
        ({"OPENAI_API_KEY": "k"}, "offline"),  # of a provider that is not asked
        ({"LINTEL_MODEL": "openai:x", "OPENAI_API_KEY": "k"}, "model"),
        ({"LINTEL_MODEL": "openai:x", "LINTEL_MODEL_BASE_URL": "http://localhost:8000"}, "model"),
        ({"LINTEL_MODEL_BASE_URL": "http://localhost:8000"}, "offline"),
        ({"LINTEL_MODEL": "bedrock:x", "AWS_PROFILE": "reviews"}, "model"),
        ({"LINTEL_MODEL_API_KEY": "k", "LINTEL_ANALYST": "offline"}, "offline"),
        ({"LINTEL_ANALYST": "model"}, "model"),
    ],
)
def test_the_model_judges_as_soon_as_it_is_configured(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert chosen(Settings()) == expected


def test_our_names_win_over_the_providers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "theirs")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "https://theirs.example.org")
    monkeypatch.setenv("OPENAI_API_KEY", "of another")
    assert (key_of(Settings()), model_host(Settings())) == ("theirs", "theirs.example.org")
    (tmp_path / "key").write_text("from a file\n")
    monkeypatch.setenv("LINTEL_MODEL_API_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("LINTEL_MODEL_BASE_URL", "https://ours.example.org/v1")
    assert (key_of(Settings()), model_host(Settings())) == ("from a file", "ours.example.org")
    monkeypatch.setenv("LINTEL_MODEL", "openai:x")
    monkeypatch.delenv("LINTEL_MODEL_API_KEY_FILE")
    assert key_of(Settings()) == "of another"


def test_every_setting_of_the_model_reaches_its_options(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {
        "LINTEL_MODEL": "anthropic:a", "LINTEL_MODEL_BY_STEP": "triage=anthropic:b, judge=openai:c",
        "LINTEL_MODEL_FALLBACKS": "openai:d,openai:e", "LINTEL_MODEL_API_KEY": "k",
        "LINTEL_MODEL_BASE_URL": "http://localhost:1", "LINTEL_MODEL_MAX_TOKENS": "1000",
        "LINTEL_MODEL_TIMEOUT_SECONDS": "2.5", "LINTEL_MODEL_CACHE": "1h",
        "LINTEL_MODEL_WINDOW_TOKENS": "5000", "LINTEL_MODEL_PARALLEL": "2",
        "LINTEL_REVIEW_TOKEN_BUDGET": "7", "LINTEL_REVIEW_USD_BUDGET": "0.5",
    }  # fmt: skip
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    options = model_options(Settings())
    assert (options.name_for("triage"), options.name_for("judge")) == ("anthropic:b", "openai:c")
    assert options.name_for("write") == "anthropic:a"
    assert options.api_key is not None
    assert options.model_dump(exclude={"by_step", "api_key"}) == {
        "model": "anthropic:a", "fallbacks": ("openai:d", "openai:e"),
        "base_url": "http://localhost:1", "max_tokens": 1000, "timeout_seconds": 2.5,
        "cache": "1h", "window_tokens": 5000, "parallel": 2, "budget": {"tokens": 7, "usd": 0.5}, "prompts": {},
    }  # fmt: skip


@pytest.mark.parametrize("words", ["triage", "triage=", "read=anthropic:b", "=anthropic:b"])
def test_a_model_for_a_step_that_does_not_exist_is_refused(
    monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    monkeypatch.setenv("LINTEL_MODEL_BY_STEP", words)
    with pytest.raises(ValidationError, match="write step=model"):
        Settings()
