"""`lintel replay`: a stored review once more, with another model, prompt or catalogue."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from service.cli.drafting import drafted, judging_by
from service.cli.failures import Unreadable
from service.cli.options import FormatOption, ModelOption, QuietOption, TranscriptOption
from service.cli.printing import emit
from service.cli.progress import Progress

if TYPE_CHECKING:
    from agents.change import Change
    from agents.findings import Draft
    from service.repository_config.model import RepositoryConfig


def replay(
    review_id: Annotated[
        str, typer.Argument(metavar="REVIEW_ID", help="The end of the review's address.")
    ],
    format_: FormatOption = "md",
    analyst: Annotated[
        Literal["model", "offline"] | None,
        typer.Option(
            "--analyst",
            help="A language model or the offline rules. [default: the model when a key is known]",
        ),
    ] = None,
    model: ModelOption = None,
    prompt: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=vN",
            help="A version of a prompt other than the newest; may be repeated.",
        ),
    ] = None,
    transcript: TranscriptOption = None,
    quiet: QuietOption = False,
) -> None:
    """Review a stored change again and say on stderr what is different from its first draft.

    The configuration of its repository holds as it did then; who judges can be chosen. Nothing is
    written to the database and nothing is posted.
    """
    from service.cli.review import knowledge, rendered

    versions = _versions(prompt or [])
    judging = judging_by(analyst, model, transcript=transcript, prompts=versions).strict()
    change, config, before = _stored(review_id)
    if config.analyst == "offline" and not (analyst or model or prompt or transcript):
        judging = judging_by("offline", None).strict()
    known = knowledge([])
    progress = Progress(quiet=quiet, model=judging.by_model)
    draft = drafted(
        change, known, judging, progress, cap=config.cap, threshold=config.severity_threshold
    )
    emit(rendered(draft, known, format_))
    for line in _differences(before, draft):
        progress.say(line)


def _versions(words: list[str]) -> Mapping[str, str]:
    """Prompt versions by name. Raises `typer.BadParameter` for what does not exist."""
    from agents.analysts.model.options import VERSIONED
    from prompts.loader import every

    chosen: dict[str, str] = {}
    for word in words:
        name, _, version = (part.strip() for part in word.partition("="))
        there = [v for n, v in every() if n == name] if name in VERSIONED else []
        if version in there:
            chosen[name] = version
            continue
        reason = f"there is no {name}/{version}: known are {', '.join(there)}"
        if not there:
            reason = f"write NAME=vN, with a name of {', '.join(VERSIONED)}"
        raise typer.BadParameter(reason, param_hint="--prompt")
    return chosen


def _stored(review_id: str) -> "tuple[Change, RepositoryConfig, Draft | None]":
    """The change of a review, what held for it, and its first draft.

    Raises `Unreadable` without a change.
    """
    from agents.change import Change
    from service.cli.audit import reading
    from service.errors import NotFound
    from service.repository_config.effective import stored
    from service.reviews import service
    from service.settings import settings

    with reading(settings().database) as session:
        try:
            review = service.get(session, review_id)
        except NotFound as error:
            where = "its id is the end of its address in the workspace"
            raise Unreadable(f"{error.message} in this database: {where}") from error
        if review.change is None:
            raise Unreadable(
                f"the change of review {review_id} is not fetched yet ({review.state})"
            )
        change = Change.model_validate(review.change)
        config = stored(review.config, cap=settings().author_cap)
        try:
            return change, config, service.draft_of(session, review_id, 1)
        except NotFound:
            return change, config, None


def _differences(before: "Draft | None", now: "Draft") -> Iterator[str]:
    """Sentences for stderr: findings by id, then who judged at what cost."""
    if before is None:
        yield "this review has no stored draft to compare with"
        return
    old, new = ({f.id: f for f in draft.findings} for draft in (before, now))
    same = 0
    for id_, finding in old.items():
        if id_ not in new:
            yield f"gone: {finding.severity} {id_} ({finding.title})"
        elif new[id_].severity != finding.severity:
            change = f"{finding.severity} -> {new[id_].severity}"
            yield f"severity: {change} {id_} ({finding.title})"
        else:
            same += 1
    for id_, finding in new.items():
        if id_ not in old:
            yield f"new: {finding.severity} {id_} ({finding.title})"
    yield f"the same: {same} of {len(old)} findings"
    if before.outcome != now.outcome:
        yield f"outcome: {before.outcome} -> {now.outcome}"
    if before.provenance.catalogue_hash != now.provenance.catalogue_hash:
        yield "note: the catalogue is another one than then"
    for name, draft in (("stored", before), ("now", now)):
        yield f"{name}: {draft.provenance.analyst}, ${_cost(draft):.4f}"


def _cost(draft: "Draft") -> float:
    return sum(step.cost_usd for step in draft.provenance.steps)
