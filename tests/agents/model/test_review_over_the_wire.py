"""One review from the document to the draft, through the real client and the provider's wire."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic_ai import Agent

from agents.analysts.model.models import trace_calls
from agents.analysts.model.recording import Recorder, Replayer, Transcript
from agents.change import Change
from agents.evidence import verify
from agents.findings import Draft
from agents.journal import MemoryJournal
from agents.steps.read import read_documents
from evals.standin import Fault
from tests.agents.model.support import Lab, catalogue, demo_change
