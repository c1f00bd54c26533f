"""Queue `upkeep`: what was stored and not finished in time is queued again."""

from service.queue import SWEEP
from service.settings import settings
from service.sweep import sweep
from workers.app import app
from workers.context import database


@app.task(name=SWEEP)
def run() -> None:
    """One sweep over deliveries, reviews, posts, check runs and sessions."""
    sweep(database(), settings())
