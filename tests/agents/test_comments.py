"""Comments in code as prose: runs of lines, with the lines at which they stand."""

import pytest

from agents.analysts.lexical import comments as module
from agents.analysts.lexical.comments import comments
from agents.analysts.lexical.sentences import sentences
from agents.document import read
from agents.evidence import verify
from tests.agents.extraction import model

GO = """```go
// Package door opens doors.
// It asks nobody.
//go:generate mockgen
package door

var open = 1 // trailing
// A last word.
```"""
YAML = """```yaml
# The bus keeps
  # every event.
bus: 1
#
# ------
# yamllint
---
#!shebang
```"""
SQL = """```sql
-- Every row carries
-- its tenant.
SELECT 1 -- no run
-- ---------
FROM t;
```"""


def runs(text: str, above: int = 0) -> list[tuple[int, str]]:
    """Runs of all blocks of a document with so many lines above."""
    document = read("design.md", "Words.\n\n" * (above // 2) + text)
    return [run for block in document.blocks for run in comments(block)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GO, [(2, "// Package door opens doors.\n// It asks nobody."), (8, "// A last word.")]),
        (YAML, [(2, "# The bus keeps\n  # every event."), (7, "# yamllint")]),
        (SQL, [(2, "-- Every row carries\n-- its tenant.")]),
    ],
    ids=["go", "yaml", "sql"],
)
def test_runs_with_their_lines(text: str, expected: list[tuple[int, str]]) -> None:
    assert runs(text) == expected
    assert runs(text, above=6) == [(line + 6, run) for line, run in expected]


@pytest.mark.parametrize(
    "text",
    [
        "```text\n# no code\n```",
        "```\n# no language\n```",
        "```json\n// JSON has none\n```",
        "```go\n# of another language\n```",
        "```mermaid\n-- an arrow\n```",
        "# A heading\n\nSome prose -- and more.",
    ],
)
def test_no_comment_of_the_language_no_run(text: str) -> None:
    assert runs(text) == []


def test_the_language_may_carry_more() -> None:
    assert runs("```Go title=door.go\n// Opens.\n```") == [(2, "// Opens.")]
    assert runs("```yaml{1,3}\n# Opens.\n```") == [(2, "# Opens.")]


def test_a_long_block_ends_somewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_LINES", 3)
    assert runs("```go\n// One.\nx\n// Two.\n```") == [(2, "// One.")]
    assert runs("```go\n// One.\n// Two.\n// Three.\n```") == [(2, "// One.\n// Two.")]


def test_a_block_that_is_not_closed_ends_with_the_text() -> None:
    assert runs("```go\nx\n// One.\n// Two.") == [(3, "// One.\n// Two.")]


def test_sentences_of_comments_are_exact_quotes_of_their_lines() -> None:
    document = read("design.md", f"# Door\n\n{GO}\n")
    found = list(sentences(document))
    assert [found[0].line, found[-1].line] == [4, 10]
    said = " ".join(s.plain for s in found).split()
    assert " ".join(said) == "Package door opens doors. It asks nobody. A last word."
    assert not any(s.text in ("package door", "var open = 1 // trailing") for s in found)
    evidence = [s.evidence(document) for s in found]
    assert all(e is not None and verify(e, {"design.md": document}) for e in evidence)


def test_a_design_in_comments_is_read() -> None:
    text = (
        "# Shop\n\n```proto\n// The Order API writes orders to Postgres.\nmessage Order {}\n```\n"
    )
    (flow,) = model(text).flows
    assert flow.id == "order-api->postgres"
    assert flow.evidence[0].line_start == 4
