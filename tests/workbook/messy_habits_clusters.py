"""Habits in returns of ``clusters-2023``; written, as messy_habits.py, without a look at the reader."""

from decimal import Decimal

from tests.workbook.builders import CLUSTER_AREAS, Page, clusters, own_only, sheet_bytes, workbook_bytes
from tests.workbook.messy import (
    K_AREAS,
    K_FIGURES,
    K_NAMES,
    Case,
    Figures,
    Rows,
    city_number,
    cluster_case,
    cluster_figures,
    cluster_rows,
    interleave,
    letters,
    numbers,
    valid,
)

PLAIN = {
    code: name.replace("\n", "").replace("（", "(").split("(")[0].strip() for code, name in K_NAMES.items()
}
UNITS = {
    "C1": "个百分点",
    "C3": "%",
    "C4": "%",
    "C6": "万元/亩",
    "C12": "件",
    "C17": "亩",
    "C21": "家",
    "C22": "万吨标煤",
}


def _city_list(head: list[object], make: object, **options: object) -> Case:
    rows: Rows = [head, *(make(p, code) for p, code in enumerate(K_FIGURES, start=1))]  # type: ignore[operator]
    return cluster_case(rows, cluster_figures(city_only=True), **options)


@valid
def habit_clusters_progress_judged_in_words() -> Case:
    """上半年完成值, 完成率, 是否达序时 (是/否), 推进情况 in sentences with numbers."""
    return _city_list(
        ["序号", "目标任务", "全年目标", "上半年完成值", "完成率", "是否达序时进度", "推进情况", "责任单位"],
        lambda p, code: [
            p,
            K_NAMES[code],
            9,
            city_number(code),
            "54.8%",
            "是" if p % 2 else "否",
            "1.新增项目12个；2.完成年初预算的54.8%。",
            "市经信局（牵头）、市科技局",
        ],
    )


@valid
def habit_clusters_by_leader() -> Case:
    """分管市长 and 责任单位 merged on the left, as the city prints its half-year table."""
    return _city_list(
        ["分管市领导", "责任单位", "序号", "主要指标", "2023年目标", "1-6月实绩"],
        lambda p, code: [
            "分管工业副市长" if p == 1 else None,
            "市经信局" if p == 1 else None,
            p,
            K_NAMES[code],
            9,
            city_number(code),
        ],
        merged=["A2:A9", "B2:B9"],
    )


@valid
def habit_clusters_value_and_place_under_each_district() -> Case:
    """Under each district 完成 and 全市排名."""
    head: list[object] = ["指标名称"]
    below: list[object] = [None]
    merged = ["A1:A2"]
    for position, area in enumerate(K_AREAS):
        head += [area, None]
        below += ["完成", "排名"]
        merged.append(f"{letters(2 + 2 * position)}1:{letters(3 + 2 * position)}1")
    rows: Rows = [head, below]
    for code, row in K_FIGURES.items():
        rows.append([K_NAMES[code], *interleave(numbers(row), [2] * 7)])
    return cluster_case(rows, merged=merged)


@valid
def habit_clusters_target_row_and_done_row() -> Case:
    """For each indicator one line 目标 and one line 完成, the indicator merged over both."""
    rows: Rows = [["指标名称", "项目", *K_AREAS]]
    merged = []
    for code, row in K_FIGURES.items():
        merged.append(f"A{len(rows) + 1}:A{len(rows) + 2}")
        rows += [[K_NAMES[code], "目标", *([9] * 7)], [None, "完成", *numbers(row)]]
    return cluster_case(rows, merged=merged)


@valid
def habit_clusters_unit_column_and_other_order_of_districts() -> Case:
    """全市 first, then the districts in another order; units in a column."""
    order = [6, 4, 3, 2, 1, 0, 5]
    rows: Rows = [["序号", "指标", "单位", *(K_AREAS[index] for index in order)]]
    for p, (code, row) in enumerate(K_FIGURES.items(), start=1):
        rows.append([p, PLAIN[code], UNITS[code], *(numbers(row)[index] for index in order)])
    return cluster_case(rows)


@valid
def habit_clusters_full_width_numbers_and_separators() -> Case:
    """１２．５, 1，100, －0.5: full-width digits, stop, comma and minus."""
    wide = str.maketrans("0123456789.-", "０１２３４５６７８９．－")

    def show(text: str) -> str:
        return (f"{int(text):,}".replace(",", "，") if len(text) == 4 and text.isdigit() else text).translate(
            wide
        )

    rows: Rows = [["指标", *K_AREAS]]
    rows += [[K_NAMES[code], *(show(text) for text in row)] for code, row in K_FIGURES.items()]
    return cluster_case(rows)


@valid
def habit_clusters_sheet_for_each_area() -> Case:
    """A sheet for each district, each a list with 完成情况 in numbers."""
    pages = []
    for position, area in enumerate(K_AREAS):
        rows: Rows = [[f"{area}2023年上半年指标完成情况"], ["指标名称", "单位", "完成情况"]]
        rows += [[PLAIN[code], UNITS[code], numbers(row)[position]] for code, row in K_FIGURES.items()]
        pages.append(Page(rows=rows, title=f"{position + 1}.{area}"))
    return Case(data=workbook_bytes(*pages), vocabulary=clusters(), figures=cluster_figures())


