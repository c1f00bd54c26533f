"""Transcripts: every request and answer of a review as a JSON file, and reviews run from them.

A file holds what was asked (instructions, messages, tools, settings), under the hash of what decides
the answer, and what came back. A replay sends nothing: it answers from the files or fails.
"""

import hashlib
import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic_ai import RunContext
from pydantic_ai.messages import ModelMessage, ModelMessagesTypeAdapter, ModelResponse
from pydantic_ai.models import (
    CompletedStreamedResponse,
    Model,
    ModelRequestParameters,
    StreamedResponse,
)
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings

from agents.analysts.model.failures import translated
from agents.analysts.model.options import STEPS
from agents.analysts.trouble import Kind, Trouble

_STEP = re.compile(r"Answer with submit_(\w+)\.\Z")
_FILES = "[0-9]*-*.json"
_CHANGING = (
    "timestamp",
    "run_id",
    "conversation_id",
    "tool_call_id",
    "provider_response_id",
    "metadata",
)
"""Fields of messages that differ from run to run and decide nothing."""


class Transcript:
    """A folder with one file for each call: `007-judge.json`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._count = 0

    def begin(self) -> None:
        """Make the folder. Raises OSError; a folder that has a transcript is not written over."""
        # It will hold what the documents say: for its owner alone.
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(self.folder.glob(_FILES)):
            raise FileExistsError(
                f"{self.folder} already holds a transcript: choose another folder"
            )

    def keep(self, request: Mapping[str, Any], key: str, outcome: Mapping[str, Any]) -> None:
        """Write one call. Raises `Trouble` where that fails: a transcript with a hole is none."""
        self._count += 1
        name = f"{self._count:03}-{_step(request['messages'])}.json"
        text = json.dumps({"key": key, "request": request, **outcome}, indent=1, ensure_ascii=False)
        try:
            (self.folder / name).touch(mode=0o600, exist_ok=False)
            (self.folder / name).write_text(text + "\n", encoding="utf-8", errors="replace")
        except OSError as error:
            reason = f"{self.folder / name} cannot be written: {error.strerror}."
            raise Trouble(Kind.TRANSCRIPT, reason) from error

    def answers(self) -> dict[str, list[ModelResponse | Trouble]]:
        """What came back by key, in order. Raises `Trouble` where there is nothing.

        Where a call went wrong and was made again, only what came in the end counts.
        """
        kept: dict[str, list[ModelResponse | Trouble]] = {}
        failed: dict[str, Trouble] = {}
        for file in sorted(self.folder.glob(_FILES), key=_number):
            try:
                one = json.loads(file.read_text(encoding="utf-8"))
                if "trouble" in one:
                    failed[str(one["key"])] = _trouble(one["trouble"])
                    continue
                (response,) = ModelMessagesTypeAdapter.validate_python([one["response"]])
                if isinstance(response, ModelResponse):
                    kept.setdefault(str(one["key"]), []).append(response)
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise Trouble(Kind.TRANSCRIPT, f"{file} is not a call of a transcript.") from error
        if not kept and not failed:
            raise Trouble(Kind.TRANSCRIPT, f"{self.folder} holds no transcript to replay.")
        for key, trouble in failed.items():
            kept.setdefault(key, [trouble])
        return kept


class Recorder(WrapperModel):
    """Asks the model and writes down what was asked and what came."""

    def __init__(self, wrapped: Model, transcript: Transcript) -> None:
        super().__init__(wrapped)
        self._transcript = transcript

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """See `Model.request`."""
        asked, key = _asked(self, messages, model_settings, model_request_parameters)
        try:
            answer = await super().request(messages, model_settings, model_request_parameters)
        except Exception as error:
            self._transcript.keep(asked, key, _went_wrong(error, self))
            raise
        self._transcript.keep(asked, key, _answered(answer))
        return answer

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncIterator[StreamedResponse]:
        """See `Model.request_stream`."""
        asked, key = _asked(self, messages, model_settings, model_request_parameters)
        try:
            async with super().request_stream(
                messages, model_settings, model_request_parameters, run_context
            ) as stream:
                yield stream
                answer = stream.get()
        except Exception as error:
            self._transcript.keep(asked, key, _went_wrong(error, self))
            raise
        self._transcript.keep(asked, key, _answered(answer))


class Replayer(WrapperModel):
    """Answers from a transcript; the wrapped model shapes requests and is never asked."""

    def __init__(self, wrapped: Model, answers: dict[str, list[ModelResponse | Trouble]]) -> None:
        super().__init__(wrapped)
        self._answers = answers

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """See `Model.request`."""
        asked, key = _asked(self, messages, model_settings, model_request_parameters)
        left = self._answers.get(key)
        if not left:
            raise Trouble(
                Kind.TRANSCRIPT,
                f"The transcript has no answer for this {_step(asked['messages'])}: the document, the "
                "catalogue, a prompt or the model is another one than when it was written.",
            )
        one = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(one, Trouble):
            raise Trouble(one.kind, one.sentence, one.retry_after)
        return one

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncIterator[StreamedResponse]:
        """See `Model.request_stream`."""
        del run_context
        answer = await self.request(messages, model_settings, model_request_parameters)
        yield CompletedStreamedResponse(
            answer, model_request_parameters=model_request_parameters, replay_events=True
        )


def _asked(
    model: Model,
    messages: list[ModelMessage],
    settings: ModelSettings | None,
    parameters: ModelRequestParameters,
) -> tuple[dict[str, Any], str]:
    """The request as JSON, and the hash of what decides the answer."""
    tools = [
        {"name": tool.name, "parameters": tool.parameters_json_schema}
        for tool in (*parameters.function_tools, *parameters.output_tools)
    ]
    plain = ModelMessagesTypeAdapter.dump_python(messages, mode="json")
    request = {
        "model": model.model_name,
        "settings": dict(settings or {}),
        "messages": plain,
        "tools": tools,
    }
    decides = json.dumps([model.model_name, _steady(plain), tools], sort_keys=True)
    return request, hashlib.sha256(decides.encode("utf-8", "surrogatepass")).hexdigest()


def _went_wrong(error: Exception, model: Model) -> dict[str, Any]:
    trouble = translated(error, model.model_name)
    said = {"kind": trouble.kind, "sentence": trouble.sentence, "retry_after": trouble.retry_after}
    return {"trouble": said, "error": f"{type(error).__name__}: {error}"}


def _trouble(kept: Mapping[str, Any]) -> Trouble:
    return Trouble(Kind(kept["kind"]), str(kept["sentence"]), kept["retry_after"])


def _answered(answer: ModelResponse) -> dict[str, Any]:
    return {"response": ModelMessagesTypeAdapter.dump_python([answer], mode="json")[0]}


def _steady(value: Any) -> Any:
    """Without what differs from run to run."""
    if isinstance(value, dict):
        return {k: _steady(v) for k, v in value.items() if k not in _CHANGING}
    return [_steady(v) for v in value] if isinstance(value, list) else value


def _step(messages: Sequence[Mapping[str, Any]]) -> str:
    """The step that our own words ask for; what a document says of steps names no file."""
    for message in reversed(messages):
        for part in reversed(message["parts"]):
            content = part.get("content") if part["part_kind"] == "user-prompt" else None
            last = content[-1] if isinstance(content, list) else content
            found = _STEP.search(last) if isinstance(last, str) else None
            if found is not None and found[1] in STEPS:
                return found[1]
    return "call"


def _number(file: Path) -> tuple[int, str]:
    return int(re.sub(r"\D.*", "", file.name)), file.name
