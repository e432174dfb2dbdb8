"""Any page's tables as a file: what the page shows is what the file holds.

A view marked `@exportable` answers `?format=xlsx` or `?format=csv` with the tables of the very page that the
same address shows without it. So a file can hold no row, column or number that its reader may not see, and
filters and order of the address count for both. The access trail notes each download by itself.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, wraps
from math import ceil
from typing import Any
from unicodedata import east_asian_width

import xlsxwriter
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from lxml.html import HtmlElement, document_fromstring
from lxml.html import builder as build
from xlsxwriter.worksheet import Worksheet

from huzhou_targets.http import XLSX, wants_fragment
from huzhou_targets.sheets import neutralise

TYPES = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8"}
ROWS_MAX = 20_000
"""A file holds at most so many rows of a list that a page shows in parts; the file says when there are more."""
DEMO_NOTE = "演示数据：完成值均为虚构，不代表任何单位的实际情况"

NUMBER = re.compile(r"([+−-]?(?:0|[1-9]\d*)(?:\.\d+)?)(%?)")
DIGITS_MAX = 15
"""What a spreadsheet's number can hold exactly; longer ones stay text."""
SHEET_NAME_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
SHEET_NAME_MAX = 31
LINE_HEIGHT, LINES_MAX = 15, 20
"""Points per line of a row, and how many lines a row may be high (Excel's limit is 409 points)."""

# What stands in a cell without being one of its words: signs for the eye (their words stand beside them),
# controls, and words that only tell a screen reader where a link leads.
_NO_WORDS = (
    "//*[@aria-hidden='true' or @hidden or @class='note-mark']|//script|//table//button|//table//form"
    "|//table//select|//table//textarea|//a[normalize-space(text())]//*[contains(@class, 'visually-hidden')]"
)
_BUTTONS = "\N{REPLACEMENT CHARACTER}"
"""Stands in the head of a column that holds buttons only, until the column is left out."""
_APART = (
    "//br|//p|//li|//div|//dt|//dd|//table//span[starts-with(@class, 'light')]|//*[@class='page-facts']/span"
)
"""Elements that begin a new word where they stand."""

View = Callable[..., HttpResponse]


@dataclass(frozen=True, kw_only=True)
class PageTable:
    """A table of a page. A cell merged over rows, or over columns of the head, is repeated in each of them."""

    name: str
    head: tuple[tuple[str, ...], ...]
    body: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class PageTables:
    """A page's tables, with the notes that a file says above them: title, status of the data, filters."""

    title: str
    notes: tuple[str, ...]
    tables: tuple[PageTable, ...]


def rows_per_page(request: HttpRequest, usual: int) -> int:
    """How many rows a list shows at once: the usual number, or all that a file may hold."""
    return ROWS_MAX if request.GET.get("format") in TYPES else usual


