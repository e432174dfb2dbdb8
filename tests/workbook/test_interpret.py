"""What a whole file says: layouts, places, periods, duplicates, and all its problems at once."""

from dataclasses import replace
from decimal import Decimal

from tests.workbook.builders import (
    DISTRICTS,
    SOWING_HEADERS,
    WORKED_EXAMPLE,
    Page,
    clusters,
    errors,
    own_only,
    read,
    read_rows,
    sheet_bytes,
    sowing,
    values,
    warnings,
    workbook_bytes,
)

HEAD = ["区县", *SOWING_HEADERS]
ROWS = [HEAD, *([term.name, *WORKED_EXAMPLE[term.code]] for term in DISTRICTS)]
LIST_HEAD = ["序号", "指标名称", "目标值", "完成值"]


def test_layouts_are_recognised_by_their_headers() -> None:
    listed = [["填报单位：德清县"], LIST_HEAD, [1, SOWING_HEADERS[0], 8, 4]]
    across = [["指标", "吴兴", "南浔"], [SOWING_HEADERS[0], 7, 3]]

    assert read_rows(ROWS, sowing()).layouts == ("C",)
    assert read_rows(across, sowing()).layouts == ("B",)
    assert read_rows(listed, sowing()).layouts == ("D",)
    both = read(workbook_bytes(Page(rows=across, title="一"), Page(rows=listed, title="二")), sowing())
    assert both.layouts == ("B", "D")


def test_figure_knows_sheet_cell_raw_text_and_texts_beside_it() -> None:
    rows = [
        ["填报单位：德清县", None, "数据截至：2025年6月28日"],
        ["指标名称", "完成值", "数据截至日", "进展情况", "存在问题", "下步举措"],
        [SOWING_HEADERS[0], "４个", "2025.6.30", "已建成4个", "用地紧张", "加快"],
        [SOWING_HEADERS[1], 2, None, None, None, None],
    ]

    first, second = read_rows(rows, sowing(), title="表一").figures

    assert (first.indicator, first.organisation, first.value) == ("S1", "deqing", Decimal(4))
    assert (first.sheet, first.cell, first.raw) == ("表一", "B3", "４个")
    assert first.data_as_of is not None
    assert first.data_as_of.isoformat() == "2025-06-30"
    assert (first.progress, first.problems, first.measures) == ("已建成4个", "用地紧张", "加快")
    assert second.data_as_of is not None
    assert second.data_as_of.isoformat() == "2025-06-28"


def test_blank_is_absent_and_zero_is_zero() -> None:
    result = read_rows([HEAD, ["吴兴区", 0, None, "", " ", 152]], sowing())

    assert values(result) == {("S1", "wuxing"): Decimal(0), ("S5", "wuxing"): Decimal(152)}
    assert errors(result) == []


def test_all_problems_come_at_once() -> None:
    rows = [
        HEAD,
        ["吴兴区", "约7", 11, "300余", "#DIV/0!", "2025-06-30"],
        ["南寻区", 3, 1, 76, 25, 133],
        ["德清县", "/", 2, 104, 41, "不涉及"],
    ]

    result = read_rows(rows, sowing())

    assert errors(result) == [
        ("inexact_number", "B2"),
        ("inexact_number", "D2"),
        ("error_value", "E2"),
        ("date_in_cell", "F2"),
        ("unknown_organisation", "A3"),
        ("mark_not_allowed", "B4"),
        ("mark_not_allowed", "F4"),
    ]
    assert (
        result.errors[4].message
        == "Sheet1!A3：找不到区县或单位“南寻区”，最接近的是“南浔区”、“南太湖新区”。请改用规范名称。"
    )


def test_unknown_indicator_gets_the_nearest_names() -> None:
    result = read_rows([LIST_HEAD, [1, "科技产业园区", 12, 7]], sowing())

    assert errors(result) == [("unknown_indicator", "B2")]
    assert "“科技型产业园（专业园）”" in result.errors[0].message


