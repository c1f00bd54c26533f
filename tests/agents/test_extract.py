"""The system model without a model: what must be found, and what must not."""

import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.analysts.base import Reading
from agents.analysts.lexical.extract import extract
from agents.analysts.lexical.lexicon import lexicon
from agents.catalogue.loader import load
from agents.change import Change
from agents.document import Document, read
from agents.evidence import Evidence, Label, verify
from agents.system import Standing, SystemModel
from tests.support import require_cases

ASSISTANT = """# Support assistant

## Motivation

Today agents copy answers by hand from Zendesk.

## Architecture

```mermaid
flowchart LR
  U[Customer] -->|question| W[Web chat]
  W --> API[Assistant API]
  API -->|prompt| LLM[Azure OpenAI]
  API --> V[(pgvector)]
```

| Component | Technology | Responsibility |
|---|---|---|
| Ingestion worker | Python on EKS | Pulls documents from SharePoint |

- **Assistant API**: receives questions from the web chat, calls the Retrieval service and sends the prompt with
  retrieved documents to Azure OpenAI.
- **Refund tool** - issues refunds through Stripe without human approval.

The ingestion worker fetches documents from SharePoint and Confluence, and writes embeddings to pgvector.
Conversation history is stored in Redis. The agent can call tools: the Refund tool and the ticket search tool.
All traffic uses TLS. Prompts are not logged. Tenant isolation is planned for phase 2.
An attacker might poison Elasticsearch. Unlike Kafka, it is synchronous.

## Future work

The Assistant API will send events to RabbitMQ.

## Alternatives considered

The Assistant API sends vectors to Pinecone.

## Assumptions

- Staff devices are managed.
"""


def reading(text: str, path: str = "design.md") -> Reading:
    return Reading(Change(repository="local"), {path: read(path, text)}, load())


def model(text: str, path: str = "design.md") -> SystemModel:
    return extract(reading(text, path))


def evidence(system: SystemModel) -> Iterator[Evidence]:
    for element in (
        *system.components,
        *system.flows,
        *system.boundaries,
        *system.data,
        *system.attributes,
    ):
        yield from element.evidence
    yield from (control.evidence for control in system.controls)
    yield from system.assumptions


def proven(system: SystemModel, documents: dict[str, Document]) -> None:
    """The promises that every model keeps."""
    ids = [component.id for component in system.components]
    assert len(ids) == len(set(ids))
    assert all(component.evidence for component in system.components)
    for flow in system.flows:
        assert flow.source in ids
        assert flow.target in ids
        assert flow.id == f"{flow.source}->{flow.target}"
        assert flow.evidence
    for piece in evidence(system):
        assert verify(piece, documents), piece
        assert len(piece.quote) <= 300


@pytest.fixture(scope="module")
def assistant() -> SystemModel:
    return model(ASSISTANT)


class TestLexicon:
    def test_only_words_of_the_vocabulary(self) -> None:
        vocabulary, words = load().vocabulary, lexicon()
        kinds = {term.kind for terms in words.terms.values() for term in terms}
        assert kinds == set(vocabulary.kinds)
        assert set(words.attributes) == set(vocabulary.attributes)
        assert set(words.data_classes) == set(vocabulary.data_classes)
        assert set(words.boundaries) <= set(vocabulary.boundaries)

    def test_a_name_has_one_kind(self) -> None:
        for phrase, terms in lexicon().terms.items():
            assert len({term.kind for term in terms}) == 1, phrase

    def test_english_words_need_their_capital(self) -> None:
        assert not model(
            "Users vault over the API. The slack in the schedule calls the box."
        ).components
        names = [c.name for c in model("The worker reads credentials from Vault.").components]
        assert "Vault" in names


class TestComponents:
    def test_kinds(self, assistant: SystemModel) -> None:
        kinds = {component.name: component.kind for component in assistant.components}
        assert (
            kinds
            | {
                "Customer": "external_user",
                "Web chat": "web_frontend",
                "Assistant API": "service",
                "Azure OpenAI": "llm",
                "pgvector": "rag_index",
                "Ingestion worker": "document_ingest",
                "Refund tool": "tool",
                "SharePoint": "saas_connector",
                "Redis": "cache",
            }
            == kinds
        )

    @pytest.mark.parametrize("name", ["RabbitMQ", "Pinecone", "Kafka", "Elasticsearch", "Zendesk"])
    def test_what_is_not_in_the_design(self, assistant: SystemModel, name: str) -> None:
        assert name not in {c.name for c in assistant.components}

    def test_a_common_noun_is_the_part_it_means(self) -> None:
        text = "The Billing service calls Stripe. The service writes invoices to Postgres. The database is small."
        system = model(text)
        assert [c.name for c in system.components] == ["Billing service", "Stripe", "Postgres"]
        assert [f.id for f in system.flows] == [
            "billing-service->stripe",
            "billing-service->postgres",
        ]

    def test_vendor_and_class_words_do_not_make_two_parts(self) -> None:
        system = model(
            "The API server writes files to Amazon S3. The worker reads from the S3 bucket."
        )
        stores = [c for c in system.components if c.kind == "object_store"]
        assert len(stores) == 1
        assert "S3 bucket" in stores[0].aliases

    def test_an_abbreviation_is_an_alias(self) -> None:
        text = "The gateway calls the Security Token Service (STS). STS stores tokens in Redis."
        system = model(text)
        service = next(c for c in system.components if c.kind == "identity_provider")
        assert service.name == "Security Token Service"
        assert "security-token-service->redis" in {f.id for f in system.flows}

    def test_a_qualifier_is_no_part(self) -> None:
        assert not model(
            "Agent identity, user tokens, database schemas and tool names are described."
        ).components


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


class TestStatements:
    def test_attributes_with_standing(self, assistant: SystemModel) -> None:
        facts = {(a.attribute, a.standing, a.component) for a in assistant.attributes}
        assert ("human_approval", Standing.NEGATED, "refund-tool") in facts
        assert ("autonomous_actions", Standing.IN_FORCE, "refund-tool") in facts
        assert ("persistent_memory", Standing.IN_FORCE, "redis") in facts
        refund = assistant.component("refund-tool")
        assert refund is not None
        assert "human_approval" not in refund.attributes
        assert "irreversible_actions" in refund.attributes

    def test_controls_with_standing(self, assistant: SystemModel) -> None:
        found = {control.text: control.standing for control in assistant.controls}
        assert found["All traffic uses TLS."] is Standing.IN_FORCE
        assert found["Prompts are not logged."] is Standing.NEGATED
        assert found["Tenant isolation is planned for phase 2."] is Standing.PLANNED

    def test_controls_name_their_parts(self) -> None:
        text = "The Order API calls Postgres. The Order API validates tokens."
        control = next(c for c in model(text).controls if "validates" in c.text)
        assert control.components == ("order-api",)

    def test_data_and_who_holds_it(self, assistant: SystemModel) -> None:
        held = {(use.data_class, use.component) for use in assistant.data}
        assert ("prompts", "redis") in held
        assert ("embeddings", "pgvector") in held

    def test_denied_data_is_not_handled(self) -> None:
        system = model("The Order API calls Stripe. No card numbers are stored.")
        assert "payment" not in {use.data_class for use in system.data}

    def test_assumptions(self, assistant: SystemModel) -> None:
        assert [a.quote for a in assistant.assumptions] == ["- Staff devices are managed."]


class TestPromises:
    def test_same_input_same_output(self) -> None:
        from agents.analysts.lexical import extract as module

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
                assert (system.components, system.flows) == ((), ()), path

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
