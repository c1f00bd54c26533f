"""Cases: real designs with what experts found in them, read from a folder that is not ours."""

from pathlib import Path
from typing import Literal

from pydantic import ConfigDict

from agents.values import Value
from evals.categories import categories
from evals.files import FileError, parsed, text, wrong

DESIGN, GOLD, META = "design.md", "gold.yaml", "meta.yaml"
Stride = Literal["S", "T", "R", "I", "D", "E"]


class _Loose(Value):
    """Foreign files say more than is needed here; what is needed is checked."""

    model_config = ConfigDict(extra="ignore")


class GoldItem(_Loose):
    """One threat, risk or finding that an expert stated."""

    id: str
    title: str
    description: str
    stride: tuple[Stride, ...] = ()
    ai_category: str | None = None
    components: tuple[str, ...] = ()
    severity: str | None = None


class Case(Value):
    """A design document with its gold."""

    slug: str
    title: str
    domain: str
    clean: bool
    """True where the expected output is nothing, or nearly nothing."""
    text: str
    gold: tuple[GoldItem, ...]
    """By id."""


class _Gold(_Loose):
    case: str
    gold_count: int
    items: tuple[GoldItem, ...]


class _Meta(_Loose):
    slug: str
    title: str
    domain: str
    clean: bool


def read_cases(root: Path) -> tuple[Case, ...]:
    """All cases of a folder, by name; empty where it is missing or has none. Raises FileError."""
    if not root.is_dir():
        return ()
    folders = (
        f for f in sorted(root.iterdir()) if any((f / n).exists() for n in (DESIGN, GOLD, META))
    )
    return tuple(read_case(folder) for folder in folders)


def read_case(folder: Path) -> Case:
    """One case; raises FileError with file, line and what is wrong."""
    gold = _gold(folder / GOLD, folder.name)
    path = folder / META
    meta = parsed(path, _Meta)
    if meta.slug != folder.name:
        raise wrong(path, ("slug",), f"the folder is called {folder.name}, not {meta.slug}")
    if meta.clean and gold.items:
        raise wrong(path, ("clean",), f"a clean case has no gold, {GOLD} has {len(gold.items)}")
    design = text(folder / DESIGN)
    if not design.strip():
        raise FileError(f"{folder / DESIGN}:1: the document is empty")
    return Case(
        slug=meta.slug,
        title=meta.title,
        domain=meta.domain,
        clean=meta.clean,
        text=design,
        gold=tuple(sorted(gold.items, key=lambda item: item.id)),
    )


def _gold(path: Path, slug: str) -> _Gold:
    gold = parsed(path, _Gold)
    if gold.case != slug:
        raise wrong(path, ("case",), f"the folder is called {slug}, not {gold.case}")
    if gold.gold_count != len(gold.items):
        said, found = gold.gold_count, len(gold.items)
        raise wrong(path, ("gold_count",), f"says {said}, the list has {found} items")
    seen: set[str] = set()
    for place, item in enumerate(gold.items):
        if item.id in seen:
            raise wrong(path, ("items", place, "id"), f"{item.id} stands twice")
        if item.ai_category is not None and item.ai_category not in categories():
            known = ", ".join(sorted(categories()))
            message = f"{item.ai_category} is none of: {known}"
            raise wrong(path, ("items", place, "ai_category"), message)
        seen.add(item.id)
    return gold