def exportable(view: View) -> View:
    """Let a page's view answer `?format=xlsx` and `?format=csv` with the page's tables; other formats are 404."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        wanted = request.GET.get("format", "")
        response = view(request, *args, **kwargs)
        if not wanted or request.method != "GET" or response.status_code != 200 or wants_fragment(request):
            return response
        if wanted not in TYPES:
            raise Http404("没有这种导出格式，只有 xlsx 和 csv")
        page = read_page(response.content.decode())
        data = tables_csv(page) if wanted == "csv" else tables_xlsx(page)
        file = HttpResponse(data, content_type=TYPES[wanted])
        file["Content-Disposition"] = content_disposition_header(
            as_attachment=True, filename=f"{page.title}.{wanted}"
        )
        return file

    return answer


def read_page(html: str) -> PageTables:
    """Title, notes and tables of one of our own pages. Raises ValueError where it is none."""
    page = document_fromstring(html)
    for element in page.xpath(_NO_WORDS):
        element.drop_tree()
    for element in page.xpath("//*[@data-file-words]"):
        element.text = element.get("data-file-words")
        element[:] = []
    for element in page.xpath(_APART):
        element.text = f" {element.text or ''}"
        element.tail = f" {element.tail or ''}"
    _part_lights(page)
    title = _words(page.find(".//title")).split(" · ")[0]
    facts = [_words(item) for item in page.xpath("(//*[@class='page-facts'])[1]")]
    filters = "，".join(f"{label}：{value}" for label, value in _filters(page))
    notes = [
        title,
        *([DEMO_NOTE] if page.find_class("demo-strip") else []),
        *(fact for fact in facts if fact),
        *([f"筛选：{filters}"] if filters else []),
        *(_words(note) for note in page.find_class("file-note")),
        *([f"只含前 {ROWS_MAX} 条，请缩小条件后分次导出"] if page.xpath("//nav[@aria-label='分页']") else []),
        f"导出于 {timezone.localtime():%Y-%m-%d %H:%M}",
    ]
    tables = tuple(_table(element) for element in page.xpath("//main//table"))
    return PageTables(title=title, notes=tuple(notes), tables=tables)


def _words(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def _part_lights(page: HtmlElement) -> None:
    """Give a light and its score, which share a cell on the page, a column each, so that scores are numbers."""
    for table in page.xpath("//table[.//td[@class='light-cell'] and .//th[contains(@class, 'column-head')]]"):
        for head in table.xpath(".//th[contains(@class, 'column-head')]"):
            name = _words(head)
            head[:] = []
            head.text = f"{name} 亮灯"
            head.addnext(build.TH(f"{name} 得分"))
        for cell in table.xpath(".//td[@class='light-cell']"):
            scores = cell.find_class("light-score")
            cell.addnext(build.TD(_words(scores[0]) if scores else ""))
            for score in scores:
                score.drop_tree()


def _filters(page: HtmlElement) -> Iterator[tuple[str, str]]:
    """Label and value of what narrows the page: the chosen tab, and fields of the forms that ask for a page."""
    for chosen in page.xpath("//nav[ul[@class='tabs']]//a[@aria-current='page'][starts-with(@href, '?')]"):
        yield chosen.xpath("string(ancestor::nav/@aria-label)"), _words(chosen)
    labels = {label.get("for"): _words(label) for label in page.iter("label")}
    for field in page.xpath("//main//form[@method='get']//*[self::select or self::input]"):
        label = labels.get(field.get("id"), "")
        if field.tag == "select":
            chosen = [item for item in field.xpath(".//option[@selected]") if item.get("value", "-")]
            value = "、".join(_words(item) for item in chosen)
        else:
            value = field.get("value", "")
        if label and value:
            yield label, value


def _table(element: HtmlElement) -> PageTable:
    caption = element.find("caption")
    region = element.xpath("string(ancestor::*[@role='region'][1]/@aria-label)")
    rows = element.xpath("./thead/tr|./tbody/tr[not(td[@class='empty'])]|./tfoot/tr|./tr")
    heads = sum(row.getparent().tag == "thead" for row in rows)
    for cell in element.xpath("./thead/tr/th[contains(@class, 'no-file')]"):
        cell.text = _BUTTONS
    texts = _grid(rows)
    buttons = {place for place, text in enumerate(texts[0] if texts else ()) if text == _BUTTONS}
    texts = [tuple(text for place, text in enumerate(row) if place not in buttons) for row in texts]
    return PageTable(
        name=element.get("aria-label") or region or ("" if caption is None else _words(caption)),
        head=tuple(texts[:heads]),
        body=tuple(row for row in texts[heads:] if any(row)),
    )


def _grid(rows: list[HtmlElement]) -> list[tuple[str, ...]]:
    """The rows' texts in columns."""
    texts: list[tuple[str, ...]] = []
    below: dict[int, list[str]] = {}
    for row in rows:
        out: list[str] = []
        for cell in row.xpath("./td|./th"):
            while below.get(len(out)):
                out.append(below[len(out)].pop())
            text, across = _words(cell), int(cell.get("colspan", "1"))
            again = text if row.getparent().tag == "thead" else ""
            for part in (text, *[again] * (across - 1)):
                below[len(out)] = [part] * (int(cell.get("rowspan", "1")) - 1)
                out.append(part)
        while below.get(len(out)):
            out.append(below[len(out)].pop())
        texts.append(tuple(out))
    return texts


@dataclass(frozen=True, kw_only=True)
class _Number:
    """A cell's number as printed, without the sign of a percentage, which is told apart."""

    value: Decimal
    is_percent: bool

    def __str__(self) -> str:
        return f"{self.value}{'%' if self.is_percent else ''}"

    @property
    def shown(self) -> str:
        """A spreadsheet's format with as many decimals as are printed."""
        decimals = len(str(self.value).partition(".")[2])
        return f"0{'.' if decimals else ''}{'0' * decimals}{'%' if self.is_percent else ''}"


