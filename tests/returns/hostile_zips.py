"""Zips for the upload page that must not hurt: each with the codes that its files are refused with, in order."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from tests.workbook.raw import sheet_xml, workbook, zipped

Case = tuple[str, bytes, tuple[str, ...]]
BOOK = workbook('<row r="1"><c r="A1"><v>1</v></c></row>')


def hostile_zips() -> Iterator[Case]:
    """Name, bytes, and the code of each upload that comes of it."""
    yield (
        "zip of workbooks without a table",
        zipped({"a.xlsx": BOOK, "b.xlsx": BOOK}),
        ("no_table", "no_table"),
    )
    nested = zipped({"inner.zip": zipped({"a.xlsx": BOOK}), "b.xlsx": BOOK})
    yield "zip in a zip", nested, ("zip_archive", "no_table")
    yield (
        "zip of more files than a batch takes",
        zipped({f"{n}.xlsx": b"1" for n in range(21)}),
        ("batch_too_large",),
    )
    yield "zip of a thousand files", zipped({f"{n}.xlsx": b"1" for n in range(1100)}), ("limit_exceeded",)
    yield (
        "zip with names that climb out",
        zipped({"../../../a.xlsx": BOOK, "/etc/b.xlsx": BOOK}),
        (
            "no_table",
            "no_table",
        ),
    )
    yield (
        "zip with a name of folders only",
        zipped({"a/": b"", "b.xlsx/": b"", "c.xlsx": BOOK}),
        ("no_table",),
    )
    yield "zip with an endless name", zipped({f"{'长' * 5000}.xlsx": BOOK}), ("no_table",)
    yield "zip with a name of signs that nobody sees", zipped({"a\u202egpj.xlsx": BOOK}), ("no_table",)
    yield "zip bomb of blanks", zipped({"a.xlsx": b" " * (40 << 20)}), ("limit_exceeded",)
    bomb = zipped({"xl/workbook.xml": b" " * (20 << 20)}, method=ZIP_DEFLATED)
    yield "zip with a bomb for a workbook", zipped({"a.xlsx": bomb}, method=ZIP_STORED), ("limit_exceeded",)
    yield "zip with a password", _locked(zipped({"a.xlsx": BOOK})), ("encrypted",)
    yield (
        "zip with a wrong checksum",
        _wrong_checksum(zipped({"a.xlsx": BOOK, "b.xlsx": b"1"})),
        (
            "damaged",
            "no_table",
        ),
    )
    yield "zip whose files overlap", _overlapping(), ("no_table", "damaged")
    yield "zip that says its file is small", _says_small(zipped({"a.xlsx": b"1" * 50_000})), ("damaged",)
    yield "zip with an unreadable name", _bad_name(zipped({"ab甲.xlsx": BOOK})), ("damaged",)
    yield "zip of empty files", zipped({"a.xlsx": b"", "b.csv": b""}), ("empty_file", "empty_file")
    yield "zip cut in half", zipped({"a.xlsx": BOOK * 3})[:700], ("damaged",)
    yield (
        "zip of an encrypted book and an xlsb",
        zipped(
            {
                "a.xlsx": _locked(BOOK),
                "b.xlsb": zipped({"[Content_Types].xml": "<Types/>", "xl/workbook.bin": b"\x01"}),
            }
        ),
        ("encrypted", "binary_xlsb"),
    )
    yield (
        "zip of a book with a dtd",
        zipped({"a.xlsx": workbook("", workbook='<!DOCTYPE a [<!ENTITY b "c">]><workbook/>')}),
        ("unsafe_content",),
    )
    yield (
        "zip of a nested million",
        zipped({"a.xlsx": zipped({"xl/worksheets/sheet1.xml": sheet_xml("<a>" * 9000)}, method=ZIP_STORED)}),
        ("not_spreadsheet",),
    )


def _marks(data: bytes, magic: bytes) -> Iterator[int]:
    position = data.find(magic)
    while position >= 0:
        yield position
        position = data.find(magic, position + 4)


def _locked(data: bytes) -> bytes:
    """The same container with every member marked as encrypted."""
    changed = bytearray(data)
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for position in _marks(data, magic):
            changed[position + offset] |= 1
    return bytes(changed)


def _wrong_checksum(data: bytes) -> bytes:
    changed = bytearray(data)
    position = data.rindex(b"PK\x01\x02", 0, data.rindex(b"PK\x01\x02"))
    changed[position + 16] ^= 0xFF
    return bytes(changed)


def _overlapping() -> bytes:
    """Two entries of the directory that lead to the same local file."""
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        archive.writestr("a.xlsx", BOOK)
        archive.writestr("b.xlsx", BOOK)
        archive.infolist()[1].header_offset = archive.infolist()[0].header_offset
    return stream.getvalue()


def _says_small(data: bytes) -> bytes:
    changed = bytearray(data)
    position = data.rindex(b"PK\x01\x02")
    changed[position + 24 : position + 28] = struct.pack("<I", 10)
    return bytes(changed)


def _bad_name(data: bytes) -> bytes:
    return data.replace("甲".encode(), b"\xff\xfe\xfd")
