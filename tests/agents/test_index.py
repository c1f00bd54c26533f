"""Phrases in sentences: what stands together, what must not, and the laws of looking up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.analysts.lexical.index import WINDOW, Hit, Index
from agents.analysts.lexical.phrase import phrase
from agents.analysts.lexical.sentences import sentences
from agents.document import read


def index(text: str) -> Index:
    return Index(list(sentences(read("design.md", text))))


def found(wanted: str, text: str) -> list[str]:
    """The sentences in which it stands."""
    return [hit.sentence.text for hit in index(text).find(phrase(wanted))]


@pytest.mark.parametrize(
    ("wanted", "text", "stands"),
    [
        # Words, in any order and any form.
        ("exchange token", "The token is exchanged.", True),
        ("exchange token", "The token is kept. Money is exchanged.", False),
        ("token|key lease", "The lease of a key.", True),
        ("token|key lease", "The lease of a house.", False),
        # Neighbours.
        ("service_account", "Each service account is shared.", True),
        ("service_account", "The account of a service.", False),
        ("service_account", "Each service has an account.", False),
        ("user_can|user_may read", "A user may read it.", True),
        ("user_can|user_may read", "May a user read it?", False),
        # Prefixes.
        ("encrypt*", "It is encrypted.", True),
        ("encrypt*", "The encryptor holds the key.", True),
        ("crypt*", "It is encrypted.", False),
        ("encrypt*_key", "The encryption key rotates.", True),
        # Exclusions count in the whole sentence, and nowhere else.
        ("token -cached", "The token is cached.", False),
        ("token -cached", "The token is signed. Pages are cached.", True),
        ("token -cached|kept", "The token is kept.", False),
        # Joined names are several words, and neighbours.
        ("access policy", "AccessPolicy binds users.", True),
        ("access_policy", "AccessPolicy binds users.", True),
        ("policy_access", "AccessPolicy binds users.", False),
        ("policy_name", "The AccessPolicy name is free.", True),
        ("accesspolicy", "AccessPolicy binds users.", True),
        # No word serves two slots.
        ("policy policy", "The policy holds.", False),
        ("policy policy", "The policy of a policy holds.", True),
        # The window.
        ("first last", "First" + " word" * (WINDOW - 1) + " last.", True),
        ("first last", "First" + " word" * WINDOW + " last.", False),
        ("first last", "Last" + " word" * (WINDOW - 1) + " first.", True),
        ("first last", "First" + " word" * WINDOW + " first last.", True),
    ],
)
def test_it_stands(wanted: str, text: str, stands: bool) -> None:
    assert bool(found(wanted, text)) is stands


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("The audience is fixed. The token is checked.", True),
        ("The token is checked for its audience.", True),
        ("The token is checked. The audience is fixed.", False),
        ("The audience is fixed. It is public. The token is checked.", False),
        ("The audience is fixed.\n\nThe token is checked.", False),
        ("- The audience is fixed.\n- The token is checked.", False),
        ("The token is checked.", False),
    ],
)
def test_context_may_stand_one_sentence_before_in_the_same_paragraph(
    text: str, stands: bool
) -> None:
    assert bool(found("^audience token checked", text)) is stands


def test_context_does_not_reach_into_another_document() -> None:
    one, other = (
        list(sentences(read(path, text)))
        for path, text in (("a.md", "The audience is fixed."), ("b.md", "The token is checked."))
    )
    assert not list(Index([*one, *other]).find(phrase("^audience token")))


def test_a_hit_knows_its_sentence_and_where_its_first_word_begins() -> None:
    text = "It runs. Later, **AccessPolicy** names the user."
    (hit,) = index(text).find(phrase("user policy"))
    assert hit.number == 1
    assert hit.sentence.text[hit.at :].startswith("AccessPolicy")
    assert hit.phrase.text == "user policy"


def test_several_phrases_find_each_sentence_once_in_order() -> None:
    text = "A key is kept. A token is kept. Nothing else. A token and a key are kept."
    hits = index(text).find_any([phrase("token"), phrase("key"), phrase("token kept")])
    assert [hit.number for hit in hits] == [0, 1, 3]


def test_a_sentence_that_one_phrase_hits_in_vain_counts_for_another() -> None:
    phrases = [phrase("token"), phrase("kept")]

    def by_the_second(hit: Hit) -> bool:
        return hit.phrase.text == "kept"

    (hit,) = index("A token is kept.").find_any(phrases, by_the_second)
    assert hit.phrase.text == "kept"
    assert not index("A token.").find_any(phrases, by_the_second)


def test_an_empty_design_has_nothing() -> None:
    assert list(Index([]).find(phrase("token"))) == []
    assert found("token*", "") == []


@pytest.mark.parametrize("text", ["", "-cached", "^audience", "token -", "token ^", "token | key"])
def test_a_phrase_needs_words(text: str) -> None:
    with pytest.raises(ValueError, match="needs words"):
        phrase(text)


def test_a_phrase_has_parts() -> None:
    made = phrase("token|key -cached ^audience never_sent")
    assert made.wanted == ("token|key", "never_sent")
    assert (made.unwanted, made.context) == (("cached",), ("audience",))


@pytest.mark.parametrize(
    ("wanted", "denied"),
    [("token never_logged", ["never"]), ("no rule|nothing match", ["no", "nothing"])],
)
def test_a_phrase_knows_what_it_denies_itself(wanted: str, denied: list[str]) -> None:
    pattern = phrase(wanted).denials
    assert pattern is not None
    said = pattern.findall("No rule and nothing, never and not, known")
    assert [word.lower() for word in said] == denied
    assert phrase("token logged -never").denials is None


WORDS = ("token", "key", "cache", "user", "log")
words = st.sampled_from(WORDS)
said = st.lists(words, min_size=1, max_size=30).map(lambda row: f"The {' '.join(row)} there.")
texts = st.lists(said, min_size=1, max_size=3)
slots = st.lists(words | st.just("cache_user") | st.just("lo*"), min_size=1, max_size=4)


@given(texts, slots, st.randoms())
def test_the_order_of_slots_does_not_matter(text: list[str], row: list[str], chance) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(row)
    chance.shuffle(shuffled)
    whole = "\n\n".join(text)
    assert found(" ".join(row), whole) == found(" ".join(shuffled), whole)


def test_the_order_of_choices_with_a_word_in_common_does_not_matter() -> None:
    text = "A token and a key" + " word" * WINDOW + " lease."
    assert found("token|lease token|key", text) == found("token|key token|lease", text) == [text]


@given(texts, slots, said, said)
def test_what_is_found_is_found_when_more_is_said(
    text: list[str], row: list[str], before: str, after: str
) -> None:
    wanted = " ".join(row)
    alone = found(wanted, "\n\n".join(text))
    more = found(wanted, "\n\n".join([before, *text, after]))
    rest = list(more)
    for sentence in alone:
        rest.remove(sentence)
    assert set(rest) <= {before, after}


@given(texts, slots)
def test_an_exclusion_only_takes_away(text: list[str], row: list[str]) -> None:
    whole, wanted = "\n\n".join(text), " ".join(row)
    kept = found(f"{wanted} -user", whole)
    assert kept == [s for s in found(wanted, whole) if "user" not in s]
