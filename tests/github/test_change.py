"""A pull request becomes a Change: all pages, the right commit, every kind of document."""

import base64

import pytest

from agents.change import MAX_DOCUMENT_BYTES, ChangedFile, SourceText
from service.github import documents
from service.github.change import fetch_change, pull_head
from service.github.client import GitHubApp
from service.github.errors import GitHubRefused, GitHubUnavailable, HeadMoved
from tests.github.server import Answer, Request, Scripted

PULL = "/repos/acme/api/pulls/3"
HEAD = "5ca1ab1e" * 5
TEXT = "# Design\n\nGrüße\n"


def pull(sha: str = HEAD, **fields: object) -> Answer:
    body: dict[str, object] = {
        "title": "Add payments",
        "body": "Please look",
        "user": {"login": "ada"},
        "state": "open",
        "draft": False,
        "base": {"sha": "ba5e", "ref": "main"},
        "head": {"sha": sha, "ref": "payments"},
        "changed_files": 1,
    }
    return Answer(body=body | fields)


def file(path: str, status: str = "added", **fields: object) -> dict[str, object]:
    return {"filename": path, "status": status, "patch": "@@ -0,0 +1 @@\n+x"} | fields


def content(raw: bytes, **fields: object) -> Answer:
    text = base64.encodebytes(raw).decode()
    body = {"type": "file", "encoding": "base64", "size": len(raw), "content": text, "sha": "b10b"}
    return Answer(body=body | fields)


def set_up(server: Scripted, files: list[dict[str, object]], **documents: Answer) -> None:
    server.on("GET", PULL, pull(changed_files=len(files)))
    server.on("GET", f"{PULL}/files", Answer(body=files))
    for name, answer in documents.items():
        server.on("GET", f"/repos/acme/api/contents/docs/{name}.md", answer)


def test_a_change(app: GitHubApp, server: Scripted) -> None:
    files = [file("docs/a.md"), file("src/main.py", "modified"), file("docs/old.md", "removed")]
    set_up(server, files, a=content(TEXT.encode()))
    change = fetch_change(app, 5, "acme/api", 3, HEAD)
    assert change.documents == (SourceText(path="docs/a.md", text=TEXT),)
    assert [f.path for f in change.files] == ["docs/a.md", "src/main.py", "docs/old.md"]
    assert change.files[1] == ChangedFile(
        path="src/main.py", status="modified", patch="@@ -0,0 +1 @@\n+x"
    )
    assert (change.title, change.body, change.author) == ("Add payments", "Please look", "ada")
    assert (change.base_sha, change.head_sha, change.notes) == ("ba5e", HEAD, ())
    assert server.got("GET", "/repos/acme/api/contents/docs/a.md")[0].query == {"ref": HEAD}


def test_no_body_no_author_no_patch(app: GitHubApp, server: Scripted) -> None:
    renamed = {"filename": "b.bin", "status": "renamed", "previous_filename": "a.bin"}
    server.on("GET", PULL, pull(body=None, user=None))
    server.on("GET", f"{PULL}/files", Answer(body=[renamed]))
    change = fetch_change(app, 5, "acme/api", 3, HEAD)
    assert (change.body, change.author) == ("", "")
    assert change.files == (ChangedFile(path="b.bin", previous_path="a.bin", status="renamed"),)


def test_all_pages(app: GitHubApp, server: Scripted) -> None:
    def page(request: Request) -> Answer:
        number = int(request.query.get("page", "1"))
        link = f'<{server.url}{PULL}/files?per_page=100&page={number + 1}>; rel="next"'
        rows = [file(f"src/{number}-{n}.py") for n in range(100)]
        return Answer(body=rows, headers={"Link": link} if number < 3 else {})

    server.on("GET", PULL, pull(changed_files=300))
    server.on("GET", f"{PULL}/files", page)
    change = fetch_change(app, 5, "acme/api", 3, HEAD)
    assert len({f.path for f in change.files}) == 300
    pages = server.got("GET", f"{PULL}/files")
    assert [(r.query["per_page"], r.query.get("page")) for r in pages] == [
        ("100", None), ("100", "2"), ("100", "3"),
    ]  # fmt: skip


def test_files_that_github_does_not_list_are_said(app: GitHubApp, server: Scripted) -> None:
    server.on("GET", PULL, pull(changed_files=3200))
    server.on("GET", f"{PULL}/files", Answer(body=[file("src/a.py")]))
    (note,) = fetch_change(app, 5, "acme/api", 3, HEAD).notes
    assert note.startswith("3199 of 3200 changed files were not looked at")


def test_a_moved_head_is_refused(app: GitHubApp, server: Scripted) -> None:
    server.on("GET", PULL, pull(sha="f00d"))
    with pytest.raises(HeadMoved, match="at f00d by now"):
        fetch_change(app, 5, "acme/api", 3, HEAD)


def test_a_head_that_moves_meanwhile_is_refused(app: GitHubApp, server: Scripted) -> None:
    set_up(server, [file("docs/a.md")], a=content(b"x"))
    server.sequence("GET", PULL, pull(), pull(sha="f00d"))
    with pytest.raises(HeadMoved):
        fetch_change(app, 5, "acme/api", 3, HEAD)


def test_a_large_document_comes_as_a_blob(app: GitHubApp, server: Scripted) -> None:
    text = "line\n" * 300_000
    blob = {"encoding": "base64", "content": base64.b64encode(text.encode()).decode()}
    set_up(server, [file("docs/a.md")], a=content(b"", size=len(text), encoding="none", content=""))
    server.on("GET", "/repos/acme/api/git/blobs/b10b", Answer(body=blob))
    change = fetch_change(app, 5, "acme/api", 3, HEAD)
    assert change.documents[0].text == text
    assert change.notes == ()


