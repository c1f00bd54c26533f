"""Cases: designs with what experts found in them. `docs/evals.md` describes the format."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict

from agents.catalogue.loader import load
from agents.document import Document, read
from agents.values import Value
from evals.categories import categories
from evals.files import FileError, parsed, text, wrong
from evals.parts import (
    Anchor,
    GoldQuestion,
    GoldSystem,
    NotGold,
    Problem,
    beyond,
    system_problems,
    unknown_threats,
    unquoted,
)

DESIGN, GOLD, META, SYSTEM = "design.md", "gold.yaml", "meta.yaml", "system.yaml"
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
    threat_ids: tuple[str, ...] = ()
    """Catalogue threats that make the point."""
    evidence: tuple[Anchor, ...] = ()


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
    not_gold: tuple[NotGold, ...] = ()
    questions: tuple[GoldQuestion, ...] = ()
    system: GoldSystem | None = None
    """None where nobody has read the case for it."""


class Gold(_Loose):
    """`gold.yaml`: what experts found."""

    case: str
    gold_count: int
    items: tuple[GoldItem, ...]
    not_gold: tuple[NotGold, ...] = ()
    questions: tuple[GoldQuestion, ...] = ()


class Meta(_Loose):
    """`meta.yaml`: what the design is; further fields say where it comes from."""

    slug: str
    title: str
    domain: str
    clean: bool


def read_cases(root: Path) -> tuple[Case, ...]:
    """All cases of a folder, by name; empty where it is missing or has none. Raises FileError."""
    if not root.is_dir():
        return ()
    folders = (f for f in sorted(root.iterdir()) if is_case(f))
    return tuple(read_case(folder) for folder in folders)


def is_case(folder: Path) -> bool:
    """True for a folder that has a file of a case in it."""
    return any((folder / name).exists() for name in (DESIGN, GOLD, META))


def read_case(folder: Path) -> Case:
    """One case; raises FileError with file, line and what is wrong."""
    gold = _gold(folder / GOLD, folder.name)
    path = folder / META
    meta = parsed(path, Meta)
    if meta.slug != folder.name:
        raise wrong(path, ("slug",), f"the folder is called {folder.name}, not {meta.slug}")
    if meta.clean and gold.items:
        raise wrong(path, ("clean",), f"a clean case has no gold, {GOLD} has {len(gold.items)}")
    design = text(folder / DESIGN)
    if not design.strip():
        raise FileError(f"{folder / DESIGN}:1: the document is empty")
    document = read(DESIGN, design)
    for where, message in _problems(gold, document):
        raise wrong(folder / GOLD, where, message)
    return Case(
        slug=meta.slug,
        title=meta.title,
        domain=meta.domain,
        clean=meta.clean,
        text=design,
        gold=tuple(sorted(gold.items, key=lambda item: item.id)),
        not_gold=gold.not_gold,
        questions=gold.questions,
        system=_system(folder / SYSTEM, folder.name, document),
    )


def _gold(path: Path, slug: str) -> Gold:
    gold = parsed(path, Gold)
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


def _problems(gold: Gold, document: Document) -> Iterator[Problem]:
    """What does not fit the design or the catalogue."""
    for place, item in enumerate(gold.items):
        yield from unquoted(item.evidence, document, ("items", place, "evidence"))
        if item.threat_ids:
            yield from unknown_threats(item.threat_ids, load(), ("items", place, "threat_ids"))
    both: tuple[tuple[str, Sequence[NotGold | GoldQuestion]], ...] = (
        ("not_gold", gold.not_gold),
        ("questions", gold.questions),
    )
    for key, items in both:
        yield from beyond(items, document, (key,))


def _system(path: Path, slug: str, document: Document) -> GoldSystem | None:
    if not path.exists():
        return None
    system = parsed(path, GoldSystem)
    if system.case != slug:
        raise wrong(path, ("case",), f"the folder is called {slug}, not {system.case}")
    for where, message in system_problems(system, load(), document):
        raise wrong(path, where, message)
    return system
