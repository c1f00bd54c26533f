"""Step merge: the same attack on the same part with the same fix becomes one."""

from collections.abc import Sequence

from agents.analysts.base import Analyst, Reading
from agents.findings import Finding
from agents.steps.checked import Checked, Sieve


async def merge(
    findings: Sequence[Finding], reading: Reading, analyst: Analyst
) -> Checked[tuple[Finding, ...]]:
    """The analyst's merging; it invents nothing and loses nothing.

    A merged finding has an id that went in; an id that neither came out nor is named in `also`
    is put back.
    """
    given = {finding.id: finding for finding in findings}
    sieve = Sieve(reading.documents)
    kept: dict[str, Finding] = {}
    for finding in await analyst.merge(tuple(given.values()), reading):
        evidence = sieve.keep(finding.evidence)
        if finding.id in given and evidence:
            also = tuple(id_ for id_ in finding.also if id_ in given and id_ != finding.id)
            kept[finding.id] = finding.model_copy(update={"evidence": evidence, "also": also})
    accounted = set(kept) | {id_ for finding in kept.values() for id_ in finding.also}
    back = [finding for id_, finding in given.items() if id_ not in accounted]
    return Checked[tuple[Finding, ...]](value=(*kept.values(), *back), dropped=sieve.dropped)
