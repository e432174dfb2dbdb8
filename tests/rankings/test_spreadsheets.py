"""Reading a board made in a spreadsheet: headers by their words, every cell located, all problems at once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rankings.spreadsheets import BoardFile, Measure, Role, Words, read_board
from returns.workbook.grids import read_grid
from returns.workbook.types import IndicatorTerm, OrganisationTerm, Vocabulary
from tests.rankings.board_books import Merge, Rows, book

WORDS = Words(
    vocabulary=Vocabulary(
        plan_code="sowing-2025",
        plan_titles=("播种计划",),
        other_plan_titles=("八大新兴产业链行动方案",),
        year=2025,
        quarter=2,
        template_version="1",
        indicators=(
            IndicatorTerm(code="parks", name="新增产业园", unit="个", decimals=0),
            IndicatorTerm(
                code="firms", name="专精特新企业", names=("专精特新中小企业",), unit="家", decimals=0
            ),
            IndicatorTerm(code="land", name="腾出用地面积", unit="亩"),
        ),
        organisations=(
            OrganisationTerm(code="huzhou", name="全市", kind="city"),
            OrganisationTerm(code="wuxing", name="吴兴区", names=("吴兴",)),
            OrganisationTerm(code="nanxun", name="南浔区"),
            OrganisationTerm(code="deqing", name="德清县"),
            OrganisationTerm(code="jxj", name="市经信局", kind="department"),
        ),
        places={},
    ),
    ranked=frozenset({"wuxing", "nanxun", "deqing"}),
    board_name="区县榜",
)


def read(rows: Rows, *, merges: tuple[Merge, ...] = (), more: dict[str, Rows] | None = None) -> BoardFile:
    grid = read_grid(book(rows, merges=merges, more=more), "榜.xlsx")
    return read_board(grid.sheets, words=WORDS)


def numbers(file: BoardFile, role: Role) -> dict[str, tuple[Decimal | None, str]]:
    """Value and cell of a role by organisation."""
    return {
        row.organisation: (number.value, number.cell)
        for row in file.rows
        if (number := row.numbers.get(role)) is not None
    }


def lines(file: BoardFile) -> dict[tuple[str, str, Measure], tuple[Decimal | None, str]]:
    """Value and cell of every line."""
    return {
        (row.organisation, *key): (found.value, found.cell)
        for row in file.rows
        for key, found in row.lines.items()
    }


def messages(file: BoardFile) -> list[tuple[str, str | None]]:
    """Code and cell of every problem."""
    return [(problem.code, problem.cell) for problem in file.problems]


def test_one_header_row_with_title_sums_and_notes() -> None:
    file = read(
        [
            ["2025年二季度播种计划区县晾晒榜"],
            ["序号", "名次", "区县", "组别", "总分（分）", "新增产业园得分", "专精特新企业（家）"],
            [1, 1, "吴兴", "区县组", 103.7583, "116.67分", "152家"],
            [2, "第2名", "南浔区", "区县组", "96.18", 100, 133],
            ["合计", None, None, None, 199.94, 216.67, 285],
            ["注：本表数据截至6月底"],
        ]
    )

    assert file.problems == ()
    assert numbers(file, Role.RANK) == {"wuxing": (Decimal(1), "B3"), "nanxun": (Decimal(2), "B4")}
    assert numbers(file, Role.TOTAL) == {
        "wuxing": (Decimal("103.7583"), "E3"),
        "nanxun": (Decimal("96.18"), "E4"),
    }
    assert [row.group for row in file.rows] == ["区县组", "区县组"]
    assert lines(file) == {
        ("wuxing", "parks", Measure.SCORE): (Decimal("116.67"), "F3"),
        ("wuxing", "firms", Measure.VALUE): (Decimal(152), "G3"),
        ("nanxun", "parks", Measure.SCORE): (Decimal(100), "F4"),
        ("nanxun", "firms", Measure.VALUE): (Decimal(133), "G4"),
    }


def test_two_header_rows_with_merged_indicators() -> None:
    file = read(
        [
            [None, None, None, None, None, None, None, None],
            [None, None, None, "目标", "完成", "得分", "年度目标", "得分"],
            [1, "吴兴区", 103.76, 12, 7, 116.67, "160家以上", 95],
        ],
        merges=(
            (0, 0, 1, 0, "名次"),
            (0, 1, 1, 1, "单位"),
            (0, 2, 1, 2, "总分"),
            (0, 3, 0, 5, "新增产业园（个）"),
            (0, 6, 0, 7, "专精特新企业"),
        ),
    )

    assert file.problems == ()
    assert lines(file) == {
        ("wuxing", "parks", Measure.TARGET): (Decimal(12), "D3"),
        ("wuxing", "parks", Measure.VALUE): (Decimal(7), "E3"),
        ("wuxing", "parks", Measure.SCORE): (Decimal("116.67"), "F3"),
        ("wuxing", "firms", Measure.TARGET): (
            None,
            "G3",
        ),  # in words: the text stays, no number is made of it
        ("wuxing", "firms", Measure.SCORE): (Decimal(95), "H3"),
    }
    assert file.rows[0].lines[("firms", Measure.TARGET)].raw == "160家以上"


def test_banner_of_indicators_above_the_header() -> None:
    file = read(
        [
            [None, None, None, None, None],
            ["名次", "单位", "总分", "完成数", "得分"],
            [1, "吴兴区", 103.76, 7, 116.67],
        ],
        merges=((0, 3, 0, 4, "新增产业园"),),
    )

    assert lines(file) == {
        ("wuxing", "parks", Measure.VALUE): (Decimal(7), "D3"),
        ("wuxing", "parks", Measure.SCORE): (Decimal("116.67"), "E3"),
    }


def test_organisations_across_are_read_as_well() -> None:
    file = read(
        [
            ["2025年二季度得分表"],
            ["指标", "吴兴区", "南浔区"],
            ["新增产业园", 116.67, 100],
            ["总分", 103.76, 96.18],
            ["名次", 1, 2],
        ]
    )

    assert file.problems == ()
    assert numbers(file, Role.TOTAL) == {
        "wuxing": (Decimal("103.76"), "B4"),
        "nanxun": (Decimal("96.18"), "C4"),
    }
    assert lines(file)[("nanxun", "parks", Measure.SCORE)] == (Decimal(100), "C3")


def test_figures_are_read_in_the_indicator_s_unit() -> None:
    file = read([["名次", "单位", "总分", "腾出用地面积（万亩）"], [1, "吴兴区", 90, 0.12]])

    assert lines(file) == {("wuxing", "land", Measure.VALUE): (Decimal(1200), "D2")}


def test_percent_cell_of_a_total_counts_in_points() -> None:
    file = read([["名次", "单位", "总分"], [1, "吴兴区", "103.76%"]])

    assert numbers(file, Role.TOTAL) == {"wuxing": (Decimal("103.76"), "C2")}


def test_tied_ranks_may_share_a_merged_cell() -> None:
    file = read(
        [["名次", "单位", "总分"], [None, "吴兴区", 90], [None, "南浔区", 90]],
        merges=((1, 0, 2, 0, "1"),),
    )

    assert numbers(file, Role.RANK) == {"wuxing": (Decimal(1), "A2"), "nanxun": (Decimal(1), "A3")}


def test_ranks_rates_and_last_quarter_s_columns_are_passed_over() -> None:
    file = read(
        [
            ["名次", "单位", "总分", "上期名次", "升降", "新增产业园完成率", "新增产业园得分", "备注"],
            [1, "吴兴区", 90, 3, "↑2", "58.33%", 100, "好"],
        ]
    )

    assert file.problems == ()
    assert lines(file) == {("wuxing", "parks", Measure.SCORE): (Decimal(100), "G2")}
    assert numbers(file, Role.RANK) == {"wuxing": (Decimal(1), "A2")}


def test_score_alone_is_the_total_only_where_nothing_says_so_better() -> None:
    alone = read([["名次", "单位", "得分"], [1, "吴兴区", 90]])
    beside = read([["名次", "单位", "得分", "加分", "总分"], [1, "吴兴区", 90, 2, 92]])

    assert numbers(alone, Role.TOTAL) == {"wuxing": (Decimal(90), "C2")}
    assert numbers(beside, Role.TOTAL) == {"wuxing": (Decimal(92), "E2")}
    assert numbers(beside, Role.BONUS) == {"wuxing": (Decimal(2), "D2")}


def test_unit_that_does_not_take_part_is_read_without_numbers() -> None:
    file = read([["名次", "单位", "总分"], ["/", "吴兴区", "不参评"]])

    assert numbers(file, Role.RANK) == {"wuxing": (None, "A2")}
    assert numbers(file, Role.TOTAL) == {"wuxing": (None, "C2")}


def test_the_sheet_of_this_board_is_found_among_others() -> None:
    file = read(
        [["名次", "单位", "总分"], [1, "吴兴区", 90]],
        more={"部门": [["名次", "部门", "总分"], [1, "市经信局", 99]], "说明": [["填表说明"]]},
    )

    assert file.problems == ()
    assert [row.organisation for row in file.rows] == ["wuxing"]


def test_two_boards_of_the_same_kind_are_refused_at_both() -> None:
    file = read(
        [["名次", "单位", "总分"], [1, "吴兴区", 90]],
        more={"旧": [["名次", "单位", "总分"], [1, "南浔区", 90]]},
    )

    assert [(problem.code, problem.sheet, problem.cell) for problem in file.problems] == [
        ("several_boards", "榜", "B2"),
        ("several_boards", "旧", "B2"),
    ]


def test_all_problems_come_at_once_with_sheet_and_cell() -> None:
    file = read(
        [
            ["2024年二季度八大新兴产业链行动方案区县榜"],
            ["名次", "单位", "总分", "新增产业园得分", "新增产业圆得分"],
            [1, "吴星区", 100, 100, 1],
            ["头名", "南浔区", "约90", 90, 1],
            [2, "南浔区", "=1/0", 90, 1],
            [1.5, "德清县", 80, "九十", 1],
            [4, "市经信局", 70, 70, 1],
            [5, None, 60, 60, 1],
        ]
    )

    assert messages(file) == [
        ("other_period", None),
        ("other_plan", None),
        ("unknown_unit", "B3"),
        ("not_a_number", "A4"),
        ("not_a_number", "C4"),
        ("error_value", "C5"),
        ("bad_rank", "A6"),
        ("not_a_number", "D6"),
        ("unit_not_ranked", "B7"),
        ("missing_unit", "B8"),
        ("unit_twice", "B4"),
        ("unit_twice", "B5"),
        ("unknown_column", "E2"),
    ]
    assert "榜!B3：找不到单位“吴星区”，最接近的是“吴兴区”" in file.problems[2].message
    assert {problem.sheet for problem in file.problems} == {"榜"}


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (["单位", "总分"], "missing_column"),
        (["名次", "单位"], "missing_column"),
        (["名次", "排名", "单位", "总分"], "same_column_twice"),
        (["名次", "单位", "总分", "新增产业园得分", "新增产业园得分"], "same_column_twice"),
    ],
)
def test_missing_and_doubled_columns_are_named(header: list[str], code: str) -> None:
    row = ["吴兴区" if name == "单位" else 1 for name in header]

    file = read([header, row])

    assert [problem.code for problem in file.errors] == [code]


def test_file_without_a_board_says_what_a_header_needs() -> None:
    file = read([["填表说明"], ["请按时报送"]])

    assert messages(file) == [("no_board", None)]
    assert "“名次”或“总分”" in file.problems[0].message


def test_hidden_rows_are_read_with_a_warning() -> None:
    grid = read_grid(book([["名次", "单位", "总分"], [1, "吴兴区", 90]]), "榜.xlsx")
    grid.sheets[0].hidden_rows.add(2)

    file = read_board(grid.sheets, words=WORDS)

    assert messages(file) == [("hidden_cells", None)]
    assert len(file.rows) == 1


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "empty_file"), (b"%PDF-1.4", "not_spreadsheet"), (b"PK\x03\x04broken", "damaged")],
)
def test_files_that_are_no_spreadsheet_are_refused_by_the_guard(data: bytes, code: str) -> None:
    grid = read_grid(data, "榜.xlsx")

    assert grid.sheets == ()
    assert grid.problem is not None
    assert grid.problem.code == code


def test_text_file_of_a_board_is_read() -> None:
    grid = read_grid("名次,单位,总分\n1,吴兴区,90.5\n".encode("gb18030"), "区县榜.csv")

    file = read_board(grid.sheets, words=WORDS)

    assert numbers(file, Role.TOTAL) == {"wuxing": (Decimal("90.5"), "C2")}
    assert file.rows[0].sheet == "区县榜"


def test_board_of_unknown_names_only_complains_of_each() -> None:
    file = read([["名次", "单位", "总分"], [1, "吴星区", 90], [2, "南寻区", 80]])

    assert messages(file) == [("unknown_unit", "B2"), ("unknown_unit", "B3")]
