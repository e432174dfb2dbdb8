"""Files that a worker reads: received, read and checked one by one, then waiting for the person.

The row is the truth and the message to Celery only rings. A worker claims a file by a conditional update
with a lease; what a killed worker held is queued again when its lease runs out, three times at most.
"""

from __future__ import annotations

from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from districts.models import Organisation
from returns.models import Cycle, Upload, UploadQuerySet
from returns.services.previews import preview_examined
from returns.services.uploads import (
    Examined,
    close_upload,
    examine_file,
    keep_file,
    lease_from_now,
    problem_as_data,
    record_state,
    require_reporter,
    shown_name,
)
from returns.workbook.guidance import make_problem
from returns.workbook.types import Problem

MAX_ATTEMPTS = 3

log = structlog.get_logger(__name__)


def receive_upload(
    *,
    actor: User,
    cycle: Cycle,
    reporter: Organisation,
    filename: str,
    data: bytes,
    batch: UUID | None = None,
) -> Upload:
    """Keep a file that waits to be read. Raises PermissionDenied."""
    require_reporter(actor, cycle, reporter)
    return keep_file(
        actor=actor,
        cycle=cycle,
        reporter=reporter,
        filename=filename,
        data=data,
        state=Upload.State.RECEIVED,
        batch=batch,
    )


def refuse_unread(
    *,
    actor: User,
    cycle: Cycle,
    reporter: Organisation,
    filename: str,
    size: int,
    sha256: str,
    problem: Problem,
    batch: UUID | None = None,
) -> Upload:
    """Note a file that is not read (too large, unpackable) as refused, without its content.

    size is in bytes, sha256 the digest of all of them. Raises PermissionDenied.
    """
    require_reporter(actor, cycle, reporter)
    upload = Upload(
        cycle=cycle,
        organisation=reporter,
        uploaded_by=actor,
        filename=shown_name(filename),
        size=size,
        sha256=sha256,
        batch=batch,
        state=Upload.State.REFUSED,
        problems=[problem_as_data(problem)],
    )
    with transaction.atomic():
        upload.save()
        record_state(actor, upload)
    return upload


def read_upload(upload_id: int) -> Upload | None:
    """Claim a waiting file, read and check it, and note what storing it would change. Stores no figure.

    The upload comes back refused, unchanged (there is nothing to store) or checked, waiting for its
    person. None if somebody else has it or it is done. What goes wrong on our side is raised, after the
    file has been queued again.
    """
    upload = _claim(upload_id)
    if upload is None:
        return None
    is_done = False
    try:
        with upload.content.open("rb") as file:
            data = file.read()
        examined = examine_file(
            upload.cycle,
            upload.organisation,
            upload.filename,
            data,
            before_checks=lambda: _held(upload).update(state=Upload.State.CHECKING),
        )
        is_done = _close(upload, examined)
    finally:
        if not is_done:
            _give_back(upload)
    return upload


def sweep_uploads() -> list[int]:
    """Queue again what dead workers held, and return the ids of all waiting files, oldest first."""
    abandoned = Upload.objects.filter(
        state__in=(Upload.State.READING, Upload.State.CHECKING), lease_until__lt=timezone.now()
    ).select_related("cycle__plan", "organisation", "uploaded_by")
    for upload in abandoned:
        _give_back(upload)
    waiting = Upload.objects.filter(state=Upload.State.RECEIVED).exclude(content="")
    return list(waiting.order_by("id").values_list("id", flat=True))


def read_due_uploads() -> int:
    """Read every waiting file, here and now; returns how many were read."""
    return sum(1 for upload_id in sweep_uploads() if read_upload(upload_id) is not None)


def _claim(upload_id: int) -> Upload | None:
    claimed = Upload.objects.filter(pk=upload_id, state=Upload.State.RECEIVED).update(
        state=Upload.State.READING, lease_until=lease_from_now(), attempts=F("attempts") + 1
    )
    if not claimed:
        return None
    return Upload.objects.select_related("cycle__plan", "organisation", "uploaded_by").get(pk=upload_id)


def _held(upload: Upload) -> UploadQuerySet:
    """The row while it is ours: nobody has taken it back since we claimed it."""
    return Upload.objects.filter(
        Q(state=Upload.State.READING) | Q(state=Upload.State.CHECKING), pk=upload.pk, attempts=upload.attempts
    )


def _close(upload: Upload, examined: Examined) -> bool:
    with transaction.atomic():
        if not _held(upload).select_for_update().exists():
            log.warning("upload_lost", upload=upload.pk, attempts=upload.attempts)
            return True
        state: str = Upload.State.REFUSED
        if not examined.is_refused:
            preview = preview_examined(upload, examined)
            upload.preview = preview.as_data()
            state = Upload.State.CHECKED if preview.changes_anything else Upload.State.UNCHANGED
        close_upload(upload.uploaded_by, upload, state=state, examined=examined)
    return True


def _give_back(upload: Upload) -> None:
    """Queue a file again whose reading broke off, or refuse it for good."""
    with transaction.atomic():
        if upload.attempts < MAX_ATTEMPTS:
            _held(upload).update(state=Upload.State.RECEIVED, lease_until=None)
            return
        problem = make_problem("reading_failed", count=upload.attempts)
        if _held(upload).update(
            state=Upload.State.REFUSED, lease_until=None, problems=[problem_as_data(problem)]
        ):
            upload.state = Upload.State.REFUSED
            upload.problems = [problem_as_data(problem)]
            record_state(upload.uploaded_by, upload)
