"""The doorbell of reading: the upload's row says what is due, and the message to Celery only rings."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from returns.tasks import read_file


def ring_on_commit(upload_id: int) -> None:
    """Ring for a received file when the transaction commits.

    A broker that cannot be reached is logged and changes nothing: the sweep finds the row.
    """
    transaction.on_commit(partial(read_file.delay, upload_id=upload_id), robust=True)
