"""Findings of lenses beside those of the catalogue: what is one finding, and what survives."""

import asyncio
from collections.abc import Sequence

import pytest

from agents.analysts.base import Reading
from agents.analysts.lexical import LexicalAnalyst
from agents.analysts.lexical.lens import by_id, lenses
from agents.analysts.lexical.merge import same
from agents.analysts.lexical.refute import MOST
from agents.evidence import Evidence, Label
from agents.findings import Finding, Refutation
from agents.steps.judge import of_threat
from tests.agents.designs import Design, shop

EVERYBODY = "All users may read all orders of the Order API."
PLAIN = "broken-object-authorisation"
WIDE = "wide-account"


def finding(
    design: Design, name: str, part: str | None, quote: str, label: Label = Label.STATED
) -> Finding:
    """Of a lens, or of a catalogue threat, on the line with these words."""
    reading = design.reading()
    lens = by_id().get(name)
    threat = reading.catalogue.threats[lens.threat if lens is not None else name]
    component = reading.system.component(part or "")
    return of_threat(threat, reading).model_copy(
        update={
            "id": f"{name}@{part or 'document'}",
            "component_id": part,
            "component_name": component.name if component else "the design",
            "why": "It is open.",
            "evidence": (design.quote(quote).model_copy(update={"label": label}),),
        }
    )


def unsaid(found: Finding) -> Evidence:
    return found.evidence[0].model_copy(update={"label": Label.ABSENT})


def merged(design: Design, *findings: Finding) -> dict[str, tuple[str, ...]]:
    """Ids that remain, with those that went into them."""
    answer = asyncio.run(LexicalAnalyst().merge(findings, design.reading()))
    return {f.id: f.also for f in answer}


def refuted(findings: Sequence[Finding], reading: Reading) -> dict[str, Refutation]:
    answers = asyncio.run(LexicalAnalyst().refute(findings, reading))
    assert [a.finding_id for a in answers] == [f.id for f in findings]
    return {a.finding_id: a for a in answers}


def one(remaining: dict[str, tuple[str, ...]]) -> set[str]:
    """The ids that became the one finding."""
    ((kept, also),) = remaining.items()
    return {kept, *also}


class TestMerging:
    def test_a_lens_and_its_threat_at_one_part_are_one(self) -> None:
        design = shop(EVERYBODY)
        special = finding(design, "everybody-may", "order-api", "All users")
        plain = finding(design, PLAIN, "order-api", "Customers call")
        assert one(merged(design, special, plain)) == {special.id, plain.id}
        assert merged(design, special, plain).keys() == merged(design, plain, special).keys()

    def test_a_lens_speaks_for_a_threat_on_which_the_text_is_silent_anywhere(self) -> None:
        design = shop(EVERYBODY)
        special = finding(design, "everybody-may", "order-api", "All users")
        silent = finding(design, PLAIN, "order-database", "Order database holds", Label.ABSENT)
        assert merged(design, special, silent) == {special.id: (silent.id,)}

    def test_silence_adds_no_quote_to_a_statement(self) -> None:
        design = shop(EVERYBODY)
        special = finding(design, "everybody-may", "order-api", "All users")
        silent = finding(design, PLAIN, "order-api", "Customers call", Label.ABSENT)
        (kept,) = asyncio.run(LexicalAnalyst().merge((silent, special), design.reading()))
        assert kept.id == special.id
        assert [e.quote for e in kept.evidence] == [EVERYBODY]

    def test_what_is_stated_of_another_part_stays(self) -> None:
        design = shop(EVERYBODY)
        special = finding(design, "everybody-may", "order-api", "All users")
        stated = finding(design, PLAIN, "order-database", "Order database holds")
        assert merged(design, special, stated) == {special.id: (), stated.id: ()}

    def test_a_lens_speaks_for_the_further_threats_that_it_answers(self) -> None:
        answered = by_id()[WIDE].answers
        assert answered
        design = shop("One account of the Order API may read and write everything.")
        special = finding(design, WIDE, "order-api", "One account")
        for threat in answered:
            silent = finding(design, threat, "order-database", "holds names", Label.ABSENT)
            assert merged(design, special, silent) == {special.id: (silent.id,)}

    def test_two_lenses_are_two_findings_however_alike_their_threat(self) -> None:
        alike = [lens.id for lens in lenses() if lens.threat == PLAIN][:2]
        design = shop(EVERYBODY)
        two = [finding(design, id_, "order-api", "All users") for id_ in alike]
        assert merged(design, *two) == {f.id: () for f in two}

    def test_one_lens_at_one_part_is_one_finding(self) -> None:
        design = shop(EVERYBODY)
        reading = design.reading()
        here = finding(design, "everybody-may", "order-api", "All users")
        again = here.model_copy(update={"evidence": (design.quote("Customers call"),)})
        there = finding(design, "everybody-may", "order-database", "Customers call")
        assert same(here, again, reading)
        assert not same(here, there, reading)

    def test_one_lens_on_neighbouring_lines_is_one_finding_with_both(self) -> None:
        design = shop(f"{EVERYBODY}\nAll users may read the Order database.")
        api = finding(design, "everybody-may", "order-api", "All users may read all")
        store = finding(design, "everybody-may", "order-database", "All users may read the")
        (kept,) = asyncio.run(LexicalAnalyst().merge((api, store), design.reading()))
        assert (kept.id, kept.also, len(kept.evidence)) == (api.id, (store.id,), 2)

    def test_one_threat_in_one_sentence_about_two_parts_is_one_finding(self) -> None:
        design = shop(EVERYBODY)
        both = [finding(design, PLAIN, part, "All users") for part in ("order-api", "customers")]
        assert len(merged(design, *both)) == 1
        silent = [f.model_copy(update={"evidence": (unsaid(f),)}) for f in both]
        assert len(merged(design, *silent)) == 2

    def test_another_threat_is_another_finding(self) -> None:
        design = shop(EVERYBODY)
        special = finding(design, "everybody-may", "order-api", "All users")
        other = finding(design, "recovery-and-ransomware", "order-database", "holds names")
        assert merged(design, special, other) == {special.id: (), other.id: ()}


