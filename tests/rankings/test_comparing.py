"""并行核对: the worked example beside spreadsheets that differ from it in one known way each."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rankings.comparing import Cause, Comparison, Item, compare_board
from rankings.computing import score_inputs, two_places
from rankings.spreadsheets import Words, read_board
from returns.workbook.types import CellKind, IndicatorTerm, OrganisationTerm, RawCell, Sheet, Vocabulary
from scoring import SCHEME_V1
from tests.rankings.board_books import Rows

INDICATORS = {
    "parks": "产业园",
    "special": "专精特新园区",
    "micro": "创新型小微",
    "future": "未来产业",
    "firms": "专精特新企业",
}
KINDS = {"parks": "flow", "special": "stock", "micro": "flow", "future": "flow", "firms": "stock"}
UNITS: dict[str, tuple[str, str, list[int], list[int | None]]] = {
    "wuxing": ("吴兴区", "区县组", [12, 12, 160, 55, 160], [7, 11, 88, 29, 152]),
    "nanxun": ("南浔区", "区县组", [6, 1, 160, 55, 140], [3, 1, 76, 25, 133]),
    "deqing": ("德清县", "区县组", [8, 2, 200, 70, 220], [4, 2, 104, 41, 211]),
    "changxing": ("长兴县", "区县组", [4, 3, 200, 70, 220], [1, 3, 95, 30, None]),
    "anji": ("安吉县", "区县组", [3, 0, 200, 70, 135], [2, 0, 110, 40, 128]),
    "nantaihu": ("南太湖新区", "功能区组", [1, 0, 50, 20, 70], [1, 0, 25, 9, 70]),
    "changhe": ("长合区", "功能区组", [1, 0, 30, 10, 35], [0, 0, 15, 5, 33]),
}


def line_of(code: str, target: int, value: int | None) -> dict[str, Any]:
    return {
        "code": code,
        "indicator": INDICATORS[code],
        "kind": KINDS[code],
        "direction": "higher",
        "counted": True,
        "unit": "个",
        "factor": "1",
        "target_text": str(target),
        "target": str(target),
        "strict": False,
        "excluded": None,
        "value": None if value is None else str(value),
        "baseline": None,
        "milestone_share": None,
        "milestone_amount": None,
        "weight": "1",
        "due": True,
        "figure": None,
        "source": {"file": None, "sheet": None, "cell": None},
        "data_as_of": None,
        "detail": {},
    }


def make_inputs(**changes: Any) -> dict[str, Any]:
    """The worked example as sealed inputs."""
    units = [
        {
            "key": key,
            "name": name,
            "order": order,
            "group": group,
            "lines": [line_of(*cells) for cells in zip(INDICATORS, targets, values, strict=True)],
            "bonuses": [],
            "deductions": [],
        }
        for order, (key, (name, group, targets, values)) in enumerate(UNITS.items(), start=1)
    ]
    return {
        "format": 1,
        "plan": "sowing-2025",
        "plan_name": "播种计划",
        "period": "2025Q2",
        "quarter": 2,
        "board": "districts",
        "scheme": {"code": "quarterly", "version": 1, "parameters": dict(SCHEME_V1)},
        "rules_version": "1",
        "units": units,
        "comparisons": {"previous": None, "last_year": None},
    } | changes


WORDS = Words(
    vocabulary=Vocabulary(
        plan_code="sowing-2025",
        plan_titles=("播种计划",),
        year=2025,
        quarter=2,
        template_version="1",
        indicators=tuple(
            IndicatorTerm(code=code, name=name, unit="个", decimals=0) for code, name in INDICATORS.items()
        ),
        organisations=tuple(OrganisationTerm(code=key, name=unit[0]) for key, unit in UNITS.items()),
        places={},
    ),
    ranked=frozenset(UNITS),
    board_name="区县榜",
)

Board = dict[str, dict[str, Any]]
"""What a spreadsheet says, by organisation and header."""


def spreadsheet(inputs: dict[str, Any], *, full: bool = True) -> Board:
    """The board as somebody's spreadsheet with the same rule would show it."""
    targets = {(unit["key"], line["code"]): line for unit in inputs["units"] for line in unit["lines"]}
    board: Board = {}
    for entry in score_inputs(inputs).entries:
        row: dict[str, Any] = {"名次": entry.rank, "总分": entry.total}
        for line in entry.lines:
            name, source = INDICATORS[line.indicator], targets[(entry.key, line.indicator)]
            if full:
                row[f"{name}目标值"] = source["target"]
                row[f"{name}完成值"] = source["value"]
            row[f"{name}得分"] = "/" if line.score is None else line.score
        board[entry.key] = row
    return board


