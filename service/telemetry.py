"""Logs, one line per event with secrets masked, and traces where a collector is named."""

import logging
import re
import sys

import structlog

from service.settings import Settings

SECRETS = re.compile(
    r"gh[pousr]_[A-Za-z0-9_]{10,}|github_pat_\w{10,}"
    r"|\bsk-[A-Za-z0-9_-]{10,}|\bAIza[A-Za-z0-9_-]{30,}|\bA[KS]IA[A-Z0-9]{16}\b"
    r"|(?<=[Bb]earer )\S{10,}|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----",
    re.DOTALL,
)

EXPORT_SECONDS = 2.0

CELERY_CHATTER = ("celery.app.trace", "celery.worker.strategy", "celery.beat")
"""A line for each task that came and went says nothing that the rows do not say."""


def mask(text: str) -> str:
    """The text with anything that looks like a credential replaced."""
    return SECRETS.sub("***", text)


def _mask_event(
    _logger: object, _name: str, event: structlog.types.EventDict
) -> structlog.types.EventDict:
    return {key: mask(v) if isinstance(v, str) else v for key, v in event.items()}


def configure_logging(settings: Settings) -> None:
    """Send all logging of this process to stderr, in the chosen format."""
    last = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    shared: list[structlog.types.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _mask_event,
    ]
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    for noisy in ("httpx2", "github.Requester", "urllib3", "kombu", *CELERY_CHATTER):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    for access in ("uvicorn", "uvicorn.error"):
        logging.getLogger(access).handlers[:] = []
        logging.getLogger(access).propagate = True


def configure_tracing(settings: Settings) -> None:
    """Send the spans of this process to the collector; without one, spans cost next to nothing."""
    if not settings.otlp_endpoint:
        return
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    # A collector that is away must not hold up the end of the process.
    endpoint = f"{settings.otlp_endpoint.rstrip('/')}/v1/traces"
    exporter = OTLPSpanExporter(endpoint, timeout=EXPORT_SECONDS)
    provider = TracerProvider(resource=Resource.create({"service.name": "lintel"}))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
