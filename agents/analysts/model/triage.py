"""Triage by a model: is this a design, at what risk, to what depth."""

from agents.analysts.model.answers import TriageAnswer
from agents.analysts.model.room import Room
from agents.fence import flat
from agents.findings import Reason, Triage


async def triage(room: Room) -> Triage:
    """Judged on the first part and the outline of the whole."""

    def problems(answer: TriageAnswer) -> list[str]:
        found = [
            problem
            for number, reason in enumerate(answer.reasons, 1)
            for problem in room.proof.problems(f"reason {number}", reason.evidence)
        ]
        if answer.is_design == (answer.depth == "none"):
            found.append("depth is none exactly when is_design is false.")
        return found

    answer = await room.ask(TriageAnswer, "triage", problems, knows_system=False)
    depth = answer.depth if answer.depth != "none" else "full"
    return Triage(
        is_design=answer.is_design,
        tier=answer.tier,
        depth=depth if answer.is_design else "none",
        reasons=tuple(
            Reason(text=flat(reason.text), evidence=room.proof.all(reason.evidence, needed=False))
            for reason in answer.reasons
        ),
    )
