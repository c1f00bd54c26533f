"""What a step shows to the model: nothing lost, nothing said twice."""

import asyncio

import pytest

from agents.analysts.base import Reading
from agents.analysts.lexical import LexicalAnalyst
from agents.analysts.model import texts
from agents.analysts.model.desk import Desk
from agents.catalogue.loader import load
from agents.change import Change, SourceText
from agents.document import read
from agents.findings import Truth
from agents.steps.candidates import candidates
from agents.steps.extract import extract

ORDERS = """# Orders

Customers send orders to the order API over the internet.

The order API writes payment data to PostgreSQL. The order API does not check who calls.
"""


def reading(*documents: str) -> Reading:
    given = tuple(SourceText(path=f"d{n}.md", text=text) for n, text in enumerate(documents, 1))
    change = Change(repository="r", documents=given)
    bare = Reading(change, {d.path: read(d.path, d.text) for d in given}, load())
    system = asyncio.run(extract(bare, LexicalAnalyst())).value
    return Reading(change, bare.documents, bare.catalogue, system)


@pytest.fixture(scope="module")
def one() -> Reading:
    return reading(ORDERS)


def test_each_candidate_points_at_preconditions_that_stand_with_its_threat(one: Reading) -> None:
    found = candidates(one.system, one.catalogue)
    shown = texts.candidates(found, one).split("\n")
    heads = [row for row in shown if row.startswith("* ")]
    assert len(heads) == len({c.threat_id for c in found})
    assert len(shown) == len(heads) + len(found)
    head = ""
    for row in shown:
        head = row if row.startswith("* ") else head
        for cell in row.split(" | ")[1:] if row is not head else ():
            assert cell == "matches by kind only" or f"({cell.split(':')[0].split()[0]}) " in head
    open_ = sum(clause.truth is Truth.UNKNOWN for c in found for clause in c.clauses)
    assert sum(row.count(" unknown") for row in shown if row not in heads) == open_


def test_lines_name_their_document_only_where_there_are_several(one: Reading) -> None:
    both = reading("# Before\n\nNothing.\n", ORDERS)
    assert "| service | 3" in texts.system_model(one).replace(" | 3,", " | 3 ")
    assert "2:3" in texts.system_model(both)
    assert "2:3" not in texts.system_model(one)


def test_every_flow_and_control_is_in_the_system_model(one: Reading) -> None:
    shown = texts.system_model(one)
    for flow in one.system.flows:
        (row,) = [r for r in shown.split("\n") if r.startswith(f"{flow.source} -> ")]
        assert flow.target in row
    for control in one.system.controls:
        assert f"\n{control.standing}:" in shown


def test_the_outline_is_for_documents_in_parts_and_empty_lines_have_no_number() -> None:
    long = reading("# Head\n\n## Inner part\n\n" + "The mailer calls the ledger.\n\n" * 2_000)
    whole, cut = Desk(long, 180_000), Desk(long, 44_000)
    assert whole.whole
    assert not cut.whole
    assert "d1.md (4004 lines)" in whole.parts[0].prefix
    assert "  3| Inner part" not in whole.parts[0].prefix
    assert "  3| Inner part" in cut.parts[0].prefix
    assert "\n1| # Head\n\n3| ## Inner part\n" in whole.parts[0].prefix
