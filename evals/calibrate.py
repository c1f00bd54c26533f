"""`python -m evals.calibrate`: how well the matcher agrees with labels made by hand.

With `--choose`, weights and threshold are chosen anew on one half of the cases. The figures are
those of the other half.
"""

import argparse
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from agents.catalogue.loader import Catalogue, load
from evals.cases import Case, read_cases
from evals.labels import Labels, read_labels
from evals.matching import WEIGHTS, Features, Matcher, Settings, assigned, score, settings

CASES = Path("../shared/cases")
RESULT = Path(__file__).parent / "results" / "matcher.json"
NAMES = tuple(Features.model_fields)
ANALYST = "AC"
"""Marks of the findings that speak in the words of the offline analyst."""
STEPS, RATE, SMALLNESS = 1500, 5.0, 0.3
"""Of the logistic regression: steps, their size, and how much large weights cost."""


@dataclass(frozen=True)
class Pair:
    """A gold item and a finding, with the label."""

    case: str
    half: str
    by: str
    """`A` for a finding of the offline analyst, `C` for a catalogue threat put at a component in the
    analyst's words, `H` for a finding written by hand."""
    gold_id: str
    finding_id: str
    features: Features
    same: bool
    near: bool


def pairs(cases: Sequence[Case], catalogue: Catalogue) -> list[Pair]:
    """Every labelled finding with every gold item of its case."""
    found = []
    for case in cases:
        labels = read_labels(case)
        if labels is not None:
            found += _of_case(case, labels, catalogue)
    return found


def _of_case(case: Case, labels: Labels, catalogue: Catalogue) -> list[Pair]:
    matcher = Matcher(case.gold, catalogue)
    findings = [labelled.finding(case, catalogue) for labelled in labels.findings]
    return [
        Pair(
            case.slug, labels.half, labelled.id[0], item.id, labelled.id,
            features, item.id in labelled.same, item.id in labelled.near,
        )
        for item, row in zip(matcher.gold, matcher.features(findings), strict=True)
        for labelled, features in zip(labels.findings, row, strict=True)
    ]  # fmt: skip


def agreement(found: Sequence[Pair], chosen: Settings) -> dict[str, float | int]:
    """Counts, precision, recall, F1 and Cohen's kappa of the matcher against the labels."""
    said = [score(pair.features, chosen.weights) >= chosen.threshold for pair in found]
    return agreed(said, [pair.same for pair in found])


def agreed(said: Sequence[bool], labels: Sequence[bool]) -> dict[str, float | int]:
    """The same for whoever said whether pairs are the same."""
    both = sum(s and same for s, same in zip(said, labels, strict=True))
    matcher, label, count = sum(said), sum(labels), len(labels)
    equal = sum(s == same for s, same in zip(said, labels, strict=True))
    chance = matcher * label + (count - matcher) * (count - label)
    return {
        "pairs": count,
        "same": label,
        "said_same": matcher,
        "precision": _ratio(both, matcher),
        "recall": _ratio(both, label),
        "f1": _ratio(2 * both, matcher + label),
        "kappa": _ratio(count * equal - chance, count * count - chance),
    }


def choose(found: Sequence[Pair], version: str) -> Settings:
    """Weights by logistic regression without negative ones, then the threshold with the best F1."""
    rows = [([getattr(p.features, n) for n in NAMES], p.same) for p in found]
    raw = _regression(rows)
    total = sum(raw)
    weights = Features(**{n: round(w / total, 3) for n, w in zip(NAMES, raw, strict=True)})
    reached = sorted({score(p.features, weights) for p in found})

    def quality(threshold: float) -> tuple[float, float]:
        trial = Settings(version=version, threshold=threshold, weights=weights)
        return agreement(found, trial)["f1"], threshold

    return Settings(version=version, threshold=max(reached, key=quality), weights=weights)


def _regression(rows: Sequence[tuple[list[float], bool]]) -> list[float]:
    weights, base = [0.5] * len(NAMES), -2.0
    step = RATE / len(rows)
    for _ in range(STEPS):
        slopes, slope = [SMALLNESS * w for w in weights], 0.0
        for values, same in rows:
            reach = base + sum(w * v for w, v in zip(weights, values, strict=True))
            error = 1 / (1 + math.exp(-reach)) - same
            slope += error
            for place, value in enumerate(values):
                slopes[place] += error * value
        base -= step * slope
        weights = [max(0.0, w - step * s) for w, s in zip(weights, slopes, strict=True)]
    return weights


def report(found: Sequence[Pair], chosen: Settings) -> dict[str, object]:
    """The figures of the half that nothing was chosen on, whole and in parts, and of the other."""

    def part(keep: Callable[[Pair], bool]) -> dict[str, float | int]:
        return agreement([pair for pair in found if keep(pair)], chosen)

    return {
        "matcher": chosen.version,
        "threshold": chosen.threshold,
        "reported": part(lambda p: p.half == "report"),
        "reported_close_pairs": part(lambda p: p.half == "report" and (p.same or p.near)),
        "reported_analyst": part(lambda p: p.half == "report" and p.by in ANALYST),
        "reported_by_hand": part(lambda p: p.half == "report" and p.by not in ANALYST),
        "chosen_on": part(lambda p: p.half == "choose"),
        "one_to_one": {
            "of_the_analyst": assignments([p for p in found if p.by == "A"], chosen),
            "reported_analyst": assignments(
                [p for p in found if p.half == "report" and p.by in ANALYST], chosen
            ),
        },
    }


def assignments(found: Sequence[Pair], chosen: Settings) -> dict[str, int]:
    """Gold items that get a finding one to one: by the labels, by the matcher, and right ones."""
    counts = {"gold": 0, "by_label": 0, "by_matcher": 0, "right": 0}
    for case in sorted({pair.case for pair in found}):
        pairs = {(p.gold_id, p.finding_id): p for p in found if p.case == case}
        gold = sorted({gold_id for gold_id, _ in pairs})
        findings = sorted({finding_id for _, finding_id in pairs})
        table = [[pairs[g, f] for f in findings] for g in gold]
        labels = [[float(pair.same) for pair in row] for row in table]
        scores = [[score(pair.features, chosen.weights) for pair in row] for row in table]
        matched = assigned(scores, chosen.threshold)
        counts["gold"] += len(gold)
        counts["by_label"] += len(assigned(labels, 1.0))
        counts["by_matcher"] += len(matched)
        counts["right"] += sum(table[r][c].same for r, c in matched)
    return counts


def _ratio(part: float, whole: float) -> float:
    return round(part / whole, 3) if whole else 0.0


def main() -> None:
    """Measure, or choose and measure; prints the figures and writes them."""
    parser = argparse.ArgumentParser(prog="python -m evals.calibrate", description=__doc__)
    parser.add_argument("--cases", type=Path, default=CASES)
    parser.add_argument("--choose", action="store_true", help="choose weights and threshold anew")
    wanted = parser.parse_args()
    cases = read_cases(wanted.cases)
    if not cases:
        print(f"skipped: no cases in {wanted.cases}")
        return
    found, chosen = pairs(cases, load()), settings()
    if wanted.choose:
        chosen = choose([p for p in found if p.half == "choose"], chosen.version)
        WEIGHTS.write_text(yaml.safe_dump(chosen.model_dump(), sort_keys=False))
    text = json.dumps(report(found, chosen), indent=2)
    print(text)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(text + "\n")


if __name__ == "__main__":
    main()
