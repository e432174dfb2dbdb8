"""Loading plans from `fixtures/reference/plans/<plan>/`: documents, tables, indicators, targets, tasks.

The files hold the documents as printed. Repeating a load changes nothing; what changed in a file is
changed in place. A target that a sealed ranking may have used is never changed: an adjustment is a
new version, made through a document.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from districts.models import ALWAYS, City, Organisation
from districts.names import fold_name
from districts.reference import (
    LoadCount,
    ReferenceDataError,
    read_csv,
    read_yaml,
    replace_children,
    upsert,
)
from indicators.check_values import Relation
from indicators.models import (
    NUMERIC_KINDS,
    Direction,
    DocumentTable,
    Indicator,
    IndicatorKind,
    IndicatorLink,
    IndicatorName,
    Milestone,
    Plan,
    PolicyDocument,
    Responsibility,
    TableTotal,
    Target,
    TargetKind,
    Task,
    TaskResponsibility,
)
from indicators.target_text import unit_factor

TEXT_CATEGORY = "正文目标"
"""Category of the indicators that only the running text names: never scored, in no table."""

HORIZON_TABLES = {"year": "text-year", "each_year": "text-each-year", "plan_end": "text-end"}
"""Which table of running text a text target belongs to, by its horizon."""

SealedYear = Callable[[str, int], bool]
"""Whether a quarter of this plan (code) and year is frozen or published."""

_COUNTED_UNITS = frozenset("个家项件台次场条户")
_TEXT_ORDER = 1000
_GUARDED = ("text", "kind", "value", "unit", "unit_factor", "reference", "offset", "is_scored")


@dataclass(frozen=True, slots=True)
class PlanFiles:
    """One plan's folder, its row and the ids that its files name by code."""

    folder: Path
    plan: Plan
    organisations: Mapping[str, int]
    indicators: Mapping[str, int]
    units: Mapping[str, str]
    tables: Mapping[str, int]

    def organisation(self, code: str, *, where: str) -> int:
        """The id of an organisation. Raises ReferenceDataError naming the file and place."""
        return self._find(self.organisations, code, where=where, kind="单位代码")

    def indicator(self, code: str, *, where: str) -> int:
        """The id of an indicator. Raises ReferenceDataError naming the file and place."""
        return self._find(self.indicators, code, where=where, kind="指标代码")

    def _find(self, ids: Mapping[str, int], code: str, *, where: str, kind: str) -> int:
        if code not in ids:
            raise ReferenceDataError(f"{self.folder.name}/{where}：没有{kind}“{code}”，请核对拼写")
        return ids[code]


def never_sealed(plan_code: str, year: int) -> bool:
    """For a load into a database that holds no cycles."""
    del plan_code, year
    return False


@transaction.atomic
def load_plans(*, root: Path, is_sealed: SealedYear = never_sealed) -> dict[str, LoadCount]:
    """Load every plan under root/plans; the organisations must be loaded before.

    Returns what was done to each plan by its code. is_sealed answers for a plan's code and a year
    whether results of that year are sealed. Raises ReferenceDataError where the files contradict
    themselves or where they would change a sealed target.
    """
    return {
        path.parent.name: _load_plan(path.parent, is_sealed=is_sealed)
        for path in sorted(root.glob("plans/*/plan.yaml"))
    }


def _load_plan(folder: Path, *, is_sealed: SealedYear) -> LoadCount:
    content = read_yaml(folder / "plan.yaml")
    plan, count = _load_plan_row(content, folder=folder)
    organisations = dict(Organisation.objects.filter(city=plan.city_id).values_list("code", "pk"))
    count += _load_tables(plan, content["tables"])
    tables = dict(DocumentTable.objects.filter(plan=plan).values_list("code", "pk"))
    entries = read_yaml(folder / "indicators.yaml")["indicators"]
    entries += list(_text_indicators(folder))
    files = PlanFiles(folder, plan, organisations, {}, {}, tables)
    count += _load_indicators(files, entries)
    stored = Indicator.objects.filter(plan=plan)
    files = PlanFiles(
        folder,
        plan,
        organisations,
        dict(stored.values_list("code", "pk")),
        dict(stored.values_list("code", "unit")),
        tables,
    )
    count += _load_details(files, entries)
    count += _load_targets(files, is_sealed=is_sealed)
    count += _load_totals(files)
    count += _load_links(files)
    return count + _load_tasks(files)


