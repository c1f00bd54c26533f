"""The scorers: each broken analyst is told apart by the metric that is meant for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from agents.analysts.base import Analyst, Reading
from agents.catalogue.loader import load
from agents.evidence import Evidence, Label
from agents.findings import Draft, Finding, Question
from agents.system import AttributeFact, Component, Flow, Standing, SystemModel
from evals.cases import Case, read_case
from evals.drafting import Purse, by_analyst
from evals.report import Report, report
from evals.reviewed import Job, Reviewed
from evals.run import Run, run
from evals.scorers import Questions, Quotes, Ranking, Threats, average_precision
from evals.systems import Tally, tally
from tests.evals import analysts
from tests.evals.analysts import Saying, Says
from tests.evals.support import restated, write_case, write_own_case


@cache
def case() -> Case:
    with TemporaryDirectory() as folder:
        return read_case(write_own_case(Path(folder)))


@cache
def clean() -> Case:
    with TemporaryDirectory() as folder:
        return read_case(write_case(Path(folder), "clean-desk", clean=True))


def ran(says: Says, *, repeat: int = 1) -> Run:
    """The pipeline with this analyst over a design with gold and a clean one."""
    cases = {c.slug: c for c in (case(), clean())}

    @asynccontextmanager
    async def analyst_for(job: str) -> AsyncIterator[Analyst]:
        yield Saying(cases[job.rpartition(".")[0]], says)

    drafter = by_analyst(analyst_for, load(), Purse(), cap=7)
    return asyncio.run(run(list(cases.values()), drafter, load(), repeat=repeat))


@cache
def reported(says: Says) -> Report:
    return report(ran(says), repeat=1)


def values(says: Says, *names: str) -> list[float | None]:
    return [reported(says).value(name) for name in names]


def test_who_knows_the_gold_has_the_best_of_everything() -> None:
    names = ("recall", "recall_for_author", "precision_at_least", "average_precision", "anchored")
    assert values(analysts.gold, *names) == [1, 1, 1, 1, 1]
    assert values(analysts.gold, "repeated", "mitigated_raised", "findings_clean") == [0, 0, 0]


def test_who_finds_nothing_has_no_recall() -> None:
    assert values(analysts.nothing, "recall", "findings", "findings_clean") == [0, 0, 0]
    # Nothing was said, so nothing is wrong or right about it.
    assert values(analysts.nothing, "precision_at_least", "anchored", "repeated") == [None] * 3


def test_who_finds_everything_has_recall_without_precision_and_raises_what_is_settled() -> None:
    found = reported(analysts.everything)
    assert found.value("recall") == 1
    assert found.totals["precision_at_least"].value < 0.02
    assert found.totals["findings_clean"].value > 100
    assert found.totals["average_precision"].value < 0.5
    assert found.value("mitigated_raised") == 1
    assert list(found.cases["parcel-desk"].runs[0].raised) == [case().not_gold[0].title]


def test_who_quotes_other_lines_is_told_by_the_anchors_alone() -> None:
    names = ("recall", "precision_at_least", "quotes_valid", "anchored")
    assert values(analysts.wrong_lines, *names) == [1, 1, 1, 0]
    assert reported(analysts.wrong_lines).cases["parcel-desk"].runs[0].off_anchor == ("G01", "G02")


def test_who_repeats_itself_is_told_by_what_is_repeated() -> None:
    names = ("recall", "repeated", "precision_at_least")
    assert values(analysts.duplicates, *names) == [1, 0.8, 0.2]
    assert len(reported(analysts.duplicates).cases["parcel-desk"].runs[0].repeated) == 8


def reviewed(**update: object) -> Reviewed:
    """The case as the gold's own analyst reviews it, with other parts in its draft."""
    done = ran(analysts.gold).reviewed[0]
    return Reviewed(Job(case(), 1), done.draft.model_copy(update=update), 1.0, load())


def test_an_invented_quote_is_counted() -> None:
    whole = Quotes().shares(reviewed())["quotes_valid"]
    assert whole.part == whole.whole > 2
    forged = Evidence(path="design.md", line_start=3, line_end=3, quote="no", label=Label.STATED)
    said = restated(case().gold[0]).model_copy(update={"evidence": (forged,)})
    shares = Quotes().shares(reviewed(findings=(said,)))
    assert shares["quotes_valid"].whole - shares["quotes_valid"].part == 1


def question(text: str) -> Question:
    place = Evidence(path="design.md", line_start=1, line_end=1, quote="#", label=Label.STATED)
    return Question(id=text[:9], text=text, why="", evidence=(place,))


def test_a_question_is_useful_when_an_expert_asks_it() -> None:
    asked = (
        question("Which readers of the database may see the addresses of customers?"),
        question("How often is the lift serviced?"),
    )
    shares = Questions().shares(reviewed(questions=asked))
    assert (shares["question_recall"].value, shares["question_precision"].value) == (1, 0.5)
    assert Questions().shares(reviewed(questions=()))["question_recall"].value == 0


def test_the_place_of_a_question_helps_where_words_are_few() -> None:
    few = question("Which customers see orders of others?")
    there = few.evidence[0].model_copy(update={"line_start": 12, "line_end": 12})
    here = few.model_copy(update={"evidence": (there,)})
    for asked, useful in ((few, 0), (here, 1)):
        shares = Questions().shares(reviewed(questions=(asked,)))
        assert shares["question_recall"].part == useful


