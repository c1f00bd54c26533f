"""Step refute: an independent attempt to break every finding against the text."""

from collections import Counter
from collections.abc import Iterable, Sequence

from agents.analysts.base import Analyst, Reading
from agents.findings import Finding, Refutation
from agents.steps.checked import Checked, Sieve


async def refute(
    findings: Sequence[Finding], reading: Reading, analyst: Analyst
) -> Checked[tuple[Refutation, ...]]:
    """The analyst's refutations of known findings.

    One that says the text contradicts or mitigates needs a verified quote; without it the finding
    stays.
    """
    ids = {finding.id for finding in findings}
    sieve = Sieve(reading.documents)
    kept: dict[str, Refutation] = {}
    for refutation in await analyst.refute(findings, reading):
        evidence = sieve.keep(refutation.evidence)
        quoted = bool(evidence) or refutation.ground not in ("contradicted", "mitigated")
        if refutation.finding_id in ids and quoted:
            update = {"evidence": evidence}
            kept.setdefault(refutation.finding_id, refutation.model_copy(update=update))
    return Checked[tuple[Refutation, ...]](value=tuple(kept.values()), dropped=sieve.dropped)


def apply(findings: Iterable[Finding], refutations: Iterable[Refutation]) -> tuple[Finding, ...]:
    """Findings that were not dropped, each with its refutation; a narrowed one says so."""
    by_id = {refutation.finding_id: refutation for refutation in refutations}
    kept: list[Finding] = []
    for finding in findings:
        refutation = by_id.get(finding.id)
        if refutation is None or refutation.outcome != "drops":
            kept.append(finding.model_copy(update={"refutation": refutation}))
    return tuple(kept)


def said(refutations: Iterable[Refutation]) -> tuple[str, ...]:
    """How many findings were dropped and on what ground, in one sentence for coverage."""
    grounds = Counter(r.ground for r in refutations if r.outcome == "drops")
    if not grounds:
        return ()
    parts = ", ".join(f"{count} {ground}" for ground, count in sorted(grounds.items()))
    return (f"Dropped when tested against the text: {parts}.",)
