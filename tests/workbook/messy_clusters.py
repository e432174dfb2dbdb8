"""The shapes of the two tables of ``clusters-2023``."""

from collections.abc import Callable
from decimal import Decimal

from tests.workbook.builders import CLUSTER_AREAS, Page, clusters, workbook_bytes
from tests.workbook.messy import (
    K_AREAS,
    K_FIGURES,
    K_NAMES,
    Case,
    Rows,
    city_number,
    cluster_case,
    cluster_figures,
    cluster_rows,
    numbers,
    valid,
)


@valid
def clusters_like_annex_1() -> Case:
    """附1 with the half year's figures, blank first header cell."""
    return cluster_case(
        [["主要指标各区县任务完成情况（2023年1-6月）"], [None, *K_AREAS, "责任部门"], *cluster_rows()]
    )


@valid
def clusters_annex_1_page_break() -> Case:
    """附1 with its header repeated in the middle, as in the document."""
    rows = cluster_rows()
    head: list[object] = [None, *K_AREAS, "责任部门"]
    return cluster_case([head, *rows[:5], [], head, *rows[5:]])


@valid
def clusters_joint_target_cells() -> Case:
    """The energy row with 4.5（含南太湖新区） and / as in the document."""
    rows: Rows = [[None, *K_AREAS], [K_NAMES["C16"], "2.3（含南太湖新区）", 2.4, 2.6, 3.8, 3.1, "/", None]]
    expected = {
        ("C16", area): Decimal(text)
        for area, text in zip(CLUSTER_AREAS, ("2.3", "2.4", "2.6", "3.8", "3.1"), strict=False)
    }
    return cluster_case(rows, expected)


@valid
def clusters_percent_cells() -> Case:
    """Growth rates in cells with per cent format."""
    rows: Rows = [["指标", *K_AREAS]]
    formats = {}
    for number, code in enumerate(("C3", "C4"), start=2):
        rows.append([K_NAMES[code], *(float(Decimal(text) / 100) for text in K_FIGURES[code])])
        formats |= {f"{letter}{number}": "0.0%" for letter in "BCDEFGH"}
    return cluster_case(rows, cluster_figures(["C3", "C4"]), formats=formats)


@valid
def clusters_percent_texts() -> Case:
    """6.5％ and 1.1个百分点 as text."""
    rows: Rows = [["指标", *K_AREAS]]
    rows.append([K_NAMES["C3"], *(f"{text}％" for text in K_FIGURES["C3"])])
    rows.append([K_NAMES["C1"], *(f"{text}个百分点" for text in K_FIGURES["C1"])])
    return cluster_case(rows, cluster_figures(["C1", "C3"]))


@valid
def clusters_districts_down() -> Case:
    """附1 turned: districts down, indicators across under group headers."""
    codes = list(K_FIGURES)
    rows: Rows = [
        ["区县", "牵引性目标", None, None, None, None, "空间腾换行动", None, None],
        [None, *(K_NAMES[code] for code in codes)],
    ]
    for position, area in enumerate(K_AREAS):
        rows.append([area, *(numbers(K_FIGURES[code])[position] for code in codes)])
    return cluster_case(rows, merged=["A1:A2", "B1:F1", "G1:I1"])


def _annex_2(head: list[object], make: Callable[[int, str], list[object]], **options: object) -> Case:
    rows: Rows = [["2023年目标体系表"], head]
    rows += [make(position, code) for position, code in enumerate(K_FIGURES, start=1)]
    return cluster_case(rows, cluster_figures(city_only=True), **options)


@valid
def clusters_like_annex_2() -> Case:
    """附2 with 完成值 and vertical category text."""
    return _annex_2(
        ["序号", "类别", "指标名称", "2023 年目标值", "完成值", "责任单位"],
        lambda position, code: [
            position,
            {1: "牵引性目标", 6: "空 间\n腾 换\n行 动"}.get(position),
            K_NAMES[code],
            1,
            city_number(code),
            "市经信局",
        ],
        merged=["B3:B7", "B8:B10"],
    )