def test_unknown_district_across_is_an_error_and_own_column_a_warning() -> None:
    rows = [["指标", "吴兴区", "余杭区", "同比", "我区自用"], [SOWING_HEADERS[0], 7, 3, 2, 1]]

    result = read_rows(rows, sowing())

    assert errors(result) == [("unknown_organisation", "C1")]
    assert warnings(result) == [("extra_column", "E1")]


def test_unknown_part_below_a_whole_is_never_taken_for_the_whole() -> None:
    rows = [
        ["区县", "引进培育创新型小微企业（家）", None],
        [None, None, "其中：外资企业"],
        ["吴兴区", 88, 5],
    ]

    result = read_rows(rows, sowing(), merged=["B1:C1", "A1:A2"])

    assert values(result) == {("S3", "wuxing"): Decimal(88)}
    assert errors(result) == [("unknown_indicator", "C2")]


def test_unknown_part_row_is_never_taken_for_its_whole() -> None:
    rows = [
        ["填报单位：吴兴区"],
        LIST_HEAD,
        [1, "引进培育创新型小微企业（家）", 160, 88],
        [None, "其中：外资企业", None, 5],
        [None, "其中：未来产业", None, 29],
    ]

    result = read_rows(rows, sowing())

    assert errors(result) == [("unknown_indicator", "B4")]
    assert values(result) == {("S3", "wuxing"): Decimal(88), ("S4", "wuxing"): Decimal(29)}


def test_number_without_a_name_is_an_error() -> None:
    result = read_rows([["指标", "完成值"], [SOWING_HEADERS[0], 7], [None, 9]], sowing())

    assert errors(result) == [("missing_name", "B3")]


def test_target_column_is_never_read_as_value() -> None:
    only_target = read_rows(
        [["序号", "指标名称", "2025年目标值", "责任单位"], [1, SOWING_HEADERS[0], 12, "x"]], sowing()
    )
    both = read_rows(
        [["区县", SOWING_HEADERS[0], None], [None, "目标", "完成率"], ["吴兴区", 12, 58]],
        sowing(),
        merged=["B1:C1"],
    )

    assert values(only_target) == {}
    assert errors(only_target) == [("no_value_column", "A1")]
    assert only_target.errors[0].message == (
        "Sheet1!A1：表中没有“完成值”列（找到的列：序号、指标名称、2025年目标值、责任单位）。请增加“本年累计完成”列并填写。"
    )
    assert values(both) == {}
    assert [code for code, _ in errors(both)] == ["no_table"]


def test_quarter_alone_is_not_the_cumulative_value() -> None:
    rows = [["填报单位：德清县"], ["指标名称", "目标值", "本季完成"], [SOWING_HEADERS[0], 8, 4]]

    second, first = read_rows(rows, sowing(quarter=2)), read_rows(rows, sowing(quarter=1))

    assert errors(second) == [("quarter_only", "C2")]
    assert values(first) == {("S1", "deqing"): Decimal(4)}


def test_column_named_by_quarter_is_read_with_a_warning() -> None:
    rows = [["填报单位：德清县"], ["指标名称", "一季度", "二季度"], [SOWING_HEADERS[0], 1, 4]]

    result = read_rows(rows, sowing())

    assert values(result) == {("S1", "deqing"): Decimal(4)}
    assert warnings(result) == [("quarter_column", "C2")]


def test_two_possible_value_columns_are_an_error() -> None:
    rows = [["填报单位：德清县"], ["指标名称", "完成值", "实际值"], [SOWING_HEADERS[0], 1, 4]]

    assert errors(read_rows(rows, sowing())) == [("ambiguous_columns", "B2")]


def test_title_of_another_quarter_or_year_is_an_error() -> None:
    third = read_rows([["2025年三季度进展情况表"], *ROWS], sowing())
    months = read_rows([["2025年1-9月进展情况表"], *ROWS], sowing())
    year = read_rows([["2024年二季度进展情况表"], *ROWS], sowing())
    named = read_rows(ROWS, sowing(), title="2025Q3")

    for result in (third, months, year, named):
        assert [code for code, _ in errors(result)] == ["other_period"]
        assert result.figures == ()
    assert third.errors[0].message.startswith("Sheet1：表中写的是2025年三季度，而本次填报的是2025年二季度。")


