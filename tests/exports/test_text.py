"""Plain text, lengths, URIs, ids and JSON for other tools."""

import json
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.exports.text import (
    clip,
    dump,
    identifier,
    label,
    plain,
    sentence,
    stable_uuid,
    tidy,
    units,
    uri,
)
from tests.exports.drafts import HOSTILE

ANY = st.text(st.characters(exclude_categories=["Cs"]))


def test_plain_is_one_line_with_nothing_hidden_and_no_link() -> None:
    text = plain("a\n\tb \x1b[31m \u202e c\u200bd [x](http://e.example)")
    assert text == "a b \ufffd[31m \ufffd c\ufffdd [x] (http://e.example)"


@given(ANY, st.integers(min_value=1, max_value=40))
def test_clipped_text_fits_in_utf_16(text: str, limit: int) -> None:
    short = clip(text, limit)
    assert units(short) <= limit
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


def test_clip_does_not_cut_a_pair_in_two() -> None:
    assert units("😀") == 2
    assert clip("😀😀😀", 4) == "😀…"
    assert clip("😀😀", 4) == "😀😀"


def test_a_label_is_short() -> None:
    assert units(label(HOSTILE)) <= 250
    assert label("CRM") == "CRM"


@pytest.mark.parametrize(
    ("text", "ended"),
    [("Why", "Why."), ("Why?", "Why?"), ("Why.", "Why."), ("cut…", "cut…"), ("  ", "")],
)
def test_a_sentence_ends(text: str, ended: str) -> None:
    assert sentence(text) == ended


@pytest.mark.parametrize(
    ("path", "text", "relative"),
    [
        ("docs/a.md", "docs/a.md", True),
        ("docs/Entwürfe/设 #1?:100%.md", None, True),
        ("c:d.md", "c%3Ad.md", True),
        ("../a.md", "../a.md", True),
        ("/srv/a b/../x.md", "file:///srv/x.md", False),
        ("//host/x.md", "file:///host/x.md", False),
    ],
)
def test_uris(path: str, text: str | None, relative: bool) -> None:
    made, is_relative = uri(path)
    assert is_relative is relative
    assert text in (None, made)
    assert made.isascii()
    assert not set(made) & set(' #?[]<>"\\^`{|}')
    if relative:
        assert unquote(made) == path


@given(ANY, ANY)
def test_ids_are_safe_and_differ_for_different_texts(one: str, other: str) -> None:
    made = identifier("x", one)
    assert made.startswith("x-")
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
    assert len(made) <= 100
    assert (made == identifier("x", other)) is (one == other)


def test_a_clean_id_stays_readable() -> None:
    assert identifier("component", "order-api") == "component-order-api"


def test_uuids_are_stable_and_parts_do_not_run_together() -> None:
    assert stable_uuid("a", "b") == "9a296d0d-86df-5431-bc62-f49e96c8f6a4"
    assert stable_uuid("a", "bc") != stable_uuid("ab", "c")


@given(st.recursive(ANY, lambda inner: st.lists(inner) | st.dictionaries(ANY, inner)))
def test_json_keeps_every_value_and_steers_no_terminal(value: object) -> None:
    text = dump(value)
    assert json.loads(text) == value
    assert not set(text) & {"\x1b", "\x7f", "\x9b", "\u202e", "\u200b", "\u2066", "\ufeff"}


def test_tidy_cleans_every_string() -> None:
    body = {"a": ("x\x1b", 1, None, True), "b": [{"c": "p\nq"}]}
    assert tidy(body) == {"a": ["x\ufffd", 1, None, True], "b": [{"c": "p q"}]}