def test_a_document_beyond_the_limit_is_cut(app: GitHubApp, server: Scripted) -> None:
    raw = b"0123456789\n" * 200_000
    set_up(server, [file("docs/a.md")], a=content(raw))
    change = fetch_change(app, 5, "acme/api", 3, HEAD)
    (document,) = change.documents
    assert document.cut_from_bytes == len(raw)
    assert MAX_DOCUMENT_BYTES - 11 < len(document.text) <= MAX_DOCUMENT_BYTES
    assert change.notes == ("docs/a.md is cut: it has 2,200,000 bytes.",)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (content(b"gr\xfc\x81e"), "it is not a text: not valid UTF-8: byte 0xfc at offset 2"),
        (content(b"text\0"), "it is not a text: a NUL byte at offset 4"),
        (content(b"version https://git-lfs.github.com/spec/v1\noid x"), "is kept in Git LFS"),
        (content(b"", type="symlink", target="b.md"), "it is not a regular file"),
        (Answer(body=[{"type": "dir", "name": "a.md", "path": "a.md"}]), "not a regular file"),
        (content(b"", size=30_000_000), "it has 30,000,000 bytes"),
        (Answer(404, {"message": "Not Found"}), "GitHub has no such file at this commit"),
        (Answer(403, {"message": "This API returns blobs up to 100 MB: too large"}), "too large"),
    ],
)
def test_what_cannot_be_read_is_a_note(
    app: GitHubApp, server: Scripted, answer: Answer, reason: str
) -> None:
    set_up(server, [file("docs/a.md"), file("docs/b.md")], a=answer, b=content(TEXT.encode()))
    change = fetch_change(app, 5, "acme/api", 3, HEAD)
    assert [d.path for d in change.documents] == ["docs/b.md"]
    (note,) = change.notes
    assert note.startswith("docs/a.md was not read: ")
    assert reason in note


def test_a_missing_permission_is_no_note(app: GitHubApp, server: Scripted) -> None:
    refused = Answer(403, {"message": "Resource not accessible by integration"})
    set_up(server, [file("docs/a.md")], a=refused)
    with pytest.raises(GitHubRefused, match="not accessible"):
        fetch_change(app, 5, "acme/api", 3, HEAD)


def test_github_is_down_halfway(app: GitHubApp, server: Scripted) -> None:
    set_up(server, [file("docs/a.md")], a=Answer(500, {"message": "Server Error"}))
    with pytest.raises(GitHubUnavailable):
        fetch_change(app, 5, "acme/api", 3, HEAD)


def test_a_byte_order_mark_is_not_text(app: GitHubApp, server: Scripted) -> None:
    set_up(server, [file("docs/a.md")], a=content(b"\xef\xbb\xbf# T\r\n"))
    assert fetch_change(app, 5, "acme/api", 3, HEAD).documents[0].text == "# T\r\n"


def test_other_encodings_are_read_and_a_guess_is_said(app: GitHubApp, server: Scripted) -> None:
    files = [file("docs/a.md"), file("docs/b.md")]
    raw = content(TEXT.encode("utf-16")), content(TEXT.encode("cp1252"))
    set_up(server, files, a=raw[0], b=raw[1])
    change = fetch_change(app, 5, "acme/api", 3, HEAD)
    assert [d.text for d in change.documents] == [TEXT, TEXT]
    assert change.notes == ("docs/b.md: it is not UTF-8 and was read as Windows-1252.",)


def test_many_documents_are_limited_and_said(
    app: GitHubApp, server: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "MAX_DOCUMENTS", 2)
    names = [f"docs/{n}.md" for n in "abcde"]
    set_up(server, [file(n) for n in names], a=content(b"x"), b=content(b"y"))
    change = fetch_change(app, 5, "acme/api", 3, HEAD)
    assert [d.path for d in change.documents] == names[:2]
    assert "3 of 5 design documents were not read" in change.notes[0]


def test_the_budget_of_bytes_is_shared(
    app: GitHubApp, server: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "MAX_FETCH_BYTES", 10)
    set_up(
        server, [file("docs/a.md"), file("docs/b.md")], a=content(b"123456"), b=content(b"12345")
    )
    change = fetch_change(app, 5, "acme/api", 3, HEAD)
    assert [d.path for d in change.documents] == ["docs/a.md"]
    assert "docs/b.md was not read: it has 5 bytes" in change.notes[0]


def test_another_rule_for_documents(app: GitHubApp, server: Scripted) -> None:
    name = "a dir/ü #1?.tex"
    server.on("GET", PULL, pull())
    server.on("GET", f"{PULL}/files", Answer(body=[file(name), file("docs/a.md")]))
    server.on(
        "GET", "/repos/acme/api/contents/a%20dir/%C3%BC%20%231%3F.tex", content(TEXT.encode())
    )
    change = fetch_change(
        app, 5, "acme/api", 3, HEAD, is_document=lambda path: path.endswith(".tex")
    )
    assert [d.path for d in change.documents] == [name]


def test_where_a_pull_request_stands(app: GitHubApp, server: Scripted) -> None:
    server.on("GET", PULL, pull(state="closed", draft=True))
    head = pull_head(app, 5, "acme/api", 3)
    assert (head.sha, head.state, head.draft) == (HEAD, "closed", True)
    assert len(server.got("GET", PULL)) == 1
