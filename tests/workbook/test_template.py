"""The template handed out, and read back."""

from dataclasses import replace
from decimal import Decimal
from io import BytesIO

from openpyxl import load_workbook

from returns.workbook.cross_checks import CROSS_CHECKS
from returns.workbook.guidance import READING_RULES
from returns.workbook.identity import IDENTITY_SHEET
from returns.workbook.template import FORM_SHEET, GUIDE_SHEET, write_template
from returns.workbook.types import IndicatorTerm, PlaceTerm, Vocabulary
from tests.workbook.builders import (
    DISTRICTS,
    WORKED_EXAMPLE,
    clusters,
    errors,
    own_only,
    read,
    sowing,
    values,
    warnings,
    worked_values,
)


def deqing() -> Vocabulary:
    return replace(own_only(sowing(), "deqing"), template_organisation="deqing")


def filled(data: bytes, changes: dict[str, object]) -> bytes:
    """The workbook with some cells of its form filled in, as a person saves it."""
    book = load_workbook(BytesIO(data))
    for cell, value in changes.items():
        book[FORM_SHEET][cell] = value
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_template_is_read_back_without_any_problem() -> None:
    vocabulary = sowing()

    result = read(write_template(vocabulary, values=worked_values()), vocabulary)

    assert result.layouts == ("A",)
    assert values(result) == worked_values()
    assert result.problems == ()


def test_template_filled_in_by_a_person() -> None:
    vocabulary = deqing()
    data = filled(
        write_template(vocabulary),
        {
            "H5": 4,
            "H6": "２个",
            "H7": 104,
            "I5": "2025-06-28",
            "J5": "快报",
            "K5": "已建成",
            "L5": "用地",
            "M5": "加快",
        },
    )

    result = read(data, vocabulary)

    assert values(result) == {
        ("S1", "deqing"): Decimal(4),
        ("S2", "deqing"): Decimal(2),
        ("S3", "deqing"): Decimal(104),
    }
    assert (result.figures[0].progress, result.figures[0].problems, result.figures[0].measures) == (
        "已建成",
        "用地",
        "加快",
    )
    assert str(result.figures[0].data_as_of) == "2025-06-28"
    assert [row.data_status for row in result.figures] == ["flash", "", ""]
    assert result.problems == ()


def test_template_not_filled_in_is_told() -> None:
    assert [code for code, _ in errors(read(write_template(deqing()), deqing()))] == ["no_figures"]


def test_template_holds_only_places_that_may_be_reported() -> None:
    rows = load_workbook(BytesIO(write_template(deqing())))[FORM_SHEET].iter_rows(
        min_row=5, max_row=9, min_col=14, max_col=15, values_only=True
    )

    assert list(rows) == [(f"S{number}", "deqing") for number in range(1, 6)]


def test_template_shows_target_text_due_and_earlier_figure_and_locks_them() -> None:
    vocabulary = deqing()
    place = replace(vocabulary.places["S1", "deqing"], due=Decimal(4), previous=Decimal("1.5"))
    vocabulary = replace(vocabulary, places={("S1", "deqing"): place})

    sheet = load_workbook(BytesIO(write_template(vocabulary)))[FORM_SHEET]

    assert [sheet.cell(row=4, column=column).value for column in range(1, 9)] == [
        "序号",
        "指标名称",
        "填报对象",
        "计量单位",
        "2025年目标",
        "本季应达",
        "上季累计",
        "本年累计完成",
    ]
    assert [sheet.cell(row=5, column=column).value for column in range(1, 9)] == [
        1,
        "科技型产业园（专业园）",
        "德清县",
        "个",
        "8",
        4,
        1.5,
        None,
    ]
    assert sheet.protection.sheet
    assert [sheet.cell(row=5, column=column).protection.locked for column in (5, 8, 14)] == [
        True,
        False,
        True,
    ]
    assert [sheet.column_dimensions[letter].protection.locked for letter in "IJKL"] == [False] * 4
    assert sheet.column_dimensions["N"].hidden
    validations = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    assert validations["H5"].type == "whole"
    assert validations["H5"].prompt == "科技型产业园（专业园）\n目标：8\n填年初至本季末的累计数，单位：个"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.print_title_rows == "$4:$4"


