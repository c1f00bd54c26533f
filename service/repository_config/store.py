"""The last configuration of each repository that had no errors."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.db import now
from service.github.config_files import ConfigFile, Level
from service.metrics.spending import insert_into
from service.models import RepositoryConfigFile, Review
from service.repository_config.effective import EffectiveConfig, Layer, effective, layer
from service.repository_config.reading import ConfigError, parsed

LEVELS: tuple[Level, ...] = ("repository", "organisation")
"""The nearest first."""


def in_force(
    session: Session, review: Review, files: Sequence[ConfigFile], *, cap: int
) -> EffectiveConfig:
    """The configuration that holds for a review, and keeps what is good for later ones.

    Where a file has errors its last good version holds, and a note says so.
    """
    layers: list[Layer] = []
    notes: list[str] = []
    by_level = {file.level: file for file in files}
    for level in LEVELS:
        file = by_level.get(level)
        if file is None:
            _forget(session, review.repository_id, level)
            continue
        try:
            found = layer(file.shown, file.version, parsed(file.text, file.shown))
        except ConfigError as error:
            kept = last_good(session, review.repository_id, level)
            layers += [kept] if kept else []
            notes.append(_sentence(file, kept, error))
        else:
            _keep(session, review, level, found)
            layers.append(found)
    return effective(layers, cap=cap).noting(*notes)


def last_good(session: Session, repository_id: int, level: Level) -> Layer | None:
    """The file that was last read without errors."""
    row = session.get(RepositoryConfigFile, (repository_id, level))
    return Layer.model_validate(row.layer) if row is not None else None


def known(session: Session, repository: str) -> list[Layer] | None:
    """The files that hold for `owner/name`, the nearest first; None for one never reviewed."""
    newest = select(Review.repository_id).where(Review.repository == repository)
    repository_id = session.scalar(newest.order_by(Review.updated_at.desc()).limit(1))
    if repository_id is None:
        return None
    found = (last_good(session, repository_id, level) for level in LEVELS)
    return [one for one in found if one is not None]


def _keep(session: Session, review: Review, level: Level, found: Layer) -> None:
    values = {
        "installation_id": review.installation_id,
        "repository": review.repository,
        "layer": found.model_dump(mode="json"),
        "seen_at": now(),
    }
    insert = insert_into(session, RepositoryConfigFile)
    insert = insert.values(repository_id=review.repository_id, level=level, **values)
    session.execute(
        insert.on_conflict_do_update(index_elements=["repository_id", "level"], set_=values)
    )


def _forget(session: Session, repository_id: int, level: Level) -> None:
    session.execute(
        delete(RepositoryConfigFile).where(
            RepositoryConfigFile.repository_id == repository_id,
            RepositoryConfigFile.level == level,
        )
    )


def _sentence(file: ConfigFile, kept: Layer | None, error: ConfigError) -> str:
    holds = f"{kept.origin} stays in force" if kept else "no earlier one is known, so it has no say"
    return f"{file.shown} has errors and {holds}. {listed(error)}"


def listed(error: ConfigError, most: int = 5) -> str:
    """The first problems, with their lines, in one sentence each."""
    more = len(error.problems) - most
    tail = [f"And {more} more."] if more > 0 else []
    return " ".join([*map(str, error.problems[:most]), *tail])
