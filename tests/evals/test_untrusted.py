"""Marks of outsiders' content against what a reader found."""

import pytest

from agents.document import read
from agents.evidence import Evidence, Label
from agents.system import Component, Flow, SystemModel
from evals import untrusted
from evals.cases import read_cases
from evals.untrusted import Ends, Gold, Marking, Way, compare
from tests.support import CASES, require_cases

GOLD = Gold(
    ways=(
        Way(id="U1", what="uploads", sender="users", receiver="parcel desk", lines=((10, 12),)),
        Way(
            id="U2", what="answers", sender="carrier API", receiver="parcel desk", lines=((20, 20),)
        ),
    ),
    right=(Ends(sender="parcel desk", receiver="photo archive"),),
    wrong=(Ends(sender="operators", receiver="parcel desk"),),
)


def quote(line: int, last: int | None = None) -> tuple[Evidence, ...]:
    end = last or line
    return (Evidence(path="d", line_start=line, line_end=end, quote="q", label=Label.STATED),)


def flow(source: str, target: str, line: int, *, marked: bool = True, last: int = 0) -> Flow:
    classes = ("untrusted_content",) if marked else ("personal",)
    evidence = quote(line, last or line)
    ends = f"{source}->{target}"
    return Flow(id=ends, source=source, target=target, data_classes=classes, evidence=evidence)


def marking(*flows: Flow) -> Marking:
    kinds = {"visitor": "external_user"}
    names = {
        "customer": ("Customer", ("Users",)), "desk": ("Parcel Desk", ()), "mail": ("Mailer", ()),
        "carrier": ("Carrier API", ()), "archive": ("Photo archive", ()),
        "operators": ("Operators", ()), "visitor": ("Visitor", ()),
    }  # fmt: skip
    components = tuple(
        Component(
            id=id_, name=name, aliases=also, kind=kinds.get(id_, "service"), evidence=quote(1)
        )
        for id_, (name, also) in names.items()
    )
    return compare(SystemModel(components=components, flows=flows), GOLD)


def test_a_way_is_found_by_its_ends_an_alias_counts() -> None:
    found = marking(flow("customer", "desk", 99))
    assert (found.found, found.missed) == (("U1",), ("U2",))
    assert found.right == ("customer->desk",)


@pytest.mark.parametrize(
    ("line", "last", "found"), [(9, 9, False), (10, 10, True), (12, 12, True), (13, 13, False), (8, 30, True)]
)  # fmt: skip
def test_a_way_is_found_by_its_lines(line: int, last: int, found: bool) -> None:
    assert ("U1" in marking(flow("visitor", "mail", line, last=last)).found) is found


def test_a_flow_without_the_mark_finds_nothing() -> None:
    nothing = marking(flow("customer", "desk", 10, marked=False))
    assert (nothing.found, nothing.right, nothing.unread) == ((), (), ())


def test_what_comes_from_an_outsider_is_marked_by_its_kind() -> None:
    assert marking(flow("visitor", "desk", 11, marked=False)).found == ("U1",)


def test_direction_matters_for_ends() -> None:
    assert marking(flow("desk", "customer", 99)).found == ()


def test_marks_are_judged_and_those_that_nobody_read_are_named() -> None:
    found = marking(
        flow("desk", "archive", 99), flow("operators", "desk", 10), flow("mail", "archive", 99)
    )
    assert found.right == ("desk->archive",)
    assert found.wrong == ("operators->desk",)
    assert found.unread == ("mail->archive",)


def test_generic_words_do_not_join_two_parties() -> None:
    parts = {"a": Component(id="a", name="Mail server", kind="service", evidence=quote(1))}
    system = SystemModel(
        components=(*parts.values(), parts["a"].model_copy(update={"id": "b", "name": "B server"})),
        flows=(flow("a", "b", 99),),
    )
    way = Way(id="U1", what="w", sender="file server", receiver="print server", lines=((1, 1),))
    assert compare(system, Gold(ways=(way,), right=(), wrong=())).found == ()


def test_the_gold_fits_the_development_cases() -> None:
    require_cases()
    cases = {case.slug: case for case in read_cases(CASES)}
    assert untrusted.gold().keys() == cases.keys()
    for slug, known in untrusted.gold().items():
        lines = read("design.md", cases[slug].text).line_count
        assert all(1 <= a <= b <= lines for way in known.ways for a, b in way.lines), slug
        assert len({way.id for way in known.ways}) == len(known.ways)
