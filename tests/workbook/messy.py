"""Valid returns as people make them: the same figures in the many shapes that offices give them.

Each maker returns a file of the worked example of ``sowing-2025`` or of a half year of ``clusters-2023`` and
knows the figures that it must give. They follow habits seen in real returns and not the reader's rules.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from returns.workbook.types import Vocabulary
from tests.workbook.builders import (
    CLUSTER_AREAS,
    DISTRICTS,
    SOWING_HEADERS,
    SOWING_INDICATORS,
    SOWING_TARGETS,
    WORKED_EXAMPLE,
    Page,
    clusters,
    own_only,
    sheet_bytes,
    sowing,
    workbook_bytes,
    worked_values,
)

Figures = dict[tuple[str, str], Decimal]
Rows = list[list[object]]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A file, the vocabulary it is read with and the figures it must give."""

    data: bytes
    vocabulary: Vocabulary
    figures: Figures
    filename: str = "附件2-进展表-终稿(2).xlsx"


MAKERS: list[Callable[[], Case]] = []


def valid(maker: Callable[[], Case]) -> Callable[[], Case]:
    """Register a maker; its docstring says the habit."""
    MAKERS.append(maker)
    return maker


def figures_of(organisation: str) -> list[object]:
    return list(WORKED_EXAMPLE[organisation])


def targets_of(organisation: str) -> list[object]:
    return list(SOWING_TARGETS[organisation])


def sowing_case(rows: Rows, figures: Figures | None = None, **options: object) -> Case:
    return Case(
        data=sheet_bytes(rows, **options),
        vocabulary=sowing(),
        figures=worked_values() if figures is None else figures,
    )


def district(code: str) -> Figures:
    return {place: value for place, value in worked_values().items() if place[1] == code}


def interleave(*lists: list[object]) -> list[object]:
    return [value for group in zip(*lists, strict=True) for value in group]


CITY_SUMS = (18, 17, 513, 179, 727)
CITY = {(f"S{position + 1}", "huzhou"): Decimal(number) for position, number in enumerate(CITY_SUMS)}
AREA_NAMES = [term.name for term in DISTRICTS]
CODES = [term.code for term in DISTRICTS]

# figures of a half year of clusters-2023, in the documents' order of districts and the city last
K_FIGURES: dict[str, list[str]] = {
    "C1": ["1.1", "0.9", "1.2", "1.3", "0.8", "1", "1.1"],
    "C3": ["6.5", "7.1", "8.2", "8", "-0.5", "9", "6.9"],
    "C4": ["11", "12.5", "13", "9.8", "12", "15.2", "12.1"],
    "C6": ["25", "16.2", "19", "18.8", "19.5", "17", "18.9"],
    "C12": ["18.1", "19.9", "20.5", "21", "10.9", "21.4", "18.6"],
    "C17": ["800", "900", "1100", "1000", "950", "200", "4950"],
    "C21": ["80", "120", "130", "125", "110", "20", "585"],
    "C22": ["2", "1.8", "1", "1.7", "1.1", "0.05", "7.65"],
}
K_NAMES = {
    "C1": "湖州市八大新兴产业链营业收入占比提高(个百分点)",
    "C3": "规上工业增加值增长(%)",
    "C4": "制造业投资增长(%)",
    "C6": "规上工业亩均税收(万元/亩)",
    "C12": "每万人口高价值发明专利拥有量(件)",
    "C17": "高耗低效整治腾出用地面积（亩）",
    "C21": "高耗低效整治企业数（家）",
    "C22": "高耗低效整治腾出能耗空间\n（万吨标煤）",
    "C16": "单位 GDP 能耗下降率（%）",
}
K_AREAS = ["吴兴", "南浔", "德清", "长兴", "安吉", "南太湖新区", "全市"]


def cluster_figures(codes: list[str] | None = None, *, city_only: bool = False) -> Figures:
    return {
        (code, area): Decimal(text)
        for code, row in K_FIGURES.items()
        for area, text in zip(CLUSTER_AREAS, row, strict=True)
        if (codes is None or code in codes) and (not city_only or area == "huzhou")
    }


def numbers(texts: list[str]) -> list[object]:
    return [float(text) if "." in text else int(text) for text in texts]


