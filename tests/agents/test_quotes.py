"""Quotes of a model: found through all that models change, never where a word differs."""

import gc
import re
from collections.abc import Callable

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from agents import quotes
from agents.document import Document, read
from agents.evidence import Evidence, verify
from agents.fence import reveal
from agents.quotes import MOST_LINES, MOST_WORDS, find_quote, nearest_text
from tests.agents import hostile
from tests.agents.hostile import grows

TEXT = """# Token service

- The **API gateway** checks [tokens](https://example.org/t) of each call.
  It _logs_ calls
  and keeps them.

> Sessions live in `Redis` — “for 30 minutes” – and are not encrypted.

| Store | Holds |
|---|---|
| Vault | the pass\u200bword of each user |

1. Rotate the keys.
2. Tell every client.
- [x] Backups are encrypted.
The gateway writes to orders_queue every second.

- The **API gateway** checks [tokens](https://example.org/t) of each call.
Alice &amp; Bob share one key.<br>Nobody else has it.
"""
DOCUMENT = read("d.md", TEXT)


def found(quote: str, near_line: int = 1, document: Document = DOCUMENT) -> Evidence | None:
    """What is found, checked to be verbatim."""
    evidence = find_quote(document, quote, near_line)
    assert evidence is None or verify(evidence, {document.path: document})
    return evidence


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("checks [tokens](https://example.org/t)", "checks [tokens](https://example.org/t)"),
        ("It _logs_ calls and keeps them.", "It _logs_ calls\n  and keeps them."),
        ("  4|   It _logs_ calls\n  5|   and keeps them.", "It _logs_ calls\n  and keeps them."),
        ("2:4| It _logs_ calls 2:5| and keeps them.", "It _logs_ calls\n  and keeps them."),
        ("it logs calls and keeps", "It _logs_ calls\n  and keeps"),
        ("the API gateway checks tokens of each call", "The **API gateway** checks [tokens](https://example.org/t) of each call."),
        ("* the API gateway checks [tokens] of", "The **API gateway** checks [tokens](https://example.org/t) of"),
        ('Sessions live in Redis - "for 30 minutes" - and', "Sessions live in `Redis` — “for 30 minutes” – and"),
        ("> **Sessions** live in Redis", "Sessions live in `Redis`"),
        ("and are not encrypted!", "and are not encrypted."),
        ("the pass⟨U+200B⟩word of each user", "the pass\u200bword of each user"),
        ("Vault: the password of each user", "Vault | the pass\u200bword of each user"),
        ("Rotate the keys. Tell every client.", "Rotate the keys.\n2. Tell every client."),
        ("3. Rotate the keys.", "Rotate the keys."),
        ("every client. Backups are encrypted", "every client.\n- [x] Backups are encrypted."),
        ("writes to `orders_queue`", "writes to orders_queue"),
        ("Alice & Bob share one key. Nobody else", "Alice &amp; Bob share one key.<br>Nobody else"),
        ("… Sessions live in Redis ... and it is safe", "Sessions live in `Redis`"),
        ("API", "API"),
        ("|---|", "|---|"),
    ],
)  # fmt: skip
def test_what_models_change_is_found_as_the_document_has_it(quote: str, text: str) -> None:
    evidence = found(quote)
    assert evidence is not None
    assert evidence.quote == text


@pytest.mark.parametrize(
    "quote",
    [
        "and are encrypted.",
        "Sessions live in Valkey",
        "The API gateway checks all tokens",
        "the API Gateway checks tokens",
        "checks [tokens](https://example.com/t) of each call",
        "Backups are encrypted. The gateways",
        "ackups are encryp",
        "Redis. ",
        "`API`",
        "AP",
        "calls 4",
        "<!-- --> <!-- -->",
        "",
        " \n",
        "…",
    ],
)
def test_another_word_is_not_found(quote: str) -> None:
    assert found(quote) is None


def test_a_tick_is_a_word_and_scripts_without_spaces_have_words() -> None:
    document = read("d.md", "| TLS on every link | ❌ |\n\n令牌存储在数据库中并且没有加密。\n")
    assert found("TLS on every link | ✅", document=document) is None
    assert found("TLS on every link — ❌", document=document) is not None
    assert found("令牌存储在数据库中，并且没有加密", document=document) is not None
    assert found("令牌存储在数据库中并且已经加密了", document=document) is None


