"""The project's own cases: what they say of themselves holds, down to the line of each quote."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

import pytest

from agents.catalogue.loader import load
from agents.document import Document, read
from agents.evidence import Evidence, Label, verify
from agents.findings import Severity
from agents.system import Standing
from agents.values import Value
from evals.cases import DESIGN, GOLD, META, read_case, read_cases
from evals.files import parsed, text
from tests.support import ROOT

OWN = ROOT / "evals" / "cases"
SYSTEM = "system.yaml"


class Quote(Value):
    lines: str
    quote: str


class Item(Value):
    id: str
    title: str
    description: str
    stride: tuple[Literal["S", "T", "R", "I", "D", "E"], ...]
    ai_category: str | None
    components: tuple[str, ...]
    severity: Severity
    threat_ids: tuple[str, ...]
    evidence: tuple[Quote, ...]


class Asked(Value):
    text: str
    line: int
    why: str


class Settled(Value):
    title: str
    why: str
    line: int


class Gold(Value):
    case: str
    gold_count: int
    stride_letters_by: str | None
    items: tuple[Item, ...]
    questions: tuple[Asked, ...] = ()
    not_gold: tuple[Settled, ...] = ()


class Planted(Value):
    kind: str
    lines: str
    what: str


class Meta(Value):
    slug: str
    title: str
    domain: str
    clean: bool
    words: int
    gold_count: int
    licence: Literal["Apache-2.0"]
    written: str
    planted: tuple[Planted, ...] = ()


class Part(Value):
    name: str
    kind: str
    aliases: tuple[str, ...]
    attributes: tuple[str, ...]
    line: int


class Move(Value):
    source: str
    target: str
    data_classes: tuple[str, ...]
    crosses: tuple[str, ...]
    line: int


class Border(Value):
    kind: str
    name: str
    line: int


class Held(Value):
    data_class: str
    component: str | None
    line: int


class Fact(Value):
    attribute: str
    standing: Standing
    component: str | None
    line: int


class System(Value):
    case: str
    components: tuple[Part, ...]
    flows: tuple[Move, ...]
    boundaries: tuple[Border, ...]
    data: tuple[Held, ...]
    attributes: tuple[Fact, ...]


class Modelled(NamedTuple):
    slug: str
    document: Document
    system: System


FOLDERS = sorted(path.parent for path in OWN.glob(f"*/{DESIGN}"))
SYSTEMS = [folder for folder in FOLDERS if (folder / SYSTEM).exists()]


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


@pytest.fixture
def document(folder: Path) -> Document:
    return read(DESIGN, text(folder / DESIGN))


@pytest.fixture
def gold(folder: Path) -> Gold:
    return parsed(folder / GOLD, Gold)


@pytest.fixture
def meta(folder: Path) -> Meta:
    return parsed(folder / META, Meta)


@pytest.fixture(params=SYSTEMS, ids=lambda folder: folder.name)
def modelled(request: pytest.FixtureRequest) -> Modelled:
    """A case whose system is written down too: not every case has that."""
    folder = Path(request.param)
    return Modelled(
        folder.name,
        read(DESIGN, text(folder / DESIGN)),
        parsed(folder / SYSTEM, System),
    )


def numbers(lines: str) -> list[int]:
    """The line numbers of "12", "12-14" or "3, 12-14", first and last of each range."""
    return [int(n) for part in lines.split(",") for n in part.split("-")]


def unnamed(names: Iterator[str], document: Document) -> list[str]:
    """The names that stand nowhere in the document, whatever their case and line breaks."""
    said = " ".join(document.text.split()).lower()
    return sorted({name for name in names if name.lower() not in said})


def off(lines: Iterator[int], document: Document) -> list[int]:
    """The line numbers that are outside of the document or on an empty line."""
    inside = range(1, document.line_count + 1)
    return [n for n in lines if n not in inside or not document.lines(n, n).strip()]


def test_there_are_enough_cases_and_the_reader_takes_them_all() -> None:
    assert len(read_cases(OWN)) == len(FOLDERS) >= 10


def test_counts_are_those_of_the_files(folder: Path, gold: Gold, meta: Meta) -> None:
    case = read_case(folder)
    assert meta.words == len(case.text.split())
    assert (meta.gold_count, gold.gold_count) == (len(case.gold), len(gold.items))
    assert meta.clean == (not gold.items)


def test_every_quote_stands_verbatim_on_its_lines(gold: Gold, document: Document) -> None:
    assert all(item.evidence for item in gold.items)
    quotes = [(item.id, q.quote, numbers(q.lines)) for item in gold.items for q in item.evidence]
    documents = {document.path: document}
    assert not [
        (id_, quote, at)
        for id_, quote, at in quotes
        if not verify(
            Evidence(
                path=document.path,
                line_start=at[0],
                line_end=at[-1],
                quote=quote,
                label=Label.STATED,
            ),
            documents,
        )
    ]


def test_gold_names_threats_of_the_catalogue(gold: Gold) -> None:
    assert not {id_ for item in gold.items for id_ in item.threat_ids} - set(load().threats)


def test_gold_names_components_as_the_text_does(gold: Gold, document: Document) -> None:
    assert not unnamed((name for item in gold.items for name in item.components), document)


def test_questions_and_settled_threats_have_their_line(
    gold: Gold, meta: Meta, document: Document
) -> None:
    assert meta.clean or 2 <= len(gold.questions) <= 4
    assert not off((question.line for question in gold.questions), document)
    assert not off((threat.line for threat in gold.not_gold), document)


def test_what_is_planted_is_where_it_is_said_to_be(meta: Meta, document: Document) -> None:
    assert not off((n for p in meta.planted for n in numbers(p.lines)), document)


def test_most_cases_have_their_system() -> None:
    assert 2 * len(SYSTEMS) > len(FOLDERS)


def test_the_system_is_of_the_vocabulary(modelled: Modelled) -> None:
    words, system = load().vocabulary, modelled.system
    kinds = {part.kind for part in system.components}
    boundaries = {part.kind for part in system.boundaries}
    crossed = {name for flow in system.flows for name in flow.crosses}
    data = {name for flow in system.flows for name in flow.data_classes}
    stored = {part.data_class for part in system.data}
    held = {name for part in system.components for name in part.attributes}
    facts = {fact.attribute for fact in system.attributes}
    assert not kinds - words.kinds
    assert not (boundaries | crossed) - words.boundaries
    assert not (data | stored) - words.data_classes
    assert not (held | facts) - words.attributes


def test_the_system_refers_to_its_own_components(modelled: Modelled) -> None:
    system = modelled.system
    names = [part.name for part in system.components]
    ends = {end for flow in system.flows for end in (flow.source, flow.target)}
    named = {part.component for part in system.data} | {f.component for f in system.attributes}
    assert system.case == modelled.slug
    assert len(names) == len(set(names))
    assert not (ends | named) - {*names, None}


def test_the_system_is_read_from_the_text(modelled: Modelled) -> None:
    _, document, system = modelled
    lines = (
        *(part.line for part in system.components),
        *(flow.line for flow in system.flows),
        *(boundary.line for boundary in system.boundaries),
        *(data.line for data in system.data),
        *(fact.line for fact in system.attributes),
    )
    assert not unnamed((n for p in system.components for n in (p.name, *p.aliases)), document)
    assert not off(iter(lines), document)
