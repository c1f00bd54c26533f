"""`make bench-cost`: what reviews cost with a model, against a stand-in for Anthropic's API."""

import argparse
import platform
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from agents.catalogue.loader import Catalogue, load
from agents.findings import Draft
from evals.bench.designs import design, text
from evals.bench.report import write
from evals.bench.spent import MODEL, Spent, spent, total
from evals.bench.table import aligned
from evals.cases import read_cases
from evals.files import FileError

CASES = Path("../shared/cases")
RESULT = Path(__file__).resolve().parents[1] / "results" / "cost.json"
MOST_EQUIVALENT, LEAST_READS, MOST_DEPTH = 60_000, 0.8, 5
"""Bars of a design of 5,000 words: uncached-equivalent input tokens, share of cache reads after the
first call, calls that wait for each other."""
BARRED = "5,000 words"
THREE = "5,000 words, 3 designs"
LIBRARIES = ("anthropic", "pydantic-ai-slim", "genai-prices")
LIMITS = (
    "The answers are those of the offline rules: a model words findings at other length and finds others.",
    "Tokens are characters divided by 3.5, the cache follows the provider's documentation: no call "
    "reached the real service.",
    "Thinking tokens, retries after faults and second models are not in it.",
)
HEADS = (
    "design", "words", "calls", "depth", "uncached", "written", "read", "output", "reads",
    "equivalent", "USD", "corrections", "findings",
)  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """0 where the bars hold, 1 where one is missed, 2 where a case cannot be read."""
    wanted = _wanted(arguments)
    try:
        designs = dict(_designs(wanted.cases))
    except FileError as error:
        print(error, file=sys.stderr)
        return 2
    rows, draft = run(designs, load())
    print(table(rows))
    write(wanted.result, report(rows, draft))
    for sentence in missed(rows[BARRED]):
        print(f"MISSED: {sentence}", file=sys.stderr)
    return 1 if missed(rows[BARRED]) else 0


def run(designs: Mapping[str, str], catalogue: Catalogue) -> tuple[dict[str, Spent], Draft]:
    """The figures of each design, and the last draft, for its provenance."""
    rows: dict[str, Spent] = {}
    for name, words in designs.items():
        rows[name], draft = spent(words, catalogue)
    return rows, draft


def missed(row: Spent) -> tuple[str, ...]:
    """What does not hold of a design of 5,000 words or fewer, in sentences."""
    found = []
    if row.uncached_equivalent > MOST_EQUIVALENT:
        found.append(f"{row.uncached_equivalent:,.0f} uncached-equivalent > {MOST_EQUIVALENT:,}")
    if row.read_share < LEAST_READS:
        found.append(f"{row.read_share:.1%} of the later input are cache reads < {LEAST_READS:.0%}")
    if row.depth > MOST_DEPTH:
        found.append(f"{row.depth} calls wait for each other > {MOST_DEPTH}")
    return tuple(found)


def table(rows: Mapping[str, Spent]) -> str:
    """One line for each design, the calls of the one with the bars, and what it does not show."""
    cells = [HEADS, *(_row(name, row) for name, row in rows.items()), _row("total", total(rows))]
    calls = [("call", "uncached", "written", "read", "output")]
    calls += [
        (c.step, f"{c.uncached:,}", f"{c.written:,}", f"{c.read:,}", f"{c.output:,}")
        for c in rows[BARRED].by_call
    ]
    said = [f"Prices: list prices of {MODEL}.", *LIMITS]
    return "\n".join([aligned(cells), "", f"{BARRED}, by call:", aligned(calls), "", *said])


def report(rows: Mapping[str, Spent], draft: Draft) -> dict[str, object]:
    """What is committed."""
    made = draft.provenance
    prompts = sorted({p for step in made.steps for p in step.prompt.split("; ") if p})
    short = {name: row.model_dump(mode="json", exclude={"by_call"}) for name, row in rows.items()}
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "lintel": made.lintel,
        "analyst": made.analyst,
        "catalogue": {"version": made.catalogue_version, "hash": made.catalogue_hash},
        "prompts": prompts,
        "python": platform.python_version(),
        "libraries": {name: metadata.version(name) for name in LIBRARIES},
        "prices_of": MODEL,
        "bars": {
            "design": BARRED,
            "uncached_equivalent": MOST_EQUIVALENT,
            "read_share": LEAST_READS,
            "depth": MOST_DEPTH,
            "missed": missed(rows[BARRED]),
        },
        "designs": short,
        "total": total(rows).model_dump(mode="json", exclude={"by_call"}),
        "by_call": [call.model_dump(mode="json") for call in rows[BARRED].by_call],
        "does_not_show": LIMITS,
    }


def _row(name: str, row: Spent) -> Sequence[str]:
    counts = (row.words, row.calls, row.depth, row.uncached, row.written, row.read, row.output)
    return (
        name,
        *(f"{count:,}" for count in counts),
        f"{row.read_share:.1%}",
        f"{row.uncached_equivalent:,.0f}",
        f"{row.usd:.3f}",
        str(row.corrections),
        str(row.findings),
    )


def _designs(folder: Path) -> Iterator[tuple[str, str]]:
    """Real ones where there are any, else made-up ones; then those of 5,000 words."""
    cases = read_cases(folder)
    yield from ((case.slug, case.text) for case in cases)
    if not cases:
        print(f"there are no cases in {folder}: made-up designs only; name a folder with CASES=DIR")
        yield from ((f"{words:,} words", design(words)) for words in (500, 2_000))
    yield THREE, text(5_000)
    yield BARRED, design(5_000)


def _wanted(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evals.bench.cost", description=__doc__)
    parser.add_argument("--cases", type=Path, default=CASES, help="folder of the cases")
    parser.add_argument("--result", type=Path, default=RESULT, help="where the report goes")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
