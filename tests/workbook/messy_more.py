"""A third collection of habits, written in one go and run as it stood; what was mended is told in the commit."""

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
    K_AREAS,
    K_FIGURES,
    K_NAMES,
    Case,
    Rows,
    city_number,
    cluster_case,
    cluster_figures,
    cluster_rows,
    district,
    figures_of,
    sowing_case,
    targets_of,
    valid,
)

NAMES = dict(zip(CODES, AREA_NAMES, strict=True))
LINES: Rows = [[NAMES[code], *figures_of(code)] for code in CODES]


@valid
def more_numbered_district_names() -> Case:
    """1.吴兴区, 2.南浔区 …"""
    return sowing_case(
        [["区县", *SOWING_HEADERS], *([f"{n}.{line[0]}", *line[1:]] for n, line in enumerate(LINES, start=1))]
    )


@valid
def more_colon_after_district() -> Case:
    """吴兴区：, 南浔区：…"""
    return sowing_case([["区县", *SOWING_HEADERS], *([f"{line[0]}：", *line[1:]] for line in LINES)])


@valid
def more_diagonal_corner() -> Case:
    """The corner is split by a diagonal and says 指标 / 区县."""
    return sowing_case([["         指标\n区县", *SOWING_HEADERS], *LINES])


@valid
def more_unit_word_in_brackets() -> Case:
    """科技型产业园（专业园）（单位：个）"""
    heads = [f"{term.name}（单位：{term.unit}）" for term in SOWING_INDICATORS]
    return sowing_case([["区县", *heads], *LINES])


@valid
def more_sum_to_a_date_in_the_header() -> Case:
    """截至2025年6月30日累计完成数"""
    rows: Rows = [["填报单位：安吉县"], ["序号", "指标", "全年目标", "截至2025年6月30日累计完成数"]]
    for p, term in enumerate(SOWING_INDICATORS):
        rows.append([p + 1, term.name, targets_of("anji")[p], figures_of("anji")[p]])
    return Case(data=sheet_bytes(rows), vocabulary=sowing(), figures=district("anji"))


@valid
def more_instructions_sheet_first() -> Case:
    """The first sheet explains in sentences how to fill in."""
    page = Page(
        rows=[
            ["填报说明"],
            ["1.请各区县于7月10日前报送。"],
            ["2.“累计完成”填1-6月累计数，不填本季数。"],
            ["3.联系电话：0572-2398000。"],
        ],
        title="填报说明",
    )
    data = workbook_bytes(page, Page(rows=[["区县", *SOWING_HEADERS], *LINES], title="填报表"))
    return Case(data=data, vocabulary=sowing(), figures=worked_values())


@valid
def more_district_over_two_columns() -> Case:
    """The district's cell is merged over two columns."""
    rows: Rows = [["区县", None, *SOWING_HEADERS], *([line[0], None, *line[1:]] for line in LINES)]
    return sowing_case(rows, merged=[f"A{n}:B{n}" for n in range(1, 9)])


@valid
def more_empty_columns_between() -> Case:
    """An empty narrow column stands between all columns."""

    def spread(row: list[object]) -> list[object]:
        return [cell for value in row for cell in (value, None)]

    return sowing_case([spread(["区县", *SOWING_HEADERS]), *(spread(line) for line in LINES)])


@valid
def more_column_numbers_in_brackets() -> Case:
    """（1）（2）（3） below the header."""
    rows: Rows = [["区县", *SOWING_HEADERS], ["甲", "（1）", "（2）", "（3）", "（4）", "（5）"], *LINES]
    return sowing_case(rows)


@valid
def more_city_proper_with_slashes() -> Case:
    """A line 市本级 that has no tasks and only strokes."""
    return sowing_case([["区县", *SOWING_HEADERS], *LINES, ["市本级", "/", "/", "/", "/", "/"]])


@valid
def more_years_as_sheets() -> Case:
    """Sheets 2025年, 2026年, 2027年; the later two hold targets to come."""
    pages = [
        Page(
            rows=[["区县", *SOWING_HEADERS], *(LINES if year == 2025 else [[n] for n in AREA_NAMES])],
            title=f"{year}年",
        )
        for year in (2025, 2026, 2027)
    ]
    return Case(data=workbook_bytes(*pages), vocabulary=sowing(), figures=worked_values())


