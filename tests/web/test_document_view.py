"""The document on the page: every line once, every quote marked where it stands."""

import pytest

from agents.document import read
from agents.evidence import Evidence, Label, locate
from service.reviews.document_view import DocumentView, Mark, Segment, mark, view
from tests.support import shared_cases
from tests.web.drafts import SMALL
from tests.web.sample import sample_text


def _shown(text: str, *quotes: str, path: str = "d.md") -> DocumentView:
    document = read(path, text)
    marks = []
    for number, quote in enumerate(quotes, 1):
        found = locate(document, quote, label=Label.STATED)
        assert found is not None
        marks.append(mark(document, found, f"f-{number}", str(number)))
    return view(document, "d1", marks)


def _segments(shown: DocumentView) -> list[Segment]:
    return [
        segment
        for piece in shown.pieces
        for line in piece.lines
        for part in (line.segments, *line.cells)
        for segment in part
    ]


def _marked(shown: DocumentView, number: str) -> str:
    return "".join(s.text for s in _segments(shown) if any(m.number == number for m in s.marks))


def _kinds(shown: DocumentView) -> list[str]:
    return [piece.kind for piece in shown.pieces]


def test_blocks_become_pieces() -> None:
    shown = _shown(SMALL)
    assert _kinds(shown) == ["heading", "paragraph", "table", "list", "verbatim"]
    assert shown.pieces[0].lines[0].anchor == "d1-L1"
    assert shown.pieces[1].lines[0].number == 3


def test_tables_are_rows_of_cells() -> None:
    table = _shown(SMALL).pieces[2]
    cells = [["".join(s.text for s in cell) for cell in line.cells] for line in table.lines]
    assert cells[0] == ["part", "holds"]
    assert cells[-1] == ["index", "passages <b>of all</b> tenants"]
    assert table.lines[0].head
    assert not table.lines[-1].head


def test_an_escaped_bar_does_not_end_a_cell() -> None:
    table = _shown("| a | b |\n| --- | --- |\n| x \\| y | z |\n").pieces[0]
    assert ["".join(s.text for s in c) for c in table.lines[-1].cells] == ["x \\| y", "z"]


def test_list_items_keep_their_further_lines() -> None:
    items = _shown(SMALL).pieces[3].items
    assert [[line.number for line in item] for item in items] == [[9], [10, 11]]
    assert items[0][0].bullet == "-"


@pytest.mark.parametrize(
    "quote",
    [
        "share one index",
        "of all",
        "refunds\n  without",
        "A --> B",
        "# Support",
        "- It issues",
        "index | passages",
    ],
)
def test_a_quote_is_marked_exactly(quote: str) -> None:
    marked = _marked(_shown(SMALL, quote), "1")
    kept = "".join(c for c in quote if c not in "\n|#-") if ">" not in quote else quote
    assert marked.replace(" ", "") == kept.replace(" ", "")


def test_each_mark_begins_once() -> None:
    shown = _shown(SMALL, "refunds\n  without a person", "without a person", "# Support assistant")
    begun = [m.number for s in _segments(shown) for m in s.begins]
    assert sorted(begun) == ["1", "2", "3"]


def test_overlapping_quotes_are_both_marked() -> None:
    shown = _shown(SMALL, "tenants share one", "share one index")
    both = [s.text for s in _segments(shown) if len(s.marks) == 2]
    assert both == ["share one"]


def test_a_quote_that_is_not_there_marks_its_lines() -> None:
    document = read("d.md", "one\ntwo\n")
    lost = Evidence(path="d.md", line_start=2, line_end=2, quote="three", label=Label.STATED)
    assert mark(document, lost, "f-1", "1") == Mark("f-1", "1", Label.STATED, 4, 7)


def test_carriage_returns_do_not_show() -> None:
    shown = _shown("# Title\r\n\r\nfirst\r\nsecond\r\n", "first\r\nsecond")
    assert "\r" not in "".join(s.text for s in _segments(shown))


def _texts() -> list[str]:
    return [SMALL, sample_text(), *(case.read_text() for case in shared_cases())]


@pytest.mark.parametrize("text", _texts())
def test_every_line_is_shown_once_and_in_order(text: str) -> None:
    document = read("d.md", text)
    shown = view(document, "d1", [])
    numbers = [line.number for piece in shown.pieces for line in piece.lines]
    assert numbers == sorted(set(numbers))
    dropped = set(range(1, document.line_count + 1)) - set(numbers)
    for number in dropped:
        assert not any(c.isalnum() for c in document.lines(number, number))
