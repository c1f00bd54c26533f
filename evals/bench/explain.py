"""The scores of one case for reading by eye: which findings come closest to each gold item, and why."""

from agents.catalogue.loader import Catalogue
from agents.findings import Draft, Finding
from evals.cases import Case
from evals.matching import Features, Matcher, score, settings

CLOSEST = 3


def explained(case: Case, draft: Draft, catalogue: Catalogue) -> str:
    """Each gold item with its closest findings, then each finding with its closest gold item.

    `=` marks the pair of the assignment, `+` one that reaches the threshold and lost.
    """
    matcher = Matcher(case.gold, catalogue)
    matched = {match.gold_id: match.finding_id for match in matcher.match(draft.findings)}
    lines = [
        f"{case.slug}: {len(matched)} of {len(case.gold)} gold items, "
        f"{len(draft.findings)} findings, threshold {settings().threshold}"
    ]
    table = matcher.features(draft.findings)
    for item, row in zip(matcher.gold, table, strict=True):
        lines += ["", f"{item.id} {item.title} [{', '.join(item.components)}]"]
        scored = sorted(
            zip(row, draft.findings, strict=True), key=lambda pair: (-score(pair[0]), pair[1].id)
        )
        lines += [_line(f, finding, matched.get(item.id)) for f, finding in scored[:CLOSEST]]
    lines += ["", "findings:"]
    for place, finding in enumerate(draft.findings):
        reached = [
            (score(row[place]), item.id) for item, row in zip(matcher.gold, table, strict=True)
        ]
        lines.append(_best(finding, max(reached, default=(0.0, "-")), matched))
    return "\n".join(lines)


def _line(features: Features, finding: Finding, matched: str | None) -> str:
    reached = score(features)
    sign = "=" if finding.id == matched else "+" if reached >= settings().threshold else " "
    parts = " ".join(f"{name} {value:.2f}" for name, value in dict(features).items() if value)
    return f"  {sign} {reached:.3f} {finding.id}  ({parts})"


def _best(finding: Finding, best: tuple[float, str], matched: dict[str, str]) -> str:
    mine = next((gold for gold, found in matched.items() if found == finding.id), "-")
    where = f"line {finding.evidence[0].line_start}" if finding.evidence else "no line"
    return f"  {finding.rank:>3} {mine:<4} best {best[1]} {best[0]:.3f}  {finding.id} ({where})"
