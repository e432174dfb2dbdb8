"""The worked example of the scoring rules as a return: layout C, all districts, 2025Q2."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from districts.models import Organisation
from huzhou_targets.demo.forms import printed_labels
from huzhou_targets.demo.workbooks import Area, Form, FormLine
from indicators.models import Indicator
from returns.models import Cycle

WORKED_EXAMPLE = "worked-example/播种计划2025年二季度区县进展情况汇总表（演示数据）.xlsx"
"""Path inside fixtures/demo."""

_FIGURES = "worked-example/figures.csv"


def worked_example_form(root: Path, *, cycle: Cycle) -> Form:
    """The table of the worked example as the lead department would hand it in; blanks stay blank."""
    with (root / _FIGURES).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = dict(Organisation.objects.filter(city=cycle.plan.city_id).values_list("code", "name"))
    labels = printed_labels(cycle, "C")
    lines = tuple(
        _line(indicator, labels[indicator.code], rows)
        for indicator in Indicator.objects.filter(plan=cycle.plan_id, code__in=labels).order_by("order")
    )
    return Form(
        subject="湖州市创新型小微企业“播种计划”",
        reporter="市经信局",
        period=cycle.period,
        years=(cycle.year,),
        areas=tuple(Area(code=row["organisation"], label=names[row["organisation"]]) for row in rows),
        lines=lines,
    )


def _line(indicator: Indicator, label: tuple[str, str], rows: list[dict[str, str]]) -> FormLine:
    values: Mapping[str, Decimal] = {
        row["organisation"]: Decimal(row[indicator.code]) for row in rows if row[indicator.code]
    }
    return FormLine(
        code=indicator.code,
        name=indicator.name,
        label=label[0],
        unit=indicator.unit,
        category=indicator.category,
        responsible="市经信局",
        under=label[1],
        values=values,
    )
