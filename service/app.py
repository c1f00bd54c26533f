"""The web process: webhooks and the workspace."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from service.db import Database
from service.deliveries.dispatch import Dispatcher
from service.deliveries.endpoints import router as deliveries
from service.deliveries.inbox import open_inbox
from service.lifeline import hold_on
from service.queue import Publisher, celery_app
from service.settings import Settings, settings
from service.telemetry import configure_logging
from service.web.setup import install


def create_app(given: Settings | None = None) -> FastAPI:
    """The application, with its own connections; they are closed when it ends."""
    chosen = given or settings()
    publisher = Publisher(celery_app(chosen))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.dispatcher = Dispatcher(publisher)
        yield
        await app.state.inbox.close()
        app.state.dispatcher.close()
        app.state.database.close()

    # No schema pages: they would be the only ones that need scripts from elsewhere.
    app = FastAPI(
        title="Lintel", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None
    )
    app.state.settings = chosen
    app.state.database = Database(chosen.database, publisher)
    app.state.inbox = open_inbox(chosen.database)
    app.include_router(deliveries)
    install(app)
    return app


def serve() -> FastAPI:
    """Entry point for the server: `uvicorn --factory service.app:serve`."""
    hold_on()
    configure_logging(settings())
    return create_app()
