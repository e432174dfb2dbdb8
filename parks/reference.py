"""Loading the park register from `fixtures/reference/plans/<plan>/parks.csv`; repeating changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from districts.models import Organisation
from districts.reference import LoadCount, ReferenceDataError, read_csv, upsert
from indicators.models import Plan
from parks.models import Park

_OWNERSHIPS = {label: value for value, label in Park.Ownership.choices if value}


@transaction.atomic
def load_parks(*, root: Path) -> dict[str, LoadCount]:
    """Load the parks of every plan that has a list; plans must be loaded before.

    Returns what was done by the plan's code. What the document leaves blank stays blank, and what is
    not a number (升级中) stays as text. Raises ReferenceDataError where a row cannot be understood.
    """
    counts = {}
    for path in sorted(root.glob("plans/*/parks.csv")):
        plan = Plan.objects.get(code=path.parent.name)
        districts = dict(Organisation.objects.filter(city=plan.city_id).values_list("code", "pk"))
        rows = [
            _park_row(row, plan=plan, districts=districts, where=f"{plan.code}/parks.csv 第{line}行")
            for line, row in enumerate(read_csv(path), start=2)
        ]
        counts[plan.code] = upsert(Park, existing=Park.objects.filter(plan=plan), key=("number",), rows=rows)
    return counts


def _park_row(
    row: Mapping[str, str], *, plan: Plan, districts: Mapping[str, int], where: str
) -> dict[str, Any]:
    if row["district"] and row["district"] not in districts:
        raise ReferenceDataError(f"{where}：没有单位代码“{row['district']}”，请核对拼写")
    if row["ownership"] and row["ownership"] not in _OWNERSHIPS:
        raise ReferenceDataError(f"{where}：性质“{row['ownership']}”不认得，应为国有、民营、其他或空白")
    return {
        "plan_id": plan.pk,
        "number": int(row["number"]),
        "name": row["name"],
        "district_id": districts[row["district"]] if row["district"] else None,
        "district_text": row["district_text"],
        "industries": [part for part in row["industries"].split(";") if part],
        "operator": row["operator"],
        "ownership": _OWNERSHIPS.get(row["ownership"], ""),
        "land_mu": _decimal(row["land_mu"]),
        "land_text": row["land_text"],
        "floor_area_m2": _decimal(row["floor_area_m2"]),
        "floor_area_text": row["floor_area_text"],
        "enterprises": int(row["enterprises"]) if row["enterprises"] else None,
        "enterprises_text": row["enterprises_text"],
        "note": row["note"],
    }


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None