def test_title_of_this_quarter_is_fine_however_it_is_written() -> None:
    for title in (
        "2025年二季度",
        "2025年第2季度",
        "二〇二五年第二季度",
        "2025年1-6月",
        "2025年１—６月份",
        "25年上半年",
        "2025年6月底",
        "2025Q2",
        "截至2025年6月",
        "（2025—2027年）播种计划2025年度",
        "湖政办发〔2024〕9号文件进展 填报日期：2025年10月8日",
    ):
        result = read_rows([[title], *ROWS], sowing())

        assert errors(result) == [], title
        assert len(result.figures) == 34, title


def test_sheet_of_another_quarter_is_passed_over_only_beside_a_right_one() -> None:
    old, new = [["2025年一季度"], *ROWS], [["2025年二季度"], *ROWS]

    both = read(workbook_bytes(Page(rows=old, title="旧"), Page(rows=new, title="新")), sowing())
    alone = read(workbook_bytes(Page(rows=old, title="旧"), Page(rows=ROWS, title="新")), sowing())

    assert warnings(both) == [("other_period_sheet", None)]
    assert len(both.figures) == 34
    assert [code for code, _ in errors(alone)] == ["other_period"]


def test_title_of_another_plan_is_an_error() -> None:
    result = read_rows([["八大新兴产业链2025年二季度进展"], *ROWS], sowing())

    assert [code for code, _ in errors(result)] == ["other_plan"]


def test_years_column_uses_only_the_plans_year() -> None:
    rows = [
        ["区县", "年份", SOWING_HEADERS[0]],
        ["吴兴区", 2024, 3],
        ["吴兴区", "2025 年", 7],
        ["吴兴区", "小计", 10],
    ]

    assert values(read_rows(rows, sowing())) == {("S1", "wuxing"): Decimal(7)}
    assert errors(read_rows(rows, sowing(year=2026))) == [("no_rows_for_year", "B2")]


def test_same_place_twice() -> None:
    same = read_rows([*ROWS, ["吴兴", 7, 11, 88, 29, 152]], sowing())
    differs = read_rows([["区县", SOWING_HEADERS[0]], ["吴兴区", 7], ["吴兴", 8]], sowing())

    assert [code for code, _ in warnings(same)] == ["duplicate_same"] * 5
    assert len(same.figures) == 34
    assert errors(differs) == [("duplicate_conflict", "B2"), ("duplicate_conflict", "B3")]
    assert "（此处 7，Sheet1!B3 为 8）" in differs.errors[0].message


def test_place_that_the_person_may_not_report() -> None:
    vocabulary = own_only(sowing(), "deqing")

    result = read_rows(
        [HEAD, ["德清县", 4, 2, 104, 41, 211], ["安吉县", 2, "/", None, "-", "约9"]], vocabulary
    )

    assert errors(result) == [("place_not_allowed", "B3")]
    assert result.errors[0].message == (
        "Sheet1!B3：您不能填报安吉县的“科技型产业园（专业园）”。请清空这个单元格，只填本单位负责的数值。"
    )
    assert len(result.figures) == 5


def test_place_that_the_plan_does_not_have() -> None:
    result = read_rows([["指标", "长合区"], ["规上工业增加值增长(%)", 7]], clusters())

    assert errors(result) == [("place_not_in_plan", "B2")]


def test_city_cell_is_a_figure_and_a_total() -> None:
    result = read_rows(
        [["指标", "吴兴", "南浔", "全市", "合计"], [SOWING_HEADERS[0], 7, 3, 11, 10]], sowing()
    )

    assert values(result)["S1", "huzhou"] == Decimal(11)
    assert [(total.label, total.value, total.organisations, total.cell) for total in result.totals] == [
        ("合计", Decimal(10), ("wuxing", "nanxun"), "E2"),
        ("全市", Decimal(11), ("wuxing", "nanxun"), "D2"),
    ]