def _load_plan_row(content: Mapping[str, Any], *, folder: Path) -> tuple[Plan, LoadCount]:
    described, stated = content["document"], content["plan"]
    city = City.objects.filter(code=described["city"]).first()
    owner = Organisation.objects.filter(city=city, code=stated["owner"]).first()
    if city is None or owner is None:
        raise ReferenceDataError(
            f"{folder.name}/plan.yaml：没有城市“{described['city']}”或牵头办“{stated['owner']}”，请先补 organisations.yaml"
        )
    document = {name: described.get(name) or "" for name in ("title", "number", "issuer", "status", "note")}
    document |= {"city_id": city.pk, "code": described["code"], "issued_on": described.get("issued_on")}
    count = upsert(PolicyDocument, existing=PolicyDocument.objects.all(), key=("code",), rows=[document])
    row = {name: stated[name] for name in ("name", "short_name", "names", "first_year", "last_year", "order")}
    row |= {
        "city_id": city.pk,
        "code": stated["code"],
        "document_id": PolicyDocument.objects.get(code=described["code"]).pk,
        "owner_id": owner.pk,
        "note": stated.get("note") or "",
    }
    count += upsert(Plan, existing=Plan.objects.all(), key=("code",), rows=[row])
    return Plan.objects.select_related("document").get(code=stated["code"]), count


def _load_tables(plan: Plan, entries: Sequence[Mapping[str, Any]]) -> LoadCount:
    rows = [
        {
            "plan_id": plan.pk,
            "code": entry["code"],
            "annex": entry["annex"],
            "title": entry["title"],
            "layout": entry.get("layout", ""),
            "is_text": entry.get("is_text", False),
            "columns": entry.get("columns", []),
            "order": entry["order"],
            "note": entry.get("note", ""),
        }
        for entry in entries
    ]
    return upsert(DocumentTable, existing=DocumentTable.objects.filter(plan=plan), key=("code",), rows=rows)


def _text_indicators(folder: Path) -> Iterator[dict[str, Any]]:
    """What only the running text measures, made from the rows of text_targets.csv without an indicator."""
    for row in read_csv(folder / "text_targets.csv"):
        if row["indicator"]:
            continue
        number = int(row["number"])
        counted = row["unit"] in _COUNTED_UNITS and row["measure_kind"] != IndicatorKind.RATE
        limit = row["kind"] in {TargetKind.AT_MOST, TargetKind.BELOW}
        yield {
            "code": _text_code(row),
            "name": row["measure"],
            "unit": row["unit"],
            "category": TEXT_CATEGORY,
            "order": _TEXT_ORDER + number,
            "kind": row["measure_kind"],
            "direction": Direction.LOWER if limit else Direction.HIGHER,
            "additive": False,
            "decimals": 0 if counted else 2,
            "lead": row["lead"],
            "milestone_amounts": row["milestones"],
            "milestone_year": row["year"],
            "note": "只在正文的目标，保留供目标校核，不计分。",
        }


def _text_code(row: Mapping[str, str]) -> str:
    return row["indicator"] or f"text-{int(row['number']):03d}"


