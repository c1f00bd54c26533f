"""Whether a text speaks of machine learning: only there is an `agent` or a `model` a part."""

import re
from collections.abc import Iterator

THINKING = frozenset(
    (form,) for word in ("model", "bot", "assistant", "agent") for form in (word, f"{word}s")
)
"""Words that name a part only where something learns or reasons; else people, or a diagram."""
_LEARNS = re.compile(
    r"\b(?:llms?|gpt\S*|claude|gemini|prompts?|train(?:s|ed|ing)|inference|predict\w*|classif\w+|neural"
    r"|embeddings?|fine-?tun\w+|machine learning|(?-i:AI|ML|MCP)|chatbots?|agentic|copilot|assistants?"
    r"|language models?|hallucinat\w+|sub-?agents?|coding agents?|vision transformers?"
    r"|gradient[- ]boost\w*|random forests?|(?:ridge|logistic|linear) regression|deep learning)\b",
    re.IGNORECASE,
)
_ACTS = re.compile(r"(?:\b(\w+)[ -])?\bagents?\b|\bbots?\b", re.IGNORECASE)
_REASONS = re.compile(
    r"[^.]{0,120}\b(?:tools?|plan\w*|decid\w+|answers?|goals?|memor\w+|autonom\w+|itself|reads?|repl\w+"
    r"|reason\w*|conversation|asks?|writes?|task|model|checks out|levers?|looks for)\b"
    r"|[^.]{0,120}\.\s+It (?:\w+ly )?(?:answers|books|drafts|fetches|looks|plans|replies|sends|tests|writes)\b",
    re.IGNORECASE,
)
_SOFTWARE = frozenset(
    "backup build cloudwatch datadog estate host insurance jenkins log logging metrics monitoring node "
    "puppet snmp ssh ssm telemetry ticket travel user zabbix".split()
)
"""Before `agent`: a program of the platform, or a trade."""
_DENIED = re.compile(r"\b(?:no|neither|without)\s+(?:[\w-]+,?\s+){0,6}$", re.IGNORECASE)


def learns(text: str) -> bool:
    """True when a text speaks of machine learning or language models, other than to deny them."""
    return any(not _DENIED.search(text[max(0, at - 80) : at]) for at in _places(text))


def _places(text: str) -> Iterator[int]:
    for match in _LEARNS.finditer(text):
        yield match.start()
    for match in _ACTS.finditer(text):
        before = (match[1] or "").lower()
        if before not in _SOFTWARE and _REASONS.match(text, match.end()):
            yield match.start()
