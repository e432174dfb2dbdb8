"""Housekeeping that belongs to no app."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from celery import shared_task
from django.conf import settings

KEPT_SECONDS = 3600


@shared_task(name="huzhou_targets.prune_broker_folder")
def prune_broker_folder() -> int:
    """Delete messages that the embedded broker handed out over an hour ago; returns how many.

    The file-system broker keeps every message it has delivered. With any other broker there is no
    such folder and nothing to do.
    """
    options: dict[str, Any] = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    folder = options.get("processed_folder")
    if folder is None:
        return 0
    deleted = 0
    for message in Path(folder).glob("*.msg"):
        if message.stat().st_mtime < time.time() - KEPT_SECONDS:
            message.unlink(missing_ok=True)
            deleted += 1
    return deleted