def crowd(parts: int) -> Design:
    """A design with so many parts, each on a line of its own."""
    lines = [f"Customers call the Worker {n} over the internet." for n in range(parts)]
    design = shop("\n".join(lines))
    for n in range(parts):
        design.part(f"Worker {n}", "service")
    return design


def spread(design: Design, names: Sequence[str], label: Label) -> list[Finding]:
    """One finding of each lens or threat, each at a part and a line of its own."""
    return [
        finding(design, name, f"worker-{n}", f"the Worker {n} over", label)
        for n, name in enumerate(names)
    ]


class TestRefuting:
    def test_a_lens_that_stopped_is_kept(self) -> None:
        design = shop(EVERYBODY)
        special = finding(design, "everybody-may", "order-api", "All users")
        answer = refuted([special], design.reading())[special.id]
        assert (answer.outcome, answer.ground) == ("keeps", "none")

    def test_silent_findings_are_limited_and_statements_are_not(self) -> None:
        names = [lens.id for lens in lenses()][: 2 * MOST]
        design = crowd(len(names))
        silent = refuted(spread(design, names, Label.ABSENT), design.reading())
        assert sum(a.outcome == "keeps" for a in silent.values()) == MOST
        stated = refuted(spread(design, names, Label.STATED), design.reading())
        assert {a.outcome for a in stated.values()} == {"keeps"}

    def test_at_one_part_only_so_much_is_said_of_silence(self) -> None:
        names = [lens.id for lens in lenses()][:MOST]
        design = crowd(MOST)
        here = [
            f.model_copy(update={"component_id": "worker-0"})
            for f in spread(design, names, Label.ABSENT)
        ]
        kept = [a for a in refuted(here, design.reading()).values() if a.outcome == "keeps"]
        assert 0 < len(kept) < MOST

    def test_lenses_come_before_what_any_design_leaves_open(self) -> None:
        design = crowd(2 * MOST)
        special = [lens.id for lens in lenses()][: MOST - 2]
        plain = [t for t in design.reading().catalogue.threats if t not in special]
        found = spread(design, [*plain[: MOST + 2], *special], Label.ABSENT)
        kept = {id_ for id_, a in refuted(found, design.reading()).items() if a.outcome == "keeps"}
        assert {f.id for f in found[MOST + 2 :]} <= kept
        assert len(kept) <= MOST

    def test_one_threat_on_silence_is_said_once(self) -> None:
        design = crowd(2)
        found = spread(design, [PLAIN, PLAIN], Label.ABSENT)
        grounds = sorted(a.ground for a in refuted(found, design.reading()).values())
        assert grounds == ["duplicate", "none"]

    @pytest.mark.parametrize("label", [Label.ABSENT, Label.STATED])
    def test_what_is_dropped_has_a_reason(self, label: Label) -> None:
        names = [lens.id for lens in lenses()][: MOST + 5]
        design = crowd(len(names))
        answers = refuted(spread(design, names, label), design.reading()).values()
        assert all(a.reason.endswith(".") for a in answers)
        assert all(a.ground != "none" for a in answers if a.outcome == "drops")


def test_evidence_of_both_is_kept_once() -> None:
    design = shop(EVERYBODY)
    special = finding(design, "everybody-may", "order-api", "All users")
    plain = finding(design, PLAIN, "order-api", "Customers call")
    (kept,) = asyncio.run(LexicalAnalyst().merge((special, plain, plain), design.reading()))
    quotes: list[Evidence] = [special.evidence[0], plain.evidence[0]]
    assert sorted(e.line_start for e in kept.evidence) == sorted(e.line_start for e in quotes)
    assert set(plain.references) | set(special.references) <= set(kept.references)
