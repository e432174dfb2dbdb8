"""Defects that comparable systems shipped, each as a test that our core does not have it.

The numbers follow the survey of comparable systems; only those that concern scoring are here.
"""

from __future__ import annotations

import ast
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path

import pytest

import scoring
from scoring import BoardInput, Direction, Kind, Light, LineResult, Reason, score_board
from scoring.ranking import competition_ranks, ranked_order
from tests.scoring.boards import V1, make_line, make_unit, worked_example


def lines_of(*lines: object, quarter: int = 4) -> tuple[LineResult, ...]:
    units = (make_unit("吴兴区", *lines),)  # type: ignore[arg-type]
    return score_board(board=BoardInput(quarter=quarter, units=units), scheme=V1).entries[0].lines


def test_defect_1_cap_is_an_upper_limit_and_not_a_lower_one() -> None:
    over, under = lines_of(make_line(indicator="超", value="60"), make_line(indicator="欠", value="3"))

    assert (str(over.score), str(under.score)) == ("120.00", "25.00")


def test_defect_2_zero_is_reported_and_missing_is_not() -> None:
    zero, missing = lines_of(make_line(indicator="零", value="0"), make_line(indicator="缺", value=None))

    assert (zero.reason, str(zero.attainment), str(zero.completion)) == (None, "0.00", "0.00")
    assert (missing.reason, missing.attainment, missing.completion) == (Reason.UNREPORTED, None, None)


def test_defect_3_total_of_zero_has_a_rank_and_no_total_has_none() -> None:
    units = (
        make_unit("零分", make_line(value="0"), order=1),
        make_unit("不参评", make_line(target="0"), order=2),
        make_unit("有分", make_line(value="6"), order=3),
    )

    result = score_board(board=BoardInput(quarter=4, units=units), scheme=V1)

    assert [(entry.key, entry.rank) for entry in result.entries] == [
        ("有分", 1),
        ("零分", 2),
        ("不参评", None),
    ]


def test_defect_3_falling_measure_at_zero_is_the_best_and_not_the_worst() -> None:
    (line,) = lines_of(make_line(direction=Direction.LOWER, kind=Kind.RATE, target="5", value="0"))

    assert (str(line.score), line.light) == ("120.00", Light.GREEN)


def test_defect_4_direction_decides_every_derived_rate() -> None:
    higher, lower = lines_of(
        make_line(indicator="升", kind=Kind.RATE, counted=False, target="4", value="5"),
        make_line(
            indicator="降", kind=Kind.RATE, counted=False, target="4", value="5", direction=Direction.LOWER
        ),
    )

    assert (str(higher.attainment), str(lower.attainment)) == ("125.00", "80.00")
    assert (higher.light, lower.light) == (Light.GREEN, Light.YELLOW)


@pytest.mark.parametrize(
    ("value", "attainment"), [("9", "33.33"), ("8", "66.67"), ("7", "100.00"), ("6", "133.33")]
)
def test_defect_5_falling_target_makes_progress_below_its_baseline(value: str, attainment: str) -> None:
    (line,) = lines_of(
        make_line(kind=Kind.STOCK, direction=Direction.LOWER, target="7", baseline="10", value=value)
    )

    assert str(line.attainment) == attainment


@pytest.mark.parametrize("direction", list(Direction))
@pytest.mark.parametrize("value", ["0", "10", "12", "-3"])
def test_defect_6_baseline_equal_to_the_target_does_not_divide_by_zero(
    direction: Direction, value: str
) -> None:
    (line,) = lines_of(
        make_line(
            kind=Kind.STOCK, direction=direction, target="10", baseline="10", value=value, counted=False
        )
    )

    assert str(line.expected) == "10"
    assert line.attainment is not None


def test_defect_6_attainment_of_half_is_half() -> None:
    (line,) = lines_of(make_line(target="200", value="100"))

    assert (str(line.attainment), str(line.score)) == ("50.00", "50.00")


