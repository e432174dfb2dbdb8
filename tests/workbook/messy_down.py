"""Districts down, indicators across: the shapes of the annex of ``sowing-2025``."""

from tests.workbook.builders import (
    DISTRICTS,
    SOWING_HEADERS,
    SOWING_INDICATORS,
    Page,
    sowing,
    workbook_bytes,
    worked_values,
)
from tests.workbook.messy import (
    CITY,
    CITY_SUMS,
    CODES,
    Case,
    Rows,
    figures_of,
    interleave,
    letters,
    sowing_case,
    targets_of,
    valid,
)


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
        merged.append(f"{letters(left)}2:{letters(left + 2)}2")
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
        merged.append(f"{letters(2 + 2 * position)}1:{letters(3 + 2 * position)}1")
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
        sheet.write_formula(8, column, f"=SUM({letters(column + 1)}2:{letters(column + 1)}8)", None, value)
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
