"""Preconditions on system models: by hand, for every threat of the catalogue, and as laws."""

import random
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.catalogue.loader import Threat, load
from agents.catalogue.predicates import evaluate, truth
from agents.catalogue.schema import ANY_KIND
from agents.findings import Truth
from agents.steps.candidates import candidates
from agents.system import AttributeFact, Component, DataUse, Flow, Standing, SystemModel
from tests.agents.models import PAIR, fact, flow, part, quote, use

Part = TypeVar("Part")
CATALOGUE = load()
WORDS = CATALOGUE.vocabulary


class TestCandidates:
    def test_ssrf_is_asked_where_fetching_is_not_spoken_of(self) -> None:
        threat = CATALOGUE.threats["server-side-request-forgery"]
        (candidate,) = evaluate(threat, SystemModel(components=PAIR))
        assert candidate.id == "server-side-request-forgery@api"
        assert not candidate.certain
        assert [c.truth for c in candidate.clauses] == [Truth.TRUE, Truth.UNKNOWN]
        assert candidate.clauses[0].evidence == quote(2)
        assert candidate.clauses[1].evidence == ()

    def test_ssrf_is_certain_where_fetching_is_stated_and_gone_where_it_is_denied(self) -> None:
        threat = CATALOGUE.threats["server-side-request-forgery"]
        stated = SystemModel(
            components=PAIR, attributes=(fact("url_fetch", Standing.IN_FORCE, "api"),)
        )
        (candidate,) = evaluate(threat, stated)
        assert candidate.certain
        denied = SystemModel(components=PAIR, attributes=(fact("url_fetch", Standing.NEGATED),))
        assert evaluate(threat, denied) == ()

    def test_it_stands_on_the_component_that_the_tests_point_at(self) -> None:
        threat = CATALOGUE.threats["server-side-request-forgery"]
        parts = (part("a", "service"), part("b", "service"), part("c", "service"))
        system = SystemModel(
            components=parts, attributes=(fact("url_fetch", Standing.IN_FORCE, "c"),)
        )
        assert [c.component_id for c in evaluate(threat, system)] == ["c"]

    def test_many_equal_components_give_the_first_two_by_id(self) -> None:
        threat = CATALOGUE.threats["dependency-compromise"]
        parts = tuple(part(f"s{n}", "service", n) for n in range(1, 6))
        for order in (parts, parts[::-1]):
            found = evaluate(threat, SystemModel(components=order))
            assert [c.component_id for c in found] == ["s1", "s2"]

    def test_an_open_option_beside_a_true_one_decides_nothing(self) -> None:
        threat = CATALOGUE.threats["indirect-prompt-injection"]
        parts = (part("page", "external_content"), part("bot", "agent"))
        system = SystemModel(
            components=parts,
            flows=(flow("page", "bot"),),
            attributes=(fact("tool_use", Standing.IN_FORCE),),
        )
        (candidate,) = evaluate(threat, system)
        assert candidate.certain
        assert len(candidate.clauses) == 3

    def test_without_evidence_there_is_no_candidate(self) -> None:
        bare = Component(id="api", name="api", kind="service", evidence=())
        assert candidates(SystemModel(components=(bare,)), CATALOGUE) == ()

    def test_an_empty_model_gives_none(self) -> None:
        assert candidates(SystemModel(), CATALOGUE) == ()

    def test_they_come_sorted_by_id_and_threats_switched_off_stay_away(self) -> None:
        found = candidates(SystemModel(components=PAIR), CATALOGUE)
        assert [c.id for c in found] == sorted(c.id for c in found)
        assert {c.threat_id for c in found} <= set(CATALOGUE.threats)
        assert "rag-corpus-poisoning" not in {c.threat_id for c in found}


def smallest(threat: Threat) -> SystemModel:
    """A system that fulfils a threat's precondition with the first thing that each test lists."""
    rule = threat.preconditions
    parts: dict[str, Component] = {}
    flows: list[Flow] = []
    data: list[DataUse] = []
    facts: list[AttributeFact] = []

    def kind(name: str) -> str:
        name = "service" if name == ANY_KIND else name
        parts.setdefault(name, part(name, name))
        return name

    for predicate in (*rule.all_of, *rule.any_of[:1]):
        for name in (predicate.component_any_of or ())[:1]:
            kind(name)
        for name in (predicate.attribute_any_of or ())[:1]:
            facts.append(fact(name, Standing.IN_FORCE))
        for name in (predicate.data_class_any_of or ())[:1]:
            data.append(use(name))
        if predicate.flow or predicate.crosses_boundary_any_of:
            ends, crosses = predicate.flow, predicate.crosses_boundary_any_of
            carried = (ends and ends.carries_any_of) or ()
            crossed = (ends and ends.crosses_any_of) or crosses or ()
            source = kind(((ends and ends.from_any_of) or ("service",))[0])
            target = kind(((ends and ends.to_any_of) or ("database",))[0])
            flows.append(flow(source, target, data_classes=carried, crosses=crossed))
    parts.setdefault("filler", part("filler", "network_perimeter"))
    return SystemModel(
        components=tuple(parts.values()),
        flows=tuple(flows),
        data=tuple(data),
        attributes=tuple(facts),
    )


