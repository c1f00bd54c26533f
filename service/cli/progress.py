"""What is said on stderr while a review is at work: the steps, and what each has cost."""

import shutil
import sys
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

import typer

from service.cli.printing import printable

if TYPE_CHECKING:
    from agents.findings import StepRecord

_CLEAR = "\r\x1b[K"
_MODEL = "model "
"""How the name of an analyst with a model begins."""


class Progress:
    """The offline rules are fast: their steps are named on a terminal only. A model takes minutes:
    each of its steps is a line when it has ended, and a terminal also shows what is going on."""

    def __init__(self, *, quiet: bool, model: bool) -> None:
        self._quiet, self._model = quiet, model
        self._terminal = not quiet and sys.stderr is not None and sys.stderr.isatty()
        self._running: list[str] = []
        self._records: list[StepRecord] = []
        self._notes: set[str] = set()
        self._started = time.perf_counter()

    def began(self, step: str) -> None:
        """For `on_step` of the pipeline."""
        if self._terminal and not self._model:
            self.say(step)
        if self._terminal and self._model:
            self._running.append(step)
            self._show()

    def done(self, record: "StepRecord") -> None:
        """For `on_done` of the pipeline."""
        if record.step in self._running:
            self._running.remove(record.step)
        # A step that the rules did in place of a model has notes that say why.
        if record.analyst.startswith(_MODEL) or record.notes:
            self._records.append(record)
            seconds = record.duration_ms / 1000
            self.say(f"{record.step}: {seconds:.1f} s{_spent([record])}")
            for note in record.notes:
                if note not in self._notes:
                    self.say(f"note: {note}")
                self._notes.add(note)
        self._show()

    def say(self, sentence: str) -> None:
        """One line."""
        if self._quiet:
            return
        self._clear()
        typer.echo(f"lintel: {printable(sentence)}", err=True)

    def end(self) -> None:
        """What the model's steps have cost together, if there were any."""
        self._running.clear()
        self._clear()
        if self._records:
            calls = sum(record.requests for record in self._records)
            seconds = time.perf_counter() - self._started
            noun = "call" if calls == 1 else "calls"
            self.say(f"all: {seconds:.1f} s, {calls} {noun}{_spent(self._records)}")
            self._records.clear()

    def _show(self) -> None:
        """The steps that are running, on a line that the next one replaces."""
        self._clear()
        if not self._terminal or not self._running:
            return
        line = f"lintel: {', '.join(self._running)} ..."
        sys.stderr.write(line[: shutil.get_terminal_size().columns - 1])
        sys.stderr.flush()

    def _clear(self) -> None:
        if self._terminal and self._model:
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()


def _spent(records: Iterable["StepRecord"]) -> str:
    """Tokens and money of steps that asked a model; empty where none did."""
    asked = [record for record in records if record.requests]
    if not asked:
        return ""
    sent, cached = sum(r.input_tokens for r in asked), sum(r.cached_tokens for r in asked)
    share = f" ({round(100 * cached / sent)} % cached)" if sent else ""
    answered, cost = sum(r.output_tokens for r in asked), sum(r.cost_usd for r in asked)
    return f", {sent:,} tokens in{share}, {answered:,} out, ${cost:.4f}"
