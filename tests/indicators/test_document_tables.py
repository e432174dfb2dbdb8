from indicators.document_tables import GridCell, PrintedCell, build_grid

TWO_HEADER_ROWS = [
    {"kind": "organisation", "label": "所属区县"},
    {"kind": "year", "label": "年份"},
    {"kind": "indicator", "label": "小微企业", "code": "enterprises"},
    {"kind": "indicator", "label": "其中：未来产业", "under": "小微企业", "code": "future"},
]


def cell(row_order: int, column_order: int, row: str, text: str, *, is_total: bool = False) -> PrintedCell:
    return PrintedCell(
        row_order=row_order,
        column_order=column_order,
        row=row,
        text=text,
        is_total=is_total,
        describes={"number": str(row_order), "category": "行动", "indicator": row, "lead": "市经信局"},
    )


def test_heading_spans_the_columns_under_it() -> None:
    grid = build_grid(columns=TWO_HEADER_ROWS, cells=[])

    assert grid.head == (
        (
            GridCell(text="所属区县", rowspan=2),
            GridCell(text="年份", rowspan=2),
            GridCell(text="小微企业", colspan=2),
        ),
        (GridCell(text=""), GridCell(text="其中：未来产业")),
    )


def test_district_stands_once_beside_its_years_and_subtotal() -> None:
    cells = [
        cell(1, 1, "吴兴区 2025年", "160"),
        cell(1, 2, "吴兴区 2025年", "55"),
        cell(2, 1, "吴兴区 小计", "480", is_total=True),
        cell(2, 2, "吴兴区 小计", "-", is_total=True),
        cell(3, 1, "南浔区 2025年", "160"),
    ]

    grid = build_grid(columns=TWO_HEADER_ROWS, cells=cells)

    assert [[(one.text, one.rowspan) for one in row.cells] for row in grid.body] == [
        [("吴兴区", 2), ("2025年", 1), ("160", 1), ("55", 1)],
        [("小计", 1), ("480", 1), ("-", 1)],
        [("南浔区", 1), ("2025年", 1), ("160", 1), ("", 1)],
    ]
    assert [row.is_total for row in grid.body] == [False, True, False]


def test_table_of_targets_joins_its_categories() -> None:
    columns = [
        {"kind": "number", "label": "序号"},
        {"kind": "category", "label": "类别"},
        {"kind": "indicator", "label": "指标名称"},
        {"kind": "target", "label": "目标值", "code": "huzhou"},
        {"kind": "lead", "label": "责任单位"},
    ]

    grid = build_grid(
        columns=columns, cells=[cell(1, 1, "甲（个）", "1"), cell(2, 1, "乙（个）", "2 个以上")]
    )

    assert [[one.text for one in row.cells] for row in grid.body] == [
        ["1", "行动", "甲（个）", "1", "市经信局"],
        ["2", "乙（个）", "2 个以上", "市经信局"],
    ]
    assert grid.body[0].cells[1].rowspan == 2


def test_remarks_are_listed_once() -> None:
    marked = [
        PrintedCell(row_order=row, column_order=1, row="甲", text="1", note="按列拆开", describes={})
        for row in (1, 2)
    ]

    grid = build_grid(columns=[{"kind": "target", "label": "目标", "code": "huzhou"}], cells=marked)

    assert grid.notes == ("按列拆开",)
