"""First look at an evidence file: what it is by its content, and whether it may be kept. Pure.

Evidence is never opened by this programme; it is kept and handed out as a download. So everything that could
run on the reader's machine stays outside: programs, macros, scripts, HTML, and containers nobody can look into.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from zipfile import BadZipFile, ZipFile

from returns.workbook.grid import Limits, Refused
from returns.workbook.guard import check_members
from returns.workbook.types import Problem


@dataclass(frozen=True, kw_only=True)
class EvidenceKind:
    """A kind of file that can be told by its content, and the endings that its name may have."""

    code: str
    label: str
    endings: tuple[str, ...]


KINDS = {
    kind.code: kind
    for kind in (
        EvidenceKind(code="pdf", label="PDF", endings=(".pdf",)),
        EvidenceKind(code="ofd", label="OFD", endings=(".ofd",)),
        EvidenceKind(code="jpg", label="JPG 图片", endings=(".jpg", ".jpeg")),
        EvidenceKind(code="png", label="PNG 图片", endings=(".png",)),
        EvidenceKind(code="docx", label="Word 文档（.docx）", endings=(".docx",)),
        EvidenceKind(code="xlsx", label="Excel 表格（.xlsx）", endings=(".xlsx",)),
    )
}
"""By code; the setting EVIDENCE_KINDS chooses among them."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_REFUSED_BY_MAGIC = (
    (b"MZ", "这是程序，不能上传"),
    (b"\x7fELF", "这是程序，不能上传"),
    (b"#!", "这是脚本，不能上传"),
    (_OLE, "旧版 Office 或 WPS 格式可能带宏，请另存为 .docx、.xlsx 或 PDF 后上传"),
    (b"Rar!", "压缩包看不到里面的内容，请解压后逐个上传"),
    (b"7z\xbc\xaf", "压缩包看不到里面的内容，请解压后逐个上传"),
    (b"\x1f\x8b", "压缩包看不到里面的内容，请解压后逐个上传"),
    (b"GIF8", "GIF 图片不收，请另存为 PNG 或 JPG 后上传"),
)
_HTML_SIGNS = (b"<html", b"<!doctype", b"<script", b"<svg", b"<body", b"<iframe", b"mime-version:")
_PDF_SCRIPTS = (b"/JavaScript", b"/Launch", b"/RichMedia")
_RUNNABLE = frozenset(
    [
        ".exe",
        ".dll",
        ".com",
        ".scr",
        ".msi",
        ".bat",
        ".cmd",
        ".ps1",
        ".vbs",
        ".js",
        ".jse",
        ".wsf",
        ".hta",
        ".lnk",
        ".jar",
        ".html",
        ".htm",
        ".mht",
        ".svg",
        ".chm",
        ".sh",
    ]
)
_EXTERNAL_TEMPLATES = ("attachedtemplate", "oleobject", "frame")
_DIRECTORY_BYTES = 1 << 20
_MEGABYTE = 1024 * 1024


class NotEvidence(Exception):
    """A file that is not taken; the message says why and what to do instead."""


def inspect_evidence(data: bytes, *, kinds: Collection[str], max_bytes: int) -> EvidenceKind:
    """The kind of a file by its content. Raises NotEvidence where it may not be kept.

    kinds are the codes that are taken, max_bytes is the limit of one file in bytes.
    """
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise NotEvidence("文件是空的，请重新选择")
    if len(data) > max_bytes:
        raise NotEvidence(too_large(len(data), max_bytes))
    for magic, reason in _REFUSED_BY_MAGIC:
        if data.startswith(magic):
            raise NotEvidence(reason)
    code = _code_of(data)
    if code is None or code not in kinds:
        raise NotEvidence(f"不是可以收的类型，请用{names_of(kinds)}")
    return KINDS[code]


def too_large(size: int, max_bytes: int) -> str:
    """What is said of a file above the limit, with both sizes."""
    return f"有 {size / _MEGABYTE:.1f} MB，超过每个文件 {max_bytes / _MEGABYTE:g} MB 的上限，请压缩图片或分成几个文件"


def names_of(kinds: Collection[str]) -> str:
    """The kinds that are taken, as people call them."""
    return "、".join(kind.label for kind in KINDS.values() if kind.code in kinds)