def compare(board: Board, inputs: dict[str, Any] | None = None) -> Comparison:
    headers = list(next(iter(board.values())))
    rows: Rows = [
        ["单位", *headers],
        *([UNITS[key][0], *(_cell(row.get(header)) for header in headers)] for key, row in board.items()),
    ]
    file = read_board([_sheet(rows)], words=WORDS, required=frozenset())
    return compare_board(
        inputs=inputs or make_inputs(), file=file, where=lambda item, key, code: f"{item}/{key}/{code}"
    )


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.lstrip("-").isdigit():
        return int(value)
    return value


def _sheet(rows: Rows) -> Sheet:
    """A sheet as the container reader gives it, without the detour through a file."""
    sheet = Sheet(name="榜")
    for number, row in enumerate(rows, start=1):
        sheet.rows[number] = {
            column: RawCell(CellKind.TEXT if isinstance(value, str) else CellKind.NUMBER, str(value))
            for column, value in enumerate(row, start=1)
            if value is not None
        }
    return sheet


def found(comparison: Comparison) -> dict[tuple[Item, str, str], Cause]:
    """The main cause of every difference by item, organisation and indicator."""
    return {(item.item, item.key, item.indicator): item.cause for item in comparison.differences}


def told(comparison: Comparison, item: Item, key: str) -> str:
    return next(one.explanation for one in comparison.differences if (one.item, one.key) == (item, key))


def ranked(board: Board) -> Board:
    """The board with its ranks made anew from its totals."""
    for row in board.values():
        row["名次"] = 1 + sum(other["总分"] > row["总分"] for other in board.values())
    return board


def with_cap(cap: str) -> dict[str, Any]:
    return make_inputs(scheme={"code": "quarterly", "version": 1, "parameters": {**SCHEME_V1, "cap": cap}})


def test_equal_boards_have_no_difference() -> None:
    comparison = compare(spreadsheet(make_inputs()))

    assert comparison.problems == ()
    assert (comparison.compared, comparison.equal) == (7 * (2 + 15), 7 * (2 + 15))
    assert comparison.differences == ()


def test_more_decimals_of_the_same_number_are_no_difference() -> None:
    board = spreadsheet(make_inputs())
    board["wuxing"]["总分"] = 103.7583
    board["wuxing"]["产业园得分"] = 116.6666666667

    assert compare(board).differences == ()


def test_other_figure_is_the_cause_of_score_total_and_rank() -> None:
    changed = make_inputs()
    changed["units"][3]["lines"][4]["value"] = "220"  # 长兴县 did report, says the spreadsheet
    comparison = compare(spreadsheet(changed))

    assert found(comparison) == {
        (Item.VALUE, "changxing", "专精特新企业"): Cause.FIGURE,
        (Item.SCORE, "changxing", "专精特新企业"): Cause.FIGURE,
        (Item.TOTAL, "changxing", ""): Cause.FIGURE,
    }
    assert told(comparison, Item.TOTAL, "changxing") == "换成对方的完成值：66.14→86.14，与对方一致"
    total, value, score = comparison.differences
    assert (total.item, score.item) == (Item.TOTAL, Item.SCORE)
    assert (value.item, value.theirs.text, value.ours.text) == (Item.VALUE, "220", "未报送")
    assert value.theirs.where.startswith("榜!")
    assert value.ours.where == "value/changxing/firms"


