"""Boards made a block at a time: the same bytes and the same rows as line by line."""

from __future__ import annotations

import copy
import hashlib
import json
from typing import Any

import pytest

from audit.canonical import canonical_json
from rankings.computing import (
    as_stored,
    compute_board,
    document_of,
    freeze,
    freeze_sheet,
    rows_of,
    thaw,
)
from rankings.lines import sheet_of
from scoring import ScoringError
from tests.rankings.random_boards import make_inputs, make_line, make_unit, random_inputs

ODD = '目标 50% "含引号" \\ %s %b {0}'
"""What a pattern could take for its own."""


def _odd_inputs() -> dict[str, Any]:
    """Two lines of one indicator on other terms, odd words, own units, a detail, nothing reported."""
    wide = make_line(code="land", indicator=ODD, unit="万亩", factor="10000", target="10000", target_text=ODD)
    return make_inputs(
        [
            make_unit("甲", [make_line(), wide | {"value": "3333", "figure": 1}]),
            make_unit(
                "乙",
                [
                    wide | {"value": None, "figure": None, "weight": "2"},
                    make_line(value="7.5", figure=10**12, data_as_of="2025-06-30", strict=True)
                    | {"detail": {"missing": ["丙"], "sum_of": {"甲": "1"}}}
                    | {"source": {"file": ODD, "sheet": None, "cell": "C%"}},
                ],
                group=None,
                order=2,
            ),
            make_unit("丙", [], order=3),
        ]
    )


BOARDS = [_odd_inputs(), *(random_inputs(seed, units=9, lines=14) for seed in range(6))]


@pytest.mark.parametrize("inputs", BOARDS)
def test_sealed_text_is_the_canonical_json_of_the_lines(inputs: dict[str, Any]) -> None:
    text, digest = freeze_sheet(sheet_of(inputs))

    assert (text, digest) == freeze(inputs)
    assert canonical_json(thaw(text)) == text


@pytest.mark.parametrize("inputs", BOARDS)
def test_document_is_canonical_json_and_gives_the_same_rows(inputs: dict[str, Any]) -> None:
    computed = compute_board(sheet_of(inputs))

    document = json.loads(computed.text)
    assert computed.text.decode() == canonical_json(document)
    assert computed.digest == hashlib.sha256(computed.text).hexdigest()
    assert document == document_of(thaw(freeze(inputs)[0]))
    assert computed.rows == as_stored(rows_of(inputs, document))


def test_lines_stay_in_their_organisations_own_order() -> None:
    first, second = make_line(code="a", indicator="甲项"), make_line(code="b", indicator="乙项")
    inputs = make_inputs([make_unit("甲", [first, second]), make_unit("乙", [second, first], order=2)])

    entries = document_of(inputs)["entries"]

    assert [[line["indicator"] for line in entry["lines"]] for entry in entries] == [
        ["甲项", "乙项"],
        ["乙项", "甲项"],
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"target": "1.0000001"}, "目标值小数位过多"),
        ({"value": "1E+30"}, "完成值过大"),
        ({"baseline": "0.0000001"}, "基期值小数位过多"),
        ({"excluded": "不参评"}, "不能以“不参评”为由不计分"),
        ({"weight": "-1"}, "分值不能小于 0"),
    ],
)
def test_error_names_organisation_and_indicator(changes: dict[str, str], message: str) -> None:
    good, bad = make_line(), make_line(**changes)

    with pytest.raises(ScoringError, match=f"^“乙”的指标“parks”：{message}"):
        document_of(make_inputs([make_unit("甲", [good]), make_unit("乙", [bad], order=2)]))


def test_indicator_or_organisation_that_comes_twice_is_refused() -> None:
    line = make_line()

    with pytest.raises(ScoringError, match="“甲”的指标“parks”：出现两次"):
        document_of(make_inputs([make_unit("甲", [line, copy.deepcopy(line)])]))
    with pytest.raises(ScoringError, match="单位“甲”在同一榜单中出现两次"):
        document_of(make_inputs([make_unit("甲", [line]), make_unit("甲", [line])]))


def test_no_float_is_sealed() -> None:
    inputs = make_inputs([make_unit("甲", [make_line(detail={"share": {"met": 0.5}})])])

    with pytest.raises(TypeError, match="binary float"):
        freeze_sheet(sheet_of(inputs))
    with pytest.raises(TypeError, match="binary float"):
        freeze_sheet(sheet_of(make_inputs([make_unit("甲", [make_line()], late_days=0.5)])))