@pytest.mark.parametrize("threat", CATALOGUE.threats.values(), ids=list(CATALOGUE.threats))
class TestEveryThreat:
    def test_it_fires_on_the_smallest_system_that_has_it(self, threat: Threat) -> None:
        system = smallest(threat)
        found = evaluate(threat, system)
        assert found
        assert all(candidate.certain for candidate in found)
        assert all(system.component(candidate.component_id) for candidate in found)

    def test_it_is_silent_on_a_system_without_its_parts(self, threat: Threat) -> None:
        kinds: set[str] = set()
        for predicate in threat.preconditions.predicates:
            kinds |= set(predicate.component_any_of or ())
            if predicate.flow:
                kinds |= {*(predicate.flow.from_any_of or ()), *(predicate.flow.to_any_of or ())}
        others = sorted(WORDS.kinds - kinds)[:3]
        system = SystemModel(components=tuple(part(name, name) for name in others))
        assert evaluate(threat, system) == ()


IDS = [f"c{n}" for n in range(5)]
EVIDENCE = st.integers(1, 4).map(quote)


def few(terms: frozenset[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(sorted(terms)), max_size=2, unique=True).map(tuple)


COMPONENTS = st.builds(
    Component,
    id=st.sampled_from(IDS),
    name=st.just("part"),
    kind=st.sampled_from(sorted(WORDS.kinds)),
    aliases=st.just(()),
    attributes=few(WORDS.attributes),
    evidence=EVIDENCE,
)
FLOWS = st.builds(
    Flow,
    id=st.just("flow"),
    source=st.sampled_from([*IDS, "ghost"]),
    target=st.sampled_from(IDS),
    label=st.just(""),
    data_classes=few(WORDS.data_classes),
    crosses=few(WORDS.boundaries),
    evidence=EVIDENCE,
)
DATA = st.builds(
    DataUse,
    data_class=st.sampled_from(sorted(WORDS.data_classes)),
    component=st.none() | st.sampled_from(IDS),
    evidence=EVIDENCE,
)
FACTS = st.builds(
    AttributeFact,
    attribute=st.sampled_from(sorted(WORDS.attributes)),
    standing=st.sampled_from(Standing),
    component=st.none() | st.sampled_from(IDS),
    evidence=EVIDENCE,
)
MODELS = st.builds(
    SystemModel,
    components=st.lists(COMPONENTS, max_size=5, unique_by=lambda c: c.id).map(tuple),
    flows=st.lists(FLOWS, max_size=5).map(tuple),
    boundaries=st.just(()),
    data=st.lists(DATA, max_size=3).map(tuple),
    attributes=st.lists(FACTS, max_size=5).map(tuple),
    controls=st.just(()),
    assumptions=st.just(()),
)


class TestLaws:
    @settings(max_examples=60, deadline=None)
    @given(system=MODELS)
    def test_every_model_gives_candidates_on_its_own_components(self, system: SystemModel) -> None:
        found = candidates(system, CATALOGUE)
        assert len({c.id for c in found}) == len(found)
        for candidate in found:
            threat = CATALOGUE.threats[candidate.threat_id]
            assert truth(threat, system) is not Truth.FALSE
            assert candidate.certain == (truth(threat, system) is Truth.TRUE)
            assert system.component(candidate.component_id) is not None
            assert all(c.truth is not Truth.FALSE for c in candidate.clauses)
            assert any(c.truth is Truth.TRUE and c.evidence for c in candidate.clauses)

    @settings(max_examples=60, deadline=None)
    @given(system=MODELS, seed=st.integers(0, 1000))
    def test_the_order_of_the_parts_does_not_matter(self, system: SystemModel, seed: int) -> None:
        mixer = random.Random(seed)

        def mixed(items: tuple[Part, ...]) -> tuple[Part, ...]:
            return tuple(mixer.sample(items, len(items)))

        shuffled = SystemModel(
            components=mixed(system.components),
            flows=mixed(system.flows),
            data=mixed(system.data),
            attributes=mixed(system.attributes),
        )
        assert candidates(shuffled, CATALOGUE) == candidates(system, CATALOGUE)

    @settings(max_examples=60, deadline=None)
    @given(system=MODELS, more=MODELS)
    def test_more_facts_never_make_a_true_threat_false(
        self, system: SystemModel, more: SystemModel
    ) -> None:
        known = {component.id for component in system.components}
        grown = SystemModel(
            components=(
                *system.components,
                *(c for c in more.components if c.id not in known),
            ),
            flows=system.flows + more.flows,
            data=system.data + more.data,
            attributes=system.attributes + more.attributes,
        )
        for threat in CATALOGUE.threats.values():
            if truth(threat, system) is Truth.TRUE:
                assert truth(threat, grown) is Truth.TRUE