def test_template_states_the_targets_own_unit() -> None:
    vocabulary = clusters()
    sheet = load_workbook(BytesIO(write_template(vocabulary)))[FORM_SHEET]
    targets = {
        (row[13].value, row[14].value): (row[3].value, row[4].value)
        for row in sheet.iter_rows(min_row=5)
        if row[13].value
    }

    assert targets["C17", "huzhou"] == ("亩", "1万亩")
    assert targets["C17", "wuxing"] == ("亩", "1500")


def test_bare_number_in_the_template_is_in_the_unit_that_it_shows() -> None:
    vocabulary = clusters()

    result = read(write_template(vocabulary, values={("C17", "huzhou"): Decimal(6000)}), vocabulary)

    assert values(result) == {("C17", "huzhou"): Decimal(6000)}


def test_template_keeps_places_that_are_not_assessed_closed() -> None:
    vocabulary = own_only(clusters(), "nantaihu")
    data = write_template(vocabulary)
    sheet = load_workbook(BytesIO(data))[FORM_SHEET]
    row = next(row for row in sheet.iter_rows(min_row=5) if row[13].value == "C16")

    assert (row[4].value, row[7].value, row[7].protection.locked) == ("/", "/", True)
    assert errors(read(filled(data, {"H5": 1}), vocabulary)) == []


def test_guide_comes_from_the_readers_own_rules() -> None:
    sheet = load_workbook(BytesIO(write_template(deqing())))[GUIDE_SHEET]
    written = {row[0].value: row[1].value for row in sheet.iter_rows()}

    assert {rule.written: written.get(rule.written) for rule in READING_RULES} == {
        rule.written: rule.reading for rule in READING_RULES
    }


def test_guide_lists_the_checks_of_the_plan() -> None:
    vocabulary = replace(deqing(), switched_off=frozenset({"district_sum"}))
    sheet = load_workbook(BytesIO(write_template(vocabulary)))[GUIDE_SHEET]
    written = {row[0].value: row[1].value for row in sheet.iter_rows()}

    assert [check.name for check in CROSS_CHECKS if check.name not in written] == []
    assert written["区县之和与全市数"] == "本计划已关闭这项核对。"
    assert written["一处一数"].endswith("不能入库。（错误：整份不入库）")


def test_data_status_is_chosen_from_a_list_and_another_word_is_told() -> None:
    vocabulary = deqing()
    data = write_template(vocabulary, values={("S1", "deqing"): Decimal(4)})
    rules = load_workbook(BytesIO(data))[FORM_SHEET].data_validations.dataValidation
    (rule,) = [rule for rule in rules if str(rule.sqref) == "J5:J9"]

    assert (rule.type, rule.formula1) == ("list", '"快报,预计,核定"')
    assert [
        (row.data_status, warnings(result))
        for word in ("核定", "快报数", "初步核算", "/")
        for result in [read(filled(data, {"J5": word}), vocabulary)]
        for row in result.figures
    ] == [("final", []), ("flash", []), ("", [("unknown_data_status", "J5")]), ("", [])]


def test_colours_follow_the_direction_of_each_indicator() -> None:
    vocabulary = deqing()
    terms = [
        replace(term, direction="lower") if term.code == "S3" else term for term in vocabulary.indicators
    ]
    sheet = load_workbook(BytesIO(write_template(replace(vocabulary, indicators=tuple(terms)))))[FORM_SHEET]

    rules = {
        str(area.sqref): [rule.formula[0] for rule in area.rules]
        for area in sheet.conditional_formatting
        if str(area.sqref).startswith("H")
    }

    assert rules == {
        "H5:H6": [
            "AND(ISNUMBER($H5),ISNUMBER($F5),$H5<$F5)",
            "AND(ISNUMBER($H5),ISNUMBER($F5),$H5>=$F5)",
        ],
        "H7": ["AND(ISNUMBER($H7),ISNUMBER($F7),$H7>$F7)", "AND(ISNUMBER($H7),ISNUMBER($F7),$H7<=$F7)"],
        "H8:H9": [
            "AND(ISNUMBER($H8),ISNUMBER($F8),$H8<$F8)",
            "AND(ISNUMBER($H8),ISNUMBER($F8),$H8>=$F8)",
        ],
    }


