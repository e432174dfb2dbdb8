"""The streaming .xlsx reader: cells as the file writes them, nothing guessed, everything bounded."""

import pytest

from returns.workbook.grid import Limits, Refused
from returns.workbook.types import CellKind, RawCell, Sheet
from returns.workbook.xlsx import format_code_kind, read_xlsx
from tests.workbook.raw import MAIN, members, sheet_xml, strings_xml, styles_xml, text, workbook, zipped


def only_sheet(data: bytes) -> Sheet:
    (sheet,) = read_xlsx(data, Limits())
    return sheet


def test_kinds_of_cells_are_told_apart() -> None:
    body = (
        '<row r="1"><c r="A1"><v>12</v></c><c r="B1" t="e"><v>#DIV/0!</v></c><c r="C1"><f>1+1</f></c>'
        '<c r="D1"><f>1+1</f><v></v></c><c r="E1"><f>1+1</f><v>2</v></c><c r="F1" t="b"><v>1</v></c>'
        '<c r="G1" t="str"><f>A1</f><v>七</v></c><c r="H1" t="str"><f>A1</f><v></v></c>'
        '<c r="I1" t="str"><f>A1</f></c><c r="J1"/><c r="K1" t="d"><v>2025-06-30</v></c></row>'
    )

    assert only_sheet(workbook(body)).rows[1] == {
        1: RawCell(CellKind.NUMBER, "12"),
        2: RawCell(CellKind.ERROR, "#DIV/0!"),
        3: RawCell(CellKind.NO_VALUE, ""),
        4: RawCell(CellKind.NO_VALUE, ""),
        5: RawCell(CellKind.NUMBER, "2"),
        6: RawCell(CellKind.BOOL, "TRUE"),
        7: RawCell(CellKind.TEXT, "七"),
        9: RawCell(CellKind.NO_VALUE, ""),
        11: RawCell(CellKind.DATE, "2025-06-30"),
    }


def test_number_formats_tell_percent_date_and_unit() -> None:
    styles = styles_xml("0.0%", "yyyy/m/d", "0.0&quot;万亩&quot;", "0.00_ ;[Red]\\-0.00\\ ")
    body = "".join(f'<c r="{letter}1" s="{number}"><v>0.5</v></c>' for number, letter in enumerate("ABCDE"))

    row = only_sheet(workbook(f'<row r="1">{body}</row>', styles=styles)).rows[1]

    assert row[1] == RawCell(CellKind.NUMBER, "0.5")
    assert row[2] == RawCell(CellKind.PERCENT, "0.5")
    assert row[3].kind is CellKind.DATE
    assert row[4] == RawCell(CellKind.NUMBER, "0.5", "万亩")
    assert row[5] == RawCell(CellKind.NUMBER, "0.5")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("General", CellKind.NUMBER),
        ("G/通用格式", CellKind.NUMBER),
        ("0%", CellKind.PERCENT),
        ("0.00%;[Red]-0.00%", CellKind.PERCENT),
        ('0.0"%"', CellKind.NUMBER),
        ("0\\%", CellKind.NUMBER),
        ('yyyy"年"m"月"d"日"', CellKind.DATE),
        ("[$-804]yyyy-mm-dd;@", CellKind.DATE),
        ("h:mm:ss", CellKind.DATE),
        ("[h]:mm", CellKind.DATE),
        ("#,##0.00", CellKind.NUMBER),
        ('0"家"', CellKind.NUMBER),
        ('"¥"#,##0', CellKind.NUMBER),
        ("[Red]0", CellKind.NUMBER),
        ("@", CellKind.NUMBER),
        ("0.00E+00", CellKind.NUMBER),
        ("_ * #,##0_ ;_ * -#,##0_ ;", CellKind.NUMBER),
    ],
)
def test_format_codes(code, kind) -> None:
    assert format_code_kind(code)[0] is kind


def test_scaling_format_gives_no_unit() -> None:
    assert format_code_kind('0!.0,"万"')[1] == ""
    assert format_code_kind('0.0,"万亩"')[1] == ""
    assert format_code_kind('0.0"万亩"')[1] == "万亩"


def test_strings_rich_text_phonetic_escapes_and_spaces() -> None:
    strings = strings_xml(
        "<r><t>科技</t></r><r><t xml:space='preserve'>型 </t></r>",
        "<t>吴兴</t><rPh><t>wuxing</t></rPh>",
        "<t>a_x000D_b</t>",
        "<t>  </t>",
    )
    body = "".join(f'<c r="{letter}1" t="s"><v>{number}</v></c>' for number, letter in enumerate("ABCD"))

    row = only_sheet(workbook(f'<row r="1">{body}</row>', strings=strings)).rows[1]

    assert {column: cell.text for column, cell in row.items()} == {1: "科技型 ", 2: "吴兴", 3: "a\rb"}


def test_positions_without_references_are_counted() -> None:
    body = "<row><c><v>1</v></c><c/><c><v>2</v></c></row><row r='5'><c r='C5'><v>3</v></c><c><v>4</v></c></row><row><c><v>5</v></c></row>"

    rows = only_sheet(workbook(body)).rows

    assert {row: {column: cell.text for column, cell in cells.items()} for row, cells in rows.items()} == {
        1: {1: "1", 3: "2"},
        5: {3: "3", 4: "4"},
        6: {1: "5"},
    }


def test_prefixed_elements_are_read() -> None:
    sheet = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>'

    assert only_sheet(zipped(members(sheet))).rows == {1: {1: RawCell(CellKind.NUMBER, "7")}}


