"""The Celery application that every worker process starts from.

A worker loads the tasks of its own queue alone: the poster has no analyst in it, the drafter no GitHub.
"""

from celery import Celery
from celery.signals import setup_logging

from service.lifeline import hold_on
from service.queue import celery_app
from service.settings import settings
from service.telemetry import configure_logging


@setup_logging.connect
def _logging(**_: object) -> None:
    configure_logging(settings())


hold_on()
app: Celery = celery_app(settings())
