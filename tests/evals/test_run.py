"""Runs: no case lost for another, resumable, within a cost limit, the same in processes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from agents.analysts.base import Analyst, Reading
from agents.analysts.lexical import LexicalAnalyst
from agents.analysts.trouble import Kind, Trouble
from agents.catalogue.loader import load
from agents.change import Change
from agents.findings import Draft, Finding, StepRecord
from agents.journal import Prompted
from agents.metering import meter
from evals.ablate import VARIANTS, WHOLE, ablations
from evals.cases import Case
from evals.drafting import OverLimit, Purse, Timed, by_analyst, design, offline, without_parts
from evals.evaluate import NothingReviewed, Wanted, evaluate
from evals.files import FileError
from evals.hostile import load_attacks
from evals.kept import Kept
from evals.report import Report
from evals.resistance import resist
from evals.run import read_folders
from evals.switches import Part, Without
from tests.evals.support import DESIGN, OWN_DESIGN, finding, write_case, write_own_case


def cases(tmp_path: Path, *slugs: str) -> tuple[Case, ...]:
    for slug in slugs:
        write_case(tmp_path / "cases", slug)
    return read_folders([tmp_path / "cases"])


def measured(found: tuple[Case, ...], analyst: type[LexicalAnalyst], **wanted: object) -> Report:
    @asynccontextmanager
    async def analyst_for(_job: str) -> AsyncIterator[Analyst]:
        yield analyst()

    drafter = by_analyst(analyst_for, load(), Purse(), cap=7)
    want = Wanted(found, load(), decided_by="test", **wanted)  # type: ignore[arg-type]
    return asyncio.run(evaluate(want, drafter, lambda _job, _wrong: None))[0]


class Failing(LexicalAnalyst):
    """Cannot judge a design that speaks of boats."""

    async def propose(self, reading: Reading) -> tuple[Finding, ...]:
        if "boat" in reading.change.documents[0].text:
            raise Trouble(Kind.OVERLOADED, "The model is busy.")
        return await super().propose(reading)


class Counting(LexicalAnalyst):
    """Counts how often it reads."""

    read = 0

    async def propose(self, reading: Reading) -> tuple[Finding, ...]:
        Counting.read += 1
        return await super().propose(reading)


def test_the_error_of_one_case_does_not_lose_the_others(tmp_path: Path) -> None:
    write_case(tmp_path / "cases", "boats", design=DESIGN + "\nThe boat calls the service.\n")
    found = measured(cases(tmp_path, "a-desk", "z-desk"), Failing)
    assert found.failures == {"boats.1": "The model is busy."}
    assert list(found.cases) == ["a-desk", "z-desk"]
    with pytest.raises(NothingReviewed, match="The model is busy"):
        measured(read_folders([tmp_path / "cases"], ["boats"]), Failing)


def test_finished_drafts_are_used_again_only_for_the_same_inputs(tmp_path: Path) -> None:
    found = cases(tmp_path, "a-desk", "b-desk")
    where = {"beside": tmp_path / "out.json"}
    Counting.read = 0
    first = measured(found, Counting, **where)
    assert Counting.read == 2
    again = measured(found, Counting, **where, resume=True)
    assert Counting.read == 2
    assert again.cases == first.cases
    changed = found[0].model_copy(update={"text": DESIGN + "\nMore.\n"})
    measured((changed, found[1]), Counting, **where, resume=True)
    assert Counting.read == 3
    measured(found, Counting, **where)
    assert Counting.read == 5


def test_a_broken_file_or_another_decision_is_done_anew(tmp_path: Path) -> None:
    change = Change(repository="local")
    kept = Kept(tmp_path, "model a")
    draft = measured_draft()
    kept.put("x.1", change, draft, 1.5)
    assert kept.get("x.1", change) == (draft, 1.5)
    assert Kept(tmp_path, "model b").get("x.1", change) is None
    assert kept.get("y.1", change) is None
    (tmp_path / "x.1.json").write_text('{"hash": ')
    assert kept.get("x.1", change) is None


def measured_draft() -> Draft:
    async def draft() -> Timed:
        async with offline(cap=7) as drafter:
            change = Change(repository="local")
            return await drafter("x", change)

    return asyncio.run(draft())[0]


def test_processes_find_what_one_finds(tmp_path: Path) -> None:
    found = cases(tmp_path, "a-desk", "b-desk")

    async def with_parallel(parallel: int) -> Report:
        want = Wanted(found, load(), decided_by="x", parallel=parallel)
        async with offline(cap=7, parallel=parallel) as drafter:
            return (await evaluate(want, drafter, lambda _job, _wrong: None))[0]

    one, two = (asyncio.run(with_parallel(n)) for n in (1, 2))
    ids = [{s: [f.id for f in c.runs[0].findings] for s, c in r.cases.items()} for r in (one, two)]
    assert ids[0] == ids[1]
    assert len(ids[0]["a-desk"]) > 1


class Dear(LexicalAnalyst):
    """Every reading costs a dollar."""

    async def propose(self, reading: Reading) -> tuple[Finding, ...]:
        meter().cost_usd += 1
        meter().requests += 1
        return await super().propose(reading)


def test_the_cost_limit_stops_what_has_not_begun(tmp_path: Path) -> None:
    found = cases(tmp_path, *(f"desk-{n}" for n in range(5)))
    purse = Purse(2)

    @asynccontextmanager
    async def analyst_for(_job: str) -> AsyncIterator[Analyst]:
        yield Dear()

    told = []
    drafter = by_analyst(analyst_for, load(), purse, cap=7)
    want = Wanted(found, load(), decided_by="x")
    report, _ = asyncio.run(evaluate(want, drafter, lambda job, wrong: told.append((job, wrong))))
    # The second dollar is spent in the middle of the second review, which ends there.
    assert (list(report.cases), purse.spent) == (["desk-0"], 2)
    assert all("limit of $2.00" in why for why in report.failures.values())
    assert len(told) == 5
    assert report.totals["cost_usd"].value == 1
    with pytest.raises(OverLimit):
        purse.check()
    kept = StepRecord(step="x", input_hash="", cost_usd=9, from_journal=True)
    purse.pay(kept)
    assert purse.spent == 2


def test_folders_may_be_cases_and_slugs_are_known(tmp_path: Path) -> None:
    one, other = write_own_case(tmp_path / "a"), write_case(tmp_path / "b", "other")
    assert [c.slug for c in read_folders([one, tmp_path / "b"])] == ["parcel-desk", "other"]
    assert [c.slug for c in read_folders([one, other], ["other"])] == ["other"]
    for folders, only, message in (
        ([one, tmp_path / "a"], (), "parcel-desk is in another folder too"),
        ([one], ("desk",), "no case desk; there are: parcel-desk"),
        ([tmp_path / "none"], (), "there are no cases here"),
    ):
        with pytest.raises(FileError, match=message):
            read_folders(folders, only)


def test_hostile_designs_are_tried_and_one_that_fails_is_said() -> None:
    attacks = load_attacks()[:2]

    async def draft(job: str, change: Change) -> Timed:
        if job.endswith(attacks[1].id):
            raise Trouble(Kind.REFUSED, "The model refuses.")
        async with offline(cap=7) as drafter:
            found, seconds = await drafter(job, change)
        return found.model_copy(update={"brief": "ask @octo-team"}), seconds

    found, failures = asyncio.run(resist(attacks, draft))
    assert list(found) == [attacks[0].id]
    assert any("a mention" in problem for problem in found[attacks[0].id])
    assert failures == {f"attack-{attacks[1].id}": "The model refuses."}


def drafted_without(text: str, *parts: Part) -> Draft:
    @asynccontextmanager
    async def analyst_for(_job: str) -> AsyncIterator[Analyst]:
        yield LexicalAnalyst()

    without = without_parts(analyst_for, frozenset(parts))
    drafter = by_analyst(without, load(), Purse(), cap=7)
    return asyncio.run(drafter("x", design(text)))[0]


def test_without_the_catalogue_or_proposals_the_other_findings_are_left() -> None:
    of_catalogue, beyond = (
        {f.id for f in drafted_without(OWN_DESIGN, part).findings}
        for part in ("proposals", "catalogue")
    )
    assert of_catalogue
    assert beyond
    assert of_catalogue.isdisjoint(beyond)
    assert not drafted_without(OWN_DESIGN, "proposals", "catalogue").findings


def test_without_roads_and_refuter_nothing_is_recommended_or_dropped() -> None:
    assert drafted_without(DESIGN).roads
    assert not drafted_without(DESIGN, "roads").roads
    generic = finding("x@y", "Everything may be attacked")
    reading = Reading(design(DESIGN), {}, load())
    off = Without(LexicalAnalyst(), frozenset({"refuter"}))
    (kept,) = asyncio.run(off.refute([generic], reading))
    assert (kept.finding_id, kept.outcome) == ("x@y", "keeps")


def test_a_switched_analyst_is_another_one_with_the_same_prompts() -> None:
    off = Without(LexicalAnalyst(), frozenset({"roads", "refuter"}))
    assert (off.name, off.version) == ("offline", "1 without refuter without roads")
    assert isinstance(off, Prompted)
    assert off.prompts("write") == LexicalAnalyst().prompts("write")


def test_the_table_of_ablations_marks_what_differs(tmp_path: Path) -> None:
    report = measured(cases(tmp_path, "a-desk"), LexicalAnalyst)
    printed = ablations({WHOLE: report, VARIANTS[1].name: report}).splitlines()
    assert printed[0].split()[:2] == ["variant", "recall"]
    assert printed[1].split()[1:] == printed[2].split()[2:]