def cluster_rows() -> Rows:
    return [[K_NAMES[code], *numbers(row), "市经信局"] for code, row in K_FIGURES.items()]


def city_number(code: str) -> object:
    return numbers(K_FIGURES[code])[-1]


def cluster_case(rows: Rows, figures: Figures | None = None, **options: object) -> Case:
    return Case(
        data=sheet_bytes(rows, **options),
        vocabulary=clusters(),
        figures=cluster_figures() if figures is None else figures,
    )


# districts down, indicators across


@valid
def like_the_annex() -> Case:
    """The annex's own table: years down, merged districts, two header rows, subtotals, city rows."""
    rows: Rows = [
        ["各区县“播种计划”主要任务分解表（2025年二季度完成情况）"],
        ["所属区县", "年份", *SOWING_HEADERS[:3], None, SOWING_HEADERS[4]],
        [None, None, None, None, None, SOWING_HEADERS[3], None],
    ]
    merged = ["A1:G1", "A2:A3", "B2:B3", "C2:C3", "D2:D3", "E2:F2", "G2:G3"]
    for term in DISTRICTS:
        first = len(rows) + 1
        rows += [[term.name, "2025 年", *figures_of(term.code)]]
        rows += [
            [None, "2026 年", None, None, None, None, None],
            [None, "2027 年"],
            [None, "小计", None, "-"],
        ]
        merged.append(f"A{first}:A{first + 3}")
    rows.append(["全市累计", "2025 年", *CITY_SUMS])
    return sowing_case(rows, worked_values() | CITY, merged=merged)


@valid
def without_years() -> Case:
    """One row for each district, no years."""
    return sowing_case(
        [["区县", *SOWING_HEADERS], *([term.name, *figures_of(term.code)] for term in DISTRICTS)]
    )


@valid
def years_before_districts() -> Case:
    """The year column stands first and is merged over all districts."""
    rows: Rows = [["2025年上半年完成情况"], ["年份", "区县", *SOWING_HEADERS]]
    rows += [
        [2025 if position == 0 else None, term.name, *figures_of(term.code)]
        for position, term in enumerate(DISTRICTS)
    ]
    return sowing_case(rows, merged=["A3:A9"])


@valid
def spaced_and_short_names() -> Case:
    """Districts as 吴 兴, 徳清县, 湖州市安吉县, 南太湖."""
    names = ["吴 兴", "南浔", "徳清县", "湖州市长兴县", "安 吉 县", "南太湖", "长合区管委会"]
    rows: Rows = [["县区", *SOWING_HEADERS]]
    rows += [[name, *figures_of(code)] for name, code in zip(names, CODES, strict=True)]
    return sowing_case(rows)


@valid
def numbered_with_remarks() -> Case:
    """A leading 序号, a trailing 备注 with free text."""
    rows: Rows = [["序号", "所属区县", *SOWING_HEADERS, "备注"]]
    rows += [
        [position, term.name, *figures_of(term.code), "个别数据为快报" if position == 3 else None]
        for position, term in enumerate(DISTRICTS, start=1)
    ]
    return sowing_case(rows)


@valid
def target_done_rate_below_each() -> Case:
    """Under every indicator the three columns 目标, 完成, 完成率."""
    head: list[object] = ["所属区县"]
    below: list[object] = [None]
    merged = ["A2:A3"]
    for position, name in enumerate(SOWING_HEADERS):
        head += [name, None, None]
        below += ["年度目标", "累计完成", "完成率（%）"]
        left = 2 + 3 * position
        merged.append(f"{_letters(left)}2:{_letters(left + 2)}2")
    rows: Rows = [["“播种计划”2025年1-6月进展"], head, below]
    for term in DISTRICTS:
        done = figures_of(term.code)
        rate = [
            round(100 * float(str(value)) / float(str(target)), 1) if value is not None and target else None
            for value, target in zip(done, targets_of(term.code), strict=True)
        ]
        rows.append([term.name, *interleave(targets_of(term.code), done, rate)])
    return sowing_case(rows, merged=merged)


