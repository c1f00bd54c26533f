"""Which pull requests and files the configuration leaves alone, and which files are documents."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from agents.readers import SUFFIXES
from service.github.change import PullHead
from service.github.documents import IsDocument, is_design_document
from service.repository_config.globs import path_matches, text_matches
from service.repository_config.model import RepositoryConfig


def ignored(pull: PullHead, config: RepositoryConfig) -> str:
    """The rule that leaves this pull request alone, as a reason; empty when none does."""
    if _labelled(pull, config.labels.review):
        return ""
    ignore = config.ignore
    for key, globs, values, matches in (
        ("labels.skip", config.labels.skip, pull.labels, text_matches),
        ("ignore.authors", ignore.authors, (pull.author,), text_matches),
        ("ignore.branches", ignore.branches, (pull.branch,), path_matches),
        ("ignore.titles", ignore.titles, (pull.title,), text_matches),
    ):
        found = next((g for g in globs if any(matches(g, value) for value in values)), None)
        if found is not None:
            return f"the repository's configuration leaves it alone: {key} has `{found}`"
    return ""


def document_rule(pull: PullHead, config: RepositoryConfig) -> IsDocument:
    """Says by path which changed files of this pull request are documents."""
    if _labelled(pull, config.labels.review):
        return lambda path: PurePosixPath(path).suffix.lower() in SUFFIXES

    def is_document(path: str) -> bool:
        return wanted(path, config) and left_out(path, config) is None

    return is_document


def wanted(path: str, config: RepositoryConfig) -> bool:
    """Whether it would be a document if no rule left it out."""
    if not config.documents:
        return is_design_document(path)
    return any(path_matches(glob, path) for glob in config.documents)


def left_out(path: str, config: RepositoryConfig) -> str | None:
    """The glob of `ignore.paths` that leaves this file out."""
    return next((g for g in config.ignore.paths if path_matches(g, path)), None)


def left_out_notes(
    pull: PullHead, config: RepositoryConfig, paths: Iterable[str]
) -> tuple[str, ...]:
    """A sentence for the documents that `ignore.paths` left out, if any were."""
    if _labelled(pull, config.labels.review):
        return ()
    out = [(p, g) for p in paths if wanted(p, config) and (g := left_out(p, config))]
    if not out:
        return ()
    path, glob = out[0]
    more = f" and {len(out) - 1} more" if len(out) > 1 else ""
    return (f"{path}{more} was left out: ignore.paths has `{glob}`.",)


def _labelled(pull: PullHead, globs: Iterable[str]) -> bool:
    return any(text_matches(glob, label) for glob in globs for label in pull.labels)
