"""Flows without a model: from sentences, lists, tables and diagrams; and promises for any input."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.analysts.base import Reading
from agents.analysts.lexical import extract as module
from agents.analysts.lexical.extract import extract
from agents.catalogue.loader import load
from agents.change import Change
from agents.document import read
from agents.evidence import Label
from agents.system import SystemModel
from tests.agents.extraction import ASSISTANT, model, proven
from tests.support import require_cases


@pytest.fixture(scope="module")
def assistant() -> SystemModel:
    return model(ASSISTANT)


class TestFlows:
    @pytest.mark.parametrize(
        ("text", "flow"),
        [
            ("The Order API calls the Billing service.", "order-api->billing-service"),
            ("The Order API stores orders in Postgres.", "order-api->postgres"),
            ("Orders are sent from the Order API to Kafka.", "order-api->kafka"),
            ("The Export job fetches orders from Postgres.", "postgres->export-job"),
            ("The Export job reads from Kafka and writes to S3.", "export-job->s3"),
            ("The Export job is invoked by the Order API.", "order-api->export-job"),
            ("The Order API, which is internal, forwards requests to the Billing service.", "order-api->billing-service"),
            ("Customers send requests to the Order API.", "customers->order-api"),
            ("The browser makes requests to the Order API.", "browser->order-api"),
            ("The Order API authenticates users and redirects them to Okta.", "order-api->okta"),
        ],
    )  # fmt: skip
    def test_sentences(self, text: str, flow: str) -> None:
        assert flow in {f.id for f in model(text).flows}

    @pytest.mark.parametrize(
        "text",
        [
            "The Order API does not call the Billing service.",
            "The Order API never sends data to Stripe.",
            "An attacker could send requests from the Order API to Postgres.",
            "API calls are counted.",
            "The names of tools are unique.",
        ],
    )
    def test_no_flow(self, text: str) -> None:
        assert not model(text).flows

    def test_coordination_and_kept_subject(self) -> None:
        text = "The ingestion worker fetches files from SharePoint and Confluence, and writes embeddings to pgvector."
        assert [f.id for f in model(text).flows] == [
            "sharepoint->ingestion-worker",
            "confluence->ingestion-worker",
            "ingestion-worker->pgvector",
        ]

    def test_a_list_item_under_a_named_part(self) -> None:
        text = "# Design\n\n## Components\n\n### Export service\n\n- Fetches orders from Postgres.\n- Writes reports to S3.\n"
        assert {f.id for f in model(text).flows} == {
            "postgres->export-service",
            "export-service->s3",
        }

    def test_a_table_of_flows(self) -> None:
        text = "# Data flows\n\n| Source | Destination | Data |\n|---|---|---|\n| Web app | Order API | card numbers |\n"
        flow = model(text).flows[0]
        assert flow.id == "web-app->order-api"
        assert "payment" in flow.data_classes
        assert flow.evidence[0].line_start == 5

    def test_a_diagram(self, assistant: SystemModel) -> None:
        flow = next(f for f in assistant.flows if f.id == "web-chat->assistant-api")
        assert flow.evidence[0].label is Label.DIAGRAM
        assert flow.evidence[0].quote == "W --> API[Assistant API]"

    @pytest.mark.parametrize(
        ("flow", "boundary", "data"),
        [
            ("customer->web-chat", "internet", "untrusted_content"),
            ("assistant-api->azure-openai", "model_provider", "prompts"),
            ("sharepoint->ingestion-worker", "partner", "untrusted_content"),
            ("agent->refund-tool", "agent_to_tool", None),
        ],
    )
    def test_boundaries_and_data(
        self, assistant: SystemModel, flow: str, boundary: str, data: str | None
    ) -> None:
        found = next(f for f in assistant.flows if f.id == flow)
        assert boundary in found.crosses
        assert data is None or data in found.data_classes

    def test_a_local_network_is_not_the_internet(self) -> None:
        flow = model("On the internal network the browser sends requests to the Order API.").flows[
            0
        ]
        assert "internet" not in flow.crosses

    def test_a_drawn_box_is_a_boundary(self) -> None:
        text = "```mermaid\ngraph LR\nsubgraph Partner network\n  A[Partner API]\nend\nB[Order API] --> A\n```\n"
        system = model(text)
        assert "partner" in system.flows[0].crosses
        assert "partner" in {b.kind for b in system.boundaries}


class TestPromises:
    def test_same_input_same_output(self) -> None:
        first = model(ASSISTANT)
        module._model.cache_clear()
        assert model(ASSISTANT).model_dump_json() == first.model_dump_json()

    @pytest.mark.parametrize("path", ["a.md", "a.rst", "a.adoc", "a.txt"])
    def test_evidence_holds_in_every_format_and_with_crlf(self, path: str) -> None:
        text = ASSISTANT.replace("\n", "\r\n") if path == "a.md" else ASSISTANT
        document = read(path, text)
        system = model(text, path)
        proven(system, {path: document})
        assert system.flows

    def test_several_documents_make_one_model(self) -> None:
        documents = {
            "a.md": read("a.md", "The Order API calls the Billing service."),
            "b.md": read("b.md", "The Billing service calls Stripe."),
        }
        system = extract(Reading(Change(repository="local"), documents, load()))
        assert [c.id for c in system.components] == ["order-api", "billing-service", "stripe"]
        proven(system, documents)

    @given(
        st.lists(
            st.sampled_from(ASSISTANT.split(" ") + ["\n", "\n\n", "- ", "|", "`", "# ", "\r\n"])
        ).map(" ".join)
    )
    @settings(max_examples=60, deadline=None)
    def test_any_words(self, text: str) -> None:
        proven(model(text), {"design.md": read("design.md", text)})

    @pytest.mark.parametrize(
        "text",
        ["[(" * 20_000, "The gateway calls the database and " * 1500, "- The API stores data in S3.\n" * 4000,
         "service " * 20_000, "not without " * 10_000, "*a " * 20_000],
        ids=["brackets", "run-on", "items", "nouns", "negations", "marks"],
    )  # fmt: skip
    def test_hostile_input_takes_linear_time(self, text: str) -> None:
        begin = time.process_time()
        model(text)
        assert time.process_time() - begin < 4

    def test_twenty_thousand_words_in_a_second_or_so(self) -> None:
        text = (ASSISTANT + "\n") * 100
        assert len(text.split()) > 15_000
        begin = time.process_time()
        model(text)
        assert time.process_time() - begin < 3


class TestRealDocuments:
    def test_clean_documents_give_nothing(self) -> None:
        for path in require_cases():
            if path.parent.name.startswith("clean-"):
                system = model(path.read_text())
                assert system.flows == (), path

    def test_designs_keep_the_promises(self) -> None:
        for path in require_cases():
            text = path.read_text()
            proven(model(text), {"design.md": read("design.md", text)})

    @pytest.mark.parametrize(
        ("case", "flow"),
        [
            ("ms-iot-video-ocr", "client-browser->iotedge-module-m1"),
            ("mcp-gateway-token-exchange", "mcp-proxy->security-token-service"),
            ("external-secrets", "external-secret-management-systems->core-controller"),
            ("aws-vehicle-registration", "lambda-function->amazon-s3"),
            ("finos-loan-approval", "loan-approval-orchestrator->specialist-agents"),
        ],
    )
    def test_the_main_flow_is_found(self, case: str, flow: str) -> None:
        path = next(p for p in require_cases() if p.parent.name == case)
        assert flow in {f.id for f in model(path.read_text()).flows}
