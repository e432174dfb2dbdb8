"""More files that must not hurt, as `hostile` gives them: old binary ones, odd encodings, numbers of things."""

import struct
from collections.abc import Iterator

from tests.workbook.raw import members, sheet_xml, strings_xml, text, workbook, zipped

Case = tuple[str, bytes, tuple[str, ...]]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DAMAGED = ("damaged",)
LIMIT = ("limit_exceeded",)
NO_SHEET = ("not_spreadsheet",)
NOTHING = ("no_table",)
BOF = struct.pack("<HHHHHHII", 0x0809, 16, 0x0600, 0x0005, 0, 0, 0, 0)
END = struct.pack("<HH", 0x000A, 0)


def other_containers() -> Iterator[Case]:
    yield "7z", b"7z\xbc\xaf\x27\x1c" + b"\x01" * 60, NO_SHEET
    yield "sqlite", b"SQLite format 3\x00" + b"\x01" * 200, NO_SHEET
    yield "old word document", _ole_named("WordDocument"), NO_SHEET
    yield "old presentation", _ole_named("PowerPoint Document"), NO_SHEET
    yield "ole of a mail", _ole_named("__nameid_version1.0"), NO_SHEET
    yield "program with a zip behind it", b"MZ\x90\x00" + workbook("<row/>"), NO_SHEET
    yield "pdf with a zip behind it", b"%PDF-1.7\n" + workbook("<row/>"), NO_SHEET
    yield "flat open document", b'<?xml version="1.0"?><office:document xmlns:office="o"/>', NO_SHEET
    yield "json", b'{"figures": [1, 2, 3]}', NOTHING
    yield (
        "zip with a comment of noise",
        workbook("<row/>")[:-2] + b"\xff\x00" + b"\x01" * 255,
        (*DAMAGED, *NOTHING),
    )


def old_binary() -> Iterator[Case]:
    yield "xls with a password", BOF + struct.pack("<HHHHH", 0x002F, 6, 0, 1, 2) + END, ("encrypted",)
    yield "xls with a record longer than the file", BOF + struct.pack("<HH", 0x0085, 0x2000), DAMAGED
    yield "xls of nothing but its end", BOF + END, (*DAMAGED, *NOTHING)
    yield "xls with a sheet beyond the end", BOF + _sheet_record(0x7FFFFFF0) + END, DAMAGED
    yield "xls whose sheet is itself", BOF + _sheet_record(0) + END, (*DAMAGED, *NOTHING)
    yield "ole whose sectors form a loop", _looping_ole(), DAMAGED


def encodings() -> Iterator[Case]:
    sheet = sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>')
    dtd = '<!DOCTYPE a [<!ENTITY b "c">]>'
    declared = '<?xml version="1.0" encoding="UTF-16"?>'
    yield (
        "dtd hidden by utf-16",
        zipped(members((declared + dtd + sheet).encode("utf-16"))),
        ("unsafe_content", "damaged"),
    )
    yield "sheet in utf-16", zipped(members((declared + sheet).encode("utf-16"))), (*NOTHING, *DAMAGED)
    unknown = '<?xml version="1.0" encoding="UTF-7"?>' + sheet
    yield "sheet in an unknown encoding", zipped(members(unknown)), (*DAMAGED, *NOTHING)
    nul = "区县,数\r\n" + "吴兴区,1\r\n" * 600 + "吴兴区,\x00\r\n"
    yield "utf-16 text with a nul far behind", nul.encode("utf-16"), NO_SHEET
    yield "text with half a character pair", "区县,数\r\n".encode("utf-16") + b"\x00\xd8\x00\xd8", NO_SHEET
    number = sheet_xml(f"<row>{text('A1', '区县')}{text('B1', '科技型产业园（专业园）')}</row>")
    number = number.replace(
        "</sheetData>", f"<row>{text('A2', '吴兴区')}<c r='B2'><v>\x00</v></c></row></sheetData>"
    )
    yield "nul as a number", zipped(members(number)), DAMAGED
    for name, sign in (("nul", "\x00"), ("reference to nul", "&#0;"), ("half a character pair", "&#xD800;")):
        row = f"<row>{text('A1', f'区县{sign}')}{text('B1', '科技型产业园（专业园）')}</row>"
        yield f"{name} in a heading", workbook(row), (*DAMAGED, *NOTHING)


def numbers_of_things() -> Iterator[Case]:
    yield (
        "a cell at XFD1000",
        workbook('<row r="1"><c r="A1"><v>1</v></c></row><row r="1000"><c r="XFD1000"/></row>'),
        (
            *LIMIT,
            *NOTHING,
        ),
    )
    yield "cells without references", workbook(f"<row>{'<c><v>1</v></c>' * 16_384}</row>"), LIMIT
    long = strings_xml(f"<t>{'长' * 32_000}</t>")
    cells = "".join(f'<row><c t="s"><v>0</v></c>{"<c/>" * 3}</row>' for _ in range(50_000))
    yield "one long string in every row", workbook(cells, strings=long), (*NOTHING, *LIMIT)
    styled = "".join(f'<row r="{n}" s="1" ht="{n * 7919 % 97}"/>' for n in range(1, 1_048_577, 2))
    yield "half a million empty styled rows", workbook(styled), (*NOTHING, *LIMIT)
    many = " ".join(f'a{n}="{n * 7919 % 99991}"' for n in range(100_000))
    yield "an element with 100,000 attributes", workbook(f"<row {many}/>"), (*NOTHING, *LIMIT, *DAMAGED)
    yield (
        "a formula without end",
        workbook(f'<row><c r="A1"><f>{"(" * 200_000}</f></c></row>'),
        (*NOTHING, *LIMIT),
    )
    yield "text of formulas", workbook(f"<row>{text('A1', '=cmd|calc!A1')}</row>"), NOTHING
    yield (
        "dates beyond every calendar",
        workbook('<row><c r="A1" t="d"><v>99999-99-99</v></c></row>'),
        (
            *NOTHING,
            *DAMAGED,
        ),
    )
    yield (
        "number of a million digits",
        workbook(f"<row><c r='A1'><v>{'9' * 1_000_000}</v></c></row>"),
        (
            *LIMIT,
            *NOTHING,
            *DAMAGED,
        ),
    )


def _ole_named(stream: str) -> bytes:
    return (OLE + b"\x00" * 504 + stream.encode("utf-16-le")).ljust(4096, b"\x00")


def _sheet_record(offset: int) -> bytes:
    return struct.pack("<HHIHBB", 0x0085, 10, offset, 0, 2, 0) + b"ab"


def _looping_ole() -> bytes:
    """A container whose directory names a workbook and whose sector table leads each sector to itself."""
    head = OLE + b"\x00" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\x00" * 6
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<I", 0) + struct.pack("<I", 0xFFFFFFFF) * 108
    table = struct.pack("<IIII", 0xFFFFFFFD, 1, 2, 3) + struct.pack("<I", 0xFFFFFFFF) * 124
    directory = b""
    for name, kind, start in (("Root Entry", 5, 2), ("Workbook", 2, 2), ("", 0, 0), ("", 0, 0)):
        raw = name.encode("utf-16-le")
        entry = raw.ljust(64, b"\x00") + struct.pack("<HBB", len(raw) + 2 if raw else 0, kind, 1)
        entry += struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, 1 if kind == 5 else 0xFFFFFFFF)
        directory += (entry + b"\x00" * 36 + struct.pack("<II", start, 1 << 20)).ljust(128, b"\x00")[:128]
    return head + table + directory + b"\x00" * 2048


MORE = (other_containers, old_binary, encodings, numbers_of_things)