def test_city_cell_without_a_place_only_checks() -> None:
    vocabulary = sowing()
    places = {key: place for key, place in vocabulary.places.items() if key != ("S1", "huzhou")}

    result = read_rows(
        [["指标", "吴兴", "全市"], [SOWING_HEADERS[0], 7, 11]], replace(vocabulary, places=places)
    )

    assert errors(result) == []
    assert values(result) == {("S1", "wuxing"): Decimal(7)}
    assert [total.value for total in result.totals] == [Decimal(11)]


def test_hidden_rows_columns_and_sheets_are_read_with_a_warning() -> None:
    by_row = read_rows(ROWS, sowing(), hidden_rows=[3])
    by_column = read_rows(ROWS, sowing(), hidden_columns=["C"])
    by_sheet = read(
        workbook_bytes(Page(rows=[["x"]], title="封面"), Page(rows=ROWS, title="数", hidden=True)), sowing()
    )

    assert [(row.cell) for row in by_row.figures if row.hidden] == ["B3", "C3", "D3", "E3", "F3"]
    assert warnings(by_row) == [("hidden_cells", "B3")]
    assert sum(row.hidden for row in by_column.figures) == 7
    assert warnings(by_column) == [("hidden_cells", "C2")]
    assert all(row.hidden for row in by_sheet.figures)
    assert "这张工作表是隐藏的，其中 34 个数值已照常读取" in by_sheet.warnings[0].message


def test_value_merged_over_two_places_is_an_error() -> None:
    rows = [["指标", "吴兴", "南浔"], [SOWING_HEADERS[0], 7, None], [SOWING_HEADERS[1], 3, 4]]

    across = read_rows(rows, sowing(), merged=["B2:C2"])
    down = read_rows(
        [["区县", SOWING_HEADERS[0]], ["吴兴区", 7], ["南浔区", None]], sowing(), merged=["B2:B3"]
    )

    assert errors(across) == [("merged_value", "B2")]
    assert errors(down) == [("merged_value", "B2")]


def test_stated_district_and_sheet_name_that_differ_are_an_error() -> None:
    rows = [["填报单位：德清县"], LIST_HEAD, [1, SOWING_HEADERS[0], 8, 4]]

    assert [code for code, _ in errors(read_rows(rows, sowing(), title="安吉县"))] == [
        "organisation_conflict"
    ]


def test_departments_list_is_the_citys_figures() -> None:
    rows = [["填报单位：市经信局"], LIST_HEAD, [1, SOWING_HEADERS[0], 35, 18]]

    assert values(read_rows(rows, sowing())) == {("S1", "huzhou"): Decimal(18)}


def test_list_without_any_unit_line_belongs_to_the_reporter() -> None:
    rows = [LIST_HEAD, [1, SOWING_HEADERS[0], 8, 4]]

    own = read_rows(rows, own_only(sowing(), "deqing"))
    city = read_rows(rows, sowing())

    assert values(own) == {("S1", "deqing"): Decimal(4)}
    assert values(city) == {("S1", "huzhou"): Decimal(4)}


def test_section_rows_name_the_district() -> None:
    rows = [LIST_HEAD, ["吴兴区"], [1, SOWING_HEADERS[0], 12, 7], ["南浔区"], [1, SOWING_HEADERS[0], 6, 3]]

    result = read_rows(rows, sowing(), merged=["A2:D2"])

    assert values(result) == {("S1", "wuxing"): Decimal(7), ("S1", "nanxun"): Decimal(3)}


def test_units_by_header_name_column_cell_and_target() -> None:
    name = "腾出用地面积"
    by_header = read_rows([["指标名称", "完成值（万亩）"], [name, 0.6]], clusters())
    by_name = read_rows([["指标名称", "完成值"], [f"{name}（万亩）", 0.6]], clusters())
    by_column = read_rows([["指标名称", "单位", "完成值"], [name, "万亩", 0.6]], clusters())
    by_cell = read_rows([["指标名称", "完成值"], [f"{name}（万亩）", "6000亩"]], clusters())
    by_target = read_rows([["指标名称", "完成值"], [name, 0.6]], clusters())
    by_indicator = read_rows([["指标名称", "吴兴"], [name, 600]], clusters())

    for result in (by_header, by_name, by_column, by_cell, by_target):
        assert values(result) == {("C17", "huzhou"): Decimal(6000)}
    assert values(by_indicator) == {("C17", "wuxing"): Decimal(600)}