def _load_indicators(files: PlanFiles, entries: Sequence[Mapping[str, Any]]) -> LoadCount:
    rows = []
    for entry in entries:
        where = f"indicators.yaml {entry['code']}"
        share = entry.get("min_share") or [None, None]
        source = entry.get("data_source")
        rows.append(
            {
                "plan_id": files.plan.pk,
                "code": entry["code"],
                "name": entry["name"],
                "short_name": entry.get("short_name", "")[:30],
                "unit": entry["unit"],
                "category": entry.get("category", ""),
                "order": entry["order"],
                "kind": entry["kind"],
                "direction": entry["direction"],
                "additive": entry["additive"],
                "decimals": entry["decimals"],
                "min_share_numerator": share[0],
                "min_share_denominator": share[1],
                "frequency": entry.get("frequency", "quarterly"),
                "lag_quarters": entry.get("lag_quarters", 0),
                "lead_id": files.organisation(entry["lead"], where=where),
                "data_source_id": files.organisation(source, where=where) if source else None,
                "weight": Decimal(str(entry.get("weight", 1))),
                "note": entry.get("note", ""),
            }
        )
    # The database asks a share to have a parent, so parents stand before the row that names them.
    stored = Indicator.objects.filter(plan=files.plan)
    children = {entry["code"]: entry["parent"] for entry in entries if entry.get("parent")}
    parents = [row | {"parent_id": None} for row in rows if row["code"] not in children]
    count = upsert(Indicator, existing=stored, key=("code",), rows=parents)
    ids = dict(stored.values_list("code", "pk"))
    kin = [row | {"parent_id": ids[children[row["code"]]]} for row in rows if row["code"] in children]
    return count + upsert(Indicator, existing=stored, key=("code",), rows=kin)


def _load_details(files: PlanFiles, entries: Sequence[Mapping[str, Any]]) -> LoadCount:
    """Other names, responsible units and milestones of the indicators."""
    names: dict[str, dict[str, Any]] = {}
    responsible: list[dict[str, Any]] = []
    milestones: list[dict[str, Any]] = []
    for entry in entries:
        where = f"indicators.yaml {entry['code']}"
        indicator = files.indicator(entry["code"], where=where)
        for name in (entry["name"], *entry.get("names", [])):
            row = {
                "plan_id": files.plan.pk,
                "indicator_id": indicator,
                "name": name,
                "folded": fold_name(name),
                "valid_from": ALWAYS,
            }
            if names.setdefault(row["folded"], row)["indicator_id"] != indicator:
                raise ReferenceDataError(f"{files.folder.name}/{where}：名称“{name}”已属于另一项指标")
        for order, code in enumerate((entry["lead"], *entry.get("cooperating", [])), start=1):
            organisation = files.organisation(code, where=where)
            responsible.append({"indicator_id": indicator, "organisation_id": organisation, "order": order})
        milestones += _milestones_of(entry, indicator)
    plan = files.plan
    count = upsert(
        IndicatorName,
        existing=IndicatorName.objects.filter(plan=plan),
        key=("folded", "valid_from"),
        rows=names.values(),
    )
    count += replace_children(
        Responsibility, existing=Responsibility.objects.filter(indicator__plan=plan), rows=responsible
    )
    return count + replace_children(
        Milestone, existing=Milestone.objects.filter(indicator__plan=plan), rows=milestones
    )


def _milestones_of(entry: Mapping[str, Any], indicator: int) -> Iterator[dict[str, Any]]:
    base = {"indicator_id": indicator, "year": None, "share": None, "amount": None, "note": ""}
    for quarter, share in entry.get("milestones", {}).items():
        yield base | {"quarter": quarter, "share": Decimal(str(share)), "note": "文件未写，按成批认定设定"}
    for part in filter(None, entry.get("milestone_amounts", "").split(";")):
        quarter, amount = part.split(":")
        yield base | {
            "year": int(entry["milestone_year"]),
            "quarter": int(quarter),
            "amount": Decimal(amount),
            "note": "文件正文",
        }


