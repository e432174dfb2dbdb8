"""Making the workbook of a 回执; runs in a child process (`receipt_child`), because openpyxl opens the upload.

An .xlsx or .xlsm is marked as it is. An .xls, .et, .ods or .csv is written anew as .xlsx: values, merged cells,
hidden rows and columns, so that each cell stands where the person knows it. What neither way can open gets
the list alone.
"""

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import PurePath
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from returns.workbook.child import read_sheets
from returns.workbook.grid import Limits, Refused
from returns.workbook.guard import FileFormat, inspect
from returns.workbook.guidance import RESULT_SHEET, lines_needed
from returns.workbook.names import fold
from returns.workbook.receipt_rewrite import rewritten
from returns.workbook.types import Level, Problem, column_letters

_AUTHOR = "填报校验"
_LEVELS: dict[Level, str] = {"error": "错误", "warning": "提醒", "info": "提示"}
_FILLS = {
    "error": PatternFill("solid", fgColor="FFC7CE"),
    "warning": PatternFill("solid", fgColor="FFEB9C"),
    "info": PatternFill("solid", fgColor="DDEBF7"),
}
_HEADS = (("序号", 6), ("级别", 8), ("工作表", 20), ("单元格", 10), ("问题", 64), ("怎样改正", 56))
_THIN = Border(*(Side(style="thin", color="BFBFBF") for _ in range(4)))
_WRITABLE = Limits(cells=300_000, rows=60_000, elements=1_500_000, inflated_bytes=80 * 1024 * 1024)
_UNWRITABLE = (
    BadZipFile,
    InvalidFileException,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    OSError,
)
MAX_MARKED = 2000


def build_receipt(
    data: bytes, filename: str, problems: Sequence[Problem], *, verdict: str, facts: Sequence[str]
) -> bytes:
    """An .xlsx receipt; never raises for a bad upload, unless it breaks this process."""
    book, titles = _own_workbook(data, filename)
    if book is None:
        book = Workbook()
        sheet = book.worksheets[0]
    else:
        _mark_cells(book, titles, problems)
        sheet = book.create_sheet(index=0)
    taken = {fold(other.title) for other in book.worksheets if other is not sheet}
    sheet.title = RESULT_SHEET if fold(RESULT_SHEET) not in taken else f"{RESULT_SHEET}（本次）"
    _write_result(sheet, [f"文件：{_text(filename)}", verdict, *facts], problems, titles)
    book.active = 0
    for other in book.worksheets[1:]:
        other.sheet_view.tabSelected = False
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _own_workbook(data: bytes, filename: str) -> tuple[Workbook | None, dict[str, str]]:
    """The upload as a workbook that can be marked, and its sheets' titles there by their names in the upload.

    Our own bounded reader goes first: what it refuses is never given to openpyxl.
    """
    try:
        kind = inspect(data, _WRITABLE)
        sheets = read_sheets(data, kind=kind, name=PurePath(filename).stem or "文件", limits=_WRITABLE)
        if kind is not FileFormat.XLSX:
            return rewritten(sheets)
        book = load_workbook(BytesIO(data))
    except (Refused, *_UNWRITABLE):
        return None, {}
    return (book if book.worksheets else None), {sheet.title: sheet.title for sheet in book.worksheets}


def _mark_cells(book: Workbook, titles: Mapping[str, str], problems: Sequence[Problem]) -> None:
    """Colour and comment every cell that has a problem; several problems of a cell share one comment."""
    sheets = {name: book[title] for name, title in titles.items() if title in book.sheetnames}
    cells: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        if problem.sheet and problem.sheet in sheets and problem.cell and problem.level != "info":
            cells.setdefault((problem.sheet, problem.cell), []).append(problem)
    for (title, name), found in list(cells.items())[:MAX_MARKED]:
        sheet = sheets[title]
        target = _writable_cell(sheet, name)
        worst = "error" if any(problem.level == "error" for problem in found) else "warning"
        target.fill = _FILLS[worst]
        text = "\n".join(f"【{_LEVELS[problem.level]}】{_message(problem)}" for problem in found)
        comment = Comment(text[:3000], _AUTHOR, width=320, height=min(60 + 18 * (len(text) // 20), 320))
        target.comment = comment


def _writable_cell(sheet: Worksheet, name: str):  # type: ignore[no-untyped-def]  # openpyxl is untyped
    """The cell itself, or the first cell of the merged range that hides it."""
    for area in sheet.merged_cells.ranges:
        if name in area:
            return sheet.cell(row=area.min_row, column=area.min_col)
    return sheet[name]


def _message(problem: Problem) -> str:
    """The message without the place in front, which the cell or the table shows already."""
    if problem.sheet and problem.cell:
        return problem.message.removeprefix(f"{problem.sheet}!{problem.cell}：")
    return problem.message.removeprefix(f"{problem.sheet}：") if problem.sheet else problem.message


def _write_result(
    sheet: Worksheet, head: Sequence[str], problems: Sequence[Problem], titles: Mapping[str, str]
) -> None:
    sheet.append(["填报文件校验结果"])
    for line in head:
        sheet.append([line])
    sheet.append([name for name, _ in _HEADS])
    head_row = sheet.max_row
    order = {"error": 0, "warning": 1, "info": 2}
    for number, problem in enumerate(sorted(problems, key=lambda item: order[item.level]), start=1):
        message = _message(problem).removesuffix(problem.remedy)
        sheet.append(
            [
                number,
                _LEVELS[problem.level],
                _text(problem.sheet or ""),
                problem.cell or "",
                _text(message),
                _text(problem.remedy),
            ]
        )
        sheet.cell(row=sheet.max_row, column=2).fill = _FILLS[problem.level]
        lines = max(lines_needed(message, _HEADS[4][1]), lines_needed(problem.remedy, _HEADS[5][1]))
        sheet.row_dimensions[sheet.max_row].height = 15 * lines + 4
        if problem.sheet and problem.sheet in titles and problem.cell:
            target = sheet.cell(row=sheet.max_row, column=4)
            quoted = titles[problem.sheet].replace("'", "''")
            target.hyperlink = Hyperlink(ref=target.coordinate, location=f"'{quoted}'!{problem.cell}")
    _lay_out(sheet, head_row)


def _lay_out(sheet: Worksheet, head_row: int) -> None:
    sheet["A1"].font = Font(size=16, bold=True)
    sheet["A3"].font = Font(bold=True)
    for column, (_, width) in enumerate(_HEADS, start=1):
        sheet.column_dimensions[column_letters(column)].width = width
        head = sheet.cell(row=head_row, column=column)
        head.font = Font(bold=True, color="FFFFFF")
        head.fill = PatternFill("solid", fgColor="1F4E79")
    for row in sheet.iter_rows(min_row=head_row, max_col=len(_HEADS)):
        for cell in row:
            cell.border = _THIN
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = f"A{head_row + 1}"
    sheet.sheet_view.tabSelected = True
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{head_row}:{head_row}"


def _text(text: str) -> str:
    """Text that no spreadsheet takes for a formula, without characters that the format forbids."""
    clean = "".join(char for char in text if char >= " " or char in "\t\n")
    return f"'{clean}" if clean[:1] in ("=", "+", "-", "@") else clean
