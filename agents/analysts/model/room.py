"""What the judgements of one review work with."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import prompts
from agents.analysts.base import Reading
from agents.analysts.model import texts
from agents.analysts.model.asking import Asking, Call
from agents.analysts.model.cited import Answer
from agents.analysts.model.desk import Desk
from agents.analysts.model.proof import Proof
from agents.analysts.trouble import Kind, Remedy, Trouble
from agents.metering import meter

A = TypeVar("A", bound=Answer)
T = TypeVar("T")


@dataclass(frozen=True)
class Room:
    """One reading, laid out for the model, with somebody to ask and a way to prove."""

    reading: Reading
    desk: Desk
    proof: Proof
    asking: Asking
    versions: Mapping[str, str] = field(default_factory=dict)
    """Prompt versions other than the newest."""

    async def ask(
        self,
        want: type[A],
        prompt: str,
        problems: Callable[[A], Sequence[str]],
        *,
        part: int = 0,
        knows_system: bool = True,
        **values: str,
    ) -> A:
        """One answer about one part. Calls that know the system model share its text."""
        return await self.asking.ask(
            Call(
                want=want,
                prefix=self.desk.parts[part].prefix,
                text=self._render(prompt, **values),
                problems=problems,
                shared=self._system() if knows_system else "",
            )
        )

    async def over(
        self, parts: Collection[int], ask: Callable[[int], Awaitable[T]]
    ) -> tuple[T, ...]:
        """An answer for each part, side by side; a part that cannot be judged is said, not lost.

        Raises `Trouble` when that is so for all of them, when it may pass, or when smaller parts
        may help.
        """
        found = await asyncio.gather(*(ask(part) for part in parts), return_exceptions=True)
        answers: list[T] = []
        failed: list[BaseException] = []
        for part, one in zip(parts, found, strict=True):
            if not isinstance(one, BaseException):
                answers.append(one)
                continue
            if len(found) == 1 or not isinstance(one, Trouble) or not _of_the_part(one):
                raise one
            failed.append(one)
            meter().note(f"Part {part + 1} was not judged: {one.sentence}")
        if failed and not answers:
            raise failed[0]
        return tuple(answers)

    @property
    def all_parts(self) -> range:
        """Numbers of the parts, from 0."""
        return range(len(self.desk.parts))

    def _system(self) -> str:
        """Written out once for each system model, not for each call."""
        system, known = self.reading.system, self.desk.shared
        if known is None or known[0] is not system:
            text = self._render(
                "model",
                system=texts.system_model(self.reading),
                catalogue=texts.catalogue_ids(self.reading),
            )
            known = self.desk.shared = (system, text)
        return known[1]

    def _render(self, prompt: str, **values: str) -> str:
        return prompts.load(prompt, self.versions.get(prompt)).render(**values)


def _of_the_part(trouble: Trouble) -> bool:
    return trouble.remedy is Remedy.OTHER and trouble.kind is not Kind.TOO_LONG
