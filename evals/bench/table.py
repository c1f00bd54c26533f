"""The figures of all cases as a table for reading."""

from collections.abc import Mapping, Sequence

from evals.bench.figures import Figures, totals

HEADS = (
    "case", "comp", "flows", "cand", "find", "author", "quest", "mitig", "s", "gold", "hit",
    "recall", "untrusted",
)  # fmt: skip


def table(found: Mapping[str, Figures]) -> str:
    """One line for each case, then what was matched and missed, then the totals."""
    rows = [HEADS, *(_row(slug, figures) for slug, figures in found.items())]
    parts = [aligned(rows), ""]
    parts += [line for slug, figures in found.items() for line in _matches(slug, figures)]
    parts += ["", *(f"{name:<26}{_shown(value)}" for name, value in totals(found).items())]
    return "\n".join(parts)


def growing(rows: Sequence[Mapping[str, float]], memory: Mapping[str, float]) -> str:
    """Time by length, and memory."""
    lines = [
        f"{row['words']:>8} words {row['review_s']:>8.2f} s, {row['cpu_s']:.2f} s of processor, "
        f"per word {row['per_word_to_shortest']:.2f} times the shortest"
        for row in rows
    ]
    return "\n".join([*lines, f"{memory['words']:>8} words {memory['peak_mb']:>9} MB at most"])


def _row(slug: str, figures: Figures) -> tuple[str, ...]:
    marks = figures.untrusted
    ways = f"{len(marks.found)}/{len(marks.found) + len(marks.missed)}" if marks else "-"
    numbers = (
        figures.components, figures.flows, figures.candidates, figures.findings,
        figures.for_author, figures.questions, figures.mitigated, f"{figures.seconds:.2f}",
        figures.gold, len(figures.matched), _shown(figures.recall), ways,
    )  # fmt: skip
    return (f"{slug} (clean)" if figures.clean else slug, *map(str, numbers))


def _matches(slug: str, figures: Figures) -> list[str]:
    if not figures.gold:
        return []
    lines = [f"{slug}:"]
    lines += [f"  {gold} {finding}" for gold, finding in figures.matched.items()]
    return [*lines, f"  missed: {' '.join(figures.missed) or 'none'}"]


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Columns of equal width, the first to the left and the others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _shown(value: float | int | None) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
