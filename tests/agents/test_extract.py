"""Parts and statements without a model: what must be found, and what must not."""

import pytest

from agents.analysts.lexical.lexicon import lexicon
from agents.catalogue.loader import load
from agents.system import Standing, SystemModel
from tests.agents.extraction import ASSISTANT, model


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
        found = model("Users vault over the API. The slack in the schedule calls the box.")
        assert not {"vault", "slack", "box"} & {c.name.lower() for c in found.components}
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

    @pytest.mark.parametrize(
        ("text", "parts"),
        [
            (
                "The web app asks the assistant service. The assistant reads from Redis.",
                {"web app": "web_frontend", "assistant service": "agent", "Redis": "cache"},
            ),
            ("The user service writes to Redis.", {"user service": "service", "Redis": "cache"}),
            (
                "The web app calls a hosted LLM at OpenAI.",
                {"web app": "web_frontend", "OpenAI": "llm"},
            ),
            (
                "The web app writes to the order database in Postgres and the audit database in Postgres.",
                {"web app": "web_frontend", "order database": "database", "Postgres": "database",
                 "audit database": "database"},
            ),
            (
                "The web app writes to the order queue on Kafka. A batch job fills the order queue on RabbitMQ.",
                {"web app": "web_frontend", "order queue": "queue", "Kafka": "queue",
                 "batch job": "batch_job", "RabbitMQ": "queue"},
            ),
        ],
    )  # fmt: skip
    def test_two_nouns_or_a_noun_and_its_product_are_one_part(
        self, text: str, parts: dict[str, str]
    ) -> None:
        assert {c.name: c.kind for c in model(text).components} == parts

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


class TestStatements:
    def test_attributes_with_standing(self, assistant: SystemModel) -> None:
        facts = {(a.attribute, a.standing, a.component) for a in assistant.attributes}
        assert ("human_approval", Standing.NEGATED, "refund-tool") in facts
        assert ("autonomous_actions", Standing.IN_FORCE, "refund-tool") in facts
        assert any(f[:2] == ("persistent_memory", Standing.IN_FORCE) for f in facts)
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
