"""`/metrics`: for Prometheus with its token, or for a signed-in admin."""

import secrets

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from service.deps import SessionDep, SettingsDep, signed_in
from service.errors import NotFound
from service.metrics import prometheus
from service.settings import Settings

router = APIRouter()


@router.get("/metrics")
def metrics(request: Request, session: SessionDep, settings: SettingsDep) -> Response:
    """Numbers in Prometheus' text format; 404 to everybody else, as if there were none."""
    if not _token_fits(request, settings):
        person = signed_in(request)
        if person is None or not person.admin:
            raise NotFound("there is no such page")
    return Response(prometheus.text(session, settings), media_type=CONTENT_TYPE_PLAIN_0_0_4)


def _token_fits(request: Request, settings: Settings) -> bool:
    token = settings.metrics_token.get_secret_value() if settings.metrics_token else ""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    fits = secrets.compare_digest(given.strip().encode(), token.encode())
    return bool(token) and scheme.lower() == "bearer" and fits
