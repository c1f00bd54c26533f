"""Logs: one line per event, as text or JSON, with secrets and tokens masked."""

import logging
import re
import sys

import structlog

from service.settings import Settings

SECRETS = re.compile(
    r"gh[pousr]_[A-Za-z0-9_]{10,}|sk-ant-[A-Za-z0-9_-]{10,}|github_pat_\w{10,}"
    r"|(?<=[Bb]earer )\S{10,}|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----",
    re.DOTALL,
)


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