def endings_of(kinds: Collection[str]) -> str:
    """Their endings, for the `accept` of a file input: a help in choosing, not a check."""
    return ",".join(ending for kind in KINDS.values() if kind.code in kinds for ending in kind.endings)


def name_with_ending(name: str, kind: EvidenceKind) -> str:
    """The person's name for the file, with an ending that tells what the file really is."""
    if PurePath(name).suffix.lower() in kind.endings:
        return name
    return name[: 255 - len(kind.endings[0])] + kind.endings[0]


def problem_of(name: str, message: str, *, place: tuple[str, str] | None = None) -> Problem:
    """The problem of one file, at the figure (indicator code, organisation code) to which it was given."""
    indicator, organisation = place or (None, None)
    return Problem(
        level="error",
        code="evidence_refused",
        message=f"佐证“{name}”没有收下：{message}。",
        indicator=indicator,
        organisation=organisation,
    )


def _code_of(data: bytes) -> str | None:
    if data.startswith(b"%PDF-"):
        _require_plain_pdf(data)
        return "pdf"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"PK\x03\x04"):
        return _code_of_container(data)
    head = data[:4096].lower()
    if any(sign in head for sign in _HTML_SIGNS):
        raise NotEvidence("这是网页文件，不能上传，请打印成 PDF 后上传")
    return None


def _require_plain_pdf(data: bytes) -> None:
    if any(sign in data for sign in _PDF_SCRIPTS):
        raise NotEvidence("PDF 里带有脚本或会启动程序的内容，请重新打印成 PDF 后上传")


def _code_of_container(data: bytes) -> str:
    """Word, Excel or OFD by the members of the zip. Raises NotEvidence for everything else."""
    try:
        with ZipFile(BytesIO(data)) as archive:
            members = archive.infolist()
            names = [info.filename.replace("\\", "/").lstrip("/").lower() for info in members]
            check_members(members, names, Limits())
            _require_nothing_runnable(names)
            if "ofd.xml" in names:
                return "ofd"
            if "[content_types].xml" in names and "word/document.xml" in names:
                code = "docx"
            elif "[content_types].xml" in names and "xl/workbook.xml" in names:
                code = "xlsx"
            else:
                raise NotEvidence("压缩包看不到里面的内容，请解压后逐个上传")
            if any(_needs_attention(text) for text in _declarations(archive)):
                raise NotEvidence("文件带有宏或引用外部模板，请另存为不带宏的格式或 PDF 后上传")
            return code
    except Refused as error:
        raise NotEvidence("压缩结构异常或已加密，请去掉密码、重新保存后上传") from error
    except (BadZipFile, zlib.error, ValueError, NotImplementedError, OSError, EOFError) as error:
        raise NotEvidence("文件已损坏，请重新保存后上传") from error


def _require_nothing_runnable(names: Collection[str]) -> None:
    for name in names:
        part = PurePath(name)
        if part.name in ("vbaproject.bin", "vbadata.xml") or "macrosheets" in part.parts:
            raise NotEvidence("文件带有宏，请另存为不带宏的格式或 PDF 后上传")
        if "activex" in part.parts or part.name.startswith("oleobject"):
            raise NotEvidence("文件里嵌有控件或对象，请删去后保存，或另存为 PDF 上传")
        if part.suffix in _RUNNABLE:
            raise NotEvidence(f"文件里夹带“{part.name}”，不能上传，请删去后保存")


def _declarations(archive: ZipFile) -> Iterator[bytes]:
    """The parts in which a container says what it holds and what it fetches from elsewhere."""
    for info in archive.infolist():
        name = info.filename.lower()
        if name.endswith((".rels", "[content_types].xml")):
            if info.file_size > _DIRECTORY_BYTES:
                raise NotEvidence("文件结构异常，请重新保存后上传")
            yield archive.read(info).lower()


def _needs_attention(declaration: bytes) -> bool:
    if b"macroenabled" in declaration or b"vbaproject" in declaration:
        return True
    return b'targetmode="external"' in declaration and any(
        f"/relationships/{what}".encode() in declaration for what in _EXTERNAL_TEMPLATES
    )
