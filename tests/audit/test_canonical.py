"""Canonical JSON: the bytes that digests are made of, whatever writes them."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.canonical import canonical_json, parse_canonical, plain_decimal, plain_text

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_it_is_what_json_writes_with_sorted_keys_and_without_spaces(value: Any) -> None:
    expected = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    assert canonical_json(value) == expected
    assert parse_canonical(expected) == value


def test_decimals_and_days_are_plain_texts() -> None:
    value = {"b": Decimal("12.50"), "a": datetime.date(2025, 6, 30), "c": (Decimal("1E+2"), Decimal("-0.0"))}

    assert canonical_json(value) == '{"a":"2025-06-30","b":"12.5","c":["100","0"]}'


@pytest.mark.parametrize("value", [1.5, {"a": 0.1}, [[{"a": [float("nan")]}]], ("x", {"y": (2.0,)})])
def test_a_binary_float_is_refused_wherever_it_stands(value: Any) -> None:
    with pytest.raises(TypeError, match="binary float"):
        canonical_json(value)


def test_a_binary_float_is_refused_while_reading() -> None:
    with pytest.raises(TypeError, match="binary float"):
        parse_canonical('{"lines":[{"value":12.5}]}')


def test_what_has_no_canonical_form_is_refused() -> None:
    with pytest.raises(TypeError):
        canonical_json({"a": object()})


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("12.500000", "12.5"),
        ("100", "100"),
        ("100.000000", "100"),
        ("0.000000", "0"),
        ("-0.0", "0"),
        ("-3.140000", "-3.14"),
        ("1.2e+15", "1200000000000000"),
        ("1e-06", "0.000001"),
    ],
)
def test_plain_text_writes_a_databases_decimal_as_plain_decimal_does(written: str, plain: str) -> None:
    assert plain_text(written) == plain == plain_decimal(Decimal(written))