def test_the_order_of_findings_matters_to_the_ranking_and_not_to_recall() -> None:
    right = [restated(item) for item in case().gold]
    other = [
        right[0].model_copy(update={"id": f"x{n}", "title": "Colours", "why": "", "component_name": "page"})
        for n in range(8)
    ]  # fmt: skip

    def shares(first: list[str]) -> tuple[float, float, float]:
        by_id = {f.id: f for f in (*right, *other)}
        order = [*first, *(id_ for id_ in by_id if id_ not in first)]
        found = tuple(
            by_id[id_].model_copy(update={"rank": n, "for_author": n <= 7})
            for n, id_ in enumerate(order, start=1)
        )
        done = reviewed(findings=found)
        threats, ranking = Threats().shares(done), Ranking().shares(done)
        return (
            threats["recall"].value,
            threats["recall_for_author"].value,
            ranking["average_precision"].value,
        )

    assert shares([f.id for f in right]) == (1, 1, 1)
    recall, for_author, precision = shares([f.id for f in other])
    assert (recall, for_author) == (1, 0)
    assert precision == pytest.approx((1 / 9 + 2 / 10) / 2, abs=1e-3)


@pytest.mark.parametrize(
    ("hits", "relevant", "expected"),
    [
        ([True, True], 2, 1),
        ([True, False, True], 2, (1 + 2 / 3) / 2),
        ([False, True], 1, 0.5),
        ([True], 4, 0.25),
        ([False], 2, 0),
        ([], 0, 0),
    ],
)
def test_average_precision_as_in_the_textbook(
    hits: list[bool], relevant: int, expected: float
) -> None:
    assert average_precision(hits, relevant) == pytest.approx(expected, abs=1e-6)


def part(id_: str, name: str, kind: str, *attributes: str) -> Component:
    return Component(id=id_, name=name, kind=kind, attributes=attributes, evidence=())


def test_a_system_is_compared_by_names_ends_and_standing() -> None:
    read = SystemModel(
        components=(
            part("app", "Web App", "web_frontend"),
            part("svc", "parcel service", "batch_job"),
            part("db", "database", "database"),
            part("x", "coffee machine", "edge_device"),
        ),
        flows=(
            Flow(id="app->svc", source="app", target="svc", evidence=()),
            Flow(id="db->svc", source="db", target="svc", evidence=()),
        ),
        attributes=(
            AttributeFact(attribute="user_uploads", standing=Standing.PLANNED, evidence=()),
        ),
    )
    system = case().system
    assert system is not None
    found = tally(read, system)
    assert found.components == Tally(gold=4, found=4, both=3)
    assert found.missed_components == ("carrier API",)
    assert found.kinds == Tally(gold=3, found=3, both=2)
    # The flow from the database runs the wrong way round.
    assert found.flows == Tally(gold=3, found=2, both=1)
    assert found.attributes == Tally(gold=1, found=1, both=0)
    assert found.missed_attributes == ("user_uploads (in_force)",)
    assert found.boundaries == Tally(gold=1, found=0, both=0)


def test_two_parts_are_not_both_the_one_of_the_gold() -> None:
    twice = SystemModel(
        components=(
            part("a", "carrier API", "service"),
            part("b", "carrier api", "third_party_api"),
        )
    )
    system = case().system
    assert system is not None
    found = tally(twice, system)
    assert (found.components.both, found.kinds.both) == (1, 1)


def test_runs_that_differ_are_spread() -> None:
    answers = iter([analysts.gold, analysts.nothing] * 2)
    done = report(ran(lambda c, r: next(answers)(c, r), repeat=2), repeat=2)
    assert done.totals["recall"].value == 0.5
    assert done.totals["recall_spread"].value == pytest.approx(0.707, abs=1e-3)
    assert done.cases["parcel-desk"].shares["same_findings"].value == 0
    assert len(done.cases["parcel-desk"].runs) == 2
    assert "recall_spread" not in reported(analysts.gold).totals


def test_recall_is_split_by_what_the_gold_says_of_itself() -> None:
    def only_first(c: Case, reading: Reading) -> list[Finding]:
        return list(analysts.gold(c, reading))[:1]

    groups = report(ran(only_first), repeat=1).recall_by
    flat = {k: {n: (s.part, s.whole) for n, s in g.items()} for k, g in groups.items()}
    assert flat == {
        "domain": {"web": (1, 2)},
        "stride": {"D": (1, 1), "E": (0, 1), "S": (0, 1)},
        "ai_category": {"none": (1, 2)},
        "severity": {"high": (1, 1), "medium": (0, 1)},
    }


def test_a_draft_without_optional_parts_and_a_case_without_them_are_scored() -> None:
    bare: Draft = reviewed(findings=(), questions=(), mitigated=()).draft
    foreign = Reviewed(Job(clean(), 1), bare, 0.1, load())
    assert Questions().shares(foreign) == {}
    assert Ranking().shares(foreign) == {}
    assert Threats().shares(foreign)["findings_clean"].value == 0