def test_unit_that_does_not_fit_is_an_error() -> None:
    result = read_rows([["指标名称", "单位", "完成值"], ["腾出用地面积", "万元", 6]], clusters())

    assert errors(result) == [("unit_mismatch", "C2")]


def test_counted_thing_with_fraction_or_sign_is_doubtful() -> None:
    result = read_rows([["指标", "吴兴", "南浔"], [SOWING_HEADERS[0], 7.5, -1]], sowing())

    assert errors(result) == []
    assert warnings(result) == [("counted_fraction", "B2"), ("negative_count", "C2")]


def test_file_without_any_table_says_what_is_missing() -> None:
    empty = read_rows([["你好"]], sowing())
    contacts = read_rows([["序号", "姓名", "电话"], [1, "某", 123]], sowing())
    blank = read_rows(HEAD and [HEAD, ["吴兴区"]], sowing())

    assert [code for code, _ in errors(empty)] == ["no_table"]
    assert [code for code, _ in errors(contacts)] == ["no_table"]
    assert [code for code, _ in errors(blank)] == ["no_figures"]


def test_formula_text_in_a_sheet_name_stays_text() -> None:
    result = read(sheet_bytes([["区县", SOWING_HEADERS[0]], ["吴兴区", "约3"]], title="=1+1"), sowing())

    assert result.errors[0].sheet == "=1+1"


def test_number_where_nothing_is_assessed_is_stored_with_a_warning() -> None:
    result = read_rows([["指标", "吴兴", "南太湖新区"], ["单位GDP能耗下降率（%）", 2.3, 1.1]], clusters())

    assert errors(result) == []
    assert len(result.figures) == 2
    assert warnings(result) == [("value_not_assessed", "C2")]


def test_latest_range_of_months_is_taken() -> None:
    rows = [["填报单位：德清县"], ["指标名称", "1-4月", "1-5月", "1-6月"], [SOWING_HEADERS[0], 2, 3, 4]]

    assert values(read_rows(rows, sowing())) == {("S1", "deqing"): Decimal(4)}


def test_table_under_the_caption_target_is_no_return() -> None:
    targets = [["一、年度目标"], ["区县", SOWING_HEADERS[0]], ["吴兴区", 12]]
    done = [["二、完成情况"], ["区县", SOWING_HEADERS[0]], ["吴兴区", 7]]

    assert values(read_rows([*targets, [], *done], sowing())) == {("S1", "wuxing"): Decimal(7)}


def test_several_subtotal_columns_are_told_apart() -> None:
    rows = [
        ["指标", "吴兴", "南浔", "小计", "南太湖新区", "长合区", "小计", "合计"],
        [SOWING_HEADERS[0], 7, 3, 10, 1, 0, 1, 11],
    ]

    result = read_rows(rows, sowing())

    assert [(total.label, total.organisations, total.value) for total in result.totals] == [
        ("小计", ("wuxing", "nanxun"), Decimal(10)),
        ("小计", ("nantaihu", "changhe"), Decimal(1)),
        ("合计", ("wuxing", "nanxun", "nantaihu", "changhe"), Decimal(11)),
    ]


def test_column_for_the_office_headed_unit_is_understood() -> None:
    assert values(read_rows([["单位", SOWING_HEADERS[0]], ["吴兴区", 7]], sowing())) == {
        ("S1", "wuxing"): Decimal(7)
    }


def test_city_without_some_district_is_not_the_city() -> None:
    result = read_rows([["区县", SOWING_HEADERS[0]], ["全市（不含南太湖新区）", 7]], sowing())

    assert errors(result) == [("unknown_organisation", "A2")]