def test_the_nearest_wins_then_the_earlier_and_exactness_before_both() -> None:
    line = "Tokens are kept here.\n"
    document = read("d.txt", line * 3 + "tokens, are kept here\n" + line * 3)
    for near, start in ((-5, 1), (2, 2), (4, 3), (6, 6), (99, 7)):
        evidence = found("Tokens are kept here.", near, document)
        assert evidence is not None
        assert evidence.line_start == start
    spread = found("tokens, are\nkept here", 7, document)
    assert spread is not None
    assert spread.line_start == 4


def test_a_quote_over_the_line_named_is_nearer_than_the_next() -> None:
    document = read("d.txt", "Tokens are\nkept\nhere.\n" * 2)
    evidence = found("Tokens are kept here.", 3, document)
    assert evidence is not None
    assert (evidence.line_start, evidence.line_end) == (1, 3)


def test_a_long_quote_is_reduced_to_its_first_sentence_that_is_there() -> None:
    long = "Nobody said this one. Tokens are kept here. " + "Another thing happens. " * 30
    document = read("d.txt", long.removeprefix("Nobody said this one. "))
    evidence = found(long, 1, document)
    assert evidence is not None
    assert evidence.quote == "Tokens are kept here."
    assert found("word " * (MOST_WORDS + 1), 1, read("d.txt", "word " * 90)) is None


def test_a_quote_over_many_lines_is_reduced_to_its_first_line_that_says_something() -> None:
    lines = [f"- Part {n} keeps tokens." for n in range(MOST_LINES + 1)]
    document = read("d.md", "# T\n" + "\n".join(lines))
    evidence = found("# T\n" + "\n".join(lines[:12]), 1, document)
    assert evidence is not None
    assert evidence.quote == "- Part 0 keeps tokens."


def test_the_nearest_text_is_the_line_with_most_of_the_words() -> None:
    assert nearest_text(DOCUMENT, "sessions are in redis, not encrypted", 1) == (
        7,
        TEXT.split("\n")[6],
    )
    assert nearest_text(DOCUMENT, "API gateway checks", 17)[0] == 18
    assert nearest_text(DOCUMENT, "unheard", 99) == (19, TEXT.split("\n")[18])
    line, part = nearest_text(read("d.txt", "word " * 5_000 + "tokens end\r\n"), "tokens", 1)
    assert (line, len(part) <= 1_000, "tokens end" in part) == (1, True, True)


def test_the_index_lives_as_long_as_its_document() -> None:
    before = len(quotes._INDEXES)
    document = read("d.txt", "Tokens are kept here.")
    found("Tokens are kept", 1, document)
    assert len(quotes._INDEXES) == before + 1
    del document
    gc.collect()
    assert len(quotes._INDEXES) == before


WORDS = st.text("abcdeABCDE", min_size=1, max_size=4)
GAPS = st.sampled_from(
    [" ", "  ", "\n", "\r\n", "\n\n", " — ", " - ", ", ", ". ", "\n- ", "\n> ", "\n12. ", " | ", " |\n| ", "** ", " **",
     " `", "` ", " [", "](https://x.example/y) ", "’", " “", "_", "\u200b ", "<br>", "\n## ", "\u2028", " &amp; "]
)  # fmt: skip
INSIDE = st.sampled_from(["", "", "", "**", "\u200b", "\u00ad", "`", "\U000e0041", "\x01"])
TEXTS = st.lists(st.tuples(WORDS, INSIDE, WORDS, GAPS), min_size=9, max_size=40)