@valid
def more_tab_separated_text_named_xls() -> Case:
    """An export of another system: tabs, GB18030, named .xls."""
    lines = ["\t".join(["区县", *SOWING_HEADERS])]
    lines += ["\t".join("" if v is None else str(v) for v in line) for line in LINES]
    return Case(
        data="\r\n".join(lines).encode("gb18030"),
        vocabulary=sowing(),
        figures=worked_values(),
        filename="导出.xls",
    )


@valid
def more_title_compares_with_last_year() -> Case:
    """2025年上半年…完成情况（与2024年同期比较）"""
    rows: Rows = [["2025年上半年“播种计划”完成情况（与2024年同期比较）"], ["区县", *SOWING_HEADERS], *LINES]
    return sowing_case(rows)


@valid
def more_header_repeated_at_the_foot() -> Case:
    """The header stands once more below the table."""
    head: list[object] = ["区县", *SOWING_HEADERS]
    return sowing_case([head, *LINES, ["全市", *CITY_SUMS], head], worked_values() | CITY)


@valid
def more_value_column_named_by_half_year() -> Case:
    """上半年 as the whole header of the value column, 全年目标 beside it."""
    rows: Rows = [["德清县"], ["指标", "单位", "全年目标", "上半年", "完成率"]]
    for p, term in enumerate(SOWING_INDICATORS):
        rows.append([term.name, term.unit, targets_of("deqing")[p], figures_of("deqing")[p], "50%"])
    return Case(data=sheet_bytes(rows), vocabulary=own_only(sowing(), "deqing"), figures=district("deqing"))


@valid
def more_score_sheet_columns() -> Case:
    """分值, 自评分, 考核分 between target and result, as in score sheets."""
    rows: Rows = [
        ["填报单位：安吉县"],
        ["序号", "考核指标", "分值", "目标值", "完成值", "自评分", "考核分", "备注"],
    ]
    for p, term in enumerate(SOWING_INDICATORS):
        rows.append([p + 1, term.name, 20, targets_of("anji")[p], figures_of("anji")[p], 18.5, None, None])
    return Case(data=sheet_bytes(rows), vocabulary=sowing(), figures=district("anji"))


@valid
def more_clusters_star_and_number_before_name() -> Case:
    """★1.湖州市八大新兴产业链…, 2.规上工业…"""
    rows: Rows = [[None, *K_AREAS, "责任部门"]]
    rows += [
        [f"{'★' if n < 3 else ''}{n}.{row[0]}", *row[1:]] for n, row in enumerate(cluster_rows(), start=1)
    ]
    return cluster_case(rows)


@valid
def more_clusters_numbers_in_the_column_of_words() -> Case:
    """The only value column is 完成情况 and holds bare numbers."""
    rows: Rows = [["序号", "指标名称", "2023年目标", "完成情况", "责任单位"]]
    rows += [
        [n, K_NAMES[code], 9, city_number(code), "市经信局"] for n, code in enumerate(K_FIGURES, start=1)
    ]
    return cluster_case(rows, cluster_figures(city_only=True))


@valid
def more_clusters_short_names_and_spaces() -> Case:
    """吴 兴, 南 浔 …, 合 计 for the city is only a sum; the rates stay."""
    areas = [" ".join(area) if len(area) == 2 else area for area in K_AREAS]
    return cluster_case([["指 标 名 称", *areas], *(row[:-1] for row in cluster_rows())])


@valid
def more_clusters_categories_merged_with_numbers() -> Case:
    """一、牵引性目标（5项） merged on the left over its indicators, 小计 of items as a line."""
    rows: Rows = [["类别", "指标名称", "目标值", "1—6月完成", "责任单位"]]
    for n, code in enumerate(K_FIGURES):
        rows.append(
            ["一、牵引性目标（5项）" if n == 0 else None, K_NAMES[code], 9, city_number(code), "市经信局"]
        )
    rows.append(["小计", "8项", None, None, None])
    return cluster_case(rows, cluster_figures(city_only=True), merged=["A2:A9"])


@valid
def more_clusters_decimals_as_text_with_percent_row() -> Case:
    """Text numbers throughout; the unit only in a column that mixes ％ and 家."""
    units = ["个百分点", "％", "％", "万元/亩", "件", "亩", "家", "万吨标准煤"]
    rows: Rows = [["指标", "单位", *K_AREAS]]
    for unit, (code, row) in zip(units, K_FIGURES.items(), strict=True):
        name = K_NAMES[code].replace("\n", "").split("（")[0].split("(")[0]
        rows.append([name, unit, *(f" {text} " for text in row)])
    return cluster_case(rows)