def test_page_break_keeps_district_section_and_sums() -> None:
    head = ["序号", "指标名称", "目标值", "完成值"]
    listed = [
        ["填报单位：德清县"],
        head,
        [1, SOWING_HEADERS[0], 8, 4],
        head,
        [2, SOWING_HEADERS[1], 2, 2],
    ]
    sections = [head, ["吴兴区"], [1, SOWING_HEADERS[0], 12, 7], head, [2, SOWING_HEADERS[1], 12, 11]]
    area = ["区县", "年份", SOWING_HEADERS[0]]
    years = [
        area,
        ["吴兴区", "2025年", 7],
        area,
        [None, "2026年", 3],
        ["南浔区", "2025年", 3],
        ["合计", "2025年", 10],
    ]

    assert values(read_rows(listed, sowing())) == {("S1", "deqing"): Decimal(4), ("S2", "deqing"): Decimal(2)}
    assert values(read_rows(sections, sowing())) == {
        ("S1", "wuxing"): Decimal(7),
        ("S2", "wuxing"): Decimal(11),
    }
    result = read_rows(years, sowing())
    assert errors(result) == []
    assert [total.organisations for total in result.totals] == [("wuxing", "nanxun")]


def test_row_without_a_district_is_never_given_to_the_reporter() -> None:
    rows = [["区县", SOWING_HEADERS[0]], ["德清县", 4], [None, 18]]

    assert errors(read_rows(rows, own_only(sowing(), "deqing"))) == [("missing_name", "B3")]


def test_years_column_with_this_years_row_left_blank_is_complete() -> None:
    rows = [
        ["区县", "年份", SOWING_HEADERS[0]],
        ["吴兴区", 2025, None],
        ["吴兴区", 2026, 12],
        ["南浔区", 2025, 3],
    ]

    result = read_rows(rows, sowing())

    assert errors(result) == []
    assert values(result) == {("S1", "nanxun"): Decimal(3)}


def test_districts_without_figures_at_a_page_break_name_no_table() -> None:
    rows = [
        ["区县", SOWING_HEADERS[0]],
        ["吴兴区", 7],
        ["长合区", None],
        LIST_HEAD,
        [1, SOWING_HEADERS[1], 18, 17],
    ]

    result = read_rows(rows, sowing())

    assert ("S2", "changhe") not in values(result)


def test_column_of_this_period_may_mean_either_and_is_doubtful() -> None:
    rows = [["填报单位：德清县"], ["指标名称", "本期", "累计"], [SOWING_HEADERS[0], 3, 4]]

    both = read_rows(rows, sowing())
    alone = read_rows([row[:2] for row in rows], sowing())

    assert (values(both), warnings(both)) == ({("S1", "deqing"): Decimal(4)}, [])
    assert (values(alone), warnings(alone)) == ({("S1", "deqing"): Decimal(3)}, [("quarter_column", "B2")])


def test_raw_text_is_what_the_sheet_shows() -> None:
    rows = [["指标", "吴兴", "南浔", "德清"], ["规上工业增加值增长(%)", 0.285, 28.499999999999996, " 7％ "]]

    result = read_rows(rows, clusters(), formats={"B2": "0.0%"})

    assert [(row.raw, str(row.value)) for row in result.figures] == [
        ("28.5%", "28.5"),
        ("28.5", "28.5"),
        ("7％", "7"),
    ]


def test_figure_that_looks_like_a_year_beside_a_district_starts_no_table() -> None:
    head = ["区县", "年份", *SOWING_HEADERS]
    rows = [
        head,
        ["安吉县", "2025年", None, None, None, None, 2000],
        ["德清县", "2025年", None, None, None, None, "２０２６"],
    ]

    result = read_rows(rows, sowing())

    assert values(result) == {("S5", "anji"): Decimal(2000), ("S5", "deqing"): Decimal(2026)}
    assert errors(result) == []


def test_rows_of_targets_rates_and_single_quarters_are_no_figures() -> None:
    result = read_rows(
        [
            ["时间", *SOWING_HEADERS[:2]],
            ["2025年目标", 3, 1],
            ["4-6月", 1, 0],
            ["1-6月累计", 2, 0],
            ["完成率（%）", 66.7, None],
        ],
        own_only(sowing(), "anji"),
    )

    assert errors(result) == []
    assert values(result) == {("S1", "anji"): Decimal(2), ("S2", "anji"): Decimal(0)}
