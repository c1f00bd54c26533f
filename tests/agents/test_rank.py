"""Ranking: the arithmetic in the open, one finding per id, a stable order, the author's cap."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.catalogue.loader import load
from agents.evidence import Evidence, Label
from agents.findings import Clause, Dismissal, Finding, Question, Severity, Truth
from agents.steps.rank import rank
from agents.system import (
    AttributeFact,
    Component,
    ControlStatement,
    DataUse,
    Flow,
    Standing,
    SystemModel,
)

CATALOGUE = load()


def quote(line: int = 1, label: Label = Label.STATED) -> Evidence:
    return Evidence(path="d.md", line_start=line, line_end=line, quote=f"line {line}", label=label)


def finding(id_: str = "x@api", *, likelihood: int = 3, impact: int = 3, **more: object) -> Finding:
    fields: dict[str, object] = {
        "id": id_,
        "threat_id": None,
        "title": "Title",
        "component_id": "api",
        "component_name": "Orders API",
        "severity": Severity.LOW,
        "likelihood": likelihood,
        "impact": impact,
        "category": "classic",
        "domain": "identity",
        "why": "Because.",
        "change": "Do it.",
        "evidence": (quote(),),
    }
    return Finding.model_validate(fields | more)


def system(**more: object) -> SystemModel:
    parts = tuple(
        Component(id=id_, name=id_, kind=kind, evidence=(quote(),))
        for id_, kind in (("api", "service"), ("bot", "agent"), ("user", "external_user"))
    )
    return SystemModel.model_validate({"components": parts, **more})


def flow(source: str, target: str, **more: tuple[str, ...]) -> Flow:
    id_ = f"{source}->{target}"
    return Flow(id=id_, source=source, target=target, evidence=(quote(),), **more)


def alone(item: Finding, model: SystemModel) -> Finding:
    ((ranked,), _) = rank([item], [], model, CATALOGUE)
    return ranked


def ids(items: list[Finding], model: SystemModel | None = None, cap: int = 10) -> list[str]:
    return [f.id for f in rank(items, [], model or system(), CATALOGUE, cap=cap)[0]]


class TestArithmetic:
    def test_the_start_value_quotes_the_catalogue(self) -> None:
        threat = CATALOGUE.threats["server-side-request-forgery"]
        start = threat.default_rating
        ranked = alone(
            finding(threat_id=threat.id, likelihood=start.likelihood, impact=start.impact),
            system(),
        )
        assert ranked.rating[0].text == f"Start value: {start.reasoning}"
        assert (ranked.likelihood, ranked.impact) == (start.likelihood, start.impact)
        assert ranked.severity is CATALOGUE.vocabulary.severity(start.likelihood * start.impact)

    def test_a_part_reached_from_outside_keeps_its_likelihood_and_another_loses_one(self) -> None:
        reached = alone(finding(), system(flows=(flow("user", "bot"), flow("bot", "api"))))
        assert (reached.likelihood, len(reached.rating)) == (3, 2)
        inside = alone(finding(), system(flows=(flow("bot", "api"),)))
        assert inside.likelihood == 2
        assert inside.rating[-1].text == "No flow from outside leads to Orders API: less likely."

    def test_without_any_flow_exposure_is_unknown_and_changes_nothing(self) -> None:
        assert len(alone(finding(), system()).rating) == 1

    def test_crossing_the_internet_counts_as_outside(self) -> None:
        across = system(flows=(flow("bot", "api", crosses=("internet",)),))
        assert alone(finding(), across).likelihood == 3

    @pytest.mark.parametrize(
        ("classes", "impact", "expected"),
        [
            (("credentials",), 4, 5),
            (("special_category", "public"), 3, 4),
            (("payment",), 5, 5),
            (("personal",), 3, 4),
            (("personal",), 4, 4),
            (("personal", "credentials"), 4, 5),
            (("public",), 3, 2),
            (("public",), 1, 1),
            (("public", "internal"), 3, 3),
            ((), 3, 3),
        ],
    )
    @pytest.mark.parametrize("component", ["api", None])
    def test_data_classes(
        self, classes: tuple[str, ...], impact: int, expected: int, component: str | None
    ) -> None:
        data = tuple(
            DataUse(data_class=name, component=component, evidence=(quote(),)) for name in classes
        )
        assert alone(finding(impact=impact), system(data=data)).impact == expected

    def test_data_of_another_component_does_not_count(self) -> None:
        data = (DataUse(data_class="credentials", component="bot", evidence=(quote(),)),)
        assert alone(finding(), system(data=data)).impact == 3

    @pytest.mark.parametrize(
        ("marks", "expected"),
        [
            (("autonomous_actions",), (4, 3)),
            (("autonomous_actions", "irreversible_actions"), (4, 4)),
            (("autonomous_actions", "human_approval"), (3, 3)),
            (("autonomous_actions", "human_approval", "irreversible_actions"), (3, 4)),
            (("irreversible_actions",), (3, 3)),
        ],
    )
    def test_autonomy(self, marks: tuple[str, ...], expected: tuple[int, int]) -> None:
        facts = tuple(
            AttributeFact(attribute=name, standing=Standing.IN_FORCE, evidence=(quote(),))
            for name in marks
        )
        acting = alone(finding("x@bot", component_id="bot"), system(attributes=facts))
        assert (acting.likelihood, acting.impact) == expected
        plain = alone(finding(), system(attributes=facts))
        assert (plain.likelihood, plain.impact) == (3, 3)

    @pytest.mark.parametrize(
        ("standing", "components", "expected"),
        [
            (Standing.IN_FORCE, ("api",), 2),
            (Standing.IN_FORCE, ("bot",), 3),
            (Standing.PLANNED, ("api",), 3),
            (Standing.NEGATED, ("api",), 3),
        ],
    )
    def test_only_a_control_in_force_at_this_place_lowers(
        self, standing: Standing, components: tuple[str, ...], expected: int
    ) -> None:
        threat = CATALOGUE.threats["server-side-request-forgery"]
        control = ControlStatement(
            text=f"We use {threat.evidence_terms[0].upper()} here.",
            standing=standing,
            components=components,
            evidence=quote(7),
        )
        rated = alone(finding(threat_id=threat.id), system(controls=(control,)))
        assert rated.likelihood == expected
        assert ("d.md:7" in rated.rating[-1].text) == (expected == 2)

    def test_every_step_carries_the_values_after_it(self) -> None:
        model = system(
            flows=(flow("bot", "api"),),
            data=(DataUse(data_class="payment", component="api", evidence=(quote(),)),),
        )
        rated = alone(finding(likelihood=4, impact=4), model)
        assert [(s.likelihood, s.impact) for s in rated.rating] == [(4, 4), (3, 4), (3, 5)]
        assert (rated.likelihood, rated.impact, rated.severity) == (3, 5, Severity.HIGH)


class TestOrder:
    def test_severity_then_certainty_then_score_then_plainness_then_id(self) -> None:
        unknown = (Clause(text="A test", truth=Truth.UNKNOWN),)
        items = [
            finding("g@api", likelihood=2, impact=4),
            finding("h@api", likelihood=3, impact=3),
            finding("e@api", category="ai", domain="ml_privacy", likelihood=3, impact=4),
            finding("f@api", category="ai", domain="agentic", likelihood=3, impact=4),
            finding("b@api", likelihood=3, impact=4),
            finding("c@api", likelihood=3, impact=4),
            finding("d@api", likelihood=3, impact=4, fired=unknown),
            finding("a@api", likelihood=3, impact=4, evidence=(quote(1, Label.ABSENT),)),
            finding("z@api", likelihood=4, impact=5),
            finding("y@api", likelihood=5, impact=5),
        ]
        expected = [f"{letter}@api" for letter in "yzbcfehadg"]
        assert ids(items) == expected
        assert ids(items[::-1]) == expected
        ranked, _ = rank(items, [], system(), CATALOGUE)
        assert [f.rank for f in ranked] == list(range(1, 11))

    def test_the_same_id_becomes_one_with_the_evidence_of_both(self) -> None:
        low = finding(likelihood=2, evidence=(quote(1), quote(2)), also=("p@api",))
        high = finding(likelihood=5, evidence=(quote(2), quote(3)), also=("q@api", "x@api"))
        for given_ in ([low, high], [high, low]):
            ((one,), _) = rank(given_, [], system(), CATALOGUE)
            assert one.likelihood == 5
            assert [e.line_start for e in one.evidence] == [2, 3, 1]
            assert one.also == ("q@api", "p@api")

    @settings(max_examples=80, deadline=None)
    @given(
        ratings=st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=1, max_size=6),
        chosen=st.integers(0, 5),
        raised=st.integers(1, 5),
        classes=st.sets(st.sampled_from(["personal", "credentials", "public"])),
    )
    def test_a_higher_impact_never_lowers_the_rank(
        self, ratings: list[tuple[int, int]], chosen: int, raised: int, classes: set[str]
    ) -> None:
        data = tuple(
            DataUse(data_class=name, component="api", evidence=(quote(),)) for name in classes
        )
        items = [
            finding(f"t{n}@api", likelihood=likelihood, impact=impact)
            for n, (likelihood, impact) in enumerate(ratings)
        ]
        at = chosen % len(items)
        before = ids(items, system(data=data)).index(items[at].id)
        items[at] = items[at].model_copy(update={"impact": max(raised, items[at].impact)})
        assert ids(items, system(data=data)).index(items[at].id) <= before


class TestCap:
    def test_the_author_gets_the_first_of_medium_or_above(self) -> None:
        items = [finding(f"t{n}@api", impact=4) for n in range(4)]
        items.append(finding("low@api", likelihood=1, impact=1))
        ranked, _ = rank(items, [], system(), CATALOGUE, cap=3)
        assert [f.for_author for f in ranked] == [True, True, True, False, False]
        ranked, _ = rank(items, [], system(), CATALOGUE)
        assert [f.for_author for f in ranked] == [True, True, True, True, False]
        assert not any(f.for_author for f in rank(items, [], system(), CATALOGUE, cap=0)[0])

    @pytest.mark.parametrize("threshold", Severity)
    def test_what_is_below_the_threshold_is_for_the_architect(self, threshold: Severity) -> None:
        items = [finding(f"{n}@api", likelihood=n, impact=n) for n in (1, 3, 4, 5)]
        ranked, _ = rank(items, [], system(), CATALOGUE, cap=9, threshold=threshold)
        bands = [*Severity]
        allowed = {*bands[: bands.index(threshold) + 1]}
        assert {f.severity for f in ranked} == {*bands}
        assert {f.severity for f in ranked if f.for_author} == allowed

    def test_what_was_dismissed_takes_no_place(self) -> None:
        away = finding("a@api", impact=5, dismissed=Dismissal(by="kim", reason="noise"))
        ranked, _ = rank([away, finding("b@api", impact=4)], [], system(), CATALOGUE, cap=1)
        assert [(f.id, f.for_author) for f in ranked] == [("a@api", False), ("b@api", True)]

    def test_the_author_gets_the_first_five_questions_in_their_order(self) -> None:
        asked = [
            Question(id=id_, text="Which?", why="It matters.", evidence=(quote(),))
            for id_ in ("q7", "q1", "q7", "q3", "q4", "q5", "q6")
        ]
        _, questions = rank([], asked, system(), CATALOGUE)
        assert [q.id for q in questions] == ["q7", "q1", "q3", "q4", "q5", "q6"]
        assert [q.for_author for q in questions] == [True] * 5 + [False]