def test_defect_7_cumulative_figures_are_compared_and_never_summed() -> None:
    # 2, 5, 9 and 12 by the end of each quarter: each quarter's own board looks at its own figure alone.
    completions = [
        str(lines_of(make_line(target="12", value=value), quarter=quarter)[0].completion)
        for quarter, value in enumerate(("2", "5", "9", "12"), start=1)
    ]

    assert completions == ["16.67", "41.67", "75.00", "100.00"]


def test_defect_8_scoring_again_after_a_figure_is_taken_back_leaves_nothing_of_it() -> None:
    before = score_board(board=worked_example(), scheme=V1)
    score_board(board=worked_example(吴兴区=(None,) * 5), scheme=V1)
    after = score_board(board=worked_example(), scheme=V1)

    assert after == before


def test_defect_15_published_limit_is_the_limit_that_is_used() -> None:
    lights = [
        lines_of(make_line(kind=Kind.RATE, counted=False, target="100", value=value))[0].light
        for value in ("100", "99.999999", "80", "79.999999")
    ]

    assert lights == [Light.GREEN, Light.YELLOW, Light.YELLOW, Light.RED]


def test_defect_17_there_is_one_rank_function_and_ties_skip_places() -> None:
    totals, orders = [9000, None, 10000, 9000, 8000], [4, 1, 2, 3, 5]

    ranked = ranked_order(totals=totals, orders=orders)

    assert ranked == [2, 3, 0, 4, 1]
    assert competition_ranks(ranked=ranked, totals=totals) == [2, None, 1, 2, 4]


def test_defect_18_group_ranks_never_mix_peer_groups() -> None:
    result = score_board(board=worked_example(), scheme=V1)

    by_group: dict[str | None, list[int | None]] = {}
    for entry in result.entries:
        by_group.setdefault(entry.group, []).append(entry.group_rank)
    assert by_group == {"区县组": [1, 2, 3, 4, 5], "功能区组": [1, 2]}


def test_defect_20_percentages_are_converted_once() -> None:
    (line,) = lines_of(make_line(kind=Kind.RATE, counted=False, target="12.5", value="12.5"))

    assert (str(line.expected), str(line.attainment), str(line.score)) == ("12.5", "100.00", "100.00")


# --- exactness ------------------------------------------------------------------------------------


def test_no_decimal_context_decides_a_digit() -> None:
    usual = score_board(board=worked_example(), scheme=V1)

    with localcontext() as context:
        context.prec = 2
        coarse = score_board(board=worked_example(), scheme=V1)

    assert coarse == usual


def test_large_figures_keep_every_digit() -> None:
    (line,) = lines_of(
        make_line(counted=False, target="999999999999999999.999999", value="499999999999999999.999999"),
        quarter=1,
    )

    assert line.expected == Decimal("249999999999999999.99999975")
    assert str(line.completion) == "50.00"


@pytest.mark.parametrize("numerator", range(1, 60))
def test_score_equals_exact_arithmetic_for_awkward_divisions(numerator: int) -> None:
    (line,) = lines_of(make_line(counted=False, target="59", value=str(numerator)))

    exact = Fraction(numerator, 59) * 10_000
    assert line.score is not None
    assert line.score.scaleb(2) == (2 * exact + 1) // 2


def test_core_uses_the_standard_library_only_and_no_binary_float() -> None:
    allowed = {
        "__future__",
        "collections",
        "copy",
        "dataclasses",
        "decimal",
        "enum",
        "fractions",
        "functools",
    }
    allowed |= {"itertools", "math", "scoring", "types", "typing"}
    folder = Path(scoring.__file__).parent
    imported, floats = set(), []
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {name.name.split(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").split(".")[0])
            elif (isinstance(node, ast.Constant) and isinstance(node.value, float)) or (
                isinstance(node, ast.Name) and node.id in {"float", "round"}
            ):
                floats.append(f"{path.name}:{node.lineno}")

    assert imported <= allowed
    assert floats == []
