"""The reference files as plain rows, for tests that need no database."""

from __future__ import annotations

import csv
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from districts.names import fold_name

ROOT = Path(__file__).resolve().parents[2] / "fixtures" / "reference"
PLANS = ("clusters-2023", "jiaxing-2026", "sowing-2025")
CITY_OF = {"clusters-2023": "huzhou", "jiaxing-2026": "jiaxing", "sowing-2025": "huzhou"}
DISTRICTS = ("wuxing", "nanxun", "deqing", "changxing", "anji", "nantaihu", "changhe")


@cache
def rows(plan: str, file: str) -> list[dict[str, str]]:
    """The rows of one plan's CSV file."""
    with (ROOT / "plans" / plan / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def content(*parts: str) -> Any:
    """The content of a YAML file under fixtures/reference."""
    return yaml.safe_load(ROOT.joinpath(*parts).read_text(encoding="utf-8"))


@cache
def organisations_by_name(city: str) -> dict[str, set[str]]:
    """Codes of a city's organisations by every folded name."""
    found: dict[str, set[str]] = {}
    for entry in content(city, "organisations.yaml")["organisations"]:
        for name in (entry["name"], *(item["name"] for item in entry.get("names", []))):
            found.setdefault(fold_name(name), set()).add(entry["code"])
    return found


def values(plan: str, **wanted: str) -> dict[str, Decimal]:
    """Target values by organisation of the rows with these attributes; cells without a number are absent."""
    return {
        row["organisation"]: Decimal(row["value"])
        for row in rows(plan, "targets.csv")
        if row["value"] and all(row[name] == value for name, value in wanted.items())
    }


def total(plan: str, indicator: str, organisation: str) -> str:
    """The text of a 小计 or 合计 cell."""
    (row,) = [
        row
        for row in rows(plan, "totals.csv")
        if (row["indicator"], row["organisation"]) == (indicator, organisation)
    ]
    return row["text"]