def test_other_figure_changes_the_ranks_of_others_too() -> None:
    changed = make_inputs()
    changed["units"][0]["lines"][0]["value"] = "4"  # 吴兴区 falls from the second place to the sixth
    comparison = compare(spreadsheet(changed))

    causes = found(comparison)
    moved = ["wuxing", "nanxun", "deqing", "nantaihu", "changhe"]
    assert [key for item, key, _ in causes if item is Item.RANK] == moved
    assert set(causes.values()) == {Cause.FIGURE}


def test_other_target_is_told_apart_from_a_figure() -> None:
    changed = make_inputs()
    changed["units"][1]["lines"][2]["target"] = "152"
    comparison = compare(spreadsheet(changed))

    assert found(comparison) == {
        (Item.TARGET, "nanxun", "创新型小微"): Cause.TARGET,
        (Item.SCORE, "nanxun", "创新型小微"): Cause.TARGET,
        (Item.TOTAL, "nanxun", ""): Cause.TARGET,
    }


def test_figure_and_target_together_are_both_named() -> None:
    changed = make_inputs()
    changed["units"][1]["lines"][2] |= {"target": "152", "value": "60"}
    comparison = compare(spreadsheet(changed))

    total = next(item for item in comparison.differences if item.item is Item.TOTAL)
    assert total.causes == (Cause.FIGURE, Cause.TARGET)
    assert total.cause is Cause.FIGURE  # the larger step
    assert "换成对方的完成值" in total.explanation
    assert "换成对方的目标" in total.explanation


@pytest.mark.parametrize(
    ("cap", "words"), [("1", "封顶 100 分"), ("1.5", "封顶 150 分"), ("1000000", "不封顶")]
)
def test_other_cap_is_recognised_as_a_rule(cap: str, words: str) -> None:
    comparison = compare(spreadsheet(with_cap(cap)))

    assert set(found(comparison).values()) == {Cause.RULE}
    assert [rule.partition("：")[0] for rule in comparison.rules] == [words]


def test_cap_of_one_is_found_without_figures_and_targets_in_the_file() -> None:
    comparison = compare(spreadsheet(with_cap("1"), full=False))

    assert set(found(comparison).values()) == {Cause.RULE}
    assert told(comparison, Item.TOTAL, "deqing") == "封顶 100 分：103.41→99.18，与对方一致"


def test_total_alone_is_enough_to_recognise_a_cap() -> None:
    board = {
        key: {"名次": row["名次"], "总分": row["总分"]} for key, row in spreadsheet(with_cap("1")).items()
    }
    comparison = compare(board)

    assert set(found(comparison).values()) == {Cause.RULE}


def test_lines_counted_as_zero_are_recognised_as_not_renormalised() -> None:
    board = spreadsheet(make_inputs())
    for key, row in board.items():
        scores = [row[f"{name}得分"] for name in INDICATORS.values()]
        numbers = [Decimal(0) if score == "/" else score for score in scores]
        row["总分"] = (sum(numbers) / 5).quantize(Decimal("0.01"), ROUND_HALF_UP)
        for name in INDICATORS.values():
            row[f"{name}得分"] = Decimal(0) if row[f"{name}得分"] == "/" else row[f"{name}得分"]
        assert key in UNITS
    comparison = compare(ranked(board))

    assert set(found(comparison).values()) == {Cause.RULE}
    assert comparison.rules[0].startswith("不计分的指标按 0 分计入，没有重新归一")


