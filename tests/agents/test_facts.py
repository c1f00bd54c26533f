"""One predicate on a system model: true, false or unknown, by hand."""

import pytest

from agents.catalogue.facts import WHOLE_DESIGN, Answer, all_of, answer, any_of
from agents.catalogue.schema import ANY_KIND, Predicate
from agents.findings import Truth
from agents.system import Standing, SystemModel
from tests.agents.models import PAIR, fact, flow, part, quote, use


def judge(predicate: dict[str, object], system: SystemModel) -> Answer:
    return answer(Predicate.model_validate(predicate), system)


WHOLE = (*PAIR, *(part(f"s{n}", "service", n) for n in range(WHOLE_DESIGN - 2)))


class TestOnePredicate:
    def test_a_kind_that_a_design_does_not_have_is_not_there(self) -> None:
        wanted: dict[str, object] = {"component_any_of": ["rag_index", "service"]}
        assert judge(wanted, SystemModel(components=PAIR)).truth is Truth.TRUE
        wanted = {"component_any_of": ["rag_index"]}
        assert judge(wanted, SystemModel(components=WHOLE)).truth is Truth.FALSE
        assert judge(wanted, SystemModel(components=PAIR)).truth is Truth.UNKNOWN
        assert judge(wanted, SystemModel()).truth is Truth.UNKNOWN

    @pytest.mark.parametrize(
        ("standing", "expected"),
        [
            (Standing.IN_FORCE, Truth.TRUE),
            (Standing.NEGATED, Truth.FALSE),
            (Standing.PLANNED, Truth.UNKNOWN),
            (Standing.CONDITIONAL, Truth.UNKNOWN),
            (Standing.OUT_OF_SCOPE, Truth.UNKNOWN),
            (None, Truth.UNKNOWN),
        ],
    )
    def test_an_attribute_follows_its_standing(
        self, standing: Standing | None, expected: Truth
    ) -> None:
        facts = (fact("oauth", standing),) if standing else ()
        system = SystemModel(components=PAIR, attributes=facts)
        assert judge({"attribute_any_of": ["oauth"]}, system).truth is expected

    def test_one_denied_of_two_attributes_leaves_the_other_open(self) -> None:
        system = SystemModel(components=PAIR, attributes=(fact("oauth", Standing.NEGATED),))
        wanted: dict[str, object] = {"attribute_any_of": ["oauth", "third_party_login"]}
        assert judge(wanted, system).truth is Truth.UNKNOWN

    def test_an_attribute_of_a_component_counts(self) -> None:
        system = SystemModel(components=(part("api", "service", 4, attributes=("oauth",)),))
        result = judge({"attribute_any_of": ["oauth"]}, system)
        assert result.truth is Truth.TRUE
        assert result.hits[0].components == ("api",)
        assert result.hits[0].evidence == quote(4)

    def test_data_that_nobody_mentions_is_unknown(self) -> None:
        wanted: dict[str, object] = {"data_class_any_of": ["personal"]}
        assert judge(wanted, SystemModel(components=PAIR)).truth is Truth.UNKNOWN
        assert judge(wanted, SystemModel(data=(use("personal"),))).truth is Truth.TRUE
        carried = SystemModel(
            components=PAIR, flows=(flow("web", "api", data_classes=("personal",)),)
        )
        assert judge(wanted, carried).truth is Truth.TRUE

    def test_a_boundary_needs_a_flow_that_crosses_it(self) -> None:
        wanted: dict[str, object] = {"crosses_boundary_any_of": ["internet"]}
        inside = SystemModel(components=PAIR, flows=(flow("web", "api"),))
        assert judge(wanted, inside).truth is Truth.UNKNOWN
        across = SystemModel(components=PAIR, flows=(flow("web", "api", crosses=("internet",)),))
        assert judge(wanted, across).truth is Truth.TRUE

    def test_a_flow_that_is_not_drawn_between_kinds_that_exist_is_unknown(self) -> None:
        wanted: dict[str, object] = {
            "flow": {"from_any_of": ["web_frontend"], "to_any_of": ["service"]}
        }
        assert judge(wanted, SystemModel(components=PAIR)).truth is Truth.UNKNOWN
        drawn = SystemModel(components=PAIR, flows=(flow("web", "api"),))
        assert judge(wanted, drawn).truth is Truth.TRUE
        backwards = SystemModel(components=PAIR, flows=(flow("api", "web"),))
        assert judge(wanted, backwards).truth is Truth.UNKNOWN

    def test_a_flow_to_a_kind_that_is_not_there_is_false(self) -> None:
        wanted: dict[str, object] = {"flow": {"to_any_of": ["llm"]}}
        assert judge(wanted, SystemModel(components=WHOLE)).truth is Truth.FALSE
        assert judge(wanted, SystemModel(components=PAIR)).truth is Truth.UNKNOWN

    def test_what_a_flow_carries_and_crosses_must_be_said_of_the_same_flow(self) -> None:
        wanted: dict[str, object] = {
            "flow": {"carries_any_of": ["personal"], "crosses_any_of": ["internet"]}
        }
        apart = (
            flow("web", "api", data_classes=("personal",)),
            flow("api", "web", crosses=("internet",)),
        )
        assert judge(wanted, SystemModel(components=PAIR, flows=apart)).truth is Truth.UNKNOWN
        same = (flow("web", "api", data_classes=("personal",), crosses=("internet",)),)
        assert judge(wanted, SystemModel(components=PAIR, flows=same)).truth is Truth.TRUE

    def test_what_an_outsider_sends_is_untrusted(self) -> None:
        parts = (part("visitor", "external_user"), part("model", "llm"), part("api", "service"))
        wanted: dict[str, object] = {
            "flow": {"to_any_of": ["llm"], "carries_any_of": ["untrusted_content"]}
        }
        outside = SystemModel(components=parts, flows=(flow("visitor", "model"),))
        assert judge(wanted, outside).truth is Truth.TRUE
        inside = SystemModel(components=parts, flows=(flow("api", "model"),))
        assert judge(wanted, inside).truth is Truth.UNKNOWN

    def test_a_flow_between_parts_that_are_not_in_the_model_is_ignored(self) -> None:
        system = SystemModel(components=PAIR, flows=(flow("ghost", "api"),))
        wanted: dict[str, object] = {"flow": {"from_any_of": [ANY_KIND], "to_any_of": [ANY_KIND]}}
        assert judge(wanted, system).truth is Truth.UNKNOWN

    def test_it_says_in_words_what_was_tested(self) -> None:
        wanted: dict[str, object] = {
            "flow": {
                "from_any_of": ["llm", "rag_index"],
                "to_any_of": ["service"],
                "carries_any_of": ["personal"],
                "crosses_any_of": ["internet"],
            }
        }
        assert judge(wanted, SystemModel()).text == (
            "A flow goes from llm or rag index to service, carrying personal, "
            "across the internet boundary"
        )


class TestKleene:
    @pytest.mark.parametrize(
        ("values", "conjunction", "disjunction"),
        [("TT", "T", "T"), ("TU", "U", "T"), ("TF", "F", "T")]
        + [("UU", "U", "U"), ("UF", "F", "U"), ("FF", "F", "F")],
    )
    def test_tables(self, values: str, conjunction: str, disjunction: str) -> None:
        named = {"T": Truth.TRUE, "U": Truth.UNKNOWN, "F": Truth.FALSE}
        for order in (values, values[::-1]):
            assert all_of(named[v] for v in order) is named[conjunction]
            assert any_of(named[v] for v in order) is named[disjunction]
