"""Puts the stand-in together: routes in the order they must match, refusals, the front."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.types import ASGIApp

from service.demo import (
    apps,
    checks,
    comments,
    contents,
    control,
    installations,
    issues,
    oauth,
    pages,
    pulls,
    reviews,
    sample,
)
from service.demo.config import Config
from service.demo.faults import FaultPlan
from service.demo.front import Front
from service.demo.hooks import Hooks
from service.demo.refusals import install_refusals
from service.demo.store import Store
from service.demo.world import World


def create_app(config: Config) -> ASGIApp:
    """The whole stand-in as an ASGI application; its state is loaded from `config.home`."""
    store = Store(config.home)
    world = World(config, store, Hooks(config, store), FaultPlan())
    sample.load(world)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        world.hooks.close()
        store.close()

    app = FastAPI(title="GitHub stand-in", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.world = world
    install_refusals(app)
    # The browser's routes begin with any owner's name, so they come last.
    for part in (installations, checks, contents, pulls, reviews, comments, issues):
        app.include_router(part.router)
    for part in (oauth, apps, control, pages):
        app.include_router(part.router)
    return Front(app, store, world.faults, config.hourly_limit)
