"""Step triage: is this a design, at what risk, to what depth."""

from agents.analysts.base import Analyst, Reading
from agents.findings import Reason, Triage
from agents.steps.checked import Checked, Sieve


async def triage(reading: Reading, analyst: Analyst) -> Checked[Triage]:
    """The analyst's triage; a reason keeps only verified evidence."""
    answer = await analyst.triage(reading)
    sieve = Sieve(reading.documents)
    reasons = tuple(
        Reason(text=reason.text, evidence=sieve.keep(reason.evidence)) for reason in answer.reasons
    )
    return Checked[Triage](
        value=answer.model_copy(update={"reasons": reasons}), dropped=sieve.dropped
    )
