"""Recalculating workbooks in headless LibreOffice, and comparing every number with the ranking."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from rankings.exports import LIGHTS

#: LibreOffice keeps the stored values of a file unless it is told to compute them again.
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>"""

FIRST_ROW = 5
HEAD_ROW = 4


def without_values(data: bytes) -> bytes:
    """The workbook with the stored value of every formula taken out, so that none can be believed."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name.startswith("xl/worksheets/sheet"):
                content = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", content)
            target.writestr(name, content)
    return out.getvalue()


def recalculate(workbooks: Mapping[str, bytes], folder: Path) -> dict[str, Any]:
    """The workbooks as LibreOffice computes them from their formulas alone, by name."""
    office = shutil.which("soffice")
    if office is None:
        pytest.fail("LibreOffice is missing: install libreoffice-calc (apt-get install libreoffice-calc)")
    profile, source, target = folder / "profile", folder / "in", folder / "out"
    for each in (profile / "user", source, target):
        each.mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(SETTINGS, encoding="utf-8")
    files = []
    for name, data in workbooks.items():
        files.append(source / f"{name}.xlsx")
        files[-1].write_bytes(without_values(data))
    subprocess.run(
        [
            office,
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless",
            "--convert-to",
            "xlsx",
            "--outdir",
            str(target),
            *map(str, files),
        ],
        check=True,
        capture_output=True,
        timeout=300,
    )
    return {name: openpyxl.load_workbook(target / f"{name}.xlsx", data_only=True) for name in workbooks}


def stored(data: bytes) -> Any:
    """The workbook with the values that it was written with."""
    return openpyxl.load_workbook(BytesIO(data), data_only=True)


def rows_of(workbook: Any, sheet: str) -> list[dict[str, Any]]:
    """The rows of a sheet by column title; a title that comes again (已发布) gets the prefix “已发布”."""
    heads: list[str] = []
    for cell in workbook[sheet][HEAD_ROW]:
        title = str(cell.value)
        heads.append(f"已发布{title}" if title in heads else title)
    return [
        dict(zip(heads, values, strict=True))
        for values in workbook[sheet].iter_rows(min_row=FIRST_ROW, values_only=True)
        if any(value is not None for value in values)
    ]


def exact(value: Any) -> Decimal | None:
    """The decimal of a number cell's 15 significant digits; None for an empty one."""
    if value is None or value == "":
        return None
    return Decimal(format(value, ".15g"))


def number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


class Comparison:
    """Counts compared cells and collects those that differ."""

    def __init__(self) -> None:
        self.compared = 0
        self.different: list[str] = []

    def number(self, place: str, cell: Any, expected: Decimal | None) -> None:
        """A number cell against an exact decimal, to 15 significant digits."""
        rounded = None if expected is None else Decimal(format(expected, ".15g"))
        self._note(place, exact(cell), rounded)

    def word(self, place: str, cell: Any, expected: str | None) -> None:
        """A text cell; empty is the same as none."""
        self._note(place, cell or None, expected or None)

    def _note(self, place: str, found: Any, expected: Any) -> None:
        self.compared += 1
        if found != expected:
            self.different.append(f"{place}: {found!r} instead of {expected!r}")


def compare(workbook: Any, document: Mapping[str, Any], inputs: Mapping[str, Any]) -> Comparison:
    """Every number and word of a ranking against the formulas' results in 汇总 and 明细."""
    comparison = Comparison()
    summary, detail = rows_of(workbook, "汇总"), iter(rows_of(workbook, "明细"))
    units = {unit["name"]: unit for unit in inputs["units"]}
    assert len(summary) == len(document["entries"])
    for position, (row, entry) in enumerate(zip(summary, document["entries"], strict=True), start=1):
        _compare_entry(comparison, row, entry, position)
        for line, sealed in zip(entry["lines"], units[entry["unit"]]["lines"], strict=True):
            _compare_line(comparison, f"{entry['unit']} {line['indicator']}", next(detail), line, sealed)
    assert next(detail, None) is None
    return comparison


def _compare_entry(comparison: Comparison, row: dict[str, Any], entry: dict[str, Any], position: int) -> None:
    for title, key in (
        ("基础分", "base"),
        ("加分", "bonus"),
        ("扣分", "deduction"),
        ("总分", "total"),
        ("名次", "rank"),
        ("组内名次", "group_rank"),
    ):
        value = entry[key]
        comparison.number(f"{entry['unit']} {title}", row[title], None if value is None else Decimal(value))
    if "late" in entry:
        comparison.number(f"{entry['unit']} 迟报扣分", row["迟报扣分"], number(entry["late"]))
    comparison.number(f"{entry['unit']} 列示次序", row["列示次序"], Decimal(position))
    comparison.word(f"{entry['unit']} 组", row["组"], entry["group"])
    comparison.word(f"{entry['unit']} 备注", row["备注"], entry["excluded"])
    comparison.word(f"{entry['unit']} 核对", row["核对"], "一致")


def _compare_line(
    comparison: Comparison, place: str, row: dict[str, Any], line: dict[str, Any], sealed: dict[str, Any]
) -> None:
    factor = Decimal(sealed["factor"])
    for title, key in (
        ("目标值", "target"),
        ("基期值", "baseline"),
        ("完成值", "value"),
        ("应达值", "expected"),
    ):
        value = number(line[key])
        comparison.number(f"{place} {title}", row[title], None if value is None else value * factor)
    for title, key in (
        ("序时达成率%", "attainment"),
        ("年度完成率%", "completion"),
        ("分值", "weight"),
        ("得分", "score"),
    ):
        comparison.number(f"{place} {title}", row[title], number(line[key]))
    comparison.word(f"{place} 亮灯", row["亮灯"], LIGHTS[line["light"]])
    comparison.word(f"{place} 说明", row["说明"], line["reason"])
    comparison.word(f"{place} 核对", row["核对"], "一致")