def _load_targets(files: PlanFiles, *, is_sealed: SealedYear) -> LoadCount:
    rows = []
    joint: dict[tuple[Any, ...], set[int]] = {}
    for row, organisations in (*_table_targets(files), *_text_targets(files)):
        rows.append(row)
        joint[tuple(row[name] for name in _TARGET_KEY)] = organisations
    existing = Target.objects.filter(indicator__plan=files.plan, version=1)
    _refuse_sealed_changes(files, rows, existing, is_sealed=is_sealed)
    count = upsert(Target, existing=existing, key=_TARGET_KEY, rows=rows)
    for target in existing.prefetch_related("joint_with"):
        wanted = joint.get(tuple(getattr(target, name) for name in _TARGET_KEY), set())
        if {organisation.pk for organisation in target.joint_with.all()} != wanted:
            target.joint_with.set(wanted)
            count += LoadCount(updated=1)
    return count


_TARGET_KEY = ("indicator_id", "organisation_id", "year", "table_id", "version")


def _table_targets(files: PlanFiles) -> Iterator[tuple[dict[str, Any], set[int]]]:
    for line, row in enumerate(read_csv(files.folder / "targets.csv"), start=2):
        where = f"targets.csv 第{line}行"
        wanted = files.units.get(row["indicator"], "")
        factor = unit_factor(unit=row["unit"], wanted=wanted)
        if factor is None:
            raise ReferenceDataError(
                f"{files.folder.name}/{where}：单位“{row['unit']}”换算不到指标的单位“{wanted}”"
            )
        joint = {files.organisation(code, where=where) for code in filter(None, row["joint_with"].split(";"))}
        yield (
            _target_row(files, row, where=where)
            | {
                "table_id": files.tables[row["table"]],
                "year": int(row["year"]),
                "unit_factor": factor,
                "is_scored": row["scored"] == "true",
                "is_plan_end": False,
                "row": row["row"],
                "column": row["column"],
                "row_order": int(row["row_order"]),
                "column_order": int(row["column_order"]),
                "clause": "",
            },
            joint,
        )


def _text_targets(files: PlanFiles) -> Iterator[tuple[dict[str, Any], set[int]]]:
    """Targets of the running text; one for each year of the plan where the text says 每年."""
    for line, row in enumerate(read_csv(files.folder / "text_targets.csv"), start=2):
        where = f"text_targets.csv 第{line}行"
        each_year = row["horizon"] == "each_year"
        years = range(files.plan.first_year, files.plan.last_year + 1) if each_year else (int(row["year"]),)
        code = _text_code(row)
        values = _target_row(files, row | {"indicator": code}, where=where) | {
            "table_id": files.tables[HORIZON_TABLES[row["horizon"]]],
            "unit_factor": unit_factor(unit=row["unit"], wanted=files.units[code]) or Decimal(1),
            "is_scored": False,
            "is_plan_end": row["horizon"] == "plan_end",
            "row": row["measure"],
            "column": "",
            "row_order": int(row["number"]),
            "column_order": 0,
            "clause": row["clause"],
        }
        for year in years:
            yield values | {"year": year}, set()


def _target_row(files: PlanFiles, row: Mapping[str, str], *, where: str) -> dict[str, Any]:
    """What a target of a table and one of the running text have in common."""
    kind = row["kind"]
    note = row["note"]
    value = Decimal(row["value"]) if row["value"] else None
    if kind in NUMERIC_KINDS and value is None:
        # A share such as 2/3 has no exact decimal; its text stays and is not turned into a number.
        kind, note = TargetKind.TEXT.value, "；".join(filter(None, (note, f"份额{row.get('fraction', '')}")))
    return {
        "indicator_id": files.indicator(row["indicator"], where=where),
        "organisation_id": files.organisation(row["organisation"], where=where),
        "version": 1,
        "effective_from": ALWAYS,
        "document_id": files.plan.document_id,
        "text": row["text"],
        "kind": kind,
        "value": value,
        "unit": row["unit"],
        "reference": row["reference"],
        "offset": Decimal(row["offset"]) if row["offset"] else None,
        "note": note,
    }


