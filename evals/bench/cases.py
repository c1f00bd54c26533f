"""`make bench-offline`: the offline analyst on real designs, against what experts found in them."""

import argparse
import platform
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from agents.analysts.lexical import LexicalAnalyst
from agents.catalogue.loader import Catalogue, load
from agents.findings import Provenance
from evals.bench import offline
from evals.bench.explain import explained
from evals.bench.figures import Figures, measure, totals
from evals.bench.report import write
from evals.bench.table import growing, table
from evals.cases import Case, read_cases
from evals.files import FileError
from evals.matching import settings

CASES = Path("../shared/cases")
RESULT = Path(__file__).resolve().parents[1] / "results" / "offline.json"


def main(arguments: list[str] | None = None) -> int:
    """0 where it ran or there is nothing to run on, 2 where a case cannot be read."""
    wanted = _wanted(arguments)
    try:
        cases = read_cases(wanted.cases)
    except FileError as error:
        print(error, file=sys.stderr)
        return 2
    if not cases:
        print(f"skipped: there are no cases in {wanted.cases}; name their folder with CASES=DIR")
        return 0
    if wanted.explain:
        return _explain(wanted.explain, cases)
    found, provenance = run(cases, load())
    print(table(found))
    if not wanted.quick:
        time, memory = offline.measure(), offline.peak_memory()
        print(growing(time, memory))
        growth = {"time": time, "memory": memory}
        write(wanted.result, report(found, provenance, growth))
    return 0


def run(cases: tuple[Case, ...], catalogue: Catalogue) -> tuple[dict[str, Figures], Provenance]:
    """The figures of each case, by name, and what made them."""
    analyst = LexicalAnalyst()
    # What is loaded once does not count for the first case.
    _, draft = measure(cases[0], analyst, catalogue)
    return {case.slug: measure(case, analyst, catalogue)[0] for case in cases}, draft.provenance


def report(
    found: Mapping[str, Figures], provenance: Provenance, growth: Mapping[str, object]
) -> dict[str, object]:
    """What is committed: stable order, so that two reports differ only where figures do."""
    chosen = settings()
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "lintel": provenance.lintel,
        "analyst": provenance.analyst,
        "catalogue": {"version": provenance.catalogue_version, "hash": provenance.catalogue_hash},
        "python": platform.python_version(),
        "matcher": {"version": chosen.version, "threshold": chosen.threshold},
        "totals": totals(found),
        "cases": {slug: found[slug].model_dump(mode="json") for slug in sorted(found)},
        "growth": growth,
    }


def _explain(slug: str, cases: tuple[Case, ...]) -> int:
    case = next((case for case in cases if case.slug == slug), None)
    if case is None:
        print(f"no case {slug}; there are: {', '.join(c.slug for c in cases)}", file=sys.stderr)
        return 2
    catalogue = load()
    print(explained(case, measure(case, LexicalAnalyst(), catalogue)[1], catalogue))
    return 0


def _wanted(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evals.bench.cases", description=__doc__)
    parser.add_argument("--cases", type=Path, default=CASES, help="folder of the cases")
    parser.add_argument("--explain", metavar="CASE", help="show the scores of one case")
    parser.add_argument("--result", type=Path, default=RESULT, help="where the report goes")
    parser.add_argument("--quick", action="store_true", help="table only: no growth, no report")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
