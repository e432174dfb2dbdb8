"""What a person decides about a file that was read: store what the preview showed, or give it up."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from returns.models import Upload
from returns.services.cycles import lock_cycle
from returns.services.figures import Saved
from returns.services.previews import Preview, preview_examined
from returns.services.uploads import (
    Examined,
    close_upload,
    examine_file,
    record_state,
    refused_late,
    require_reporter,
    store_examined,
)
from returns.states import WrongState


@dataclass(frozen=True, kw_only=True)
class Confirmed:
    """What came of a confirmation: saved, or the preview that has to be looked at (again) first."""

    upload: Upload
    saved: Saved | None
    preview: Preview | None = None


def examine_kept(upload: Upload) -> Examined:
    """Read and check the kept file of an upload again, against targets and earlier figures of now.

    Raises WrongState when the kept file is not the one that was uploaded.
    """
    with upload.content.open("rb") as file:
        data = file.read()
    if hashlib.sha256(data).hexdigest() != upload.sha256:
        raise WrongState("保存的文件与上传时的不一致，不能入库；请重新上传这份文件")
    return examine_file(upload.cycle, upload.organisation, upload.filename, data)


def confirm_upload(*, actor: User, upload: Upload, token: str) -> Confirmed:
    """Store the figures of a checked upload, provided that nobody changed its places meanwhile.

    The kept file is read again: it is the one truth. token is that of the preview which the person
    saw; where it no longer fits, nothing is stored and the new preview comes back. A file that has
    become wrong meanwhile (the cycle closed, a target changed) is refused and comes back with
    neither. Raises PermissionDenied, or WrongState for an upload that does not wait for it.
    """
    require_reporter(actor, upload.cycle, upload.organisation)
    _require_checked(upload)
    examined = examine_kept(upload)
    with transaction.atomic():
        lock_cycle(upload.cycle)
        upload = _lock_upload(upload)
        _require_checked(upload)
        if examined.is_refused:
            close_upload(actor, upload, state=Upload.State.REFUSED, examined=examined)
            return Confirmed(upload=upload, saved=None)
        preview = preview_examined(upload, examined)
        if preview.token != token:
            upload.preview = preview.as_data()
            upload.save(update_fields=["preview"])
            return Confirmed(upload=upload, saved=None, preview=preview)
        try:
            saved = store_examined(actor, upload, examined)
        except WrongState as error:
            close_upload(actor, upload, state=Upload.State.REFUSED, examined=refused_late(examined, error))
            return Confirmed(upload=upload, saved=None)
    return Confirmed(upload=upload, saved=saved)


def discard_upload(*, actor: User, upload: Upload) -> Upload:
    """Give a checked upload up: its file stays on record, its figures are not stored.

    Raises PermissionDenied, or WrongState for an upload that does not wait for confirmation.
    """
    require_reporter(actor, upload.cycle, upload.organisation)
    with transaction.atomic():
        upload = _lock_upload(upload)
        _require_checked(upload)
        upload.state = Upload.State.DISCARDED
        upload.save(update_fields=["state"])
        record_state(actor, upload)
    return upload


def _require_checked(upload: Upload) -> None:
    if upload.is_in_progress:
        raise WrongState("这份文件还没有读完，请稍候再确认")
    if upload.state != Upload.State.CHECKED:
        raise WrongState(f"这份文件已经办过了：{upload.get_state_display()}")


def _lock_upload(upload: Upload) -> Upload:
    return (
        Upload.objects.select_for_update(of=("self",))
        .select_related("cycle__plan", "organisation", "uploaded_by")
        .get(pk=upload.pk)
    )
