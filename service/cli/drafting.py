"""A draft made in this process, by the analyst that settings and options name."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from agents.analysts.base import Analyst
    from agents.analysts.model.models import Wrap
    from agents.catalogue.loader import Catalogue
    from agents.change import Change
    from agents.findings import Draft, Severity
    from service.cli.options import AnalystName
    from service.cli.progress import Progress
    from service.settings import Settings


@dataclass(frozen=True)
class Judging:
    """Who judges, and what becomes of what a model is asked."""

    settings: "Settings"
    """With what the options say in it."""
    transcript: Path | None = None
    replay: Path | None = None
    prompts: Mapping[str, str] = field(default_factory=dict)
    """Versions of prompts by name."""

    @property
    def by_model(self) -> bool:
        """True when a model is asked first."""
        from service.analyst import chosen

        return chosen(self.settings) == "model"

    def strict(self) -> "Judging":
        """The same without a fallback: who is chosen now judges, or nobody."""
        name = "model" if self.by_model else "offline"
        return replace(self, settings=self.settings.model_copy(update={"analyst": name}))


def judging_by(
    analyst: "AnalystName | None",
    model: str | None,
    *,
    transcript: Path | None = None,
    replay: Path | None = None,
    prompts: Mapping[str, str] | None = None,
) -> Judging:
    """From the options. What only a model has implies the model; raises `typer.BadParameter`."""
    from service.settings import Settings, settings

    if transcript and replay:
        reason = "--replay asks no model, so there is nothing to write down"
        raise typer.BadParameter(reason, param_hint="--transcript")
    only = {"--transcript": transcript, "--replay": replay, "--prompt": prompts}
    needs = [name for name, value in only.items() if value]
    if analyst == "offline" and (needs or model):
        named = [*needs, "--model"][0]
        raise typer.BadParameter(f"offline has no model for {named}", param_hint="--analyst")
    given: dict[str, Any] = {"analyst": "model"} if needs else {"analyst": analyst}
    if model:
        given |= {"model": model, "model_by_step": ()}
    given = {name: value for name, value in given.items() if value is not None}
    own = Settings(**given) if given else settings()
    judging = Judging(own, transcript, replay, prompts or {})
    if model and not judging.by_model:
        # A model was named, so the rules are not what was meant: say what it lacks.
        return Judging(own.model_copy(update={"analyst": "model"}))
    return judging


def drafted(
    change: "Change",
    catalogue: "Catalogue",
    judging: Judging,
    progress: "Progress",
    *,
    cap: int | None = None,
    threshold: "Severity | None" = None,
) -> "Draft":
    """Runs the pipeline. Raises `Trouble` where only a model may judge and it cannot."""
    return asyncio.run(_drafted(change, catalogue, judging, progress, cap, threshold))


async def _drafted(
    change: "Change",
    catalogue: "Catalogue",
    judging: Judging,
    progress: "Progress",
    cap: int | None,
    threshold: "Severity | None",
) -> "Draft":
    from agents.analysts.lexical import LexicalAnalyst
    from agents.analysts.trouble import trouble_in
    from agents.findings import Severity
    from agents.pipeline import MemoryJournal, review
    from service.analyst import by_a_model, left_to_rules

    async def run(analyst: "Analyst", change: "Change") -> "Draft":
        return await review(
            change,
            catalogue,
            analyst,
            MemoryJournal(),
            cap=cap if cap is not None else judging.settings.author_cap,
            threshold=threshold or Severity.MEDIUM,
            on_step=progress.began,
            on_done=progress.done,
        )

    if not judging.by_model:
        return await run(LexicalAnalyst(), change)
    try:
        async with model_analyst(judging) as analyst:
            progress.say(_asked(judging))
            draft = await run(analyst, change)
            return by_a_model(draft) if judging.settings.analyst == "model" else draft
    except Exception as error:
        trouble = trouble_in(error)
        if trouble is None or judging.settings.analyst == "model":
            raise
    finally:
        progress.end()
    notice = left_to_rules(trouble)
    progress.say(notice)
    noted = change.model_copy(update={"notes": (*change.notes, notice)})
    return await run(LexicalAnalyst(), noted)


@asynccontextmanager
async def model_analyst(judging: Judging) -> AsyncIterator["Analyst"]:
    """An analyst for one review; its connections are closed on the loop that used them."""
    from pydantic import SecretStr

    from agents.analysts.model.analyst import ModelAnalyst
    from agents.analysts.model.models import Models
    from service.analyst import model_options

    options = model_options(judging.settings).model_copy(update={"prompts": judging.prompts})
    if judging.replay and options.api_key is None:
        # Nothing is sent, but the client that shapes the requests insists on a key.
        options = options.model_copy(update={"api_key": SecretStr("replay")})
    models = Models(options, _wrap(judging))
    try:
        yield ModelAnalyst(models)
    finally:
        await models.close()


def _wrap(judging: Judging) -> "Wrap | None":
    """What is put around each model. Raises `Trouble` and `typer.BadParameter`."""
    from agents.analysts.model.recording import Recorder, Replayer, Transcript

    if judging.replay:
        answers = Transcript(judging.replay).answers()
        return lambda model: Replayer(model, answers)
    if not judging.transcript:
        return None
    transcript = Transcript(judging.transcript)
    try:
        transcript.begin()
    except OSError as error:
        reason = f"{judging.transcript}: {error.strerror}" if error.strerror else str(error)
        raise typer.BadParameter(reason, param_hint="--transcript") from error
    return lambda model: Recorder(model, transcript)


def _asked(judging: Judging) -> str:
    from service.analyst import model_host

    settings = judging.settings
    if judging.replay:
        return f"{settings.model} as it answered in {judging.replay}; nothing is sent"
    return f"asking {settings.model} at {model_host(settings)}"
