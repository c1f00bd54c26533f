"""Puts the workspace into the web process."""

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from service.metrics.endpoints import router as metrics
from service.reviews.actions import router as actions
from service.reviews.endpoints import router as reviews
from service.web.errors import install_errors
from service.web.limit import LoginLimit
from service.web.pages import WEB, environment
from service.web.routes import router
from service.web.security import WorkspaceGuard


def install(app: FastAPI) -> None:
    """Middleware, static files, templates, error pages and routes.

    Expects `app.state.settings` and, by the time of the first request, `app.state.database`.
    """
    app.state.templates = Jinja2Templates(env=environment())
    app.state.login_limit = LoginLimit()
    app.add_middleware(WorkspaceGuard, settings=app.state.settings)
    app.mount("/static", StaticFiles(directory=WEB / "static"), name="static")
    install_errors(app)
    app.include_router(router)
    app.include_router(reviews)
    app.include_router(actions)
    app.include_router(metrics)