def test_unreported_line_left_out_is_recognised_as_a_rule() -> None:
    board = spreadsheet(make_inputs())
    row = board["changxing"]
    row["专精特新企业得分"] = "/"
    row["总分"] = Decimal("82.68")  # (50.00 + 100.00 + 95.00 + 85.71) ÷ 4
    comparison = compare(ranked(board))

    assert found(comparison) == {
        (Item.SCORE, "changxing", "专精特新企业"): Cause.RULE,
        (Item.TOTAL, "changxing", ""): Cause.RULE,
    }


def test_rounding_once_at_the_end_is_recognised() -> None:
    inputs = make_inputs()
    for line, value in zip(inputs["units"][0]["lines"], ("7", "9", "80", "20", "131"), strict=True):
        line["value"] = value
    board = spreadsheet(inputs)
    assert board["wuxing"]["总分"] == Decimal("89.26")
    board["wuxing"]["总分"] = Decimal("89.25")
    comparison = compare(board, inputs)

    assert found(comparison) == {(Item.TOTAL, "wuxing", ""): Cause.ROUNDING}
    assert "最后一次取整：89.26→89.25" in told(comparison, Item.TOTAL, "wuxing")


def test_hundredth_that_no_rounding_explains_stays_unknown() -> None:
    board = spreadsheet(make_inputs())
    board["wuxing"]["总分"] = Decimal("103.75")
    comparison = compare(board)

    assert found(comparison) == {(Item.TOTAL, "wuxing", ""): Cause.UNKNOWN}


def test_one_decimal_throughout_is_rounding() -> None:
    board = spreadsheet(make_inputs())
    for row in board.values():
        for name in ("总分", *(f"{indicator}得分" for indicator in INDICATORS.values())):
            if row[name] != "/":
                row[name] = row[name].quantize(Decimal("0.1"), ROUND_HALF_UP)
    comparison = compare(board)

    assert set(found(comparison).values()) == {Cause.ROUNDING}


def test_cap_and_figure_together_are_told_step_by_step() -> None:
    changed = with_cap("1")
    changed["units"][0]["lines"][1]["value"] = "6"
    comparison = compare(spreadsheet(changed))

    assert (
        told(comparison, Item.TOTAL, "wuxing")
        == "换成对方的完成值：103.76→95.42；封顶 100 分：95.42→89.00，与对方一致"
    )
    total = next(item for item in comparison.differences if (item.item, item.key) == (Item.TOTAL, "wuxing"))
    assert (total.causes, total.cause) == ((Cause.FIGURE, Cause.RULE), Cause.FIGURE)


def test_one_cell_that_follows_no_rule_stays_unknown() -> None:
    board = spreadsheet(make_inputs())
    board["wuxing"]["产业园得分"] = Decimal("77.77")
    comparison = compare(board)

    assert found(comparison) == {(Item.SCORE, "wuxing", "产业园"): Cause.UNKNOWN}
    assert "重算不出" in told(comparison, Item.SCORE, "wuxing")


def test_unknown_score_without_figures_says_what_the_file_lacks() -> None:
    board = spreadsheet(make_inputs(), full=False)
    board["wuxing"]["产业园得分"] = Decimal("77.77")

    assert told(compare(board), Item.SCORE, "wuxing").endswith("文件没有完成值和目标值列，补上后可以再查")


def test_total_made_of_their_own_scores_has_the_scores_cause() -> None:
    board = spreadsheet(make_inputs())
    board["wuxing"]["产业园得分"] = Decimal("77.77")
    board["wuxing"]["总分"] = Decimal("95.98")  # (77.77 + 91.67 + 110.00 + 105.45 + 95.00) ÷ 5
    comparison = compare(ranked(board))

    assert found(comparison)[(Item.TOTAL, "wuxing", "")] == Cause.UNKNOWN
    assert told(comparison, Item.TOTAL, "wuxing") == "按对方各项得分合成即为 95.98，差在各项得分"


