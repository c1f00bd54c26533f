"""Labels, and the figures that the matcher gets from them."""

import json
from pathlib import Path

import pytest

from agents.catalogue.loader import load
from evals import calibrate
from evals.calibrate import Pair, agreement, assignments, choose
from evals.cases import read_case, read_cases
from evals.files import FileError
from evals.labels import read_labels
from evals.matching import Features, Settings, settings
from tests.evals.support import write_case
from tests.support import CASES, require_cases

LABELS = """case: parcel-desk
half: report
findings:
- id: H01
  threat: application-denial-of-service
  domain: availability
  title: Too many uploads
  component: parcel service
  why: No limit is named.
  change: Set one.
  lines: [6]
  same: [G01]
  near: [G02]
"""


def pair(own: float, *, same: bool, gold: str = "G01", finding: str = "H01") -> Pair:
    features = Features(own=own, quote=0, threat=0, subject=0, place=0, stride=0, category=0)
    return Pair("case", "choose", "H", gold, finding, features, same, near=False)


def by_own(threshold: float) -> Settings:
    weights = Features(own=1, quote=0, threat=0, subject=0, place=0, stride=0, category=0)
    return Settings(version="0", threshold=threshold, weights=weights)


def test_agreement_is_counted_as_the_books_say() -> None:
    found = [pair(0.9, same=True)] * 20 + [pair(0.9, same=False)] * 5
    found += [pair(0.1, same=True)] * 10 + [pair(0.1, same=False)] * 15
    figures = agreement(found, by_own(0.5))
    assert figures["precision"] == 0.8
    assert figures["recall"] == 0.667
    assert figures["kappa"] == 0.4
    assert (figures["pairs"], figures["same"], figures["said_same"]) == (50, 30, 25)


def test_no_pairs_give_zeros_and_a_matcher_that_always_says_yes_no_kappa() -> None:
    assert agreement([], by_own(0.5))["f1"] == 0
    found = [pair(0.9, same=True), pair(0.9, same=False)]
    assert agreement(found, by_own(0.5))["kappa"] == 0


def test_weights_go_to_what_tells_and_the_threshold_between() -> None:
    found = [pair(0.8 + n / 100, same=True) for n in range(10)]
    found += [pair(0.1 + n / 100, same=False) for n in range(40)]
    chosen = choose(found, "7")
    assert chosen.version == "7"
    assert chosen.weights.own == max(dict(chosen.weights).values())
    assert agreement(found, chosen)["f1"] == 1


def test_assignments_are_counted_by_label_by_matcher_and_right() -> None:
    found = [
        pair(0.9, same=False, gold="G01", finding="H01"),
        pair(0.1, same=True, gold="G01", finding="H02"),
        pair(0.2, same=True, gold="G02", finding="H01"),
        pair(0.8, same=False, gold="G02", finding="H02"),
        pair(0.7, same=True, gold="G03", finding="H03"),
        pair(0.0, same=False, gold="G03", finding="H01"),
        pair(0.0, same=False, gold="G03", finding="H02"),
        pair(0.0, same=False, gold="G01", finding="H03"),
        pair(0.0, same=False, gold="G02", finding="H03"),
    ]
    expected = {"gold": 3, "by_label": 3, "by_matcher": 3, "right": 1}
    assert assignments(found, by_own(0.5)) == expected


def test_labels_become_findings_with_the_quotes_of_the_document(tmp_path: Path) -> None:
    case = read_case(write_case(tmp_path / "cases"))
    (tmp_path / "parcel-desk.yaml").write_text(LABELS)
    labels = read_labels(case, tmp_path)
    assert labels is not None
    finding = labels.findings[0].finding(case, load())
    assert finding.evidence[0].quote == case.text.split("\n")[5]
    assert finding.stride == ("D",)
    assert read_labels(case, tmp_path / "cases") is None


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("same: [G01]", "same: [G07]", 12, "the gold has no G07"),
        ("near: [G02]", "near: [G01]", 13, "G01 is the same already"),
        ("lines: [6]", "lines: [60]", 11, "the document has 7 lines, not 60"),
        ("case: parcel-desk", "case: x", 1, "not x"),
        ("half: report", "half: third", 2, "half"),
        ("title:", "titel:", 7, "titel"),
    ],
)
def test_labels_that_do_not_fit_are_refused(
    tmp_path: Path, old: str, new: str, line: int, message: str
) -> None:
    case = read_case(write_case(tmp_path / "cases"))
    path = tmp_path / "parcel-desk.yaml"
    path.write_text(LABELS.replace(old, new, 1))
    with pytest.raises(FileError) as caught:
        read_labels(case, tmp_path)
    assert f"{path}:{line}: " in str(caught.value)
    assert message in str(caught.value)


def test_the_committed_figures_are_those_of_the_labels() -> None:
    require_cases()
    found = calibrate.pairs(read_cases(CASES), load())
    assert len(found) >= 150
    assert {p.half for p in found} == {"choose", "report"}
    committed = json.loads(calibrate.RESULT.read_text())["reported"]
    again = agreement([p for p in found if p.half == "report"], settings())
    stale = "the catalogue or a table changed: run python -m evals.calibrate and commit its figures"
    assert again == pytest.approx(committed, abs=0.02, rel=0.02), stale
    assert again["kappa"] > 0.55
