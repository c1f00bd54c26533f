"""`python -m evals.agree MODEL`: how well a model as judge agrees with labels made by hand, and with
the deterministic matcher, on the labelled pairs of `evals/pairs`. Costs one call for each case."""

import argparse
import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from agents.analysts.model.models import Models
from agents.catalogue.loader import Catalogue, load
from evals.calibrate import CASES, Pair, agreed, pairs
from evals.cases import Case, read_cases
from evals.drafting import Purse
from evals.judge import Judge, Said
from evals.labels import read_labels
from evals.matching import score, settings
from service.analyst import model_options
from service.settings import settings as product_settings

RESULT = Path(__file__).parent / "results" / "judge.json"
Figures = Mapping[str, float | int]


async def judged(cases: Sequence[Case], catalogue: Catalogue, judge: Judge) -> dict[str, Said]:
    """What the judge says about the labelled findings, by case. Raises Trouble."""
    found = {}
    for case in cases:
        labels = read_labels(case)
        if labels is not None:
            findings = [labelled.finding(case, catalogue) for labelled in labels.findings]
            found[case.slug] = await judge.said(case.gold, findings)
    return found


def report(found: Sequence[Pair], said: Mapping[str, Said]) -> dict[str, Figures]:
    """Judge against labels, on both halves and on close pairs; judge against matcher."""
    chosen = settings()

    def by_judge(some: Sequence[Pair]) -> list[bool]:
        return [p.finding_id in said[p.case].get(p.gold_id, frozenset()) for p in some]

    def against_labels(some: Sequence[Pair]) -> Figures:
        return agreed(by_judge(some), [p.same for p in some])

    halves = {half: [p for p in found if p.half == half] for half in ("report", "choose")}
    close = [p for p in found if p.same or p.near]
    matcher = [score(p.features, chosen.weights) >= chosen.threshold for p in found]
    return {
        "reported": against_labels(halves["report"]),
        "chosen_on": against_labels(halves["choose"]),
        "close_pairs": against_labels(close),
        "against_matcher": agreed(by_judge(found), matcher),
    }


def main() -> None:
    """Ask, print and write."""
    parser = argparse.ArgumentParser(prog="python -m evals.agree", description=__doc__)
    parser.add_argument("model", help="who judges")
    parser.add_argument("--cases", type=Path, default=CASES)
    parser.add_argument("--result", type=Path, default=RESULT)
    parser.add_argument("--cost-limit", type=float, metavar="USD")
    wanted = parser.parse_args()
    cases, catalogue = read_cases(wanted.cases), load()
    if not cases:
        print(f"skipped: no cases in {wanted.cases}")
        return
    options = model_options(product_settings().model_copy(update={"model": wanted.model}))

    async def ask() -> tuple[str, dict[str, Said]]:
        models = Models(options)
        try:
            judge = Judge(models, Purse(wanted.cost_limit))
            return judge.name, await judged(cases, catalogue, judge)
        finally:
            await models.close()

    name, said = asyncio.run(ask())
    found = [pair for pair in pairs(cases, catalogue) if pair.case in said]
    text = json.dumps({"judge": name, **report(found, said)}, indent=2)
    print(text)
    wanted.result.write_text(text + "\n")


if __name__ == "__main__":
    main()