@valid
def target_done_unmerged_headers() -> Case:
    """The same without merging: the indicator's name over the first of its columns only."""
    head: list[object] = ["所属区县"]
    below: list[object] = [None]
    for name in SOWING_HEADERS:
        head += [name, None]
        below += ["目标", "完成"]
    rows: Rows = [head, below]
    rows += [[term.name, *interleave(targets_of(term.code), figures_of(term.code))] for term in DISTRICTS]
    return sowing_case(rows)


@valid
def done_in_the_header() -> Case:
    """Headers such as 科技型产业园（专业园）完成数（个）."""
    heads = [f"{term.name}完成数（{term.unit}）" for term in SOWING_INDICATORS]
    return sowing_case([["区县", *heads], *([term.name, *figures_of(term.code)] for term in DISTRICTS)])


@valid
def targets_and_results_alternate() -> Case:
    """For each district a row 目标 and a row 完成, the district merged over both."""
    rows: Rows = [["区县", "类型", *SOWING_HEADERS]]
    merged = []
    for term in DISTRICTS:
        merged.append(f"A{len(rows) + 1}:A{len(rows) + 2}")
        rows += [[term.name, "年度目标", *targets_of(term.code)], [None, "累计完成", *figures_of(term.code)]]
    return sowing_case(rows, merged=merged)


@valid
def csv_utf8() -> Case:
    """The annex's table saved as CSV, unmerged."""
    lines = [",".join(["所属区县", "年份", *SOWING_HEADERS])]
    for term in DISTRICTS:
        cells = ["" if value is None else str(value) for value in figures_of(term.code)]
        lines.append(",".join([term.name, "2025年", *cells]))
    return Case(
        data="\ufeff".encode() + "\r\n".join(lines).encode(),
        vocabulary=sowing(),
        figures=worked_values(),
        filename="进展.csv",
    )


@valid
def csv_gb18030() -> Case:
    """The same as Chinese Excel writes it."""
    case = csv_utf8()
    return Case(
        data=case.data.decode("utf-8-sig").encode("gb18030"),
        vocabulary=case.vocabulary,
        figures=case.figures,
        filename="进展.csv",
    )


@valid
def header_repeats_at_page_breaks() -> Case:
    """The header comes again after every three districts."""
    rows: Rows = []
    for position, term in enumerate(DISTRICTS):
        if position % 3 == 0:
            rows.append(["所属区县", *SOWING_HEADERS])
        rows.append([term.name, *figures_of(term.code)])
    return sowing_case(rows)


@valid
def blank_rows_between() -> Case:
    """An empty row after every district."""
    rows: Rows = [["所属区县", *SOWING_HEADERS]]
    for term in DISTRICTS:
        rows += [[term.name, *figures_of(term.code)], []]
    return sowing_case(rows)


@valid
def numbers_as_text_with_units() -> Case:
    """７个, 1 12家, ' 35 ': numbers typed as text."""
    rows: Rows = [["所属区县", *SOWING_HEADERS]]
    for term in DISTRICTS:
        cells = [
            None if value is None else f" {value}{unit}"
            for value, unit in zip(figures_of(term.code), "个个家家家", strict=True)
        ]
        rows.append([term.name, *cells])
    return sowing_case(rows)


@valid
def full_width_digits() -> Case:
    """１５２ instead of 152."""
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    rows: Rows = [["所属区县", *SOWING_HEADERS]]
    rows += [
        [
            term.name,
            *(None if value is None else str(value).translate(wide) for value in figures_of(term.code)),
        ]
        for term in DISTRICTS
    ]
    return sowing_case(rows)


@valid
def two_groups_on_one_sheet() -> Case:
    """区县 and 功能区 in two tables below each other, each with caption and header."""
    rows: Rows = [["一、区县"], ["区县", *SOWING_HEADERS]]
    rows += [[term.name, *figures_of(term.code)] for term in DISTRICTS[:5]]
    rows += [[], ["二、功能区"], ["功能区", *SOWING_HEADERS]]
    rows += [[term.name, *figures_of(term.code)] for term in DISTRICTS[5:]]
    return sowing_case(rows)


