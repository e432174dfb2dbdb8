"""Celery tasks: thin faces over the services. Each may run twice."""

from __future__ import annotations

from celery import shared_task

from returns.services.calendar import run_calendar
from returns.services.reading import read_upload, sweep_uploads


@shared_task(name="returns.read_upload")
def read_file(*, upload_id: int) -> None:
    """Read and check an uploaded file."""
    read_upload(upload_id)


@shared_task(name="returns.sweep_uploads")
def sweep_files() -> None:
    """Ring again for every file that still waits, after taking back what dead workers held."""
    for upload_id in sweep_uploads():
        read_file.delay(upload_id=upload_id)


@shared_task(name="returns.run_calendar")
def follow_calendar() -> None:
    """Open and close what the calendars say."""
    run_calendar()