def _refuse_sealed_changes(
    files: PlanFiles, rows: Sequence[Mapping[str, Any]], existing: Any, *, is_sealed: SealedYear
) -> None:
    """Raise ReferenceDataError where a file would change a target of a year with sealed results."""
    stored = {tuple(getattr(item, name) for name in _TARGET_KEY): item for item in existing}
    for row in rows:
        item = stored.get(tuple(row[name] for name in _TARGET_KEY))
        if item is None or all(getattr(item, name) == row[name] for name in _GUARDED):
            continue
        if is_sealed(files.plan.code, row["year"]):
            raise ReferenceDataError(
                f"{files.folder.name}：目标“{row['row']} {row['column']}”{row['year']}年由“{item.text}”改为"
                f"“{row['text']}”，但该年已有冻结或发布的结果；请登记调整文件，作为新版本录入"
            )


def _load_totals(files: PlanFiles) -> LoadCount:
    rows = []
    for line, row in enumerate(read_csv(files.folder / "totals.csv"), start=2):
        where = f"totals.csv 第{line}行"
        rows.append(
            {
                "table_id": files.tables[row["table"]],
                "indicator_id": files.indicator(row["indicator"], where=where),
                "organisation_id": files.organisation(row["organisation"], where=where),
                "text": row["text"],
                "value": Decimal(row["value"]) if row["value"] else None,
                "row": row["row"],
                "column": row["column"],
                "row_order": int(row["row_order"]),
                "column_order": int(row["column_order"]),
            }
        )
    existing = TableTotal.objects.filter(table__plan=files.plan)
    return upsert(
        TableTotal, existing=existing, key=("table_id", "indicator_id", "organisation_id"), rows=rows
    )


def _load_links(files: PlanFiles) -> LoadCount:
    """Which indicators 目标校核 compares although their names differ; their units must convert."""
    path = files.folder / "checks.yaml"
    entries = read_yaml(path)["links"] if path.exists() else []
    rows = []
    for entry in entries:
        where = f"checks.yaml {entry['whole']}—{entry['part']}"
        if entry["relation"] not in set(Relation):
            known = "、".join(Relation)
            raise ReferenceDataError(
                f"{files.folder.name}/{where}：没有关系“{entry['relation']}”，可用的有 {known}"
            )
        row = {
            "plan_id": files.plan.pk,
            "relation": entry["relation"],
            "whole_id": files.indicator(entry["whole"], where=where),
            "part_id": files.indicator(entry["part"], where=where),
            "note": entry["note"],
        }
        units = files.units[entry["part"]], files.units[entry["whole"]]
        if unit_factor(unit=units[0], wanted=units[1]) is None:
            raise ReferenceDataError(
                f"{files.folder.name}/{where}：单位“{units[0]}”与“{units[1]}”不能换算，请删去这条对照关系"
            )
        rows.append(row)
    return replace_children(IndicatorLink, existing=IndicatorLink.objects.filter(plan=files.plan), rows=rows)


def _load_tasks(files: PlanFiles) -> LoadCount:
    entries = read_yaml(files.folder / "tasks.yaml")["tasks"]
    rows = [
        {
            "plan_id": files.plan.pk,
            "code": entry["code"],
            "part": entry["part"],
            "section": entry["section"],
            "number": entry["number"],
            "title": entry["title"],
            "text": re.sub(r"\s+$", "", entry["text"]),
            "responsible_text": entry["responsible_text"],
            "order": order,
        }
        for order, entry in enumerate(entries, start=1)
    ]
    stored = Task.objects.filter(plan=files.plan)
    count = upsert(Task, existing=stored, key=("code",), rows=rows)
    ids = dict(stored.values_list("code", "pk"))
    units = [
        {
            "task_id": ids[entry["code"]],
            "organisation_id": files.organisation(code, where=f"tasks.yaml {entry['code']}"),
            "order": order,
        }
        for entry in entries
        for order, code in enumerate(entry["units"], start=1)
    ]
    return count + replace_children(
        TaskResponsibility, existing=TaskResponsibility.objects.filter(task__plan=files.plan), rows=units
    )