def test_identity_is_hidden_from_people() -> None:
    book = load_workbook(BytesIO(write_template(deqing())))

    assert book[IDENTITY_SHEET].sheet_state == "veryHidden"
    assert warnings(read(filled(write_template(deqing()), {"H5": 1}), deqing())) == []


def test_demonstration_data_is_marked_in_the_file() -> None:
    sheet = load_workbook(BytesIO(write_template(deqing(), is_demo=True)))[FORM_SHEET]
    texts = [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]

    assert sheet["A1"].value == "湖州市创新型小微企业“播种计划”行动方案2025年二季度填报表（演示数据）"
    assert "注：本表为演示数据，数值均为虚构。" in texts


def test_wrong_templates_are_refused() -> None:
    data = filled(write_template(deqing()), {"H5": 4})

    other_quarter = read(data, replace(deqing(), quarter=3))
    other_year = read(data, replace(deqing(), year=2026))
    other_plan = read(data, replace(deqing(), plan_code="clusters-2023"))
    other_version = read(data, replace(deqing(), template_version="2"))
    other_unit = read(data, replace(deqing(), template_organisation="anji"))

    assert errors(other_quarter) == [("other_period", None)]
    assert errors(other_year) == [("other_period", None)]
    assert errors(other_plan) == [("other_plan", None)]
    assert errors(other_version) == [("template_outdated", None)]
    assert errors(other_unit) == [("other_organisation", None)]
    assert other_unit.errors[0].message == "这是德清县的填报模板，不是安吉县的。请下载安吉县的模板填写。"
    assert all(result.figures == () for result in (other_quarter, other_plan, other_version, other_unit))


def test_template_for_everybody_is_accepted_from_anybody() -> None:
    everybody = sowing()

    result = read(filled(write_template(everybody), {"H5": 4}), everybody)

    assert values(result) == {("S1", "huzhou"): Decimal(4)}


def test_renamed_line_is_refused_and_reordered_columns_are_not() -> None:
    vocabulary = deqing()
    data = write_template(vocabulary, values={("S1", "deqing"): Decimal(4)})
    renamed = read(filled(data, {"B5": "省级以上专精特新企业"}), vocabulary)
    book = load_workbook(BytesIO(data))
    sheet = book[FORM_SHEET]
    sheet.unmerge_cells("A1:M1")
    sheet.move_range("H4:H9", cols=10)
    stream = BytesIO()
    book.save(stream)

    assert errors(renamed) == [("code_name_mismatch", "B5")]
    assert values(read(stream.getvalue(), vocabulary)) == {("S1", "deqing"): Decimal(4)}


def test_lines_copied_out_of_the_template_are_still_read() -> None:
    vocabulary = deqing()
    book = load_workbook(BytesIO(write_template(vocabulary, values={("S1", "deqing"): Decimal(4)})))
    del book[IDENTITY_SHEET]
    stream = BytesIO()
    book.save(stream)

    result = read(stream.getvalue(), vocabulary)

    assert result.layouts == ("D",)
    assert values(result) == {("S1", "deqing"): Decimal(4)}


def test_worked_example_fits_every_districts_own_template() -> None:
    for organisation in WORKED_EXAMPLE:
        vocabulary = replace(own_only(sowing(), organisation), template_organisation=organisation)
        own = {place: value for place, value in worked_values().items() if place[1] == organisation}

        assert values(read(write_template(vocabulary, values=own), vocabulary)) == own


def test_large_template_shares_its_validations() -> None:
    terms = tuple(
        IndicatorTerm(code=f"I{number}", name=f"指标第{number}项", unit="家", decimals=0)
        for number in range(150)
    )
    vocabulary = replace(
        sowing(),
        indicators=terms,
        places={
            (term.code, area.code): PlaceTerm(indicator=term.code, organisation=area.code, target_text="5")
            for term in terms
            for area in DISTRICTS
        },
    )
    expected = {place: Decimal(position) for position, place in enumerate(vocabulary.places)}

    data = write_template(vocabulary, values=expected)

    rules = load_workbook(BytesIO(data))[FORM_SHEET].data_validations.dataValidation
    assert len(rules) == 152
    assert values(read(data, vocabulary)) == expected