@valid
def clusters_annex_2_with_rates() -> Case:
    """目标值, 1-6月累计, 完成率, 去年同期, 同比, 排名."""
    return _annex_2(
        [
            "序号",
            "指标名称",
            "2023年目标值",
            "1-6月累计",
            "完成率（%）",
            "去年同期",
            "同比增减",
            "全省排名",
            "责任单位",
        ],
        lambda position, code: [position, K_NAMES[code], 9, city_number(code), 55.5, 3, 1.2, 4, "市科技局"],
    )


@valid
def clusters_annex_2_two_periods() -> Case:
    """1-3月累计 beside 1-6月累计."""
    return _annex_2(
        ["序号", "指标名称", "目标值", "1—3月累计", "1—6月累计", "责任单位"],
        lambda position, code: [position, K_NAMES[code], 9, 1, city_number(code), "市科技局"],
    )


@valid
def clusters_annex_2_other_words() -> Case:
    """指标值 and 实际值."""
    return _annex_2(
        ["编号", "指标内容", "指标值", "实际值", "牵头单位", "配合单位"],
        lambda position, code: [position, K_NAMES[code], 9, city_number(code), "市科技局", "市经信局"],
    )


@valid
def clusters_annex_2_units_in_a_column() -> Case:
    """Names without unit, the unit in a column; the land in 万亩."""
    units = {
        "C1": "个百分点",
        "C3": "%",
        "C4": "%",
        "C6": "万元/亩",
        "C12": "件",
        "C17": "万亩",
        "C21": "家",
        "C22": "万吨标煤",
    }

    def line(position: int, code: str) -> list[object]:
        name = K_NAMES[code].replace("\n", "").split("（")[0].split("(")[0]
        number = 0.495 if code == "C17" else city_number(code)
        return [position, name, units[code], 9, number, "市经信局"]

    return _annex_2(["序号", "指标名称", "单位", "目标", "上半年完成", "责任部门"], line)


@valid
def clusters_annex_2_three_levels() -> Case:
    """一级指标, 二级指标 and the value."""
    return _annex_2(
        ["一级指标", "二级指标", "年度目标", "本年累计完成", "责任单位"],
        lambda position, code: [
            "牵引性目标" if position < 6 else "空间腾换",
            K_NAMES[code],
            9,
            city_number(code),
            "市经信局",
        ],
    )


@valid
def clusters_annex_2_sections() -> Case:
    """Section rows between the lines, and a 合计 row at the end."""
    rows: Rows = [["序号", "指标名称", "2023年目标值", "2023年上半年完成值", "责任单位"], ["一、牵引性目标"]]
    for position, code in enumerate(K_FIGURES, start=1):
        if position == 6:
            rows.append(["二、空间腾换行动"])
        rows.append([position, K_NAMES[code], 9, city_number(code), "市经信局"])
    rows.append(["合计", None, 100, 5000, None])
    return cluster_case(rows, cluster_figures(city_only=True), merged=["A2:E2", "A8:E8"])


@valid
def clusters_annex_2_column_numbers() -> Case:
    """A row 甲 乙 1 2 3 below the header, as in statistical forms."""
    rows: Rows = [["指标名称", "计量单位", "年度目标", "本年累计"], ["甲", "乙", 1, 2]]
    rows += [[K_NAMES[code], None, 9, city_number(code)] for code in K_FIGURES]
    return cluster_case(rows, cluster_figures(city_only=True))


@valid
def clusters_annex_2_two_sheets() -> Case:
    """The list is cut over two sheets."""
    codes = list(K_FIGURES)
    head: list[object] = ["序号", "类别", "指标名称", "目标值", "完成情况", "责任单位"]
    pages = [
        Page(
            title=title,
            rows=[
                ["2023年二季度完成情况"],
                head,
                *(
                    [position, None, K_NAMES[code], 9, city_number(code), "市经信局"]
                    for position, code in enumerate(part)
                ),
            ],
        )
        for title, part in (("牵引性目标", codes[:5]), ("空间腾换行动", codes[5:]))
    ]
    return Case(data=workbook_bytes(*pages), vocabulary=clusters(), figures=cluster_figures(city_only=True))