@valid
def subtotals_of_groups() -> Case:
    """小计 after the districts and after the zones, 合计 at the end."""
    rows: Rows = [["区县", *SOWING_HEADERS]]
    rows += [[term.name, *figures_of(term.code)] for term in DISTRICTS[:5]]
    rows.append(["区县小计", 17, 17, 473, 165, 624])
    rows += [[term.name, *figures_of(term.code)] for term in DISTRICTS[5:]]
    rows += [["功能区小计", 1, 0, 40, 14, 103], ["合计", *CITY_SUMS]]
    return sowing_case(rows)


@valid
def table_begins_at_c4() -> Case:
    """The table stands away from the corner."""
    rows: Rows = [[], [], [None, None, "播种计划二季度"], [None, None, "区县", *SOWING_HEADERS]]
    rows += [[None, None, term.name, *figures_of(term.code)] for term in DISTRICTS]
    return sowing_case(rows)


@valid
def two_tables_side_by_side() -> Case:
    """Left the districts, right the zones, each with its own header."""
    rows: Rows = [["区县", *SOWING_HEADERS, None, "区县", *SOWING_HEADERS]]
    for position in range(5):
        left = DISTRICTS[position]
        right = DISTRICTS[5 + position] if position < 2 else None
        rows.append(
            [
                left.name,
                *figures_of(left.code),
                None,
                *([right.name, *figures_of(right.code)] if right else []),
            ]
        )
    return sowing_case(rows)


@valid
def units_in_a_third_header_row() -> Case:
    """The units stand in a row of their own below the names."""
    heads = [term.name for term in SOWING_INDICATORS]
    rows: Rows = [["区县", *heads], [None, *(f"（{term.unit}）" for term in SOWING_INDICATORS)]]
    rows += [[term.name, *figures_of(term.code)] for term in DISTRICTS]
    return sowing_case(rows)


@valid
def own_extra_columns() -> Case:
    """Columns of the office's own: growth, place, self-assessment, land use."""
    rows: Rows = [["区县", *SOWING_HEADERS, "同比增长（%）", "全市排名", "自评", "园区用电量（万千瓦时）"]]
    rows += [
        [term.name, *figures_of(term.code), 3.5, position, "较好", 120.5]
        for position, term in enumerate(DISTRICTS, start=1)
    ]
    return sowing_case(rows)


@valid
def line_breaks_in_headers() -> Case:
    """Header texts broken by hand to fit narrow columns."""
    heads = ["\n".join([name[:4], name[4:9], name[9:]]) for name in SOWING_HEADERS]
    return sowing_case([["所属\n区县", *heads], *([term.name, *figures_of(term.code)] for term in DISTRICTS)])


@valid
def notes_between_and_signatures_below() -> Case:
    """A note in the middle and the signature rows with a telephone number."""
    rows: Rows = [
        ["2025年二季度“播种计划”进展情况表"],
        ["填报单位（盖章）：市经信局", None, None, "填报日期：2025年7月8日", None, "单位：个、家"],
        ["区县", *SOWING_HEADERS],
    ]
    rows += [[term.name, *figures_of(term.code)] for term in DISTRICTS[:3]]
    rows.append(["注：德清县专精特新企业数含1家预计通过的企业。"])
    rows += [[term.name, *figures_of(term.code)] for term in DISTRICTS[3:]]
    rows += [[], ["填报人：", None, "联系电话：", 2398123, "审核人："], ["说明：数据截至2025年6月30日。"]]
    return sowing_case(rows)


@valid
def columns_in_another_order() -> Case:
    """Indicators in another order, the part before its whole."""
    order = [3, 2, 4, 0, 1]
    rows: Rows = [[*(SOWING_HEADERS[position] for position in order), "区县"]]
    rows += [[*(figures_of(term.code)[position] for position in order), term.name] for term in DISTRICTS]
    return sowing_case(rows)


@valid
def numbered_aliases() -> Case:
    """1.科技型产业园（个）, 2、专精特新园区 …"""
    heads = [
        "1.科技型产业园(个)",
        "2、专精特新园区（个）",
        "（3）创新型小微企业",
        "其中:未来产业企业",
        "5.省级以上专精特新企业",
    ]
    return sowing_case([["区县", *heads], *([term.name, *figures_of(term.code)] for term in DISTRICTS)])


