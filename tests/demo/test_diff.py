"""Diffs: what git itself prints, and where each line may be commented on."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.demo.diff import carry_line, diff_snapshots, make_patch, parse_hunks, split_lines
from service.demo.repository import tree_sha

NUMBERS = "".join(f"line {number}\n" for number in range(1, 31))


def git(*arguments: str, folder: Path) -> str:
    command = ["git", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    return done.stdout


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (NUMBERS, NUMBERS.replace("line 4\n", "").replace("line 25\n", "line 25\nmore\n")),
        (NUMBERS, NUMBERS.rstrip("\n")),
        ("", "one\n"),
        ("one\ntwo\n", ""),
        ("no newline", "no newline\nnow two"),
        ("a\x0cb\n\u2028c\n", "a\x0cb\nd\n"),
    ],
)
def test_patch_is_what_git_prints(tmp_path: Path, old: str, new: str) -> None:
    for name, text in (("old", old), ("new", new)):
        (tmp_path / name).write_text(text)
    printed = git("diff", "--no-index", "--no-color", "old", "new", folder=tmp_path)
    expected = printed[printed.index("@@") :].removesuffix("\n")
    assert make_patch(old.encode(), new.encode()) == expected


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from("abc"), max_size=30), st.lists(st.sampled_from("abc"), max_size=30))
def test_every_spot_names_a_real_line(old: list[str], new: list[str]) -> None:
    before, after = "".join(f"{x}\n" for x in old), "".join(f"{x}\n" for x in new)
    texts = {"LEFT": split_lines(before), "RIGHT": split_lines(after)}
    patch = make_patch(before.encode(), after.encode())
    position = 0
    for hunk in parse_hunks(patch) if patch else []:
        assert hunk.first_position == position + 1
        position += len(hunk.text)
        for line, spot in zip(hunk.text[1:], hunk.spots, strict=True):
            assert spot is not None
            assert texts[spot[0]][spot[1] - 1] == line[1:] + "\n"


def test_kinds_of_change() -> None:
    long = NUMBERS.encode()
    base = {"same": b"x\n", "old": long, "gone": b"zzz\n", "image": b"\0one", "text": b"a\n"}
    head = {
        "same": b"x\n",
        "moved": long + b"more\n",
        "image": b"\0two",
        "text": b"b\n",
        "new": b"",
    }
    found = {file.path: file for file in diff_snapshots(base, head)}
    statuses = {path: file.status for path, file in found.items()}
    assert statuses == {
        "moved": "renamed",
        "gone": "removed",
        "image": "modified",
        "text": "modified",
        "new": "added",
    }
    assert (found["moved"].previous_path, found["moved"].additions) == ("old", 1)
    assert found["image"].patch is None
    assert (found["text"].additions, found["text"].deletions) == (1, 1)


def test_very_large_patch_is_left_out() -> None:
    assert make_patch(b"", b"x\n" * 20_001) is None
    assert make_patch(b"", b"y" * 600_000) is None


def test_lines_are_carried_over_an_edit() -> None:
    old, new = b"a\nb\nc\n", b"new\na\nB\nc\n"
    assert [carry_line(old, new, line) for line in (1, 2, 3)] == [2, None, 4]


def test_trees_have_the_sha_git_gives(tmp_path: Path) -> None:
    git("init", "-q", folder=tmp_path)
    for path in ("a.b", "a/x", "a-c", "deep/er/y"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(path)
    git("add", ".", folder=tmp_path)
    listed = git("ls-files", "-s", folder=tmp_path).splitlines()
    entries = {line.split("\t")[1]: line.split()[1] for line in listed}
    assert tree_sha(entries) == git("write-tree", folder=tmp_path).strip()
