"""Stems, weights and the two similarities."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.words import Weights, cosine, overlap, stem, stems

BAGS = st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0, 1), max_size=8)


@pytest.mark.parametrize(
    "forms",
    [
        "authenticate authenticated authentication authenticating",
        "authorise authorize authorisation authorization authorised",
        "encrypt encrypted encryption encrypting",
        "log logs logged logging",
        "swap swapped swapping",
        "validate validation validates validated",
        "deny denied denies denial",
        "revoke revoked revocation",
        "explain explained explanation explainability",
        "store stored stores storage",
        "vulnerable vulnerability vulnerabilities",
        "process processed processing",
        "access accesses accessed",
    ],
)
def test_forms_of_a_word_meet(forms: str) -> None:
    assert len({stem(form) for form in forms.split()}) == 1


def test_different_words_stay_apart() -> None:
    words = "authenticate authorise encrypt log swap validate deny revoke token secret cache audit"
    assert len({stem(word) for word in words.split()}) == len(words.split())


def test_names_are_split_and_words_without_content_left_out() -> None:
    assert stems("The AccessPolicy of rate_limits and key-rotation") == (
        "access", "polic", "rat", "limit", "key", "rot",
    )  # fmt: skip


@given(BAGS, BAGS)
def test_cosine_is_symmetric_and_bounded(first: dict[str, float], second: dict[str, float]) -> None:
    value = cosine(first, second)
    assert value == cosine(second, first)
    assert 0 <= value <= 1


def test_cosine_of_a_bag_with_itself_is_one_and_with_nothing_zero() -> None:
    bag = {"a": 0.3, "b": 0.9}
    assert cosine(bag, bag) == pytest.approx(1)
    assert cosine(bag, {}) == 0
    assert cosine(bag, {"c": 1.0}) == 0


@given(st.sets(st.sampled_from("abcdef")), st.sets(st.sampled_from("abcdef")))
def test_overlap_is_symmetric(first: set[str], second: set[str]) -> None:
    assert overlap(first, second) == overlap(second, first)


def test_overlap_is_the_share_of_the_smaller_set() -> None:
    assert overlap("ab", "abcd") == 1
    assert overlap("ax", "abcd") == 0.5
    assert overlap("", "abcd") == 0


def test_what_stands_everywhere_tells_nothing() -> None:
    weights = Weights(["an attacker reads data", "an attacker writes", "an attacker waits"])
    assert weights.of(stem("attacker")) == 0
    assert 0 < weights.of(stem("writes")) < weights.of(stem("elsewhere")) == 1
