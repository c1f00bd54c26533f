"""Which trust boundaries a flow crosses, and what it therefore carries."""

import re

_PROVIDER = re.compile(
    r"openai|anthropic|claude|bedrock|gemini|cohere|mistral|vertex|azure ai|groq|deepseek|(?:model"
    r"|llm|ai) (?:api )?provider|hosted"
    r"|cognitive service|gpt|hugging|rekognition|textract",
    re.I,
)
_OUTSIDE = frozenset(
    {"external_user", "external_content", "web_frontend", "mobile_app", "browser_extension"}
)
_PEOPLE = frozenset({"external_user", "human_operator"})
_INSTRUCTED = frozenset({"llm", "agent", "orchestrator"})
_CONTENT = frozenset(
    {"external_content", "saas_connector", "rag_index", "document_ingest", "file_upload", "email_gateway",
     "third_party_api", "webhook_receiver", "mcp_server", "tool"}
)  # fmt: skip
_WRITTEN_OUTSIDE = frozenset(
    {"external_content", "external_user", "file_upload", "email_gateway", "saas_connector",
     "third_party_api", "mcp_server", "tool", "webhook_receiver", "web_frontend", "mobile_app",
     "browser_extension", "edge_device"}
)  # fmt: skip
"""What comes from these was written by somebody outside, or passed on by a part in their hands."""
HANDS_ON = frozenset(
    {"api_gateway", "queue", "object_store", "document_ingest", "embedding_pipeline", "rag_index",
     "file_upload", "webhook_receiver", "email_gateway", "model_gateway"}
)  # fmt: skip
"""Parts that hand on what they receive as it came."""
_TOOLS = frozenset({"tool", "mcp_server", "code_interpreter"})
_MODELS = frozenset({"llm", "ml_model", "inference_endpoint", "third_party_api"})
_LOCAL = re.compile(
    r"\b(?:same network|local area network|\blan\b|internal network|intranet|private network"
    r"|localhost"
    r"|on-?prem\w*|behind the vpn|corporate network only)\b",
    re.I,
)
Part = tuple[str, str]
"""Kind and name."""


def crosses(source: Part, target: Part, text: str) -> tuple[str, ...]:
    """Boundaries of the vocabulary between two parts; `text` is what states the flow."""
    (kind, name), (to_kind, _) = source, target
    kinds = {kind, to_kind}
    found: list[str] = []
    if kind in _OUTSIDE and not {kind, to_kind} <= _PEOPLE and not _LOCAL.search(text):
        found.append("internet")
    if kinds & {"third_party_api", "saas_connector"}:
        found += ["partner", "internet"]
    models = [n for k, n in (source, target) if k in _MODELS]
    if any(_PROVIDER.search(n) for n in models) or (
        kinds & {"llm"}
        and re.search(
            r"\b(?:third-party|external|vendor|hosted) (?:\w+ )?(?:model|llm)", text, re.I
        )
    ):
        found.append("model_provider")
    if "edge_device" in kinds and kind != to_kind and not kinds <= _OUTSIDE | {"edge_device"}:
        found.append("device")
    found += _between_agents(kind, to_kind)
    if kind == "human_operator" and re.search(r"admin|root|privileged", f"{name} {text}", re.I):
        found.append("privilege")
    return tuple(dict.fromkeys(found))


def _between_agents(kind: str, to_kind: str) -> list[str]:
    found: list[str] = []
    caller = ("agent", "llm", "orchestrator", "model_gateway")
    if kind in caller and to_kind in _TOOLS:
        found.append("agent_to_tool")
    if kind in ("agent", "orchestrator") and to_kind in ("agent", "orchestrator"):
        found.append("agent_to_agent")
    if kind in _CONTENT and to_kind in _INSTRUCTED:
        found.append("content_to_instruction")
    return found


def carries(source_kind: str, target_kind: str) -> tuple[str, ...]:
    """Data classes that follow from the kinds of the two ends alone."""
    found: list[str] = []
    if source_kind in _WRITTEN_OUTSIDE and target_kind not in _PEOPLE:
        found.append("untrusted_content")
    if source_kind in _CONTENT and target_kind in _INSTRUCTED:
        found.append("untrusted_content")
    if target_kind in ("llm", "model_gateway") or source_kind in ("llm", "model_gateway"):
        found.append("prompts")
    if target_kind == "log_store":
        found.append("telemetry")
    if "secret_store" in (source_kind, target_kind):
        found.append("credentials")
    if "embedding_pipeline" == source_kind and target_kind == "rag_index":
        found.append("embeddings")
    return tuple(dict.fromkeys(found))


_GROUPS = (
    (re.compile(r"internet|public|untrusted|external network", re.I), "internet"),
    (re.compile(r"partner|third.part|vendor|external|saas", re.I), "partner"),
    (re.compile(r"tenant|customer account", re.I), "tenant"),
    (re.compile(r"model provider|openai|anthropic|bedrock", re.I), "model_provider"),
    (re.compile(r"\b(prod|production|staging|dev|test)\b", re.I), "environment"),
    (
        re.compile(r"on-?prem|corporate|office|intranet|vpc|cloud|aws|azure|gcp", re.I),
        "corp_to_cloud",
    ),
    (re.compile(r"device|edge|laptop|workstation|user.?s? machine", re.I), "device"),
    (re.compile(r"region|\beu\b|\bus\b", re.I), "region"),
    (re.compile(r"admin|privileged|control plane", re.I), "privilege"),
)


def group_boundary(label: str) -> str | None:
    """The boundary that a box in a diagram stands for, or None."""
    return next((kind for pattern, kind in _GROUPS if pattern.search(label)), None)
