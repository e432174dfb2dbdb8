"""Workbooks written member by member, for what no library writes: odd, broken and hostile files."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"

CONTENT_TYPES = f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>'
ROOT_RELS = (
    f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
WORKBOOK = f'<workbook xmlns="{MAIN}" xmlns:r="{_REL}"><sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets></workbook>'
WORKBOOK_RELS = (
    f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_REL}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_REL}/sharedStrings" Target="sharedStrings.xml"/>'
    f'<Relationship Id="rId3" Type="{_REL}/styles" Target="/xl/styles.xml"/></Relationships>'
)


def sheet_xml(body: str, *, after: str = "", before: str = "") -> str:
    """A worksheet with these rows."""
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{body}</sheetData>{after}</worksheet>'


def strings_xml(*items: str) -> str:
    """Shared strings; each item is the inside of its ``si``."""
    return f'<sst xmlns="{MAIN}">{"".join(f"<si>{item}</si>" for item in items)}</sst>'


def styles_xml(*codes: str) -> str:
    """Styles of which number n+1 has the n-th format code."""
    formats = "".join(
        f'<numFmt numFmtId="{170 + position}" formatCode="{code}"/>' for position, code in enumerate(codes)
    )
    cells = "".join(f'<xf numFmtId="{170 + position}"/>' for position in range(len(codes)))
    return (
        f'<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs>'
        f'<cellXfs><xf numFmtId="0"/>{cells}</cellXfs></styleSheet>'
    )


def members(sheet: str, **changes: str | bytes | None) -> dict[str, str | bytes]:
    """The members of a small workbook; ``changes`` replace (by short name) or, with None, leave out."""
    parts: dict[str, str | bytes | None] = {
        "types": CONTENT_TYPES,
        "root": ROOT_RELS,
        "workbook": WORKBOOK,
        "rels": WORKBOOK_RELS,
        "sheet": sheet,
        "strings": None,
        "styles": None,
    }
    parts.update(changes)
    names = {
        "types": "[Content_Types].xml",
        "root": "_rels/.rels",
        "workbook": "xl/workbook.xml",
        "rels": "xl/_rels/workbook.xml.rels",
        "sheet": "xl/worksheets/sheet1.xml",
        "strings": "xl/sharedStrings.xml",
        "styles": "xl/styles.xml",
    }
    return {names.get(name, name): part for name, part in parts.items() if part is not None}


def zipped(parts: dict[str, str | bytes], *, method: int = ZIP_DEFLATED) -> bytes:
    """A zip container of these members."""
    stream = BytesIO()
    with ZipFile(stream, "w", method) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return stream.getvalue()


def workbook(body: str, *, after: str = "", before: str = "", **changes: str | bytes | None) -> bytes:
    """An .xlsx whose only sheet has these rows."""
    return zipped(members(sheet_xml(body, after=after, before=before), **changes))


def text(reference: str, content: str) -> str:
    """A cell with inline text."""
    return f'<c r="{reference}" t="inlineStr"><is><t>{content}</t></is></c>'
