"""What the tasks of one process share, made at first use: after a fork, never before it."""

import os
import socket
from functools import lru_cache

from service.db import Database
from service.github.client import GitHubApp
from service.queue import Publisher, celery_app
from service.settings import settings


@lru_cache
def database() -> Database:
    """The process's database."""
    return Database(settings().database, Publisher(celery_app(settings())))


@lru_cache
def github() -> GitHubApp:
    """The GitHub App; only the intake and post roles have its key."""
    s = settings()
    if s.github_app_id is None:
        s.secret("github_private_key")
    return GitHubApp(s.github_app_id or 0, s.secret("github_private_key"), s.github_api_url)


def owner() -> str:
    """Names this process in leases."""
    return f"{socket.gethostname()}:{os.getpid()}"
