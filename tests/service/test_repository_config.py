"""`.github/lintel.yml`: what is read from it, what is refused with its line, what comes of layers."""

import time

import pytest

from service.repository_config.effective import DEFAULT, by_key, effective, layer
from service.repository_config.globs import path_matches, text_matches
from service.repository_config.model import RepositoryConfig, json_schema
from service.repository_config.reading import MAX_BYTES, ConfigError, parsed
from tests.support import ROOT


def problems(text: bytes | None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parsed(text)
    return [str(problem).removeprefix(".github/lintel.yml:") for problem in caught.value.problems]


def test_every_problem_has_its_line_and_its_fix() -> None:
    text = b"""# ours
cap: '7'
lables: {}
severity_threshold: urgent
documents: docs
ignore:
  author: [x]
  paths: [/docs]
cap: 3
"""
    assert problems(text) == [
        "3: `lables` is not a key of this file. Perhaps `labels` is meant.",
        "4: `severity_threshold`: input should be 'critical', 'high', 'medium' or 'low'. "
        "Write critical, high, medium or low.",
        "5: `documents`: it should be a list. Write a list of globs, as in `documents: "
        '["docs/design/**/*.md"]`.',
        "7: `ignore.author` is not a key of this file. Perhaps `authors` is meant.",
        "8: `ignore.paths.0`: paths begin at the root of the repository, without a slash before "
        "them. Correct the glob.",
        "9: `cap` stands twice. Keep one of them.",
    ]


@pytest.mark.parametrize("cap", ["0", "51", "true", "'7'", "7.5", "", "9" * 5000])
def test_a_cap_is_a_whole_number_from_1_to_50(cap: str) -> None:
    assert problems(f"# cap\ncap: {cap}\n".encode())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"a: &x [1]\nb: *x\n", "1: anchors and aliases are not read here"),
        (b"a: " + b"[" * 30_000, "1: it is nested too deep"),
        (b"#" * (MAX_BYTES + 1), "1: the file is too large"),
        (None, "1: the file is too large"),
        (b"cap: 3\nx: [\n", "3: not readable YAML"),
        (b"cap: 2001-99-99\n", "1: a value cannot be read"),
        (b"cap: !!python/object:os.system x\n", "1: not readable YAML"),
        (b"- cap\n", "1: the file holds no fields"),
    ],
)
def test_what_a_stranger_may_send(text: bytes | None, said: str) -> None:
    (problem,) = problems(text)
    assert problem.startswith(said)


def test_a_message_repeats_no_more_than_a_few_printable_words() -> None:
    (problem,) = problems(b'"' + b"x" * 5000 + b'\\e[31m": 1\n')
    assert len(problem) < 300
    assert problem.isprintable()


@pytest.mark.parametrize("text", [b"", b"# nothing yet\n", b"---\n"])
def test_an_empty_file_is_a_file(text: bytes) -> None:
    assert parsed(text) == RepositoryConfig()


@pytest.mark.parametrize(
    ("glob", "path", "fits"),
    [
        ("docs/**/*.md", "docs/a.md", True),
        ("docs/**/*.md", "docs/x/y/a.md", True),
        ("docs/**/*.md", "src/docs/a.md", False),
        ("**/adr-*.md", "x/adr-1.md", True),
        ("*.md", "docs/a.md", False),
        ("docs/*", "docs/a/b.md", False),
        ("docs/**", "docs/a/b.md", True),
        ("a/**/b/**/c", "a/b/x/b/c", True),
        ("a/**/b/**/c", "a/b/x/y", False),
        ("docs/?.md", "docs/ab.md", False),
        ("docs/[a].md", "docs/[a].md", True),
        ("docs/[a].md", "docs/a.md", False),
        ("Docs/a.md", "docs/a.md", False),
    ],
)
def test_globs_of_paths(glob: str, path: str, fits: bool) -> None:
    assert path_matches(glob, path) is fits


def test_globs_of_texts() -> None:
    assert text_matches("dependabot[bot]", "dependabot[bot]")
    assert text_matches("Chore:*", "chore: move docs/a to b")
    assert not text_matches("chore:*", "no chore: at all")


def test_a_hostile_glob_takes_no_time() -> None:
    started = time.process_time()
    assert not path_matches("**/" * 60 + "x", "a/" * 2000 + "b")
    assert not text_matches("*a" * 100 + "b", "a" * 4000)
    assert time.process_time() - started < 1


def test_the_nearest_file_that_gives_a_key_wins() -> None:
    own = layer("own", "c0ffee" * 4, parsed(b"cap: 3\nignore: {authors: [x]}\n"))
    shared = layer("shared", "", parsed(b"cap: 9\nanalyst: offline\nignore: {paths: [old/**]}\n"))
    found = effective([own, shared], cap=5)
    assert (found.config.cap, found.config.analyst) == (3, "offline")
    assert (found.config.ignore.authors, found.config.ignore.paths) == (("x",), ("old/**",))
    assert found.origins["cap"] == "own at c0ffeec0ffee"
    assert found.origins["ignore.paths"] == "shared"
    assert found.origins["severity_threshold"] == DEFAULT
    assert effective([], cap=5).config == RepositoryConfig(cap=5)


def test_a_key_of_a_newer_version_does_no_harm() -> None:
    newer = layer("own", "", RepositoryConfig()).model_copy(update={"given": {"gate": "x"}})
    assert effective([newer], cap=7).config == RepositoryConfig()


def test_the_published_schema_is_the_models() -> None:
    published = (ROOT / "docs" / "lintel-yml.schema.json").read_text()
    assert published == json_schema(), "lintel config schema > docs/lintel-yml.schema.json"


def test_the_page_has_a_row_for_each_key_and_no_other_and_its_example_is_good() -> None:
    page = (ROOT / "docs" / "repository-config.md").read_text()
    keys = [key for key, _ in by_key(RepositoryConfig().model_dump(mode="json"))]
    rows = [line.split("`")[1] for line in page.splitlines() if line.startswith("| `")]
    assert rows == keys
    example = parsed(page.split("```")[1].removeprefix("yaml").encode())
    assert {key for key, _ in by_key(example.model_dump(exclude_unset=True))} == {*keys}
