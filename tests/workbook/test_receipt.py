"""The receipt: the person's own file, marked, with the list in front."""

from io import BytesIO

from openpyxl import load_workbook

from returns.workbook.grid import Limits
from returns.workbook.guidance import make_problem
from returns.workbook.receipt import RESULT_SHEET, write_receipt
from returns.workbook.types import ReadResult
from tests.workbook.builders import SOWING_HEADERS, Page, read, sheet_bytes, sowing, workbook_bytes
from tests.workbook.raw import workbook

ROWS = [["区县", *SOWING_HEADERS], ["吴兴区", "约7", 11, "=1+1", 29.5, 152], ["南寻区", 3, 1, 76, 25, 133]]


def receipt_of(data: bytes) -> tuple[object, ReadResult]:
    result = read(data, sowing())
    return load_workbook(BytesIO(write_receipt(data, "进展.xlsx", list(result.problems)))), result


def test_result_sheet_stands_in_front_and_lists_errors_first() -> None:
    book, result = receipt_of(sheet_bytes(ROWS, title="数据"))
    sheet = book.worksheets[0]

    assert book.sheetnames == [RESULT_SHEET, "数据"]
    assert sheet["A2"].value == "文件：进展.xlsx"
    assert sheet["A3"].value == "未入库：有 3 个错误必须改正，另有 1 个提醒请核对。"
    assert [cell.value for cell in sheet[4]] == ["序号", "级别", "工作表", "单元格", "问题", "怎样改正"]
    assert [cell.value for cell in sheet[5]] == [
        1,
        "错误",
        "数据",
        "B2",
        "“约7”不是确切的数。",
        "请填写一个确切的数，例如 300。",
    ]
    assert [sheet.cell(row=row, column=4).value for row in range(5, 9)] == ["B2", "D2", "A3", "E2"]
    assert sheet["D5"].hyperlink.location == "'数据'!B2"
    assert len(result.problems) == 4


def test_wrong_cells_are_coloured_and_commented_and_the_rest_is_kept() -> None:
    book, _ = receipt_of(sheet_bytes(ROWS, title="数据", merged=["A5:B5"]))
    sheet = book["数据"]

    assert sheet["B2"].fill.fgColor.rgb == "00FFC7CE"
    assert sheet["E2"].fill.fgColor.rgb == "00FFEB9C"
    assert sheet["B2"].comment.text == "【错误】“约7”不是确切的数。请填写一个确切的数，例如 300。"
    assert sheet["C2"].comment is None
    assert sheet["C2"].value == 11
    assert [str(area) for area in sheet.merged_cells.ranges] == ["A5:B5"]


def test_several_problems_of_a_cell_share_a_comment() -> None:
    data = sheet_bytes(ROWS, title="数据")
    problems = [
        make_problem("extra_column", sheet="数据", cell="B2", found="甲"),
        make_problem("not_finite", sheet="数据", cell="B2", found="乙"),
    ]

    sheet = load_workbook(BytesIO(write_receipt(data, "a.xlsx", problems)))["数据"]

    assert sheet["B2"].comment.text.count("【") == 2
    assert sheet["B2"].fill.fgColor.rgb == "00FFC7CE"


def test_problem_inside_a_merged_range_is_marked_at_its_first_cell() -> None:
    data = sheet_bytes([["甲", None], ["乙", 1]], title="数据", merged=["A1:B1"])

    sheet = load_workbook(
        BytesIO(
            write_receipt(data, "a.xlsx", [make_problem("not_finite", sheet="数据", cell="B1", found="x")])
        )
    )["数据"]

    assert sheet["A1"].comment is not None


def test_accepted_file_says_so() -> None:
    data = sheet_bytes([["区县", SOWING_HEADERS[0]], ["吴兴区", 7]])

    book, _ = receipt_of(data)

    assert book.worksheets[0]["A3"].value == "可以入库，没有错误。"


def test_files_that_cannot_be_opened_get_a_plain_list() -> None:
    problems = [make_problem("encrypted")]
    for data in (
        b"",
        b"\xd0\xcf\x11\xe0" + b"\x00" * 2000,
        b"PK\x03\x04junk",
        workbook("<row><c t='s'><v>9</v></c></row>"),
    ):
        book = load_workbook(BytesIO(write_receipt(data, "进展.xls", problems)))

        assert book.sheetnames == [RESULT_SHEET]
        assert book.worksheets[0]["E5"].value == "文件已加密，无法读取。"


def test_persons_own_sheet_of_the_same_name_is_kept() -> None:
    data = workbook_bytes(Page(rows=[["旧结果"]], title=RESULT_SHEET), Page(rows=ROWS, title="数据"))

    book = load_workbook(BytesIO(write_receipt(data, "a.xlsx", [])))

    assert book.sheetnames == [f"{RESULT_SHEET}（本次）", RESULT_SHEET, "数据"]


def test_text_of_the_file_never_becomes_a_formula() -> None:
    data = sheet_bytes([["区县", SOWING_HEADERS[0]], ["吴兴区", "约3"]], title="=1+1")

    book, _ = receipt_of(data)

    assert book.worksheets[0]["C5"].value == "'=1+1"
    assert book.worksheets[0]["C5"].data_type == "s"


def test_upload_of_another_format_comes_back_as_a_marked_xlsx() -> None:
    data = "区县,科技型产业园（专业园）\n吴兴区,约7\n南浔区,3\n".encode()
    problem = make_problem("inexact_number", sheet="进展", cell="B2", found="约7")

    book = load_workbook(BytesIO(write_receipt(data, "进展.csv", [problem])))

    sheet = book["进展"]
    assert book.sheetnames == [RESULT_SHEET, "进展"]
    assert [[cell.value for cell in row] for row in sheet.rows] == [
        ["区县", "科技型产业园（专业园）"],
        ["吴兴区", "约7"],
        ["南浔区", "3"],
    ]
    assert sheet["B2"].fill.fgColor.rgb == "00FFC7CE"
    assert sheet["B2"].comment.text.startswith("【错误】")
    assert book.worksheets[0]["D5"].hyperlink.location == "'进展'!B2"


def test_verdict_and_facts_stand_above_the_list() -> None:
    data = sheet_bytes(ROWS, title="数据")
    problem = make_problem("extra_column", sheet="数据", cell="C1", found="甲")

    receipt = write_receipt(data, "a.xlsx", [problem], verdict="已入库 5 项。", facts=["文件指纹：abc"])

    sheet = load_workbook(BytesIO(receipt)).worksheets[0]
    assert [sheet.cell(row=row, column=1).value for row in range(2, 6)] == [
        "文件：a.xlsx",
        "已入库 5 项。",
        "文件指纹：abc",
        "序号",
    ]
    assert sheet["D6"].value == "C1"
    assert sheet.freeze_panes == "A6"


def test_workbook_that_costs_too_much_to_open_again_gets_the_list_alone() -> None:
    data = sheet_bytes(ROWS, title="数据")

    receipt = write_receipt(data, "a.xlsx", [make_problem("macros_ignored")], limits=Limits(wall_seconds=0))

    assert load_workbook(BytesIO(receipt)).sheetnames == [RESULT_SHEET]
