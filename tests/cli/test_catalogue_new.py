"""`lintel catalogue new`, and how `show` prints examples."""

from pathlib import Path

import pytest

from agents.catalogue.loader import load
from tests.cli.support import lintel, said


def new(*args: str | Path, **env: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr."""
    result = lintel("catalogue", "new", *args, env=env)
    return result.returncode, result.stdout.decode(), " ".join(said(result).split())


def test_a_threat_is_written_and_passes_the_check(tmp_path: Path) -> None:
    root = tmp_path / "ours"
    title = 'Prices: "stale"'
    code, out, _ = new(
        "threat", "stale-feed", "--domain", "integration", "--title", title, "--directory", root
    )
    path = root / "threats/integration/stale-feed.yaml"
    assert code == 0
    assert out.startswith(f"wrote {path}\nnext: ")
    assert f"lintel catalogue check --catalogue {root}" in out
    checked = lintel("catalogue", "check", "--catalogue", root)
    assert checked.returncode == 0
    assert b"still holds the text of a skeleton" in checked.stdout
    assert f"ok: {len(load().threats) + 1} threats" in checked.stdout.decode()
    shown = lintel("catalogue", "show", "stale-feed", "--catalogue", root).stdout.decode()
    assert shown.startswith(f"stale-feed: {title}\n")
    assert "  - fires (1): REPLACE:" in shown


def test_the_last_directory_of_the_settings_is_the_default(tmp_path: Path) -> None:
    first, last = tmp_path / "a", tmp_path / "not-yet"
    first.mkdir()
    both = f"{first},{last}"
    code, out, _ = new("threat", "stale-feed", "--domain", "web", LINTEL_CATALOGUE=both)
    assert code == 0
    assert (last / "threats/web/stale-feed.yaml").is_file()
    assert "`lintel catalogue check`" in out
    assert list(first.iterdir()) == []


def test_a_pattern_is_written_and_covers_an_own_threat(tmp_path: Path) -> None:
    new("threat", "stale-feed", "--domain", "integration", "--directory", tmp_path)
    covers = ("--covers", "stale-feed", "--covers", "webhook-spoofing")
    code, out, _ = new("pattern", "ACME-01", *covers, "--directory", tmp_path)
    assert (code, (tmp_path / "patterns/ACME-01.yaml").is_file()) == (0, True)
    assert lintel("catalogue", "check", "--catalogue", tmp_path).returncode == 0
    shown = lintel("catalogue", "show", "stale-feed", "--catalogue", tmp_path).stdout.decode()
    assert "  - ACME-01 REPLACE:" in shown


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("threat", "stale-feed"), "--domain: a threat needs a domain"),
        (("threat", "rag-feed"), "perhaps rag"),
        (("threat", "feed", "--domain", "raag"), "'raag' is no domain: perhaps rag"),
        (("threat", "Stale_Feed", "--domain", "web"), "lower case words joined by hyphens"),
        (("threat", "../x", "--domain", "web"), "lower case words joined by hyphens"),
        (("threat", "csrf-cors-misuse", "--domain", "web"), "threats/web/csrf-cors-misuse.yaml"),
        (("threat", "x", "--domain", "web", "--covers", "y"), "only a pattern covers threats"),
        (("pattern", "acme"), "capitals, a hyphen and two to four digits"),
        (("pattern", "PR-01", "--covers", "mcp-rug-pull"), "'PR-01' is in the catalogue already"),
        (("pattern", "ACME-01"), "a pattern covers at least one threat"),
        (("pattern", "ACME-01", "--covers", "mcp-rugpull"), "did you mean mcp-rug-pull"),
        (("pattern", "ACME-01", "--domain", "web"), "a pattern has no domain"),
        (("recipe", "soup"), "'recipe' is not"),
    ],
)
def test_wrong_usage_says_what_to_pass(tmp_path: Path, args: tuple[str, ...], message: str) -> None:
    code, out, err = new(*args, "--directory", tmp_path)
    assert (code, out) == (2, "")
    assert message in err
    assert list(tmp_path.rglob("*")) == []


def test_without_a_directory_it_says_what_to_pass() -> None:
    code, _, err = new("threat", "stale-feed", "--domain", "web")
    assert code == 2
    assert "pass --directory DIR, or name one in LINTEL_CATALOGUE" in err


@pytest.mark.parametrize("domain", ["web", "rag"])
def test_nothing_is_overwritten(tmp_path: Path, domain: str) -> None:
    path = tmp_path / "threats/web/stale-feed.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    args = ("threat", "stale-feed", "--domain", domain, "--directory", tmp_path)
    code, _, err = new(*args)
    assert code == 2
    assert f"{path} is there already; nothing is overwritten" in err
    assert [p.read_text() for p in tmp_path.rglob("*.yaml")] == ["mine"]


def test_a_directory_that_is_a_file(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    code, _, err = new("threat", "x", "--domain", "web", "--directory", file)
    assert code == 2
    assert "is not a directory" in err


def test_examples_are_counted_and_the_first_is_shown(tmp_path: Path) -> None:
    text = "id: mcp-rug-pull\nexamples:\n  fires: ['One\n\n  text.', Two]\n  quiet: [Three]\n"
    path = tmp_path / "threats/agentic/mcp-rug-pull.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    shown = lintel("catalogue", "show", "mcp-rug-pull", "--catalogue", tmp_path).stdout.decode()
    wanted = "Examples:\n  - fires (2): One text.\n  - quiet (1): Three\n  - mitigated (0)\n"
    assert wanted in shown
