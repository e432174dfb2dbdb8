"""Reading one cell: the rules of the table in 填表说明, the same for file, web form and API.

A cell gives a number in the indicator's unit, a mark (nothing to report), nothing (blank) or a problem.
Numbers never pass through a binary float: a number cell is the decimal of its 15 significant digits.
"""

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

from returns.workbook.guidance import make_problem
from returns.workbook.names import squeeze
from returns.workbook.types import CellKind, IndicatorTerm, Mark, PlaceTerm, Problem, RawCell
from returns.workbook.units import factor, has_prefix, is_percent, parse_unit, prefix_factor

MAX_DECIMALS = 6
MAX_INTEGER_DIGITS = 12
MARKS = frozenset(["/", "-", "—", "–", "―", "－", "_", "无", "暂无", "不涉及", "不适用", "不考核", "n/a"])
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－─", "-"))
_FIFTEEN = Context(prec=15, rounding=ROUND_HALF_EVEN)
_EXACT = Context(prec=40)
_NUMBER = re.compile(r"^([+-]?)(\d{1,3}(?:,\d{3})+(?!\d)|\d+)?(\.\d+)?(万|亿)?(.*)$", re.DOTALL)
_SCOPE_NOTE = re.compile(
    r"[(](?:含[^()\d]{1,30}|(?:在?(?:全市|全省|区县|组内))?(?:并列)?(?:第|列第|居第|排名?第?|位次)\d{1,3}(?:位|名)?)[)]$"
)
# the folding of widths would make a footnote's raised number a digit of the figure
_RAISED = re.compile(r"[\d０-９][\u00b2\u00b3\u00b9\u2070-\u2089]")
_ERROR_TEXT = re.compile(
    r"^#(?:div/0!|n/a|ref!|value!|name\?|num!|null!|spill!|calc!|field!|getting_data|#+)$|^err:\d{3}$"
)
_DATE_TEXT = re.compile(r"^20\d\d[年./-]\d{1,2}[月./-]\d{1,2}日?$|^\d{1,2}月\d{1,2}日$")
_INEXACT = re.compile(
    r"约|大概|左右|上下|余|多|近|超|不足|以上|以下|以内|不少于|不低于|不超过|至少|突破|达到|预计|[<>≥≤≈~～]|\d-\d|\d至\d|\d到\d"
)


class Reading(NamedTuple):
    """What one cell says: a value in the indicator's unit, or a mark, or a problem, or (all None) a blank."""

    value: Decimal | None = None
    mark: Mark | None = None
    problem: Problem | None = None


BLANK = Reading()


class CellContext(NamedTuple):
    """Where a cell stands and what it is read as.

    ``unit`` is the unit in force for a bare number there (from header, unit column, name suffix or the
    target); ``organisation_name`` and ``sheet``/``cell`` only serve messages.
    """

    indicator: IndicatorTerm
    place: PlaceTerm
    unit: str
    organisation_name: str
    sheet: str | None = None
    cell: str | None = None

    def problem(self, code: str, **gaps: object) -> Problem:
        """A problem at this cell."""
        return make_problem(
            code,
            sheet=self.sheet,
            cell=self.cell,
            indicator=self.indicator.code,
            organisation=self.place.organisation,
            **gaps,
        )


@lru_cache(maxsize=8192)
def significant(text: str) -> Decimal | None:
    """Decimal of a number's 15 significant digits; None for anything that is no finite number."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if not number.is_finite():
        return None
    return _FIFTEEN.plus(number)


def unit_in_force(*, indicator: IndicatorTerm, place: PlaceTerm, stated: str) -> str:
    """The unit of a bare number: what the table states, else the target's, else the indicator's own."""
    return stated or place.target_unit or indicator.unit


def read_text_value(
    text: str, *, indicator: IndicatorTerm, place: PlaceTerm, organisation_name: str = ""
) -> Decimal | Mark | Problem | None:
    """Read what somebody typed into a form or sent to the API, by the rules for a text cell.

    Returns the value in the indicator's unit, a mark that is allowed there, a problem, or None for blank.
    A bare number is in the indicator's unit here, because form and API show that unit beside the field.
    """
    context = CellContext(
        indicator=indicator,
        place=place,
        unit=indicator.unit,
        organisation_name=organisation_name or "本单位",
    )
    reading = read_cell(RawCell(CellKind.TEXT, text), context)
    return reading.problem or reading.mark or reading.value


def read_cell(cell: RawCell, context: CellContext) -> Reading:
    """Read one cell by the reading rules."""
    kind, text = cell.kind, cell.text
    if kind is CellKind.NUMBER or kind is CellKind.PERCENT:
        return _read_number(cell, context)
    if kind is CellKind.TEXT:
        return _read_text(text, context)
    code = {
        CellKind.ERROR: "error_value",
        CellKind.NO_VALUE: "formula_without_value",
        CellKind.DATE: "date_in_cell",
        CellKind.BOOL: "boolean_in_cell",
    }[kind]
    return Reading(problem=context.problem(code, found=text))


def _read_number(cell: RawCell, context: CellContext) -> Reading:
    number = significant(cell.text)
    if number is None:
        return Reading(problem=context.problem("not_finite", found=cell.text))
    unit = context.unit
    if cell.kind is CellKind.PERCENT:
        number = number.scaleb(2)
        if not is_percent(unit):
            return Reading(
                problem=context.problem(
                    "percent_format", found=f"{number:f}%", expected=context.indicator.unit
                )
            )
    elif cell.unit and factor(source=cell.unit, target=context.indicator.unit) is not None:
        unit = cell.unit
    return _finish(number, unit, cell.text, context)


def _finish(number: Decimal, unit: str, raw: str, context: CellContext) -> Reading:
    """Convert a number into the indicator's unit and hold it to the limits of a figure."""
    target_unit = context.indicator.unit
    value = _settle(number, unit, target_unit)
    if isinstance(value, str):
        return Reading(problem=context.problem(value, found=raw, unit=unit, expected=target_unit))
    return Reading(value)


