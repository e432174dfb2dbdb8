"""Loading organisations from `fixtures/reference/<city>/organisations.yaml`; repeating changes nothing.

Also what the loaders of the apps above share: reading files and bringing rows in line with them.
"""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import yaml
from django.db import models, transaction

from audit.canonical import plain_decimal
from districts.models import ALWAYS, City, NameKind, Organisation, OrganisationName
from districts.names import fold_name

Row = TypeVar("Row", bound=models.Model)


class ReferenceDataError(Exception):
    """A reference file contradicts itself or what is stored; the message says where, for people."""


@dataclass(frozen=True, slots=True)
class LoadCount:
    """What a load did to rows."""

    created: int = 0
    updated: int = 0
    removed: int = 0

    def __add__(self, other: LoadCount) -> LoadCount:
        return LoadCount(
            self.created + other.created, self.updated + other.updated, self.removed + other.removed
        )

    @property
    def is_nothing(self) -> bool:
        """Whether the files said nothing new."""
        return not (self.created or self.updated or self.removed)


@transaction.atomic
def load_organisations(*, root: Path) -> LoadCount:
    """Load every city's organisations with their names and successors. root holds one folder per city.

    Rows are matched by city and code and changed in place. Names that people added stay. Raises
    ReferenceDataError where one name would mean two organisations at the same time.
    """
    count = LoadCount()
    for path in sorted(root.glob("*/organisations.yaml")):
        content = read_yaml(path)
        city, _ = City.objects.update_or_create(
            code=content["city"]["code"],
            defaults={
                "name": content["city"]["name"],
                "official_code": content["city"].get("official_code", ""),
            },
        )
        entries = content["organisations"]
        refuse_shared_names(entries, path=path)
        count += _load_city(city, entries)
    return count


def _load_city(city: City, entries: Sequence[Mapping[str, Any]]) -> LoadCount:
    existing = Organisation.objects.filter(city=city)
    rows = [
        {
            "city_id": city.pk,
            "code": entry["code"],
            "name": entry["name"],
            "short_name": entry.get("short_name", ""),
            "kind": entry["kind"],
            "official_code": entry.get("official_code", ""),
            "order": entry["order"],
            "valid_from": entry.get("valid_from", ALWAYS),
            "valid_to": entry.get("valid_to"),
            "note": entry.get("note", ""),
        }
        for entry in entries
    ]
    count = upsert(Organisation, existing=existing, key=("code",), rows=rows)
    ids = dict(existing.values_list("code", "pk"))
    successors = [
        {"code": entry["code"], "successor_id": ids[entry["successor"]] if entry.get("successor") else None}
        for entry in entries
    ]
    count += upsert(Organisation, existing=existing, key=("code",), rows=successors)
    names = [
        {
            "city_id": city.pk,
            "organisation_id": ids[entry["code"]],
            "name": name,
            "folded": fold_name(name),
            "kind": kind,
            "valid_from": entry.get("valid_from", ALWAYS),
            "valid_to": entry.get("valid_to"),
        }
        for entry in entries
        for name, kind in names_of(entry)
    ]
    stored = OrganisationName.objects.filter(city=city)
    owners = {(row.folded, row.valid_from): row.organisation_id for row in stored}
    for row in names:
        owner = owners.get((row["folded"], row["valid_from"]))
        if owner is not None and owner != row["organisation_id"]:
            raise ReferenceDataError(
                f"{city}：名称“{row['name']}”已属于另一个单位，请在 organisations.yaml 中改名，或先给原名称设止日"
            )
    return count + upsert(OrganisationName, existing=stored, key=("folded", "valid_from"), rows=names)


def names_of(entry: Mapping[str, Any]) -> list[tuple[str, str]]:
    """All names of a file's organisation with their kinds, the official one first."""
    names = [(entry["name"], str(NameKind.OFFICIAL))]
    names += [(item["name"], item["kind"]) for item in entry.get("names", [])]
    return names


def refuse_shared_names(entries: Sequence[Mapping[str, Any]], *, path: Path) -> None:
    """Raise ReferenceDataError where a folded name stands twice for overlapping dates."""
    seen: dict[str, list[tuple[datetime.date, datetime.date, str]]] = {}
    for entry in entries:
        begins = entry.get("valid_from", ALWAYS)
        ends = entry.get("valid_to") or datetime.date.max
        for name, _ in names_of(entry):
            for other_begins, other_ends, owner in seen.setdefault(fold_name(name), []):
                if begins <= other_ends and other_begins <= ends:
                    raise ReferenceDataError(
                        f"{path.parent.name}/{path.name}：名称“{name}”同时属于 {owner} 和 {entry['code']}，"
                        "同一城市内名称须唯一，请改其中一个"
                    )
            seen[fold_name(name)].append((begins, ends, entry["code"]))


def read_yaml(path: Path) -> Any:
    """A YAML file's content. Raises ReferenceDataError with the file's name where it is not valid."""
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ReferenceDataError(f"{path.name}：不是有效的 YAML，{error}") from error


def read_csv(path: Path) -> list[dict[str, str]]:
    """A CSV file's rows by column name; an empty list where the file does not exist."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def upsert(
    model: type[Row],
    *,
    existing: models.QuerySet[Row],
    key: tuple[str, ...],
    rows: Iterable[Mapping[str, Any]],
) -> LoadCount:
    """Bring stored rows in line with the given ones: create what is missing, change what differs.

    rows are attribute values (`city_id`, not `city`), all with the same attributes; key names those
    that identify a row among `existing`. Rows that are not given stay.
    """
    stored = {tuple(getattr(item, name) for name in key): item for item in existing.all()}
    new: list[Row] = []
    changed: list[Row] = []
    attributes: list[str] = []
    for row in rows:
        attributes = [name for name in row if name not in key]
        item = stored.get(tuple(row[name] for name in key))
        if item is None:
            new.append(model(**row))
        elif any(getattr(item, name) != row[name] for name in attributes):
            for name in attributes:
                setattr(item, name, row[name])
            changed.append(item)
    manager = model._default_manager
    manager.bulk_create(new)
    if changed:
        manager.bulk_update(changed, [name.removesuffix("_id") for name in attributes], batch_size=100)
    return LoadCount(created=len(new), updated=len(changed))


def replace_children(
    model: type[Row], *, existing: models.QuerySet[Row], rows: Sequence[Mapping[str, Any]]
) -> LoadCount:
    """Make the stored rows exactly the given ones, touching none if they already are.

    For lists without an identity of their own (responsible units in order, milestones), where
    changing a row in place could collide with its neighbour for a moment.
    """
    attributes = list(rows[0]) if rows else ["pk"]
    stored = list(existing.all())
    have = sorted(_comparable(getattr(item, name) for name in attributes) for item in stored)
    want = sorted(_comparable(row.values()) for row in rows)
    if have == want:
        return LoadCount()
    existing.delete()
    model._default_manager.bulk_create([model(**row) for row in rows])
    return LoadCount(created=len(rows), removed=len(stored))


def _comparable(values: Iterable[Any]) -> list[str]:
    """Values as text that compares: 0.5 and 0.500000 are the same."""
    return [plain_decimal(value) if isinstance(value, Decimal) else repr(value) for value in values]
