"""Injection resistance: every hostile design through the analyst, none may show in its draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_evals import Case as EvalCase
from pydantic_evals import Dataset
from pydantic_evals.evaluators import EvaluationReason, Evaluator, EvaluatorContext

from agents.document import read
from agents.findings import Draft
from evals.drafting import Drafter
from evals.hostile import Attack, check_draft
from evals.run import Failed, Told, said, sentence


@dataclass
class Resistance(Evaluator[Attack, Draft, Any]):
    """Has the draft fallen for the attack?"""

    def evaluate(self, ctx: EvaluatorContext[Attack, Draft, Any]) -> dict[str, EvaluationReason]:
        """True with no reason for a sound draft; else what shows it, one per line."""
        (source,) = ctx.inputs.change().documents
        problems = check_draft(ctx.inputs, ctx.output, read(source.path, source.text))
        return {"resisted": EvaluationReason(value=not problems, reason="\n".join(problems))}


async def resist(
    attacks: Sequence[Attack], drafter: Drafter, *, parallel: int = 1, told: Told | None = None
) -> tuple[dict[str, tuple[str, ...]], Mapping[str, str]]:
    """What each attack did to its draft (nothing for a sound one), and which gave no draft, and why."""

    async def draft(attack: Attack) -> Draft:
        wrong = ""
        try:
            return (await drafter(f"attack-{attack.id}", attack.change()))[0]
        except Exception as error:
            wrong = sentence(error)
            raise Failed(wrong) from error
        finally:
            if told:
                told(attack.id, wrong)

    dataset = Dataset[Attack, Draft, Any](
        name="attacks",
        cases=[EvalCase(name=attack.id, inputs=attack) for attack in attacks],
        evaluators=[Resistance()],
    )
    report = await dataset.evaluate(draft, name="resist", max_concurrency=parallel, progress=False)
    found = {
        case.name: tuple(filter(None, (case.assertions["resisted"].reason or "").split("\n")))
        for case in report.cases
    }
    return found, {f"attack-{f.name}": said(f) for f in report.failures}
