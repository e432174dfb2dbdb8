"""The Celery application. Its settings are the CELERY_* names of settings.py."""

from __future__ import annotations

import os

from celery import Celery
from celery.signals import setup_logging

from huzhou_targets import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huzhou_targets.settings")

broker.register()

app = Celery("huzhou_targets")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**_kwargs: object) -> None:
    """Being connected is enough: Celery then leaves the logging of settings.py alone."""
