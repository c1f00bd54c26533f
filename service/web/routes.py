"""Routes of the frame: sign-in, the audit page, and the two health checks."""

from fastapi import APIRouter

from service.web import audit, health, login

router = APIRouter()
for part in (login, audit, health):
    router.include_router(part.router)
