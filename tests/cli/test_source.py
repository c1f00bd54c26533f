"""Reading the input: what is no design document is a clear error, what is cut is said."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agents.change import MAX_DOCUMENT_BYTES
from agents.document import read
from service.cli.failures import Unreadable
from service.cli.source import read_source
from tests.cli.support import DESIGN, lintel, said


def refusal(path: Path | str) -> str:
    """What `read_source` says against this path."""
    with pytest.raises(Unreadable) as caught:
        read_source(str(path))
    return caught.value.message


@contextmanager
def nobody() -> Iterator[None]:
    """As a user without rights, where the tests run as root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that any user may enter; pytest's own ones are private."""
    folder = Path(tempfile.mkdtemp(prefix="lintel-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


class TestRefused:
    """Errors of a single file, through the command and its exit code."""

    def through(self, *args: str | Path, stdin: bytes = b"") -> str:
        result = lintel("review", *args, stdin=stdin)
        assert result.returncode == 3
        assert result.stdout == b""
        text = said(result)
        assert text.startswith("lintel: error: ")
        assert text.count("\n") == 1
        return text

    def test_missing(self, tmp_path: Path) -> None:
        text = self.through(tmp_path / "none.md")
        assert "no such file or directory. Give a file, a directory, or -" in text

    def test_what_is_no_text(self, tmp_path: Path) -> None:
        path = tmp_path / "x.md"
        path.write_bytes(b"# One\nf\x81r two\n")
        assert "not a text: not valid UTF-8: byte 0x81 at offset 7" in self.through(path)

    def test_stdin_that_is_empty(self) -> None:
        assert "stdin: the document is empty" in self.through("-")

    def test_fifo(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe.md")
        assert "not a regular file" in self.through(tmp_path / "pipe.md")

    def test_symlink_loop(self, tmp_path: Path) -> None:
        (tmp_path / "a.md").symlink_to("b.md")
        (tmp_path / "b.md").symlink_to("a.md")
        assert "too many levels of symbolic links" in self.through(tmp_path / "a.md")

    def test_control_characters_in_the_name(self, tmp_path: Path) -> None:
        assert "\x1b" not in self.through(tmp_path / "\x1b[31mred\n.md")


@pytest.mark.parametrize("codec", ["utf-16", "cp1252"])
def test_text_that_is_not_utf8(tmp_path: Path, codec: str) -> None:
    path = tmp_path / "x.md"
    path.write_bytes("# Größe\n\n“Text”\n".encode(codec))
    source = read_source(str(path))
    assert source.documents[0].text == "# Größe\n\n“Text”\n"
    guess = f"{path}: it is not UTF-8 and was read as Windows-1252."
    assert source.notes == ((guess,) if codec == "cp1252" else ())


def test_a_long_text_in_utf16_is_cut_at_a_line_end(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    path.write_bytes(("0123456789\n" * 200_000).encode("utf-16"))
    (source,) = read_source(str(path)).documents
    assert source.cut_from_bytes == path.stat().st_size
    assert source.text == "0123456789\n" * (len(source.text) // 11)
    assert len(source.text) == (MAX_DOCUMENT_BYTES // 2 - 1) // 11 * 11


@pytest.mark.parametrize("body", [b"", b" \n\t\r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n\n"])
def test_empty_or_blank(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "x.md"
    path.write_bytes(body)
    assert "the document is empty" in refusal(path)


def test_device() -> None:
    assert "not a regular file" in refusal("/dev/zero")


def test_permission_denied(open_folder: Path) -> None:
    path = open_folder / "x.md"
    path.write_text(DESIGN)
    path.chmod(0)
    with nobody():
        assert refusal(path) == f"{path}: permission denied. Give yourself the right to read it"


def test_byte_order_mark_and_crlf_keep_the_lines(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    path.write_bytes(b"\xef\xbb\xbf# One\r\n\r\nTwo\rThree\n")
    (source,) = read_source(str(path)).documents
    document = read(source.path, source.text)
    assert [document.lines(n, n).rstrip("\r") for n in range(1, 5)] == ["# One", "", "Two", "Three"]


@pytest.mark.parametrize("line", [b"0123456789\n", "ä".encode(), "€".encode(), "🙂".encode()])
def test_five_megabytes_are_cut(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "x.md"
    # One byte before, so that the limit falls inside a character.
    body = b"x" + line * (5_000_000 // len(line))
    path.write_bytes(body)
    (source,) = read_source(str(path)).documents
    kept = source.text.encode()
    assert source.cut_from_bytes == len(body)
    assert MAX_DOCUMENT_BYTES - 11 < len(kept) <= MAX_DOCUMENT_BYTES
    assert body.startswith(kept)
    if line.endswith(b"\n"):
        assert kept.endswith(b"\n")


def test_exactly_the_limit_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    path.write_bytes(b"x" * MAX_DOCUMENT_BYTES)
    (source,) = read_source(str(path)).documents
    assert source.cut_from_bytes is None
    assert len(source.text) == MAX_DOCUMENT_BYTES


class TestDirectory:
    """Several documents, and what is left out."""

    def test_without_documents(self, tmp_path: Path) -> None:
        (tmp_path / "code.py").write_text("print()\n")
        assert "no readable design document here" in refusal(tmp_path)

    def test_design_documents_by_place_or_name(self, tmp_path: Path) -> None:
        names = "docs/a.md", "docs/deep/b.rst", "notes.md", "docs/.hidden/c.md", "docs/d.py"
        for name in (*names, "docs/e.drawio", "f.puml"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text("# Text\n")
        source = read_source(str(tmp_path))
        assert [d.path for d in source.documents] == [
            f"{tmp_path}/docs/a.md",
            f"{tmp_path}/docs/e.drawio",
            f"{tmp_path}/docs/deep/b.rst",
        ]
        assert source.notes == (
            "2 other text files are not design documents by place or name; "
            "give a path to have it read.",
        )

    def test_the_folder_itself_counts_as_place(self, tmp_path: Path) -> None:
        (tmp_path / "docs").mkdir()
        (tmp_path / "docs" / "plan.md").write_text("# Plan\n")
        (tmp_path / "docs" / "README.md").write_text("# Read me\n")
        found = read_source(str(tmp_path / "docs")).documents
        assert [d.path for d in found] == [f"{tmp_path}/docs/plan.md"]

    def test_all_texts_where_none_is_named_like_a_design(self, tmp_path: Path) -> None:
        folder = tmp_path / "thing"
        folder.mkdir()
        (folder / "overview.txt").write_text("Text\n")
        (folder / "README.md").write_text("# Read me\n")
        (folder / "parts.mmd").write_text("graph LR\nA --> B\n")
        source = read_source(str(folder))
        names = [Path(d.path).name for d in source.documents]
        assert names == ["README.md", "overview.txt", "parts.mmd"]
        assert source.notes == ()

    def test_what_cannot_be_read_is_noted(self, tmp_path: Path) -> None:
        folder = tmp_path / "docs"
        folder.mkdir()
        (folder / "good.md").write_text("# Good\n")
        (folder / "empty.md").touch()
        (folder / "loop.md").symlink_to("loop.md")
        (folder / "bin.md").write_bytes(b"\0")
        os.mkfifo(folder / "pipe.md")
        (folder / "again").symlink_to(folder)
        source = read_source(str(folder))
        assert [d.path for d in source.documents] == [f"{folder}/good.md"]
        for name in ("empty", "loop", "bin", "pipe"):
            assert sum(f"{folder}/{name}.md" in note for note in source.notes) == 1

    def test_only_unreadable_documents(self, tmp_path: Path) -> None:
        (tmp_path / "design.md").touch()
        message = refusal(tmp_path)
        assert "no readable design document" in message
        assert "design.md: the document is empty" in message

    def test_a_folder_that_cannot_be_listed(self, open_folder: Path) -> None:
        (open_folder / "design.md").write_text(DESIGN)
        open_folder.chmod(0)
        try:
            with nobody():
                assert "ermission denied" in refusal(open_folder)
        finally:
            open_folder.chmod(0o755)

    def test_more_documents_than_are_read(self, tmp_path: Path) -> None:
        folder = tmp_path / "docs"
        folder.mkdir()
        for number in range(102):
            (folder / f"{number:03}.md").write_text("# Text\n")
        source = read_source(str(folder))
        assert len(source.documents) == 100
        assert "2 of 102 documents were not read" in source.notes[0]
        assert "100.md is the first left out" in source.notes[0]
