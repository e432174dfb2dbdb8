"""Indicators down: districts across, and lists, of ``sowing-2025``."""

from tests.workbook.builders import (
    DISTRICTS,
    SOWING_HEADERS,
    SOWING_INDICATORS,
    SOWING_TARGETS,
    WORKED_EXAMPLE,
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


@valid
def transposed() -> Case:
    """The annex turned: indicators down, districts across."""
    rows: Rows = [["指标名称", *AREA_NAMES, "全市"]]
    for position, name in enumerate(SOWING_HEADERS):
        rows.append([name, *(WORKED_EXAMPLE[code][position] for code in CODES), CITY_SUMS[position]])
    return sowing_case(rows, worked_values() | CITY)


@valid
def transposed_with_targets() -> Case:
    """Under every district 目标 and 完成."""
    head: list[object] = ["序号", "指标", "单位"]
    below: list[object] = [None, None, None]
    merged = ["A1:A2", "B1:B2", "C1:C2"]
    for position, name in enumerate(AREA_NAMES):
        head += [name, None]
        below += ["目标值", "完成值"]
        merged.append(f"{letters(4 + 2 * position)}1:{letters(5 + 2 * position)}1")
    rows: Rows = [head, below]
    for position, term in enumerate(SOWING_INDICATORS):
        cells = interleave(
            [SOWING_TARGETS[code][position] for code in CODES],
            [WORKED_EXAMPLE[code][position] for code in CODES],
        )
        rows.append([position + 1, term.name, term.unit, *cells])
    return sowing_case(rows, merged=merged)


@valid
def group_headers_above_districts() -> Case:
    """Three header rows: 完成情况, 区县组 and 功能区组, the names."""
    rows: Rows = [
        ["指标名称", "各区县完成情况"],
        [None, "区县组", None, None, None, None, "功能区组"],
        [None, *AREA_NAMES],
    ]
    for position, name in enumerate(SOWING_HEADERS):
        rows.append([name, *(WORKED_EXAMPLE[code][position] for code in CODES)])
    return sowing_case(rows, merged=["A1:A3", "B1:H1", "B2:F2", "G2:H2"])


@valid
def one_district_across() -> Case:
    """A district's file: 指标 beside its own name as the only column."""
    rows: Rows = [["指标名称", "德清县"]]
    rows += [[name, value] for name, value in zip(SOWING_HEADERS, figures_of("deqing"), strict=True)]
    return Case(data=sheet_bytes(rows), vocabulary=own_only(sowing(), "deqing"), figures=district("deqing"))


@valid
def district_fills_only_its_column() -> Case:
    """The common form sent round: only the own column is filled, the others are blank or crossed out."""
    rows: Rows = [["指标名称", *AREA_NAMES]]
    for position, name in enumerate(SOWING_HEADERS):
        rows.append([name, *(WORKED_EXAMPLE[code][position] if code == "anji" else "/" for code in CODES)])
    return Case(data=sheet_bytes(rows), vocabulary=own_only(sowing(), "anji"), figures=district("anji"))


def _list_rows(code: str) -> Rows:
    return [
        [position, term.name, term.unit, target, value]
        for position, (term, target, value) in enumerate(
            zip(SOWING_INDICATORS, targets_of(code), figures_of(code), strict=True), start=1
        )
    ]


def _own_list(head: list[object], *, title: str = "填报单位（盖章）：德清县经信局") -> Case:
    rows: Rows = [["2025年二季度“播种计划”进展情况表"], [title], head, *_list_rows("deqing")]
    return Case(data=sheet_bytes(rows), vocabulary=sowing(), figures=district("deqing"))


@valid
def list_of_one_district() -> Case:
    """序号 指标名称 单位 目标值 完成值 with 填报单位 above."""
    return _own_list(["序号", "指标名称", "计量单位", "目标值", "完成值"])


@valid
def list_with_other_words() -> Case:
    """序 主要指标 单位 全年目标任务数 上半年实际完成数."""
    return _own_list(["序", "主要指标", "单位", "全年目标任务数", "上半年实际完成数"])


@valid
def list_with_as_of_header() -> Case:
    """截至6月底累计完成."""
    return _own_list(["序号", "考核指标", "单位", "2025年目标", "截至6月底累计完成"])


@valid
def list_with_title_naming_the_district() -> Case:
    """No 填报单位; the title says whose list it is."""
    return _own_list(["序号", "目标任务", "单位", "年度目标", "1—6月完成情况"], title="（德清县）")


@valid
def list_on_the_districts_sheet() -> Case:
    """One sheet for each district, named after it."""
    pages = [
        Page(rows=[["序号", "指标名称", "单位", "目标值", "完成值"], *_list_rows(term.code)], title=term.name)
        for term in DISTRICTS
    ]
    return Case(data=workbook_bytes(*pages), vocabulary=sowing(), figures=worked_values())


@valid
def list_with_narrative() -> Case:
    """Numbers and sentences: 完成数, 完成情况, 存在问题, 下步举措."""
    rows: Rows = [
        ["填报单位：德清县"],
        ["序号", "指标名称", "单位", "目标值", "完成数", "完成情况", "存在问题", "下一步举措"],
    ]
    rows += [
        [*line, f"上半年完成{line[4]}，达到序时进度，其中3个园区已完成验收。", "用地指标紧张", "加快推进"]
        for line in _list_rows("deqing")
    ]
    return Case(data=sheet_bytes(rows), vocabulary=sowing(), figures=district("deqing"))


@valid
def list_with_quarters() -> Case:
    """一季度 二季度 三季度 四季度 as four columns of cumulative values."""
    rows: Rows = [
        ["填报单位：德清县"],
        ["序号", "指标名称", "单位", "全年目标", "一季度累计", "二季度累计", "三季度累计", "四季度累计"],
    ]
    rows += [[*line[:4], 1, line[4], None, None] for line in _list_rows("deqing")]
    return Case(data=sheet_bytes(rows), vocabulary=sowing(), figures=district("deqing"))


@valid
def list_with_quarter_and_sum() -> Case:
    """本季完成 beside 累计完成: the sum counts."""
    rows: Rows = [
        ["填报单位：德清县"],
        ["指标", "单位", "全年目标", "本季完成", "累计完成", "完成率", "同比"],
    ]
    rows += [[*line[1:4], 1, line[4], "50%", 3.2] for line in _list_rows("deqing")]
    return Case(data=sheet_bytes(rows), vocabulary=sowing(), figures=district("deqing"))


@valid
def long_list() -> Case:
    """区县 指标 单位 目标 累计完成: one line for each place."""
    rows: Rows = [["区县", "指标", "单位", "年度目标", "累计完成"]]
    for term in DISTRICTS:
        rows += [[term.name, *line[1:]] for line in _list_rows(term.code)]
    return sowing_case(rows)


@valid
def long_list_merged_districts() -> Case:
    """The same with the district merged over its lines."""
    rows: Rows = [["序号", "区县", "指标名称", "目标", "完成情况"]]
    merged = []
    for term in DISTRICTS:
        merged.append(f"B{len(rows) + 1}:B{len(rows) + 5}")
        rows += [
            [position, term.name if position == 1 else None, line[1], line[3], line[4]]
            for position, line in enumerate(_list_rows(term.code), start=1)
        ]
    return sowing_case(rows, merged=merged)


@valid
def long_list_district_once() -> Case:
    """The district is written on its first line only, not merged."""
    rows: Rows = [["区县", "指标名称", "目标", "完成数"]]
    for term in DISTRICTS:
        rows += [
            [term.name if position == 0 else None, line[1], line[3], line[4]]
            for position, line in enumerate(_list_rows(term.code))
        ]
    return sowing_case(rows)


@valid
def long_list_by_indicator() -> Case:
    """Indicator merged outside, districts inside."""
    rows: Rows = [["指标名称", "区县", "目标", "完成数"]]
    merged = []
    for position, name in enumerate(SOWING_HEADERS):
        merged.append(f"A{len(rows) + 1}:A{len(rows) + 7}")
        rows += [
            [
                name if number == 0 else None,
                term.name,
                SOWING_TARGETS[term.code][position],
                WORKED_EXAMPLE[term.code][position],
            ]
            for number, term in enumerate(DISTRICTS)
        ]
    return sowing_case(rows, merged=merged)


@valid
def one_table_for_each_indicator() -> Case:
    """Five small tables below each other, the indicator in the caption."""
    rows: Rows = [["“播种计划”2025年二季度进展"]]
    for position, name in enumerate(SOWING_HEADERS):
        rows += [[f"表{position + 1}：{name}"], ["区县", "目标", "累计完成", "完成率"]]
        rows += [
            [term.name, SOWING_TARGETS[term.code][position], WORKED_EXAMPLE[term.code][position], None]
            for term in DISTRICTS
        ]
        rows.append([])
    return sowing_case(rows)


@valid
def one_sheet_for_each_indicator() -> Case:
    """The indicator is the sheet's name; the long name with a slash cannot be one."""
    pages = [
        Page(
            title=term.name[:28],
            rows=[
                ["区县", "年度目标", "1-6月完成数"],
                *(
                    [area.name, SOWING_TARGETS[area.code][position], WORKED_EXAMPLE[area.code][position]]
                    for area in DISTRICTS
                ),
            ],
        )
        for position, term in enumerate(SOWING_INDICATORS)
        if term.code != "S4"
    ]
    expected = {place: value for place, value in worked_values().items() if place[0] != "S4"}
    return Case(data=workbook_bytes(*pages), vocabulary=sowing(), figures=expected)


@valid
def measures_down_for_one_district() -> Case:
    """Indicators across, rows 目标值 完成值 完成率."""
    rows: Rows = [
        ["填报单位：安吉县"],
        ["项目", *SOWING_HEADERS],
        ["年度目标", *targets_of("anji")],
        ["累计完成", *figures_of("anji")],
        ["完成率", "66.7%", None, "55%", "57.1%", "94.8%"],
    ]
    return Case(data=sheet_bytes(rows), vocabulary=sowing(), figures=district("anji"))
