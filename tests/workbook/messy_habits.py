"""A second collection, written from offices' habits alone and before looking at how the reader decides.

Sources of the habits: the documents' own tables, quarterly forms of Zhejiang's counties and what three people
and WPS do to a file on its way. Nothing here was bent to what the reader takes.
"""

import datetime

from tests.workbook.builders import (
    SOWING_HEADERS,
    SOWING_INDICATORS,
    Page,
    own_only,
    sheet_bytes,
    sowing,
    workbook_bytes,
    worked_values,
)
from tests.workbook.messy import (
    AREA_NAMES,
    CITY,
    CITY_SUMS,
    CODES,
    Case,
    Rows,
    district,
    figures_of,
    interleave,
    letters,
    sowing_case,
    targets_of,
    valid,
)

COUNTIES, ZONES = CODES[:5], CODES[5:]
FIRST_QUARTER = {code: [None if v is None else v // 2 for v in figures_of(code)] for code in CODES}  # type: ignore[operator]
NAMES = dict(zip(CODES, AREA_NAMES, strict=True))


def _line(code: str) -> list[object]:
    return [NAMES[code], *figures_of(code)]


def _deqing(rows: Rows, **options: object) -> Case:
    return Case(data=sheet_bytes(rows, **options), vocabulary=sowing(), figures=district("deqing"))


@valid
def habit_ledger_with_three_header_rows() -> Case:
    """完成情况 over 二季度 over 本季完成/累计完成/完成率, with 同比 and sentences on the right."""
    rows: Rows = [
        ["德清县“播种计划”2025年二季度工作进展情况表"],
        ["填报单位（盖章）：德清县经信局", None, None, None, "填报日期：2025年7月8日"],
        ["序号", "重点指标", "单位", "全年目标", "完成情况", None, None, "同比（%）", "存在问题", "下步举措"],
        [None, None, None, None, "二季度"],
        [None, None, None, None, "本季完成", "累计完成", "完成率"],
    ]
    for position, term in enumerate(SOWING_INDICATORS):
        target, done = targets_of("deqing")[position], figures_of("deqing")[position]
        rows.append([position + 1, term.name, term.unit, target, 1, done, 0.52, 8.3, "无", "继续推进"])
    merged = ["A1:J1", "A3:A5", "B3:B5", "C3:C5", "D3:D5", "E3:G3", "E4:G4", "H3:H5", "I3:I5", "J3:J5"]
    return _deqing(rows, merged=merged)


@valid
def habit_cumulative_before_this_quarter() -> Case:
    """1-6月累计 stands before 其中：二季度."""
    rows: Rows = [["指标名称", "计量单位", "1-6月累计", "其中：二季度", "备注"]]
    for position, term in enumerate(SOWING_INDICATORS):
        rows.append([term.name, term.unit, figures_of("deqing")[position], 2, None])
    return _deqing([["填报单位：德清县"], *rows])


@valid
def habit_quarters_each_with_done_and_cumulative() -> Case:
    """一季度 and 二季度 each over 当季 and 累计; the later quarters are prepared and empty."""
    head: list[object] = ["指标", "年度目标"]
    below: list[object] = [None, None]
    for quarter in ("一季度", "二季度", "三季度", "四季度"):
        head += [quarter, None]
        below += ["当季", "累计"]
    rows: Rows = [["德清县2025年任务进度表"], head, below]
    for position, term in enumerate(SOWING_INDICATORS):
        first, done = FIRST_QUARTER["deqing"][position], figures_of("deqing")[position]
        rows.append([term.name, targets_of("deqing")[position], first, first, done - first, done])  # type: ignore[operator]
    return _deqing(rows, merged=["A1:J1", "A2:A3", "B2:B3", "C2:D2", "E2:F2", "G2:H2", "I2:J2"])


@valid
def habit_months_across() -> Case:
    """A column for every month, 1-2月 to 1-6月, all cumulative."""
    rows: Rows = [
        ["填报单位：德清县经信局"],
        ["序号", "指标名称", "1月", "1-2月", "1-3月", "1-4月", "1-5月", "1-6月"],
    ]
    for position, term in enumerate(SOWING_INDICATORS):
        rows.append([position + 1, term.name, 0, 0, 1, 1, 2, figures_of("deqing")[position]])
    return _deqing(rows)


@valid
def habit_notes_between_indicator_rows() -> Case:
    """Under an indicator a merged note says who confirms it."""
    rows: Rows = [["指标", *AREA_NAMES]]
    merged = []
    for position, name in enumerate(SOWING_HEADERS):
        rows.append([name, *(figures_of(code)[position] for code in CODES)])
        rows.append(["说明：本指标以市级主管部门反馈数为准，截至6月30日。"])
        merged.append(f"A{len(rows)}:H{len(rows)}")
    return sowing_case(rows, merged=merged)


@valid
def habit_notes_between_districts() -> Case:
    """Under a district a merged line of explanation with numbers in it."""
    rows: Rows = [["区县", *SOWING_HEADERS]]
    for code in CODES:
        rows.append(_line(code))
        if code in ("wuxing", "anji"):
            rows.append([f"（{NAMES[code]}：上半年新开工园区2个，其中1个预计9月底前完成验收）"])
    return sowing_case(rows, merged=["A3:F3", "A8:F8"])


@valid
def habit_city_row_first() -> Case:
    """全市 stands above the districts, as bureaus of statistics print it."""
    rows: Rows = [["地区", *SOWING_HEADERS], ["全市", *CITY_SUMS]]
    rows += [_line(code) for code in CODES]
    return sowing_case(rows, worked_values() | CITY)


@valid
def habit_totals_in_the_middle() -> Case:
    """区县合计 after five lines, then the zones, then 总计."""
    counties = [sum(figures_of(code)[p] or 0 for code in COUNTIES) for p in range(5)]  # type: ignore[misc]
    rows: Rows = [["区县（功能区）", *SOWING_HEADERS]]
    rows += [_line(code) for code in COUNTIES]
    rows += [["区县合计", *counties]]
    rows += [_line(code) for code in ZONES]
    rows += [["总计", *CITY_SUMS]]
    return sowing_case(rows)


@valid
def habit_unit_row_alone() -> Case:
    """A row 计量单位 of its own below the header, and 单位：家、个 above."""
    rows: Rows = [
        ["2025年上半年完成情况"],
        [None, None, None, None, None, "单位：家、个"],
        ["所属区县", *(term.name for term in SOWING_INDICATORS)],
        ["计量单位", *(term.unit for term in SOWING_INDICATORS)],
    ]
    rows += [_line(code) for code in CODES]
    return sowing_case(rows)


@valid
def habit_same_period_last_year() -> Case:
    """Under every indicator 2024年1-6月, 2025年1-6月 and 同比."""
    head: list[object] = ["区县"]
    below: list[object] = [None]
    merged = ["A1:A2"]
    for position, name in enumerate(SOWING_HEADERS):
        head += [name, None, None]
        below += ["2024年1-6月", "2025年1-6月", "同比±%"]
        merged.append(f"{letters(2 + 3 * position)}1:{letters(4 + 3 * position)}1")
    rows: Rows = [head, below]
    for code in CODES:
        rows.append([NAMES[code], *interleave([5] * 5, figures_of(code), [12.5] * 5)])
    return sowing_case(rows, merged=merged)


@valid
def habit_place_beside_each_value() -> Case:
    """Under every indicator 完成数 and 位次."""
    head: list[object] = ["区县"]
    below: list[object] = [None]
    for name in SOWING_HEADERS:
        head += [name, None]
        below += ["完成数", "位次"]
    merged = ["A1:A2", *(f"{letters(2 + 2 * p)}1:{letters(3 + 2 * p)}1" for p in range(5))]
    rows: Rows = [head, below]
    rows += [[NAMES[code], *interleave(figures_of(code), [3] * 5)] for code in CODES]
    return sowing_case(rows, merged=merged)


@valid
def habit_wide_table_cut_in_two() -> Case:
    """Districts across did not fit the page: the second half stands below with its own header."""
    rows: Rows = [["指标名称", *(NAMES[code] for code in CODES[:4])]]
    for position, name in enumerate(SOWING_HEADERS):
        rows.append([name, *(figures_of(code)[position] for code in CODES[:4])])
    rows += [[], ["（续表）"], ["指标名称", *(NAMES[code] for code in CODES[4:])]]
    for position, name in enumerate(SOWING_HEADERS):
        rows.append([name, *(figures_of(code)[position] for code in CODES[4:])])
    return sowing_case(rows)


@valid
def habit_indicator_groups_on_two_sheets() -> Case:
    """园区 on one sheet, 企业 on the other; the same districts on both."""
    pages = [
        Page(
            rows=[["区县", *SOWING_HEADERS[:2]], *([NAMES[c], *figures_of(c)[:2]] for c in CODES)],
            title="表一 园区",
        ),
        Page(
            rows=[["区县", *SOWING_HEADERS[2:]], *([NAMES[c], *figures_of(c)[2:]] for c in CODES)],
            title="表二 企业",
        ),
    ]
    return Case(data=workbook_bytes(*pages), vocabulary=sowing(), figures=worked_values())


@valid
def habit_indicator_groups_below_each_other() -> Case:
    """The same cut, the second table below the first after a caption."""
    rows: Rows = [["（一）园区建设"], ["区县", *SOWING_HEADERS[:2]]]
    rows += [[NAMES[code], *figures_of(code)[:2]] for code in CODES]
    rows += [[], ["（二）企业培育"], ["区县", *SOWING_HEADERS[2:]]]
    rows += [[NAMES[code], *figures_of(code)[2:]] for code in CODES]
    return sowing_case(rows)


@valid
def habit_numbers_stored_as_text() -> Case:
    """Every cell is text (the green triangle), some with a blank or a line break behind."""
    rows: Rows = [["区县", *SOWING_HEADERS]]
    rows += [
        [NAMES[code], *(None if v is None else f"{v}\n" if v == 7 else f"{v} " for v in figures_of(code))]
        for code in CODES
    ]
    return sowing_case(rows)


@valid
def habit_district_captions_inside_the_list() -> Case:
    """The list's header once; then 一、吴兴区 over five lines, 二、南浔区 over five …"""
    rows: Rows = [["序号", "指标名称", "单位", "年度目标", "累计完成"]]
    merged = []
    for numeral, code in zip("一二三四五六七", CODES, strict=True):
        rows.append([f"{numeral}、{NAMES[code]}"])
        merged.append(f"A{len(rows)}:E{len(rows)}")
        for p, term in enumerate(SOWING_INDICATORS):
            rows.append([p + 1, term.name, term.unit, targets_of(code)[p], figures_of(code)[p]])
    return sowing_case(rows, merged=merged)


@valid
def habit_a_table_for_each_district() -> Case:
    """表1 吴兴区, header, lines; 表2 南浔区, header, lines …"""
    rows: Rows = []
    for number, code in enumerate(CODES, start=1):
        rows += [[f"表{number}  {NAMES[code]}完成情况"], ["指标名称", "单位", "年度目标", "累计完成"]]
        for p, term in enumerate(SOWING_INDICATORS):
            rows.append([term.name, term.unit, targets_of(code)[p], figures_of(code)[p]])
        rows.append([])
    return sowing_case(rows)


@valid
def habit_hidden_lists_for_drop_downs() -> Case:
    """A hidden sheet holds the districts and indicators that drop-downs offer."""
    lists: Rows = [["区县", "指标", "状态"]]
    lists += [[name, head, "已完成"] for name, head in zip(AREA_NAMES, SOWING_HEADERS, strict=False)]
    data = workbook_bytes(
        Page(rows=[["区县", *SOWING_HEADERS], *(_line(code) for code in CODES)], title="填报"),
        Page(rows=lists, title="下拉选项", hidden=True),
    )
    return Case(data=data, vocabulary=sowing(), figures=worked_values())


@valid
def habit_sheets_of_all_quarters() -> Case:
    """Sheets 一季度 (filled), 二季度 (filled), 三季度 (header and districts only)."""

    def page(title: str, lines: Rows) -> Page:
        return Page(rows=[["区县", *SOWING_HEADERS], *lines], title=title)

    data = workbook_bytes(
        page("一季度", [[NAMES[code], *FIRST_QUARTER[code]] for code in CODES]),
        page("二季度", [_line(code) for code in CODES]),
        page("三季度", [[NAMES[code]] for code in CODES]),
    )
    return Case(data=data, vocabulary=sowing(), figures=worked_values())


@valid
def habit_city_target_row_on_top() -> Case:
    """The first line is the city's target of the year; the districts' results follow."""
    rows: Rows = [["区县", *SOWING_HEADERS], ["2025年全市目标", 35, 18, 1000, 350, 980]]
    rows += [_line(code) for code in CODES]
    return sowing_case(rows)


@valid
def habit_target_done_rate_rows() -> Case:
    """For each district three lines: 目标值, 完成值, 完成率."""
    rows: Rows = [["区县", "项目", *SOWING_HEADERS]]
    merged = []
    for code in CODES:
        merged.append(f"A{len(rows) + 1}:A{len(rows) + 3}")
        rows.append([NAMES[code], "目标值", *targets_of(code)])
        rows.append([None, "完成值", *figures_of(code)])
        rows.append([None, "完成率", *("45.8%" for _ in SOWING_HEADERS)])
    return sowing_case(rows, merged=merged)


@valid
def habit_contacts_and_leaders_as_columns() -> Case:
    """分管领导职务, 联系处室, 联系电话 between the district and its figures, 亮点 at the end."""
    rows: Rows = [["区县", "分管领导", "联系科室", "联系电话", *SOWING_HEADERS, "亮点工作"]]
    for code in CODES:
        rows.append(
            [NAMES[code], "分管副区长", "经信局规划科", 2398765, *figures_of(code), "完成全市首批3个园区"]
        )
    return sowing_case(rows)


@valid
def habit_signature_row_with_a_date_under_the_columns() -> Case:
    """The last line has 填报人, 审核人 and the date below the columns of figures."""
    rows: Rows = [["区县", *SOWING_HEADERS]]
    rows += [_line(code) for code in CODES]
    rows += [[], ["填报人：", "（签字）", "审核人：", "（签字）", "填报日期：", datetime.date(2025, 7, 8)]]
    return sowing_case(rows)


@valid
def habit_letterhead_and_spaced_title() -> Case:
    """Blank rows for a badge, a title with spaces between its signs, the period in Chinese numerals."""
    rows: Rows = [[], [], [], ["湖 州 市“播 种 计 划”进 展 情 况 表"], ["（二〇二五年二季度）"], []]
    rows += [["所属区县", *SOWING_HEADERS], *(_line(code) for code in CODES)]
    return sowing_case(rows, merged=["A4:F4", "A5:F5"])


@valid
def habit_circled_numbers_before_names() -> Case:
    """①科技型产业园(专业园)（个）, half-width brackets, other quotation marks."""
    heads = [
        "①科技型产业园(专业园)(个)",
        "②省级专精特新园区(含高星级小微企业园)(个)",
        "③引进培育创新型小微企业(家)",
        "④其中:未来产业领域内企业(不少于1/3)",
        "⑤省级以上专精特新企业(家)",
    ]
    return sowing_case([["区县", *heads], *(_line(code) for code in CODES)])


@valid
def habit_periods_down_for_one_district() -> Case:
    """Own table of a district: lines 2025年目标, 1-3月累计, 1-6月累计, 完成率."""
    rows: Rows = [
        ["安吉县“播种计划”进度表"],
        ["时间", *SOWING_HEADERS],
        ["2025年目标", *targets_of("anji")],
        ["1-3月累计", *FIRST_QUARTER["anji"]],
        ["1-6月累计", *figures_of("anji")],
        ["完成率（%）", 66.7, None, 55, 57.1, 94.8],
    ]
    return Case(data=sheet_bytes(rows), vocabulary=own_only(sowing(), "anji"), figures=district("anji"))


@valid
def habit_csv_from_wps_with_title_lines() -> Case:
    """A .csv in GB18030 with title, unit line, trailing commas and a line break inside a header."""
    lines = ["“播种计划”2025年二季度进展,,,,,", ",,,,,单位：家、个"]
    heads = ["所属区县", '"科技型产业园\n（专业园）（个）"', *SOWING_HEADERS[1:]]
    lines.append(",".join(heads))
    lines += [",".join("" if v is None else str(v) for v in _line(code)) for code in CODES]
    lines += ["注：数据截至6月30日。,,,,,", ",,,,,"]
    return Case(
        data="\r\n".join(lines).encode("gb18030"),
        vocabulary=sowing(),
        figures=worked_values(),
        filename="附件-XX区-终稿(2).csv",
    )


@valid
def habit_second_block_repeats_last_year() -> Case:
    """On the right, after an empty column, the whole table of 去年同期."""
    rows: Rows = [
        ["2025年上半年", None, None, None, None, None, None, "2024年同期"],
        ["区县", *SOWING_HEADERS, None, "区县", *SOWING_HEADERS],
    ]
    rows += [[*_line(code), None, NAMES[code], 1, 1, 1, 1, 1] for code in CODES]
    return sowing_case(rows, merged=["A1:F1", "H1:M1"])


@valid
def habit_date_column_as_text() -> Case:
    """A long list with 数据截至日 written 2025.6.30 and 数据来源."""
    rows: Rows = [["区县", "指标名称", "单位", "累计完成", "数据截至日", "数据来源"]]
    for p, term in enumerate(SOWING_INDICATORS):
        rows += [
            [NAMES[c], term.name, term.unit, figures_of(c)[p], "2025.6.30", "区县经信部门"] for c in CODES
        ]
    return sowing_case(rows)


@valid
def habit_merged_cells_over_two_lines_each() -> Case:
    """Every district takes two merged lines, all its cells merged downwards."""
    rows: Rows = [["区县", *SOWING_HEADERS]]
    merged = []
    for code in CODES:
        top = len(rows) + 1
        rows += [_line(code), []]
        merged += [f"{letter}{top}:{letter}{top + 1}" for letter in "ABCDEF"]
    return sowing_case(rows, merged=merged)


@valid
def habit_done_written_as_words() -> Case:
    """已完成7个, 完成11个: the verb and the unit around an exact number."""
    rows: Rows = [["区县", *(term.name for term in SOWING_INDICATORS)]]
    rows += [
        [
            NAMES[code],
            *(
                None if value is None else f"已完成{value}{term.unit}"
                for value, term in zip(figures_of(code), SOWING_INDICATORS, strict=True)
            ),
        ]
        for code in CODES
    ]
    return sowing_case(rows)


@valid
def habit_place_in_brackets_behind_the_value() -> Case:
    """88（第3位）: the place stands in brackets behind the value, as in a published table."""
    rows: Rows = [["区县", *SOWING_HEADERS]]
    rows += [
        [NAMES[code], *(None if value is None else f"{value}（第3位）" for value in figures_of(code))]
        for code in CODES
    ]
    return sowing_case(rows)


@valid
def habit_half_the_districts_blank() -> Case:
    """Two districts have answered; the clerk forwards the common table as it is."""
    rows: Rows = [["区县", *SOWING_HEADERS]]
    rows += [_line(code) if code in ("wuxing", "deqing") else [NAMES[code]] for code in CODES]
    return sowing_case(rows, district("wuxing") | district("deqing"))


@valid
def habit_zero_as_text_and_decimals() -> Case:
    """0.0, 0.00 and １１.０ where counts stand."""
    rows: Rows = [["区县", *SOWING_HEADERS]]
    rows += [
        [
            NAMES[code],
            *(
                None if v is None else "0.00" if v == 0 else f"{v}.0" if v == 11 else v
                for v in figures_of(code)
            ),
        ]
        for code in CODES
    ]
    return sowing_case(rows)


@valid
def habit_thousands_in_the_city_column() -> Case:
    """全市 first and the districts after it, 全市 with a thousands separator as text."""
    rows: Rows = [["指标名称", "单位", "全市", *AREA_NAMES]]
    for p, term in enumerate(SOWING_INDICATORS):
        rows.append([term.name, term.unit, f"{CITY_SUMS[p]:,}", *(figures_of(code)[p] for code in CODES)])
    return sowing_case(rows, worked_values() | CITY)


@valid
def habit_only_the_own_line_of_the_annex() -> Case:
    """A district cut the annex down to its own lines: 2025 done, 2026 and 2027 with the plan's targets deleted."""
    rows: Rows = [
        ["所属区县", "年份", *SOWING_HEADERS],
        ["长兴县", "2025年", *figures_of("changxing")],
        [None, "2026年"],
        [None, "2027年"],
        [None, "小计", None, "-", None, None, "-"],
    ]
    return Case(
        data=sheet_bytes(rows, merged=["A2:A5"]),
        vocabulary=own_only(sowing(), "changxing"),
        figures=district("changxing"),
    )


@valid
def habit_three_year_progress_row() -> Case:
    """Beside 2025年完成 the annex's targets of all three years and their 小计 in columns of their own."""
    rows: Rows = [
        ["区县", "指标", "2025年目标", "2026年目标", "2027年目标", "三年小计", "2025年累计完成", "完成率"]
    ]
    for code in CODES:
        for p, term in enumerate(SOWING_INDICATORS):
            target = targets_of(code)[p]
            rows.append([NAMES[code], term.name, target, target, target, 99, figures_of(code)[p], "50%"])
    return sowing_case(rows)
