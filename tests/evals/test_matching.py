"""The matcher: one to one, above a threshold, the same in every order."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.catalogue.loader import load
from agents.findings import Finding
from evals import matching
from evals.cases import GoldItem
from evals.matching import Features, Matcher, assigned, score
from tests.evals.support import finding, gold_item, restated

CATALOGUE = load()
GOLD = (
    gold_item(
        "G01",
        "Uploads flood the parcel service",
        "Without rate limits a client exhausts it.",
        components=["parcel service"],
        stride="D",
    ),
    gold_item(
        "G02",
        "Stolen carrier key",
        "The static API key is leaked and used by others.",
        components=["carrier API"],
        stride="SE",
    ),
    gold_item(
        "G03",
        "Addresses read from the store",
        "The database keeps addresses without encryption at rest.",
        components=["PostgreSQL database"],
        stride="I",
    ),
    gold_item(
        "G04",
        "Invented delivery dates",
        "The model may hallucinate a date.",
        components=["answering model"],
        stride="T",
        category="misinformation",
    ),
)
SCORES = st.lists(st.lists(st.floats(0, 1), min_size=3, max_size=3), min_size=1, max_size=5)


def matched(findings: Sequence[Finding], gold: Sequence[GoldItem] = GOLD) -> dict[str, str]:
    return {m.gold_id: m.finding_id for m in Matcher(gold, CATALOGUE).match(findings)}


def test_gold_said_again_is_matched_to_itself() -> None:
    assert matched([restated(item) for item in GOLD]) == {i.id: f"of-{i.id}" for i in GOLD}


def test_other_words_of_the_trade_are_recognised() -> None:
    other = finding(
        "disk@database",
        "Nothing at rest is encrypted",
        component="database",
        threat="unencrypted-data-at-rest",
        domain="cryptography",
    )
    assert matched([other]) == {"G03": "disk@database"}


def test_the_same_part_with_another_attack_is_not_the_same() -> None:
    other = finding("blame@service", "Drivers deny a delivery", component="parcel service")
    assert matched([other]) == {}


def test_nothing_everything_and_duplicates_are_told_apart() -> None:
    right = [restated(item) for item in GOLD]
    copies = [right[0].model_copy(update={"id": f"copy-{n}"}) for n in range(10)]
    everything = [
        finding(f"{threat.id}@all", threat.title, threat=threat.id, domain=threat.domain)
        for threat in CATALOGUE.threats.values()
    ]
    assert matched([]) == {}
    assert matched(right, []) == {}
    assert len(matched(right)) == 4
    assert len(matched(copies)) == 1
    # Who raises everything is paid for a few, and its precision shows it.
    assert len(matched(everything)) / len(everything) < 0.05
    assert len(matched([*right, *copies])) == 4


def test_a_finding_counts_once_but_may_cover_several() -> None:
    twins = [GOLD[0], GOLD[0].model_copy(update={"id": "G09"})]
    only = [restated(GOLD[0])]
    assert len(matched(only, twins)) == 1
    assert Matcher(twins, CATALOGUE).covered(only) == ("G01", "G09")


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_findings_and_gold_does_not_matter(seed: int) -> None:
    findings = [restated(item) for item in GOLD]
    findings += [finding(f"x-{n}", "Something about parcels and keys") for n in range(3)]
    findings += [findings[0].model_copy(update={"id": f"a-copy-{n}"}) for n in range(3)]
    shuffled, gold = list(findings), list(GOLD)
    random.Random(seed).shuffle(shuffled)
    random.Random(seed + 1).shuffle(gold)
    assert matched(shuffled, gold) == matched(findings)


def test_a_pair_on_the_threshold_is_in_and_one_below_it_out() -> None:
    limit = matching.settings().threshold
    assert assigned([[limit]], limit) == [(0, 0)]
    assert assigned([[limit - 0.001]], limit) == []


def test_the_sum_decides_not_the_first_come() -> None:
    assert assigned([[0.9, 0.8], [0.8, 0.0]], 0.35) == [(0, 1), (1, 0)]


@given(SCORES)
@settings(deadline=None)
def test_pairs_are_one_to_one_and_above_the_threshold(table: list[list[float]]) -> None:
    pairs = assigned(table, 0.4)
    assert len({row for row, _ in pairs}) == len({column for _, column in pairs}) == len(pairs)
    assert all(table[row][column] >= 0.4 for row, column in pairs)


@given(SCORES)
@settings(deadline=None)
def test_sides_may_change_places(table: list[list[float]]) -> None:
    turned = [list(column) for column in zip(*table, strict=True)]
    straight = sum(round(1000 * table[r][c]) for r, c in assigned(table, 0.4))
    assert straight == sum(round(1000 * turned[r][c]) for r, c in assigned(turned, 0.4))


def test_weights_sum_to_one_so_that_scores_stay_within_it() -> None:
    names = Features.model_fields
    assert score(Features(**dict.fromkeys(names, 1.0))) == pytest.approx(1, abs=0.005)
    assert score(Features(**dict.fromkeys(names, 0.0))) == 0


def test_each_feature_says_what_its_name_says() -> None:
    said = finding(
        "a",
        "Invented dates",
        component="answering model",
        threat="confabulated-answer-acted-on",
        domain="llm_application",
        quote="The model states the delivery date.",
    )
    matcher = Matcher(GOLD, CATALOGUE)
    [[same], [other]] = [matcher.features([said])[place] for place in (3, 1)]
    assert (same.place, same.category, same.stride) == (1, 1, 1)
    assert same.own > other.own
    assert same.quote > other.quote
    assert same.subject > other.subject == 0
    assert (other.category, other.stride) == (0, 0)


def test_words_of_every_gold_item_weigh_less() -> None:
    parcels = [gold_item(f"G{n}", f"Parcel {word}") for n, word in enumerate(("lost", "late"))]
    alone = Matcher(parcels[:1] + [gold_item("G9", "Other")], CATALOGUE)
    common = Matcher(parcels, CATALOGUE)
    said = [finding("a", "Parcel opened")]
    assert common.features(said)[0][0].own < alone.features(said)[0][0].own
