"""How much an uploaded file may hold and cost, from the settings."""

from __future__ import annotations

from django.conf import settings

from returns.workbook.grid import Limits


def reading_limits() -> Limits:
    """The limits under which uploads are read; the message that refuses a file names the one it met."""
    return Limits(file_bytes=settings.UPLOAD_MAX_BYTES, **settings.READING_LIMITS)
