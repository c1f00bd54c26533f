"""GitHub's error bodies, and the handlers that give every failure that shape."""

from collections.abc import Sequence
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import JsonValue
from starlette.exceptions import HTTPException

DOCS = "https://docs.github.com/rest"


class Refusal(Exception):
    """A request GitHub would refuse: status, message and, where GitHub lists them, the errors."""

    def __init__(
        self, status: int, message: str, errors: Sequence[JsonValue] | None = None, docs: str = DOCS
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, JsonValue] = {"message": message}
        if errors is not None:
            self.body["errors"] = list(errors)
        self.body |= {"documentation_url": docs, "status": str(status)}


def not_found() -> Refusal:
    return Refusal(404, "Not Found")


def forbidden() -> Refusal:
    return Refusal(403, "Resource not accessible by integration")


def unprocessable(*errors: str) -> Refusal:
    return Refusal(422, "Unprocessable Entity", errors)


def invalid_field(resource: str, field: str, message: str, code: str = "custom") -> Refusal:
    """The 422 of an endpoint that names the field at fault."""
    error: JsonValue = {"resource": resource, "code": code, "field": field, "message": message}
    return Refusal(422, "Validation Failed", [error])


def invalid_request(*reasons: str) -> Refusal:
    return Refusal(422, "Invalid request.\n\n" + "\n".join(reasons))


def _from_validation(error: RequestValidationError) -> Refusal:
    problems = error.errors()
    if any(problem["type"] == "json_invalid" for problem in problems):
        return Refusal(400, "Problems parsing JSON")
    if any(problem["loc"][0] == "path" for problem in problems):
        return not_found()
    reasons = [
        f"For '{'/'.join(str(part) for part in problem['loc'][1:]) or 'links/0/schema'}', "
        f"{problem['msg']}."
        for problem in problems
    ]
    return invalid_request(*reasons)


def answer(refusal: Refusal) -> JSONResponse:
    return JSONResponse(refusal.body, status_code=refusal.status)


def install_refusals(app: FastAPI) -> None:
    """Give refusals, schema violations and unknown routes GitHub's error body."""

    @app.exception_handler(Refusal)
    def refused(_: Request, error: Refusal) -> JSONResponse:
        return answer(error)

    @app.exception_handler(RequestValidationError)
    def malformed(_: Request, error: RequestValidationError) -> JSONResponse:
        return answer(_from_validation(error))

    @app.exception_handler(HTTPException)
    def unknown(_: Request, error: HTTPException) -> JSONResponse:
        # GitHub answers a method it does not know with 404, not 405.
        if error.status_code in (404, 405):
            return answer(not_found())
        return answer(Refusal(error.status_code, HTTPStatus(error.status_code).phrase))
