"""Files that must not hurt: empty, encrypted, broken, absurd and hostile ones, each with the answer it gets.

Each group gives (name, bytes, codes): the reader answers with exactly one error, whose code is among these.
"""

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile

from tests.workbook.builders import sheet_bytes
from tests.workbook.hostile_more import MORE
from tests.workbook.raw import (
    CONTENT_TYPES,
    MAIN,
    WORKBOOK,
    members,
    sheet_xml,
    strings_xml,
    styles_xml,
    text,
    workbook,
    zipped,
)

Case = tuple[str, bytes, tuple[str, ...]]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DAMAGED = ("damaged",)
LIMIT = ("limit_exceeded",)
NO_SHEET = ("not_spreadsheet",)
NOTHING = ("no_table",)
ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'


def plain() -> bytes:
    """A small valid file to break."""
    return sheet_bytes([["区县", "科技型产业园（专业园）"], ["吴兴区", 7]])


def ole(stream: str, *, size: int = 4096) -> bytes:
    """Bytes that begin as an OLE container which names one stream."""
    return (OLE + b"\x00" * 504 + stream.encode("utf-16-le")).ljust(size, b"\x00")


def not_spreadsheets() -> Iterator[Case]:
    yield "empty", b"", ("empty_file",)
    yield "only blanks", b" \r\n\t" * 50, ("empty_file",)
    yield "only zeros", b"\x00" * 5000, ("empty_file",)
    yield "only a byte order mark", b"\xef\xbb\xbf", ("empty_file",)
    yield "empty zip", b"PK\x05\x06" + b"\x00" * 18, ("empty_file",)
    yield "pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", NO_SHEET
    yield "png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, NO_SHEET
    yield "jpeg", b"\xff\xd8\xff\xe0" + b"\x10" * 100, NO_SHEET
    yield "gif", b"GIF89a" + b"\x01" * 60, NO_SHEET
    yield "rtf", b"{\\rtf1 text}", NO_SHEET
    yield "rar", b"Rar!\x1a\x07\x00" + b"\x01" * 60, NO_SHEET
    yield "gzip", b"\x1f\x8b\x08" + b"\x01" * 60, NO_SHEET
    yield "executable", b"MZ\x90\x00" + b"\x01" * 200, NO_SHEET
    yield "elf", b"\x7fELF\x02" + b"\x01" * 200, NO_SHEET
    yield "random bytes", bytes((position * 197 + 31) % 256 for position in range(4000)), NO_SHEET
    yield "html as xls", b"<html><body><table><tr><td>1</td></tr></table></body></html>", ("html_table",)
    yield "html with doctype", b"\xef\xbb\xbf<!DOCTYPE html><html></html>", ("html_table",)
    yield "mhtml", b"MIME-Version: 1.0\r\nContent-Type: multipart/related", ("html_table",)
    yield "bare table", b"<table><tr><td>1</td></tr></table>", ("html_table",)
    spreadsheetml = b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
    yield "spreadsheetml 2003", spreadsheetml, ("legacy_xml",)
    yield "other xml", b'<?xml version="1.0"?><root/>', NO_SHEET
    yield (
        "word document",
        zipped({"[Content_Types].xml": CONTENT_TYPES, "word/document.xml": "<a/>"}),
        NO_SHEET,
    )
    yield (
        "presentation",
        zipped({"[Content_Types].xml": CONTENT_TYPES, "ppt/presentation.xml": "<a/>"}),
        NO_SHEET,
    )
    yield "xlsb", zipped({"[Content_Types].xml": CONTENT_TYPES, "xl/workbook.bin": b"\x01"}), ("binary_xlsb",)
    yield "zip of workbooks", zipped({"a.xlsx": plain(), "b.xlsx": plain()}), ("zip_archive",)
    yield "zip of pictures", zipped({"a.png": b"\x89PNG"}), NO_SHEET
    yield "old word document", ole("WordDocument"), NO_SHEET
    yield "old presentation", ole("PowerPoint Document"), NO_SHEET
    yield "other ole file", ole("Something"), NO_SHEET


