"""Settings, Celery, shared page helpers and the commands that span several apps."""

from huzhou_targets.celery import app as celery_app

__all__ = ["celery_app"]