def _number(text: str) -> _Number | None:
    """The number that a cell's text is, if a spreadsheet can hold it exactly."""
    match = NUMBER.fullmatch(text)
    if match is None or sum(sign.isdigit() for sign in text) > DIGITS_MAX:
        return None
    return _Number(value=Decimal(match[1].replace("−", "-")), is_percent=bool(match[2]))


def tables_csv(page: PageTables) -> bytes:
    """The notes, then each table after an empty line, as UTF-8 with BOM; numbers stay, text is neutralised."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([neutralise(note)] for note in page.notes)
    for table in page.tables:
        writer.writerow([])
        if len(page.tables) > 1:
            writer.writerow([neutralise(table.name or "表")])
        for row in (*table.head, *table.body):
            writer.writerow(str(_number(text) or neutralise(text)) for text in row)
    return out.getvalue().encode("utf-8-sig")


def tables_xlsx(page: PageTables) -> bytes:
    """One sheet for each table: the notes, then its rows; numbers are numbers, text is neutralised."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    title = book.add_format({"bold": True, "font_size": 14})
    taken: set[str] = set()
    for table in page.tables or (PageTable(name="", head=(), body=()),):
        sheet = book.add_worksheet(_sheet_name(table.name or page.title, taken))
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        for index, note in enumerate(page.notes):
            sheet.write_string(index, 0, neutralise(note), title if index == 0 else None)
        _write_table(book, sheet, table, first=len(page.notes) + 1)
    book.close()
    return out.getvalue()


def _write_table(book: xlsxwriter.Workbook, sheet: Worksheet, table: PageTable, *, first: int) -> None:
    """Head and body from the row `first` on; a number keeps the decimals that the page prints."""
    plain = {"border": 1, "text_wrap": True, "valign": "top"}
    number_format = cache(lambda shown: book.add_format({**plain, "num_format": shown}))
    head, words = book.add_format({**plain, "bold": True, "bg_color": "#E8EEF7"}), book.add_format(plain)
    widths = _widths(table)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    for row_number, row in enumerate((*table.head, *table.body), start=first):
        is_head = row_number < first + len(table.head)
        across = _runs_across(row)
        # Spreadsheets other than Excel do not find the height of a wrapped row by themselves.
        room = [sum(widths)] if across else widths
        lines = max(ceil(_length(text) / (width - 1)) for text, width in zip(row, room, strict=False))
        sheet.set_row(row_number, LINE_HEIGHT * max(1, min(lines, LINES_MAX)))
        if across:
            sheet.merge_range(row_number, 0, row_number, len(row) - 1, neutralise(row[0]), words)
            continue
        for column, text in enumerate(row):
            number = None if is_head else _number(text)
            if number is None:
                sheet.write_string(row_number, column, neutralise(text), head if is_head else words)
            else:
                value = number.value / 100 if number.is_percent else number.value
                sheet.write_number(row_number, column, value, number_format(number.shown))
    if table.head:
        sheet.repeat_rows(first, first + len(table.head) - 1)
        sheet.freeze_panes(first + len(table.head), 0)


def _length(text: str) -> int:
    """How many Latin characters wide a text is; a Chinese one is two."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def _runs_across(row: tuple[str, ...]) -> bool:
    """Whether a row is one text that runs across the table, like the steps below a line of a ranking."""
    return len(row) > 2 and bool(row[0]) and not any(row[1:])


def _widths(table: PageTable) -> list[int]:
    """A width for each column in characters, by its longest text; heads are wrapped at five Chinese characters."""
    widths = [0] * max((len(row) for row in (*table.head, *table.body)), default=0)
    for rows, most in ((table.head, 10), (table.body, 36)):
        for row in rows:
            if not _runs_across(row):
                for column, text in enumerate(row):
                    widths[column] = max(widths[column], min(_length(text), most))
    return [max(width + 2, 7) for width in widths]


def _sheet_name(name: str, taken: set[str]) -> str:
    """A name that a workbook accepts: not too long, without brackets and the like, not there yet."""
    plain = SHEET_NAME_FORBIDDEN.sub(" ", name).strip("' ") or "表"
    chosen, number = plain[:SHEET_NAME_MAX], 1
    while chosen.lower() in taken:
        number += 1
        chosen = f"{plain[: SHEET_NAME_MAX - 4]} {number}"
    taken.add(chosen.lower())
    return chosen