@valid
def earlier_quarter_beside() -> Case:
    """Under every indicator 一季度累计 and 二季度累计."""
    head: list[object] = ["区县"]
    below: list[object] = [None]
    merged = ["A1:A2"]
    for position, name in enumerate(SOWING_HEADERS):
        head += [name, None]
        below += ["一季度累计", "二季度累计"]
        merged.append(f"{_letters(2 + 2 * position)}1:{_letters(3 + 2 * position)}1")
    rows: Rows = [head, below]
    rows += [[term.name, *interleave([1, 1, 10, 4, 30], figures_of(term.code))] for term in DISTRICTS]
    return sowing_case(rows, merged=merged)


@valid
def last_quarters_sheet_left_in() -> Case:
    """The sheet of the first quarter is still there."""
    header = ["区县", *SOWING_HEADERS]
    old: Rows = [["2025年一季度“播种计划”进展"], header, *([term.name, 1, 1, 9, 3, 20] for term in DISTRICTS)]
    new: Rows = [["2025年二季度“播种计划”进展"], header]
    new += [[term.name, *figures_of(term.code)] for term in DISTRICTS]
    return Case(
        data=workbook_bytes(Page(rows=old, title="一季度"), Page(rows=new, title="二季度")),
        vocabulary=sowing(),
        figures=worked_values(),
    )


@valid
def sheets_that_say_nothing() -> Case:
    """A cover, a list of contacts and a list of projects beside the return."""
    cover: Rows = [["湖州市“播种计划”季度填报"], [None, "吴兴区等7个区县"]]
    contacts: Rows = [["序号", "姓名", "单位", "电话"], [1, "联络员", "市经信局", 2398123]]
    projects: Rows = [["序号", "项目名称", "总投资（亿元）", "备注"], [1, "某产业园一期", 12.5, None]]
    table: Rows = [["区县", *SOWING_HEADERS], *([term.name, *figures_of(term.code)] for term in DISTRICTS)]
    return Case(
        data=workbook_bytes(
            Page(rows=cover, title="封面"),
            Page(rows=contacts, title="联系人"),
            Page(rows=table, title="数据"),
            Page(rows=projects, title="项目"),
        ),
        vocabulary=sowing(),
        figures=worked_values(),
    )


@valid
def formulas_with_results() -> Case:
    """A sum formula in the 合计 row, as XlsxWriter and Excel store it."""
    from io import BytesIO

    import xlsxwriter

    stream = BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["区县", *SOWING_HEADERS])
    for row, term in enumerate(DISTRICTS, start=1):
        sheet.write(row, 0, term.name)
        for column, value in enumerate(figures_of(term.code), start=1):
            if value is not None:
                sheet.write_formula(row, column, f"={value}*1", None, value)
    sheet.write(8, 0, "合计")
    for column, value in enumerate(CITY_SUMS, start=1):
        sheet.write_formula(8, column, f"=SUM({_letters(column + 1)}2:{_letters(column + 1)}8)", None, value)
    book.close()
    return Case(data=stream.getvalue(), vocabulary=sowing(), figures=worked_values())


@valid
def hidden_target_columns() -> Case:
    """Targets in hidden columns beside the visible results."""
    head: list[object] = ["区县"]
    for name in SOWING_HEADERS:
        head += [f"{name}目标", name]
    rows: Rows = [head]
    rows += [[term.name, *interleave(targets_of(term.code), figures_of(term.code))] for term in DISTRICTS]
    return sowing_case(rows, hidden_columns=["B", "D", "F", "H", "J"])


@valid
def a_column_for_the_report_period() -> Case:
    """A long table with rows of the first and the second quarter."""
    rows: Rows = [["区县", "报告期", *SOWING_HEADERS]]
    for term in DISTRICTS:
        rows += [
            [term.name, "2025年一季度", 1, 1, 9, 3, 20],
            [term.name, "2025年二季度", *figures_of(term.code)],
        ]
    return sowing_case(rows)


# indicators down, districts across


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
        merged.append(f"{_letters(4 + 2 * position)}1:{_letters(5 + 2 * position)}1")
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


# lists


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


# clusters-2023


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


def _letters(column: int) -> str:
    return chr(64 + column) if column <= 26 else f"A{chr(64 + column - 26)}"