@valid
def clusters_annex_2_two_halves_side_by_side() -> Case:
    """Two halves of the list beside each other to save paper."""
    codes = list(K_FIGURES)
    head: list[object] = ["序号", "指标名称", "目标值", "完成值"]
    rows: Rows = [[*head, *head]]
    for left, right in zip(codes[:4], codes[4:], strict=True):
        rows.append([1, K_NAMES[left], 9, city_number(left), 5, K_NAMES[right], 9, city_number(right)])
    return cluster_case(rows, cluster_figures(city_only=True))


@valid
def clusters_annex_2_responsible_first() -> Case:
    """责任单位 leads the line, merged over its indicators."""
    rows: Rows = [["责任单位", "指标名称", "完成值", "目标值"]]
    rows += [
        ["市经信局" if position == 0 else None, K_NAMES[code], city_number(code), 9]
        for position, code in enumerate(K_FIGURES)
    ]
    return cluster_case(rows, cluster_figures(city_only=True), merged=["A2:A9"])


@valid
def clusters_district_list() -> Case:
    """附2's form filled in by a district."""
    rows: Rows = [
        ["2023年上半年主要指标完成情况表"],
        ["填报单位：湖州市长兴县发展改革和经济信息化局", None, None, "单位：%、亩"],
        ["序号", "指标名称", "年度目标", "完成值"],
    ]
    rows += [
        [position, K_NAMES[code], 9, numbers(row)[3]]
        for position, (code, row) in enumerate(K_FIGURES.items())
    ]
    expected = {place: value for place, value in cluster_figures().items() if place[1] == "changxing"}
    return cluster_case(rows, expected)


@valid
def clusters_values_with_big_units() -> Case:
    """0.495万亩, 7.65万吨标煤 written out in the cell."""
    rows: Rows = [
        ["指标名称", "2023年目标", "完成值"],
        ["腾出用地面积", "1万亩", "0.495万亩"],
        [K_NAMES["C22"], 15, "7.65万吨标煤"],
        ["规上工业亩均税收", "37万元/亩", "18.9万元/亩"],
    ]
    expected = {
        ("C17", "huzhou"): Decimal(4950),
        ("C22", "huzhou"): Decimal("7.65"),
        ("C6", "huzhou"): Decimal("18.9"),
    }
    return cluster_case(rows, expected)


@valid
def clusters_unit_of_the_target() -> Case:
    """No unit anywhere: the target's own unit (万亩) holds for the bare number."""
    rows: Rows = [["指标名称", "目标值", "完成值"], ["腾出用地面积", 1, 0.495]]
    return cluster_case(rows, {("C17", "huzhou"): Decimal(4950)})


@valid
def clusters_unit_printed_by_the_format() -> Case:
    """The number format prints 万亩 behind the number."""
    rows: Rows = [["指标名称", "目标值", "完成值"], ["腾出用地面积", 1, 0.495]]
    return cluster_case(rows, {("C17", "huzhou"): Decimal(4950)}, formats={"C2": '0.000"万亩"'})


@valid
def clusters_title_with_everything() -> Case:
    """Document number, plan title, years and dates in the lines above the table."""
    rows: Rows = [
        ["附件2"],
        ["湖州市先进制造业集群培育工程（八大新兴产业链）2023年二季度指标完成情况"],
        ["依据：湖政办发〔2023〕22号（2023—2027年）", None, "报送日期：2023年7月10日"],
        ["填报单位（盖章）：市经信局", None, "数据截至：2023年6月30日"],
        ["序号", "指标名称", "目标值", "完成值"],
        *([position, K_NAMES[code], 9, city_number(code)] for position, code in enumerate(K_FIGURES)),
        ["说明：2022年同期数见附表。"],
    ]
    return cluster_case(rows, cluster_figures(city_only=True))


@valid
def clusters_footnote_marks() -> Case:
    """★ before names, trailing spaces and footnote numbers."""
    rows: Rows = [["序号", "指标名称", "目标值", "完成值"]]
    rows += [
        [position, f"★{K_NAMES[code]}  ", 9, city_number(code)] for position, code in enumerate(K_FIGURES)
    ]
    return cluster_case(rows, cluster_figures(city_only=True))
