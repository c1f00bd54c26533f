"""Documents in parts: every line once, no part too long, cuts where a reader would make them."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.document import Document, read
from agents.slices import LONGEST_LINE, Slice, numbered, outline, slices
from tests.agents.hostile import grows

Documents = dict[str, Document]


def documents(*texts: str) -> Documents:
    paths = [f"d{n}.md" for n in range(len(texts))]
    return {path: read(path, text) for path, text in zip(paths, texts, strict=True)}


def shown(given: Documents, part: tuple[Slice, ...]) -> int:
    """Characters of a part as it is printed, with its neighbours."""
    total = 0
    for one in part:
        label = str([*given].index(one.path) + 1) if len(given) > 1 else ""
        for ends in (one.context_before, (one.line_start, one.line_end), one.context_after):
            total += len(numbered(given[one.path], *ends, label=label)) + 1 if ends else 0
    return total


SECTION = "Some words stand here.\nAnd some more.\n\n"
DESIGN = f"# One\n\n{SECTION * 3}## Inner\n\n{SECTION * 5}# Two\n\n{SECTION * 4}"


def test_what_fits_is_one_part_of_whole_documents() -> None:
    given = documents(DESIGN, "a\nb")
    lines = given["d0.md"].line_count
    whole = (
        Slice(path="d0.md", line_start=1, line_end=lines),
        Slice(path="d1.md", line_start=1, line_end=2),
    )
    assert slices(given, shown(given, whole)) == (whole,)
    assert len(slices(given, shown(given, whole) - 1)) == 2
    assert slices({}, 100) == ()


def test_parts_end_at_the_highest_heading_that_does_not_cost_a_part() -> None:
    given = documents(DESIGN)
    two = DESIGN.split("\n").index("# Two") + 1
    inner = DESIGN.split("\n").index("## Inner") + 1
    first, second = slices(given, 560, neighbour_lines=2)
    assert (first[0].line_end, second[0].line_start) == (two - 1, two)
    assert first[0].context_after == (two, two + 1)
    assert second[0].context_before == (two - 2, two - 1)
    assert first[0].context_before is second[0].context_after is None
    starts = [part[0].line_start for part in slices(given, 290, neighbour_lines=0)]
    assert starts == [1, inner, two]


def test_between_documents_then_blocks_then_lines() -> None:
    text = "word word word word\n" * 10
    apart = slices(documents(text, text), 400, neighbour_lines=0)
    assert [[one.path for one in part] for part in apart] == [["d0.md"], ["d1.md"]]
    blocks = slices(documents(f"{text}\n{text}"), 300, neighbour_lines=0)
    assert [part[0].line_start for part in blocks] == [1, 12]
    lines = slices(documents(text), 130, neighbour_lines=0)
    assert [part[0].line_start for part in lines] == [1, 6]


def test_a_line_that_is_too_long_goes_alone_and_says_so() -> None:
    given = documents(f"before\n\n{'x' * 1_000_000}\n\nbehind\n")
    parts = slices(given, 10_000)
    assert [(p[0].line_start, p[0].line_end, p[0].cut) for p in parts] == [
        (1, 2, False), (3, 3, True), (4, 5, False)
    ]  # fmt: skip
    text = numbered(given["d0.md"], 3, 3)
    assert text == f"3| {'x' * LONGEST_LINE}… [980,000 more characters]"
    assert parts[1][0].context_before is None


def test_numbers_labels_and_what_is_not_seen() -> None:
    document = read("d.txt", "a\u202eb\r\n\tc\0\x1b\u2028d\re\U000e0041\n")
    assert numbered(document, 1, 3).split("\n") == [
        "1| a⟨U+202E⟩b", "2| \tc⟨U+0000⟩⟨U+001B⟩⟨U+2028⟩d", "3| e⟨U+E0041⟩"
    ]  # fmt: skip
    assert numbered(document, 3, 99, label="2") == "2:3| e⟨U+E0041⟩"
    assert numbered(document.model_copy(update={"text": "a\rb"}), 1, 1) == "1| a⟨U+000D⟩b"
    flood = numbered(read("d.txt", "\u200b" * 30_000), 1, 1)
    assert flood.endswith("⟩… [27,500 more characters]")
    assert len(flood) < LONGEST_LINE + 50


def test_the_outline_drops_the_deepest_headings_first() -> None:
    given = documents("# One\n\n## In\u200bner\n\nx\n\n# Two\n", "Title\n=====\n")
    assert outline(given) == (
        "d0.md (7 lines)\n  1| One\n    3| In⟨U+200B⟩ner\n  7| Two\nd1.md (2 lines)\n  1| Title"
    )
    assert outline(documents("# One\n\n" + "## Inner\n\n" * 30), 100) == (
        "d0.md (62 lines, 30 deeper headings left out)\n  1| One"
    )
    many = outline(documents(*["# One"] * 90), 300)
    assert len(many) <= 300
    assert many.endswith("\n… [more documents]")


LINES = st.sampled_from(
    ["", "", "word " * 9, "a", "# One", "## Two", "###### Six", "- item", "| a | b |", "|---|---|", "```", "x" * 90, "\u200b" * 9,
     "\u0085", "> q\r"]
)  # fmt: skip
TEXTS = st.lists(LINES, max_size=60).map("\n".join)


@given(st.lists(TEXTS, max_size=4), st.integers(1, 900), st.integers(0, 20))
@settings(max_examples=300, deadline=None)
def test_every_line_is_in_one_slice_in_order_within_the_budget(
    texts: list[str], budget: int, neighbours: int
) -> None:
    made = documents(*texts)
    parts = slices(made, budget, neighbour_lines=neighbours)
    found = [(s.path, n) for p in parts for s in p for n in range(s.line_start, s.line_end + 1)]
    assert found == [(d.path, n) for d in made.values() for n in range(1, d.line_count + 1)]
    for part in parts:
        alone = len(part) == 1 and part[0].line_start == part[0].line_end
        assert shown(made, part) <= budget or (alone and part[0].context_before is None)


@given(st.lists(TEXTS, min_size=1, max_size=3), st.integers(200, 900))
@settings(max_examples=200, deadline=None)
def test_there_are_as_few_parts_as_can_be(texts: list[str], budget: int) -> None:
    made = documents(*texts)
    label = "1" if len(made) > 1 else ""
    count, room = 0, -1
    for document in made.values():
        for n in range(1, document.line_count + 1):
            cost = len(numbered(document, n, n, label=label)) + 1
            count, room = (count, room - cost) if cost <= room else (count + 1, budget - cost)
    assert len(slices(made, budget, neighbour_lines=0)) == count


@given(st.text(max_size=200), st.integers(0, 90))
def test_each_printed_line_is_one_line_of_the_document(text: str, limit: int) -> None:
    made = documents(text)
    printed = numbered(made["d0.md"], 1, 10**6)
    assert re.findall(r"(?m)^\d+(?=\| )", printed) == [
        str(n) for n in range(1, made["d0.md"].line_count + 1)
    ]
    assert printed.splitlines() == printed.split("\n")
    assert len(outline(made, limit)) <= max(limit, 20)


@pytest.mark.parametrize("line", ["a\n", "# H\n\nword word\n\n", "\u200b\u200b word", "| a |\n"])
def test_time_grows_with_the_documents(line: str) -> None:
    def cut(document: Document) -> None:
        slices({document.path: document}, 5_000)
        outline({document.path: document})

    grows(lambda n: line * n, lambda text, n: read(f"d{n}.md", text), cut, 1_500)
