"""Glue between Celery and the service: one module per queue, no logic of its own."""