@lru_cache(maxsize=8192)
def _settle(number: Decimal, unit: str, target_unit: str) -> Decimal | str:
    """A number in the target unit as a figure holds it, or the code of the problem that stands against it."""
    if unit and target_unit and unit != target_unit:
        times = factor(source=unit, target=target_unit)
        if times is None:
            return "unit_mismatch"
        if times != 1:
            number = _EXACT.multiply(number, times)
    value = plain(number)
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > MAX_DECIMALS:
        return "too_many_decimals"
    return "number_too_large" if value.adjusted() >= MAX_INTEGER_DIGITS else value


def plain(number: Decimal) -> Decimal:
    """The same number without trailing zeros and without an exponent; negative zero becomes zero."""
    sign, digits, exponent = number.as_tuple()
    if exponent == 0 and (digits != (0,) or not sign):
        return number
    if not number:
        return Decimal(0)
    normal = number.normalize(_EXACT)
    normal_exponent = normal.as_tuple().exponent
    if isinstance(normal_exponent, int) and 0 < normal_exponent <= 40:
        return normal.quantize(Decimal(1), context=Context(prec=60))
    return normal


def _read_text(text: str, context: CellContext) -> Reading:
    folded = squeeze(text).translate(_DASHES)
    if not folded:
        return BLANK
    if (folded.strip("-/_") == "" and len(set(folded)) == 1) or folded in MARKS:
        return _read_mark(text, context)
    if _ERROR_TEXT.match(folded):
        return Reading(problem=context.problem("error_value", found=text.strip()))
    spaced = " ".join(text.split())
    if _RAISED.search(spaced) or re.search(r"[\d０-９.．,，]\s+[\d０-９.．,，]", spaced):
        return Reading(problem=context.problem("not_a_number", found=text))
    folded = _SCOPE_NOTE.sub("", folded)
    match = _NUMBER.match(folded)
    if not match or (match[2] is None and match[3] is None):
        return _refuse(text, folded, context)
    sign, whole, fraction, multiple, suffix = match.groups()
    number = Decimal(f"{sign}{(whole or '0').replace(',', '')}{fraction or ''}")
    unit = context.unit
    written = f"{multiple or ''}{suffix}".strip("()")
    if written:
        if parse_unit(written) is not None:
            unit = written
        elif multiple and not suffix and not has_prefix(unit) and not is_percent(unit):
            number *= prefix_factor(multiple) or 1
        else:
            return _refuse(text, folded, context)
    if _FIFTEEN.plus(number) != number:
        return Reading(problem=context.problem("number_too_large", found=text))
    return _finish(number, unit, text.strip(), context)


def _refuse(text: str, folded: str, context: CellContext) -> Reading:
    if _DATE_TEXT.match(folded):
        return Reading(problem=context.problem("date_in_cell", found=text.strip()))
    has_digit = any(char.isdigit() for char in folded)
    code = "inexact_number" if has_digit and _INEXACT.search(folded) else "not_a_number"
    return Reading(problem=context.problem(code, found=text.strip()))


def _read_mark(text: str, context: CellContext) -> Reading:
    if not context.place.assessed:
        return Reading(mark=Mark(text.strip()))
    return Reading(
        problem=context.problem(
            "mark_not_allowed",
            found=text.strip(),
            organisation_name=context.organisation_name,
            indicator_name=context.indicator.name,
            target=context.place.target_text or "未写明",
        )
    )


@lru_cache(maxsize=8192)
def shown(cell: RawCell) -> str:
    """The cell's text as a spreadsheet shows it: 15 significant digits, per cent sign, printed unit."""
    number = significant(cell.text) if cell.kind in (CellKind.NUMBER, CellKind.PERCENT) else None
    if number is None:
        return cell.text.strip()
    if cell.kind is CellKind.PERCENT:
        return f"{plain(number.scaleb(2)):f}%"
    return f"{plain(number):f}{cell.unit}"


def looks_numeric(cell: RawCell) -> bool:
    """Whether a cell holds, or was meant to hold, a figure: a number, or a text that begins like one."""
    if cell.kind is not CellKind.TEXT:
        return True
    folded = squeeze(cell.text).translate(_DASHES)
    if _ERROR_TEXT.match(folded):
        return True
    match = _NUMBER.match(folded)
    if not match or (match[2] is None and match[3] is None):
        return False
    written = f"{match[4] or ''}{match[5]}".strip("()")
    return not written or written in ("万", "亿") or parse_unit(written) is not None