@valid
def habit_clusters_growth_beside_the_value() -> Case:
    """绝对值 and 同比增长 under 1-6月."""
    rows: Rows = [["指标名称", "1-6月", None, "责任单位"], [None, "绝对值", "同比增长（%）"]]
    rows += [[K_NAMES[code], city_number(code), 7.7, "市统计局"] for code in K_FIGURES]
    return cluster_case(rows, cluster_figures(city_only=True), merged=["A1:A2", "B1:C1", "D1:D2"])


@valid
def habit_clusters_district_sends_whole_form() -> Case:
    """南浔 fills in its own column of 附1; the targets of the others are deleted, 全市 is left as /."""
    rows: Rows = [["附1"], ["主要指标各区县任务完成情况"], [None, *K_AREAS, "责任部门"]]
    for code, row in K_FIGURES.items():
        rows.append([K_NAMES[code], None, numbers(row)[1], None, None, None, None, "/", "市经信局"])
    expected: Figures = {(code, "nanxun"): Decimal(row[1]) for code, row in K_FIGURES.items()}
    return Case(data=sheet_bytes(rows), vocabulary=own_only(clusters(), "nanxun"), figures=expected)


@valid
def habit_clusters_remarks_as_cell_lines() -> Case:
    """责任部门 broken over lines, names broken over lines, category text one sign to a line."""
    rows: Rows = [
        ["类\n别", "指标名称", *(f"{area[:2]}\n{area[2:]}".strip() for area in K_AREAS), "责任\n部门"]
    ]
    for p, (code, row) in enumerate(K_FIGURES.items()):
        name = K_NAMES[code]
        broken = f"{name[:6]}\n{name[6:]}"
        rows.append(["牵\n引\n性\n目\n标" if p == 0 else None, broken, *numbers(row), "市经\n信局"])
    return cluster_case(rows, merged=["A2:A9"])


@valid
def habit_clusters_headline_rows_repeat() -> Case:
    """附2 printed on three pages: 序号/类别/指标名称 repeats, with 第2页 and a subtitle before it."""
    head: list[object] = ["序号", "类别", "指标名称", "2023 年目标值", "上半年完成", "责任单位"]
    rows: Rows = [["2023年目标体系表"], head]
    for p, code in enumerate(K_FIGURES, start=1):
        if p in (4, 7):
            rows += [[f"—{p // 3}—"], ["2023年目标体系表（续）"], head]
        rows.append(
            [p, "牵引性目标" if p in (1, 4) else None, K_NAMES[code], 9, city_number(code), "市经信局"]
        )
    return cluster_case(rows, cluster_figures(city_only=True))


@valid
def habit_clusters_not_yet_published_rows() -> Case:
    """Lines for which no figure exists yet say 暂未反馈 only in 备注; the value is blank."""
    rows: Rows = [["指标", *K_AREAS, "备注"]]
    for code, row in K_FIGURES.items():
        blank = code in ("C12", "C6")
        rows.append(
            [K_NAMES[code], *([None] * 7 if blank else numbers(row)), "省统计局暂未反馈" if blank else None]
        )
    return cluster_case(rows, cluster_figures([code for code in K_FIGURES if code not in ("C12", "C6")]))


@valid
def habit_clusters_rates_mixed_formats() -> Case:
    """In one row some districts type 8.2, some 8.2% and some use the per cent format."""
    texts = K_FIGURES["C4"]
    rows: Rows = [["指标", *K_AREAS]]
    rows.append(
        [
            K_NAMES["C4"],
            float(texts[0]),
            f"{texts[1]}%",
            float(Decimal(texts[2]) / 100),
            f"{texts[3]}％",
            float(texts[4]),
            f"{texts[5]} %",
            float(Decimal(texts[6]) / 100),
        ]
    )
    return cluster_case(rows, cluster_figures(["C4"]), formats={"D2": "0.0%", "H2": "0.00%"})


@valid
def habit_clusters_land_in_both_units() -> Case:
    """The city's column in 万亩 beside the districts' in 亩, each said in its cell."""
    row = K_FIGURES["C17"]
    rows: Rows = [
        ["指标", *K_AREAS],
        ["高耗低效整治腾出用地面积", *(f"{text}亩" for text in row[:6]), "0.495万亩"],
    ]
    expected = {("C17", area): Decimal(text) for area, text in zip(CLUSTER_AREAS, row, strict=True)}
    return cluster_case(rows, expected)


@valid
def habit_clusters_accounting_dashes() -> Case:
    """The accounting format prints a dash for nothing: blank cells are filled with a blank string."""
    rows = [[" " if cell is None else cell for cell in row] for row in cluster_rows()]
    return cluster_case([["", *K_AREAS, "责任部门"], [" "] * 9, *rows, ["　"] * 9])


@valid
def habit_clusters_two_districts_on_one_list() -> Case:
    """Columns 吴兴区 and 南浔区 in a list with 目标 and 完成 below each, the others not in the file."""
    rows: Rows = [
        ["序号", "指标名称", "吴兴区", None, "南浔区", None],
        [None, None, "全年目标", "1-6月完成", "全年目标", "1-6月完成"],
    ]
    for p, (code, row) in enumerate(K_FIGURES.items(), start=1):
        rows.append([p, K_NAMES[code], 9, numbers(row)[0], 9, numbers(row)[1]])
    expected = {
        (code, area): Decimal(row[index])
        for code, row in K_FIGURES.items()
        for index, area in enumerate(("wuxing", "nanxun"))
    }
    return cluster_case(rows, expected, merged=["A1:A2", "B1:B2", "C1:D1", "E1:F1"])
