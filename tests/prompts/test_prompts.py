"""Prompt files: strict rendering, front matter, and released texts that never change."""

import hashlib
from importlib import resources

import pytest

import prompts
from prompts.loader import every, parse

FILE = b"---\nversion: 1\nvariables: [name]\nchangelog: First version.\n---\nHello {{name}}.\n"


def test_every_file_is_released_unchanged() -> None:
    released = prompts.released()
    found = {key: prompts.load(*key).sha256 for key in every()}
    assert found, "no prompt files found"
    assert found == released, "an edited text is a new version; list new versions in released.txt"


def test_an_edited_file_has_another_hash() -> None:
    raw = (resources.files("prompts") / "comment" / "v1.md").read_bytes()
    edited = parse("comment", "v1", raw + b" ")
    assert edited.sha256 != prompts.released()["comment", "v1"]
    assert parse("comment", "v1", raw).sha256 == hashlib.sha256(raw).hexdigest()


def test_render_fills_every_field_once() -> None:
    prompt = parse("greeting", "v1", FILE)
    assert prompt.render(name="Ada") == "Hello Ada."
    assert prompt.render(name="{{name}}") == "Hello {{name}}."
    assert prompt.label == f"greeting/v1 sha256:{hashlib.sha256(FILE).hexdigest()}"


@pytest.mark.parametrize(
    ("values", "message"),
    [({}, "missing name"), ({"name": "a", "nmae": "b"}, "unknown nmae")],
)
def test_render_is_strict(values: dict[str, str], message: str) -> None:
    with pytest.raises(prompts.PromptError, match=message):
        parse("greeting", "v1", FILE).render(**values)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"Hello", "no front matter"),
        (b"---\nversion: 1\n---\nHello", "front matter is"),
        (FILE.replace(b"version: 1", b"version: 2"), "says version 2"),
        (FILE.replace(b"[name]", b"[name, other]"), "variables differ"),
        (FILE.replace(b"[name]", b"[]"), "variables differ"),
    ],
)
def test_a_malformed_file_is_refused(raw: bytes, message: str) -> None:
    with pytest.raises(prompts.PromptError, match=message):
        parse("greeting", "v1", raw)


@pytest.mark.parametrize(
    ("name", "version"),
    [("nothing", None), ("comment", "v99"), ("../agents", None), ("comment", "1"), ("", None)],
)
def test_an_unknown_prompt_is_refused(name: str, version: str | None) -> None:
    with pytest.raises(prompts.PromptError):
        prompts.load(name, version)


def test_load_takes_the_newest_version() -> None:
    newest = max((v for n, v in every() if n == "comment"), key=lambda v: int(v[1:]))
    assert prompts.load("comment").version == newest