CHANGES: dict[str, Callable[[str], str]] = {
    "no emphasis": lambda s: re.sub(r"[*`]", "", s),
    "no brackets": lambda s: re.sub(r"\[|\](?:\([^()]*\))?", " ", s),
    "no pipes": lambda s: s.replace("|", " "),
    "no marks": lambda s: re.sub(r"(?m)^(?:[->]|#+|\d+\.) ", "", s),
    "list marks": lambda s: "- " + s,
    "block quote": lambda s: "> " + s.replace("\n", "\n> "),
    "emphasis": lambda s: f"**{s}**",
    "punctuation": lambda s: s.translate(str.maketrans("—’“-", "-'\"–")),
    "full stop": lambda s: s.rstrip() + ".",
    "capital": lambda s: s[:1].swapcase() + s[1:],
    "named": reveal,
    "not seen": lambda s: re.sub("[\u200b\u00ad\U000e0041\x01]", "", s),
    "text": lambda s: s.replace("&amp;", "&").replace("<br>", " "),
    "prefixes": lambda s: "\n".join(f"  {n}| {line}" for n, line in enumerate(s.split("\n"), 9)),
    "labels": lambda s: "\n".join(f"2:{n}| {line}" for n, line in enumerate(s.split("\n"), 9)),
    "white space": lambda s: re.sub(r"\s+", "\n  ", s),
    "one line": lambda s: " ".join(s.split()),
}


def spans(text: str, words: list[tuple[int, int]], first: int, count: int) -> str:
    return text[words[first][0] : words[min(first + count, len(words)) - 1][1]]


@st.composite
def quoted(draw: st.DrawFn) -> tuple[Document, str, list[tuple[int, int]], int]:
    """A document, and a span of it that begins and ends at words."""
    pieces, text, words = draw(TEXTS), "", []
    for head, inside, tail, gap in pieces:
        words.append((len(text), len(text) + len(head + inside + tail)))
        text += head + inside + tail + gap
    first = draw(st.integers(0, len(words) - 3))
    count = draw(st.integers(3, 8))
    span = spans(text, words, first, count)
    assume(
        len(span) >= 12 and span.count("\n") < MOST_LINES and "\r" not in span.replace("\r\n", "")
    )
    return read("d.md", text), span, words, first


@given(
    quoted(), st.lists(st.sampled_from([*CHANGES]), max_size=3, unique=True), st.integers(-1, 90)
)
@settings(max_examples=300, deadline=None)
def test_any_span_is_found_after_any_changes(
    made: tuple[Document, str, list[tuple[int, int]], int], changes: list[str], near: int
) -> None:
    document, quote, *_ = made
    for change in sorted(changes, key=[*CHANGES].index):
        quote = CHANGES[change](quote)
    # What is left of it must not be so short that it has to be exact.
    words = re.findall("[A-Ea-e]+", quote)
    assume(len(words) >= 3 and len("".join(words)) >= 12)
    assert found(quote, near, document) is not None


@given(
    quoted(), st.sampled_from(["white space", "no emphasis", "prefixes", "full stop"]), st.data()
)
@settings(max_examples=300, deadline=None)
def test_any_span_with_another_word_is_not_found(
    made: tuple[Document, str, list[tuple[int, int]], int], change: str, data: st.DataObject
) -> None:
    document, quote, *_ = made
    at = data.draw(st.sampled_from([m.span() for m in re.finditer(r"[A-Ea-e]+", quote)]))
    other = data.draw(
        st.sampled_from(["unheard", quote[at[0] : at[1]] + "z", "zz " + quote[at[0] : at[1]]])
    )
    assert found(CHANGES[change](quote[: at[0]] + other + quote[at[1] :]), 1, document) is None


@given(st.text(max_size=300), st.text(max_size=80), st.integers())
@settings(max_examples=300, deadline=None)
def test_no_text_and_no_quote_raises(text: str, quote: str, near: int) -> None:
    document = read("d.md", text)
    found(quote, near, document)
    found(text[3:90], near, document)
    line, part = nearest_text(document, quote, near)
    assert part in document.lines(line, line)


@pytest.mark.parametrize(
    "name",
    ["links", "emphasis", "backticks", "one line of words", "one sentence again", "many names", "one word", "dots",
     "spaces", "zero width in a line", "tags", "references", "definitions"],
)  # fmt: skip
def test_time_grows_with_the_document(name: str) -> None:
    makers = {**hostile.NESTED, **hostile.TEXT, **hostile.WORDS, **hostile.HIDDEN}

    def ask(document: Document) -> None:
        text = document.text
        for begin in range(0, 200, 50):
            for quote in (text[begin : begin + 150], text[begin : begin + 99] + " unheard", text):
                find_quote(document, quote, document.line_count // 2)
                nearest_text(document, quote, 1)

    grows(makers[name], lambda text, n: read(f"d{n}.txt", text), ask, 2_000)