def test_ranks_without_a_gap_after_a_tie_are_a_rule() -> None:
    inputs = make_inputs()
    inputs["units"][2]["lines"] = [
        dict(line) for line in inputs["units"][0]["lines"]
    ]  # 德清县 ties with 吴兴区
    board = spreadsheet(inputs)
    for key, rank in (("nantaihu", 3), ("changhe", 4), ("nanxun", 5), ("changxing", 6)):
        board[key]["名次"] = rank
    comparison = compare(board, inputs)

    assert set(found(comparison)) == {
        (Item.RANK, key, "") for key in ("nantaihu", "changhe", "nanxun", "changxing")
    }
    assert set(found(comparison).values()) == {Cause.RULE}
    assert "并列后不空名次" in told(comparison, Item.RANK, "nantaihu")


def test_rank_that_contradicts_its_own_total_is_told() -> None:
    board = spreadsheet(make_inputs())
    board["wuxing"]["名次"], board["deqing"]["名次"] = 3, 2
    comparison = compare(board)

    assert told(comparison, Item.RANK, "wuxing") == "对方的名次与其总分不符，按其总分应为第 2 名"


def test_missing_organisation_is_the_cause_of_the_ranks() -> None:
    board = spreadsheet(make_inputs())
    del board["anji"]
    comparison = compare(ranked(board))

    causes = found(comparison)
    assert causes.pop((Item.UNIT, "anji", "")) == Cause.UNIT
    assert set(causes) == {(Item.RANK, key, "") for key in UNITS if key != "anji"}
    assert set(causes.values()) == {Cause.UNIT}
    assert comparison.equal == comparison.compared - 6


def test_file_with_errors_is_not_compared() -> None:
    board = spreadsheet(make_inputs())
    board["wuxing"]["总分"] = "约100"
    comparison = compare(board)

    assert comparison.compared == 0
    assert [problem.code for problem in comparison.errors] == ["not_a_number"]


def test_exact_total_is_the_fraction_that_the_rule_gives() -> None:
    from rankings.comparing.stages import Stage  # used by this test alone

    stage = Stage.of(make_inputs())

    assert (
        stage.exact["wuxing"].total()
        == (Fraction(7, 6) + Fraction(11, 12) + Fraction(88, 80) + Fraction(29 * 2, 55) + Fraction(152, 160))
        * 100
        / 5
    )
    assert {key: two_places(entry.total) for key, entry in stage.entries.items()} == {
        "anji": "109.78",
        "wuxing": "103.76",
        "deqing": "103.41",
        "nantaihu": "102.50",
        "changhe": "98.10",
        "nanxun": "96.18",
        "changxing": "66.14",
    }


@settings(max_examples=40, deadline=None)
@given(
    figures=st.dictionaries(
        st.tuples(st.sampled_from(list(UNITS)), st.integers(0, 4)),
        st.none() | st.integers(0, 250),
        max_size=5,
    ),
    targets=st.dictionaries(
        st.tuples(st.sampled_from(list(UNITS)), st.integers(0, 4)), st.integers(1, 250), max_size=3
    ),
    cap=st.sampled_from(["1", "1.2", "1.5", "1000000"]),
)
def test_nothing_stays_unknown_where_figures_targets_and_the_cap_differ(
    figures: dict[tuple[str, int], int | None], targets: dict[tuple[str, int], int], cap: str
) -> None:
    theirs = with_cap(cap)
    units = {unit["key"]: unit for unit in theirs["units"]}
    for (key, place), value in figures.items():
        units[key]["lines"][place]["value"] = None if value is None else str(value)
    for (key, place), target in targets.items():
        units[key]["lines"][place] |= {"target": str(target), "target_text": str(target)}
    board = spreadsheet(theirs)

    comparison = compare(board)

    causes = {item.cause for item in comparison.differences}
    assert causes <= {Cause.FIGURE, Cause.TARGET, Cause.RULE}
    ours = spreadsheet(make_inputs())
    differing = sum(board[key][header] != ours[key][header] for key in board for header in board[key])
    assert len(comparison.differences) == differing