def test_false_dimension_is_ignored() -> None:
    body = '<row r="9"><c r="C9"><v>7</v></c></row>'

    assert only_sheet(workbook(body, before='<dimension ref="A1"/>')).rows == {
        9: {3: RawCell(CellKind.NUMBER, "7")}
    }


def test_empty_styled_cells_to_the_edge_cost_nothing() -> None:
    body = '<row r="1"><c r="A1"><v>7</v></c><c r="XFD1" s="0"/></row><row r="1048576"><c r="A1048576" s="0"/></row>'

    assert only_sheet(workbook(body)).rows == {1: {1: RawCell(CellKind.NUMBER, "7")}}


def test_hidden_rows_columns_merged_ranges_and_dates() -> None:
    sheet = only_sheet(
        workbook(
            '<row r="2" hidden="1"><c r="A2" s="1"><v>45838</v></c></row>',
            before='<cols><col min="2" max="3" hidden="1"/></cols>',
            after='<mergeCells><mergeCell ref="A1:B3"/><mergeCell ref="C1"/></mergeCells>',
            styles=styles_xml("yyyy-mm-dd"),
        )
    )

    assert sheet.hidden_rows == {2}
    assert sheet.hidden_columns == [(2, 3)]
    assert sheet.merged == [(1, 1, 3, 2)]
    assert sheet.rows[2][1] == RawCell(CellKind.DATE, "2025-06-30")
    assert sheet.is_hidden(row=1, column=3)
    assert not sheet.is_hidden(row=1, column=1)


@pytest.mark.parametrize(
    "body",
    [
        '<row r="4294967295"><c><v>1</v></c></row>',
        '<row r="0"><c><v>1</v></c></row>',
        '<row r="1"><c r="ZZZZZZZZ1"><v>1</v></c></row>',
        '<row r="1"><c r="XFE1"><v>1</v></c></row>',
        '<row r="1"><c r="Ä1"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>9</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>-1</v></c></row>',
        '<row r="1"><c r="A1" t="weird"><v>1</v></c></row>',
        "<row r='1'><c r='A1'><v>1</v></c>",
        "<row r='1'>" + "<a>" * 100 + "</a>" * 100 + "</row>",
    ],
)
def test_contradictions_are_refused_as_damaged(body) -> None:
    with pytest.raises(Refused) as caught:
        read_xlsx(workbook(body), Limits())

    assert caught.value.code == "damaged"


def test_text_cells_share_one_object() -> None:
    body = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in (1, 2))

    rows = only_sheet(workbook(body, strings=strings_xml("<t>指标</t>"))).rows

    assert rows[1][1] is rows[2][1]


def test_text_helper_writes_what_is_read() -> None:
    assert only_sheet(zipped(members(sheet_xml(f"<row>{text('B1', '德清')}</row>")))).rows[1] == {
        2: RawCell(CellKind.TEXT, "德清")
    }


PLAIN = '<row r="{0}"><c r="A{0}" s="0" t="s"><v>0</v></c><c r="B{0}"><v>{0}</v></c><c r="C{0}" s="0"/></row>'
ODD_ROWS = (
    '<row r="3"><c r="A3" t="inlineStr"><is><t>行内</t></is></c></row>',
    '<row r="3"><c r="A3"><f>1+1</f></c></row>',
    '<row r="3"><c r="A3"><f>1&lt;2</f><v>5</v></c></row>',
    '<row r="3" hidden="1"><c t="b" r="A3"><v>1</v></c></row>',
    '<row r="3" hidden="1"><c r="A3" t="e"><v>#N/A</v></c></row>',
    '<row r="3"><c r="A3" t="str"><f>B1</f><v>a &amp; b</v></c></row>',
    '<row r="3"><c r="A3" t="str"><f>B1</f><v></v></c></row>',
    '<row r="3"/>',
    "<row><c><v>7</v></c></row>",
    ' <!-- <row r="3"><c r="A3"><v>7</v></c></row> --> ',
    '<row r="3"><![CDATA[<c r="A3"><v>7</v></c>]]></row>',
    '<row r="3"><c r="A3"><v> 7 </v></c></row>',
    '<row r="2"><c r="D2"><v>9</v></c></row>',
)


@pytest.mark.parametrize("odd", ODD_ROWS)
def test_sieve_and_parser_read_the_same(odd, monkeypatch) -> None:
    body = PLAIN.format(1) + PLAIN.format(2) + odd + PLAIN.format(8)
    data = workbook(body, strings=strings_xml("<t>甲</t>"))

    quick = only_sheet(data)
    monkeypatch.setattr("returns.workbook.xlsx._SheetParser.take_rows", lambda *_: False)
    slow = only_sheet(data)

    assert quick == slow


def test_sieve_takes_plain_rows_across_blocks() -> None:
    count = 5000
    body = "".join(PLAIN.format(row) for row in range(1, count + 1))

    rows = only_sheet(workbook(body, strings=strings_xml("<t>甲</t>"))).rows

    assert len(rows) == count
    assert rows[count] == {1: RawCell(CellKind.TEXT, "甲"), 2: RawCell(CellKind.NUMBER, str(count))}


@pytest.mark.parametrize(
    "body",
    [
        '<c r="A1"><v>1</v></c>' + PLAIN.format(1) + "</row>",
        '<row r="1"><row r="2"></row></row><x>',
        PLAIN.format(1) + "</row>",
    ],
)
def test_sieve_leaves_malformed_rows_to_the_parser(body) -> None:
    with pytest.raises(Refused):
        read_xlsx(workbook(body, strings=strings_xml("<t>甲</t>")), Limits())
