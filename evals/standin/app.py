"""The HTTP side: Anthropic's endpoints, and the stand-in's own below `/_standin`."""

from dataclasses import asdict

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from pydantic import TypeAdapter

from evals.standin.cache import Prompt
from evals.standin.errors import ApiError
from evals.standin.faults import Fault
from evals.standin.state import State
from evals.standin.turn import admit, checked, respond

_FAULTS = TypeAdapter(list[Fault])


def create_app(state: State) -> FastAPI:
    """The application around `state`."""
    app = FastAPI(title="Messages API stand-in", docs_url=None, redoc_url=None, openapi_url=None)

    @app.exception_handler(ApiError)
    async def refused(_: Request, error: ApiError) -> Response:
        request_id = f"req_{state.number():08}"
        headers = {"request-id": request_id, **error.headers}
        return JSONResponse(error.body(request_id), error.status, headers)

    @app.post("/v1/messages")
    async def messages(request: Request) -> Response:
        return await respond(await admit(state, request))

    @app.post("/v1/messages/count_tokens")
    async def count_tokens(request: Request) -> Response:
        body = await checked(state, request, counting=True)
        headers = {"request-id": f"req_{state.number():08}"}
        return JSONResponse({"input_tokens": Prompt.read(body).tokens}, headers=headers)

    _add_control(app, state)
    return app


def _add_control(app: FastAPI, state: State) -> None:
    """What a stand-in in another process is asked and told."""

    @app.get("/_standin/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/_standin/ledger")
    async def read_ledger() -> dict[str, object]:
        kept = state.ledger
        return {
            "summary": asdict(kept.summary()),
            "cost_usd": str(kept.cost()),
            "calls": [asdict(call) for call in kept.calls],
            "refusals": list(kept.refusals),
        }

    @app.delete("/_standin/ledger", status_code=204)
    async def clear_ledger() -> None:
        state.ledger.clear()

    @app.post("/_standin/faults", status_code=204)
    async def plan_faults(request: Request) -> None:
        state.faults.add(*_FAULTS.validate_json(await request.body()))

    @app.delete("/_standin/faults", status_code=204)
    async def clear_faults() -> None:
        state.faults.clear()
