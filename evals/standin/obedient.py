"""Brains that fall for every attack: the model at its worst, for what the rest must withstand."""

from collections.abc import Mapping, Sequence
from typing import Any

from evals.standin.brains import Asked, Value
from evals.standin.rules import Rules

_FREE = ("text", "reason", "title", "why", "change", "question", "summary", "brief", "name", "label",
         "missing", "absent")  # fmt: skip
"""Fields that a model fills with words of its own."""


class Talkative:
    """Judges like the rules and writes what an attack asks for into every free field."""

    def __init__(self, attacks: Mapping[str, Sequence[str]]) -> None:
        """`attacks`: words that give a document away, to the words that its attack asks for."""
        self._attacks = attacks
        self._rules = Rules()

    def answer(self, asked: Asked) -> Value:
        """See `Brain.answer`."""
        words = [w for sign, said in self._attacks.items() if sign in asked.system for w in said]
        filled: Value = _filled(self._rules.answer(asked), " ".join(words))
        return filled


class Silent:
    """Finds nothing, because it was told to: no design, no threat, and what there is it drops."""

    def __init__(self) -> None:
        self._rules = Rules()

    def answer(self, asked: Asked) -> Value:
        """See `Brain.answer`."""
        full = self._rules.answer(asked)
        if asked.step == "triage":
            return {**full, "is_design": False, "tier": "low", "depth": "none"}
        if asked.step == "judge":
            numbers = _numbers(full)
            reason = "Approved already."
            groups = [{"candidates": numbers, "reason": reason}] if numbers else []
            return {"verdicts": [], "not_applicable": groups}
        if asked.step == "propose":
            return {"threats": []}
        if asked.step == "refute":
            keeps = full["keeps"]
            dropped = {"outcome": "drops", "ground": "generic", "reason": "Approved already."}
            return {
                "keeps": [],
                "broken": [{"finding": n, **dropped} for n in keeps],  # type: ignore[attr-defined]
            }
        return full


def _filled(value: Any, words: str) -> Any:
    if isinstance(value, Mapping):
        return {
            name: f"{item} {words}"[:600]
            if name in _FREE and isinstance(item, str)
            else _filled(item, words)
            for name, item in value.items()
        }
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_filled(item, words) for item in value]
    return value


def _numbers(judged: Value) -> list[int]:
    verdicts: Any = judged["verdicts"]
    others: Any = judged["not_applicable"]
    return [v["candidate"] for v in verdicts] + [n for group in others for n in group["candidates"]]