def encrypted() -> Iterator[Case]:
    yield "encrypted xlsx", ole("EncryptedPackage"), ("encrypted",)
    data = bytearray(plain())
    position = data.find(b"PK\x03\x04")
    while position >= 0:
        data[position + 6] |= 1
        position = data.find(b"PK\x03\x04", position + 4)
    position = data.find(b"PK\x01\x02")
    while position >= 0:
        data[position + 8] |= 1
        position = data.find(b"PK\x01\x02", position + 4)
    yield "zip members with password", bytes(data), ("encrypted",)


def broken_zips() -> Iterator[Case]:
    data = plain()
    yield "truncated in half", data[: len(data) // 2], DAMAGED
    yield "truncated by a few bytes", data[:-30], DAMAGED
    yield "only the first bytes", data[:40], DAMAGED
    yield "magic and noise", b"PK\x03\x04" + bytes(range(256)) * 8, DAMAGED
    flipped = bytearray(workbook(ROW * 1))
    with ZipFile(BytesIO(bytes(flipped))) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
    start = info.header_offset + 30 + len(info.filename)
    flipped[start + 8] ^= 0xFF
    flipped[start + 9] ^= 0x55
    yield "flipped bytes in the sheet", bytes(flipped), DAMAGED
    stream = BytesIO()
    with ZipFile(stream, "w") as archive:
        for name, part in members(sheet_xml(ROW)).items():
            archive.writestr(name, part)
        archive.writestr("XL/WORKBOOK.XML", WORKBOOK)
    yield "two members of one name", stream.getvalue(), DAMAGED
    yield "ole cut short", OLE + b"\x00" * 100, DAMAGED
    yield "ole without a workbook inside", ole("Workbook", size=2048), DAMAGED
    yield "biff header only", b"\x09\x08\x10\x00\x00\x06\x05\x00" + b"\x00" * 64, DAMAGED
    unknown = bytearray(zipped(members(sheet_xml(ROW)), method=ZIP_STORED))
    for magic, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        position = unknown.find(magic)
        while position >= 0:
            unknown[position + offset] = 97
            position = unknown.find(magic, position + 4)
    yield "unknown compression", bytes(unknown), DAMAGED


def broken_parts() -> Iterator[Case]:
    yield "no workbook part", zipped({"[Content_Types].xml": CONTENT_TYPES}), DAMAGED
    yield "workbook without sheets", workbook(ROW, workbook=f'<workbook xmlns="{MAIN}"/>'), NOTHING
    yield (
        "relation to nowhere",
        zipped({name: part for name, part in members("").items() if "sheet1" not in name}),
        DAMAGED,
    )
    yield "empty sheet member", zipped(members("")), DAMAGED
    yield "sheet is no xml", zipped(members("序号,指标")), DAMAGED
    yield "sheet cut off", zipped(members(sheet_xml(ROW)[:-20])), DAMAGED
    yield "broken utf-8", zipped(members(sheet_xml(ROW).encode() + b"\xff\xfe\xff")), DAMAGED
    yield (
        "string index beyond the end",
        workbook('<row><c t="s"><v>7</v></c></row>', strings=strings_xml()),
        DAMAGED,
    )
    yield (
        "negative string index",
        workbook('<row><c t="s"><v>-7</v></c></row>', strings=strings_xml("<t>a</t>")),
        DAMAGED,
    )
    yield (
        "string index is text",
        workbook('<row><c t="s"><v>x</v></c></row>', strings=strings_xml("<t>a</t>")),
        DAMAGED,
    )
    yield (
        "style index beyond the end",
        workbook('<row><c s="77"><v>7</v></c></row>', styles=styles_xml("0")),
        NOTHING,
    )
    yield "broken styles", workbook(ROW, styles="<styleSheet>"), DAMAGED
    yield "broken strings", workbook(ROW, strings="<sst><si>"), DAMAGED
    yield "column ZZZZZZZZ", workbook('<row r="1"><c r="ZZZZZZZZ1"><v>1</v></c></row>'), DAMAGED
    yield "row 4294967295", workbook('<row r="4294967295"><c><v>1</v></c></row>'), DAMAGED
    yield (
        "merged range without end",
        workbook(ROW, after='<mergeCells><mergeCell ref="A1:B99999999"/></mergeCells>'),
        DAMAGED,
    )
    yield "reference of signs", workbook('<row r="1"><c r="!!"><v>1</v></c></row>'), DAMAGED
    yield "nothing but a chart sheet", workbook(ROW, rels="<Relationships/>"), NOTHING


def absurd_sizes() -> Iterator[Case]:
    yield (
        "a cell at XFD1048576",
        workbook(
            '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        ),
        LIMIT,
    )
    yield "a cell at XFD1", workbook('<row r="1"><c r="XFD1"><v>1</v></c></row>'), LIMIT
    rows = "".join(
        f'<row r="{row}"><c r="A{row}"><v>{row * 7919 % 1000}</v></c></row>' for row in range(1, 200_100)
    )
    yield "more rows than allowed", workbook(rows), LIMIT
    yield "a gigabyte of blanks", _bomb("xl/worksheets/sheet1.xml", b" ", 1 << 30), LIMIT
    yield "a long string", workbook(ROW, strings=strings_xml(f"<t>{'长' * 300_000_0}</t>")), LIMIT
    yield "text of a cell too long", workbook(f"<row>{text('A1', 'x' * 40_000)}</row>"), LIMIT
    yield (
        "many strings",
        workbook(ROW, strings=strings_xml(*(f"<t>{n * 7919 % 99991}</t>" for n in range(600_100)))),
        LIMIT,
    )
    yield (
        "too many members",
        zipped(members(sheet_xml(ROW)) | {f"xl/media/{n}.png": b"1" for n in range(1100)}),
        LIMIT,
    )
    sheets = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="rId1"/>' for n in range(1, 90))
    yield (
        "too many sheets",
        workbook(ROW, workbook=WORKBOOK.replace('<sheet name="表" sheetId="1" r:id="rId1"/>', sheets)),
        LIMIT,
    )
    ranges = "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(1, 60_100))
    yield "too many merged ranges", workbook(ROW, after=f"<mergeCells>{ranges}</mergeCells>"), LIMIT
    yield "too many styles", workbook(ROW, styles=styles_xml(*["0"] * 100_100)), LIMIT
    yield "file too large", b"PK\x03\x04" + b"\x01" * (31 * 1024 * 1024), ("file_too_large",)


def hostile_xml() -> Iterator[Case]:
    dtd = '<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    yield "entity bomb", zipped(members(dtd + sheet_xml("<row><c><v>&b;</v></c></row>"))), ("unsafe_content",)
    external = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    yield (
        "external entity",
        zipped(members(external + sheet_xml("<row><c><v>&x;</v></c></row>"))),
        ("unsafe_content",),
    )
    yield "dtd in strings", workbook(ROW, strings=external + strings_xml("<t>&x;</t>")), ("unsafe_content",)
    yield "dtd in the workbook part", workbook(ROW, workbook=external + WORKBOOK), ("unsafe_content",)
    yield "nested a thousand deep", zipped(members(sheet_xml("<a>" * 1000 + "</a>" * 1000))), DAMAGED
    yield (
        "nested a million deep",
        zipped(members(sheet_xml("<a>" * 1_000_000 + "</a>" * 1_000_000))),
        ("damaged", "limit_exceeded"),
    )
    yield "undefined entity", zipped(members(sheet_xml("<row><c><v>&nope;</v></c></row>"))), DAMAGED


def open_document() -> Iterator[Case]:
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    head = '<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet>'
    foot = "</office:spreadsheet></office:body></office:document-content>"

    def ods(body: str) -> bytes:
        return zipped({"mimetype": kind, "content.xml": head + body + foot})

    cell = '<table:table-cell office:value-type="float" office:value="1"/>'
    yield (
        "ods text document",
        zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<a/>"}),
        NO_SHEET,
    )
    manifest = "<manifest><file-entry><encryption-data/></file-entry></manifest>"
    yield (
        "encrypted ods",
        zipped({"mimetype": kind, "content.xml": "x", "META-INF/manifest.xml": manifest}),
        ("encrypted",),
    )
    yield "ods without tables", ods(""), NOTHING
    yield "ods cut off", zipped({"mimetype": kind, "content.xml": head}), DAMAGED
    yield (
        "ods with dtd",
        zipped({"mimetype": kind, "content.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]>" + head + foot}),
        ("unsafe_content",),
    )
    wide = cell.replace("/>", ' table:number-columns-repeated="16384"/>')
    yield (
        "ods value repeated over columns",
        ods(f"<table:table><table:table-row>{wide}</table:table-row></table:table>"),
        LIMIT,
    )
    tall = f'<table:table><table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row></table:table>'
    yield "ods value repeated over rows", ods(tall), LIMIT
    yield "ods repeated without number", ods(tall.replace("1048576", "many")), DAMAGED


def texts() -> Iterator[Case]:
    yield "text without table", "你好，世界".encode(), NOTHING
    yield "csv with control characters", "区县,数\n吴兴区,\x01\n".encode(), NO_SHEET
    yield "csv of an unknown encoding", b"\xc3\x28\xff\xff,1\n" * 20, NO_SHEET
    yield "csv with too many columns", (",".join(["1"] * 700) + "\n").encode(), LIMIT
    yield "csv with an endless field", b'"' + b"x" * 300_000, ("limit_exceeded", "not_spreadsheet")
    yield "utf-16 cut in the middle", b"\xff\xfe\x01", NO_SHEET


def _bomb(name: str, byte: bytes, size: int) -> bytes:
    """A workbook of which one member inflates to ``size`` bytes, written without holding them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = byte * (1 << 20)
    head = f'<worksheet xmlns="{MAIN}"><sheetData>'.encode()
    # after a full flush equal blocks give equal bytes: one is packed, not a thousand
    packed = [packer.compress(head), packer.flush(zlib.Z_FULL_FLUSH)]
    packed += [packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)] * (size >> 20)
    crc = zlib.crc32(head)
    for _ in range(size >> 20):
        crc = zlib.crc32(block, crc)
    packed.append(packer.flush())
    body = b"".join(packed)
    encoded = name.encode()
    fields = (20, 0, 8, 0, 33, crc, len(body), min(size + len(head), 0xFFFFFFFE), len(encoded))
    local = struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", *fields, 0) + encoded + body
    stream = BytesIO()
    parts = {key: part for key, part in members("").items() if key != name}
    with ZipFile(stream, "w") as archive:
        for key, part in parts.items():
            archive.writestr(key, part)
    rest = stream.getvalue()
    end = rest.rindex(b"PK\x05\x06")
    directory = rest.index(b"PK\x01\x02")
    entry = struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 20, *fields, 0, 0, 0, 0, 0, directory) + encoded
    total = len(parts) + 1
    central = rest[directory:end] + entry
    tail = struct.pack(
        "<4sHHHHIIH", b"PK\x05\x06", 0, 0, total, total, len(central), directory + len(local), 0
    )
    return rest[:directory] + local + central + tail


GROUPS = (
    not_spreadsheets,
    encrypted,
    broken_zips,
    broken_parts,
    absurd_sizes,
    hostile_xml,
    open_document,
    texts,
    *MORE,
)
