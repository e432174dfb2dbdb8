"""Several files at once, or a zip of them: each becomes an upload with its own result, in order."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from typing import Protocol
from uuid import UUID, uuid4
from zipfile import BadZipFile, ZipFile, ZipInfo

from django.conf import settings

from accounts.models import User
from districts.models import Organisation
from returns.bell import ring_on_commit
from returns.limits import reading_limits
from returns.models import Cycle, Upload
from returns.services.reading import receive_upload, refuse_unread
from returns.workbook.grid import Refused
from returns.workbook.guard import inspect
from returns.workbook.guidance import make_problem
from returns.workbook.types import Problem

BATCH_FILES = 20
"""Files that one request takes, or one zip holds."""

BATCH_BYTES = 60 * 1024 * 1024
"""What all files of one request may hold together; the web server's own limit is a little higher."""


class IncomingFile(Protocol):
    """What is used of a file that the browser sent."""

    name: str | None
    size: int | None

    def read(self) -> bytes:
        """All its bytes."""

    def chunks(self) -> Iterator[bytes]:
        """Its bytes in pieces."""


@dataclass(frozen=True, kw_only=True)
class _Incoming:
    """One file of a batch: its bytes, or the problem for which it is not read."""

    filename: str
    data: bytes = b""
    size: int
    sha256: str = ""
    problem: Problem | None = None


def receive_batch(
    *, actor: User, cycle: Cycle, reporter: Organisation, files: Sequence[IncomingFile]
) -> list[Upload]:
    """Keep files (of a zip: its files) to be read by a worker; each upload has its own result.

    More than one file share a batch number. Raises PermissionDenied only.
    """
    batch = uuid4()
    uploads = [_receive_one(actor, cycle, reporter, incoming, batch) for incoming in _unpacked(files)]
    if len(uploads) == 1:
        Upload.objects.filter(pk=uploads[0].pk).update(batch=None)
    for upload in uploads:
        if upload.state == Upload.State.RECEIVED:
            ring_on_commit(upload.pk)
    return uploads


def _receive_one(
    actor: User, cycle: Cycle, reporter: Organisation, incoming: _Incoming, batch: UUID
) -> Upload:
    if incoming.problem is not None:
        return refuse_unread(
            actor=actor,
            cycle=cycle,
            reporter=reporter,
            filename=incoming.filename,
            size=incoming.size,
            sha256=incoming.sha256 or hashlib.sha256(incoming.data).hexdigest(),
            problem=incoming.problem,
            batch=batch,
        )
    return receive_upload(
        actor=actor,
        cycle=cycle,
        reporter=reporter,
        filename=incoming.filename,
        data=incoming.data,
        batch=batch,
    )


def _unpacked(files: Sequence[IncomingFile]) -> Iterator[_Incoming]:
    for file in files:
        name, size = file.name or "", file.size or 0
        if size > settings.UPLOAD_MAX_BYTES:
            digest = hashlib.sha256()
            for chunk in file.chunks():
                digest.update(chunk)
            yield _Incoming(filename=name, size=size, sha256=digest.hexdigest(), problem=_too_large(size))
            continue
        data = file.read()
        if _is_zip_of_workbooks(data):
            yield from _members(name, data)
        else:
            yield _Incoming(filename=name, data=data, size=size)


def _too_large(size: int) -> Problem:
    limit = settings.UPLOAD_MAX_BYTES
    return make_problem("file_too_large", size=_megabytes(size), limit=_megabytes(limit))


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MB"


def _is_zip_of_workbooks(data: bytes) -> bool:
    """Whether the guard lets the container pass and finds spreadsheets in it, and is none itself."""
    if not data.startswith(b"PK"):
        return False
    try:
        inspect(data, reading_limits())
    except Refused as refused:
        return refused.code == "zip_archive"
    return False


def _members(archive_name: str, data: bytes) -> Iterator[_Incoming]:
    """The files of a zip that the guard has let pass, read one at a time."""
    with ZipFile(BytesIO(data)) as archive:
        infos = [info for info in archive.infolist() if not _is_clutter(info)]
        if not infos:
            problem = make_problem("not_spreadsheet", detail="压缩包里没有表格")
            yield _Incoming(filename=archive_name, data=data, size=len(data), problem=problem)
        if len(infos) > BATCH_FILES:
            problem = make_problem("batch_too_large", found=len(infos), limit=BATCH_FILES)
            yield _Incoming(filename=archive_name, data=data, size=len(data), problem=problem)
            return
        for info in infos:
            yield _read_member(archive, info)


def _read_member(archive: ZipFile, info: ZipInfo) -> _Incoming:
    name = _member_name(info)
    limit = settings.UPLOAD_MAX_BYTES
    try:
        with archive.open(info) as member:
            data = member.read(limit + 1)
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError):
        problem = make_problem("damaged", detail="压缩内容校验不符")
        return _Incoming(filename=name, size=info.file_size, problem=problem)
    if len(data) > limit:
        size = max(info.file_size, len(data))
        return _Incoming(filename=name, size=size, problem=_too_large(size))
    return _Incoming(filename=name, data=data, size=len(data))


def _is_clutter(info: ZipInfo) -> bool:
    """Folders, and what systems and office programs leave beside the files."""
    path = PurePath(info.filename.replace("\\", "/"))
    return info.is_dir() or "__MACOSX" in path.parts or path.name.startswith((".", "~$"))


def _member_name(info: ZipInfo) -> str:
    """A member's name; Chinese Windows writes GBK without saying so, which zipfile takes for cp437."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename
