"""First look at uploaded bytes, before any parser: what is it, and may it be parsed at all?

The content decides and never the file's name. Only the zip directory is read here; what a file inflates to is
counted again while the child process reads it.
"""

from enum import StrEnum
from io import BytesIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from returns.workbook.grid import Limits, Refused, beyond, damaged

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_KINDS = (
    ("EncryptedPackage", "encrypted"),
    ("WordDocument", "Word 文档"),
    ("PowerPoint Document", "演示文稿"),
)
_MAGIC = (
    (b"%PDF", "PDF 文件"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"{\\rtf", "RTF 文档"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"\x1f\x8b", "压缩包"),
    (b"MZ", "程序"),
    (b"\x7fELF", "程序"),
    (b"SQLite format 3", "数据库"),
)
_SPREADSHEETS = (".xlsx", ".xlsm", ".xls", ".et", ".ods", ".csv", ".xltx", ".xlsb", ".ett", ".fods")
_RATIO_FROM = 1 << 20
_NOTHING = b"\x00 \t\r\n\xef\xbb\xbf"


class FileFormat(StrEnum):
    """The formats that the child process can read."""

    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"
    CSV = "csv"


def inspect(data: bytes, limits: Limits) -> FileFormat:
    """Format of a file by its content. Raises Refused with the reason when it may not be read."""
    if not data.strip(_NOTHING):
        raise Refused("empty_file")
    if len(data) > limits.file_bytes:
        raise Refused("file_too_large", size=_megabytes(len(data)), limit=_megabytes(limits.file_bytes))
    if data.startswith(_OLE):
        return _inspect_ole(data)
    if data.startswith(b"PK\x03\x04"):
        return _inspect_zip(data, limits)
    if data.startswith((b"PK\x05\x06", b"PK\x07\x08")):
        raise Refused("empty_file")
    if data[:4] in (b"\x09\x08\x10\x00", b"\x09\x08\x08\x00") or data[:2] in (
        b"\x09\x04",
        b"\x09\x02",
        b"\x09\x00",
    ):
        return FileFormat.XLS
    for magic, what in _MAGIC:
        if data.startswith(magic):
            raise Refused("not_spreadsheet", detail=what)
    return _inspect_text(data)


def has_macros(data: bytes) -> bool:
    """Whether an .xlsx container, already inspected, carries a macro project."""
    with ZipFile(BytesIO(data)) as archive:
        return any(name.lower().endswith("vbaproject.bin") for name in archive.namelist())


def _inspect_ole(data: bytes) -> FileFormat:
    """An old binary workbook, an encrypted new one, or another document in the same container."""
    if len(data) < 1536:
        raise damaged("文件被截断")
    for stream, what in _OLE_KINDS:
        if stream.encode("utf-16-le") in data:
            if what == "encrypted":
                raise Refused("encrypted")
            raise Refused("not_spreadsheet", detail=what)
    if "Workbook".encode("utf-16-le") in data or "Book".encode("utf-16-le") in data:
        return FileFormat.XLS
    raise Refused("not_spreadsheet", detail="容器里没有工作簿")


def _inspect_zip(data: bytes, limits: Limits) -> FileFormat:
    try:
        with ZipFile(BytesIO(data)) as archive:
            members = archive.infolist()
            names = [info.filename.replace("\\", "/").lstrip("/").lower() for info in members]
            check_members(members, names, limits)
            return _zip_kind(archive, names)
    except (BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as error:
        raise damaged("压缩结构不完整") from error


def check_members(members: list[ZipInfo], names: list[str], limits: Limits) -> None:
    """Refuse a container by its directory: too many members, encrypted, same name twice, or a bomb."""
    if len(members) > limits.members:
        raise beyond("压缩包内文件个数", limits.members)
    if any(info.flag_bits & 0x1 for info in members):
        raise Refused("encrypted")
    if len(set(names)) != len(names):
        raise damaged("压缩包内有重名文件")
    declared = sum(info.file_size for info in members)
    if declared > limits.inflated_bytes:
        raise beyond("解压后的大小", limits.inflated_bytes)
    for info in members:
        if info.file_size > _RATIO_FROM and info.file_size > limits.ratio * max(info.compress_size, 1):
            raise beyond("压缩比", limits.ratio)


def _zip_kind(archive: ZipFile, names: list[str]) -> FileFormat:
    found = set(names)
    if "xl/workbook.bin" in found:
        raise Refused("binary_xlsb")
    if "[content_types].xml" in found:
        if any(name.startswith("word/") for name in found):
            raise Refused("not_spreadsheet", detail="Word 文档")
        if any(name.startswith("ppt/") for name in found):
            raise Refused("not_spreadsheet", detail="演示文稿")
        return FileFormat.XLSX
    if "mimetype" in found and "content.xml" in found:
        kind = archive.read("mimetype")[:200].decode("ascii", "replace").strip()
        if "spreadsheet" not in kind:
            raise Refused("not_spreadsheet", detail="不是 ODF 电子表格")
        if "meta-inf/manifest.xml" in found:
            manifest = next(
                info for info in archive.infolist() if info.filename.lower() == "meta-inf/manifest.xml"
            )
            if manifest.file_size < 1 << 20 and b"encryption-data" in archive.read(manifest):
                raise Refused("encrypted")
        return FileFormat.ODS
    if any(name.endswith(_SPREADSHEETS) for name in found):
        raise Refused("zip_archive")
    raise Refused("not_spreadsheet", detail="压缩包里没有表格")


def _inspect_text(data: bytes) -> FileFormat:
    head = data[:8192]
    plain = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        raise Refused("legacy_xml")
    if plain.startswith(
        (b"<!doctype html", b"<html", b"<table", b"<meta", b"<head", b"<div", b"mime-version:")
    ):
        raise Refused("html_table")
    if b"<html" in plain or (plain.startswith(b"<") and b"<table" in plain):
        raise Refused("html_table")
    if plain.startswith(b"<"):
        raise Refused("not_spreadsheet", detail="XML 文件")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return FileFormat.CSV
    if b"\x00" in data:
        raise Refused("not_spreadsheet", detail="无法识别的内容")
    return FileFormat.CSV


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MB"
