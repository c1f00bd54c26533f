"""Anchors: every line that we name is one that GitHub takes."""

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.change import ChangedFile
from service.github.hunks import FileAnchor, LineAnchor, SummaryAnchor, parse, place

LINES = st.lists(
    st.sampled_from(
        ["", "a", "b", "- x", "+ y", "-- a/f", "++ b/f", "@@ z", " ", "\\ q", "\x0c\r"]
    ),
    max_size=40,
)


def patch_of(old: list[str], new: list[str], context: int = 3) -> str:
    lines = difflib.unified_diff(old, new, lineterm="", n=context)
    return "\n".join(list(lines)[2:])


def commentable(old: list[str], new: list[str], context: int) -> tuple[list[set[int]], set[int]]:
    """RIGHT lines by hunk and LEFT lines, from difflib's opcodes and not from the patch."""
    right: list[set[int]] = []
    left: set[int] = set()
    groups = difflib.SequenceMatcher(None, old, new).get_grouped_opcodes(context)
    for group in groups:
        right.append({j + 1 for _, _, _, start, end in group for j in range(start, end)})
        for tag, start, end, _, _ in group:
            left |= {i + 1 for i in range(start, end)} if tag in ("delete", "replace") else set()
    return right, left


@given(LINES, LINES, st.integers(0, 4))
def test_lines_that_take_a_comment(old: list[str], new: list[str], context: int) -> None:
    right, left = commentable(old, new, context)
    hunks = parse(patch_of(old, new, context))
    assert [set(range(h.right_start, h.right_end + 1)) for h in hunks.hunks] == right
    assert hunks.right_lines == set().union(*right)
    assert hunks.left_lines == left


@given(LINES, LINES, st.integers(1, 40), st.integers(0, 20))
def test_a_range_goes_where_github_takes_it(
    old: list[str], new: list[str], start: int, more: int
) -> None:
    right, _ = commentable(old, new, 3)
    end = start + more
    file = ChangedFile(path="f.md", status="modified", patch=patch_of(old, new))
    anchor = place("f.md", start, end, [file])
    wanted = set(range(start, end + 1))
    if not any(wanted & hunk for hunk in right):
        assert anchor == FileAnchor(path="f.md")
        return
    assert isinstance(anchor, LineAnchor)
    named = set(range(anchor.start_line or anchor.line, anchor.line + 1))
    assert named <= wanted
    assert any(named == wanted & hunk for hunk in right)
    assert anchor.start_line is None or anchor.start_line < anchor.line
    shown = set().union(*right)
    assert end not in shown or end in named
    assert start not in shown or end in shown or start in named


TWO_HUNKS = """@@ -1,2 +1,3 @@ # Title
 one
+two
 three
@@ -10,3 +11,2 @@
 eleven
-gone
 twelve"""


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (2, 2, (None, 2)),
        (1, 3, (1, 3)),
        (3, 11, (None, 11)),
        (2, 8, (2, 3)),
        (5, 12, (11, 12)),
        (8, 40, (11, 12)),
    ],
)
def test_ranges_across_hunks(start: int, end: int, expected: tuple[int | None, int]) -> None:
    file = ChangedFile(path="f.md", status="modified", patch=TWO_HUNKS)
    anchor = place("f.md", start, end, [file])
    assert anchor == LineAnchor(path="f.md", start_line=expected[0], line=expected[1])


def test_outside_the_diff() -> None:
    files = [
        ChangedFile(path="f.md", status="modified", patch=TWO_HUNKS),
        ChangedFile(path="new.md", previous_path="old.md", status="renamed"),
        ChangedFile(path="gone.md", status="removed", patch="@@ -1,2 +0,0 @@\n-a\n-b"),
    ]
    assert place("f.md", 5, 9, files) == FileAnchor(path="f.md")
    assert place("new.md", 1, 1, files) == FileAnchor(path="new.md")
    assert place("gone.md", 1, 2, files) == FileAnchor(path="gone.md")
    assert place("old.md", 1, 1, files) == SummaryAnchor(path="old.md")


def test_a_patch_cut_short_names_only_the_lines_it_shows() -> None:
    assert parse("@@ -0,0 +1,500 @@\n+a\n+b\n").right_lines == {1, 2}


def test_no_newline_at_the_end_is_not_a_line() -> None:
    patch = "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n"
    assert parse(patch).right_lines == {1}
    assert parse(patch).left_lines == {1}


@given(st.text(max_size=200))
def test_any_text_is_read_without_error(text: str) -> None:
    parse(text)


@pytest.mark.parametrize(("start", "end"), [(0, 1), (3, 2)])
def test_not_a_range(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="not a range"):
        place("f.md", start, end, [])
