"""A plan of many organisations and indicators with verified figures: what recomputing a board is measured on."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from accounts.models import User
from districts.models import City, Organisation, OrganisationKind
from huzhou_targets.bulk import insert_rows, moment
from indicators.models import (
    DocumentTable,
    Indicator,
    IndicatorKind,
    Plan,
    PolicyDocument,
    Target,
    TargetKind,
)
from rankings.models import SchemeAssignment, SchemeVersion
from returns.models import Cycle, Figure, FigureRevision, QuarterlyReturn, Upload
from scoring import SCHEME_V1

YEAR, QUARTER = 2025, 2


@dataclass(frozen=True, kw_only=True)
class World:
    """What is recomputed, and how many lines that are."""

    cycle: Cycle
    lines: int


def make_world(*, organisations: int, indicators: int) -> World:
    """Every organisation has a target and a verified figure from a file for every indicator.

    Figures lie between 60 % and 130 % of what is due; a third of the indicators are rates with decimals.
    """
    city = City.objects.create(code="bench", name="测试市")
    owner = Organisation.objects.create(
        city=city, code="owner", name="市政府办公室", kind=OrganisationKind.DEPARTMENT, order=90_000
    )
    account = User.objects.create(username="bench", organisation=owner)
    plan, table = _plan(city, owner)
    places = Organisation.objects.bulk_create(
        Organisation(
            city=city,
            code=f"place-{number:04}",
            name=f"测试区{number:04}",
            kind=OrganisationKind.DISTRICT,
            order=number + 1,
        )
        for number in range(organisations)
    )
    measured = Indicator.objects.bulk_create(
        Indicator(
            plan=plan,
            code=f"indicator-{number:03}",
            name=f"测试指标{number:03}",
            unit="%" if number % 3 == 2 else "家",
            decimals=2 if number % 3 == 2 else 0,
            kind=IndicatorKind.RATE if number % 3 == 2 else IndicatorKind.FLOW,
            order=number + 1,
            lead=owner,
        )
        for number in range(indicators)
    )
    _targets(places, measured, table)
    cycle = Cycle.objects.select_related("plan").get(plan=plan, year=YEAR, quarter=QUARTER)
    _figures(cycle, places, measured, account)
    return World(cycle=cycle, lines=organisations * indicators)


def _plan(city: City, owner: Organisation) -> tuple[Plan, DocumentTable]:
    document = PolicyDocument.objects.create(city=city, code="bench", title="测试方案", status="in_force")
    plan = Plan.objects.create(
        document=document,
        city=city,
        code="bench",
        name="测试行动方案",
        short_name="测试方案",
        first_year=YEAR,
        last_year=YEAR + 2,
        owner=owner,
    )
    table = DocumentTable.objects.create(plan=plan, code="annex", annex="附件", title="目标表", layout="B")
    scheme, _ = SchemeVersion.objects.get_or_create(
        code="quarterly", version=1, defaults={"title": "季度晾晒", "parameters": SCHEME_V1}
    )
    SchemeAssignment.objects.create(plan=plan, scheme=scheme, from_year=YEAR)
    Cycle.objects.get_or_create(plan=plan, year=YEAR, quarter=QUARTER)
    return plan, table


def _numbers(place: int, number: int) -> tuple[Decimal, Decimal]:
    """Target and figure of a line."""
    share = Decimal(60 + (place * 7 + number * 13) % 70) / 100
    if number % 3 == 2:
        target = Decimal(5 + number % 20) + Decimal(place % 50) / 100
        return target, (target * share).quantize(Decimal("0.01"))
    target = Decimal(40 + (place * 3 + number * 11) % 400)
    return target, Decimal(int(target * share / 2))


def _targets(places: list[Organisation], measured: list[Indicator], table: DocumentTable) -> None:
    Target.objects.bulk_create(
        (
            Target(
                indicator=indicator,
                organisation=place,
                year=YEAR,
                text=str(target),
                kind=TargetKind.AT_LEAST,
                value=target,
                unit=indicator.unit,
                table=table,
                document_id=table.plan.document_id,
                row=place.name,
                column=indicator.name,
            )
            for position, place in enumerate(places)
            for number, indicator in enumerate(measured)
            for target, _ in [_numbers(position, number)]
        ),
        batch_size=5000,
    )


def _figures(cycle: Cycle, places: list[Organisation], measured: list[Indicator], account: User) -> None:
    now = timezone.now()
    returns = QuarterlyReturn.objects.bulk_create(
        QuarterlyReturn(cycle=cycle, organisation=place, submitted_at=now) for place in places
    )
    uploads = Upload.objects.bulk_create(
        Upload(
            cycle=cycle,
            organisation=place,
            uploaded_by=account,
            filename=f"{place.name}二季度进展情况表.xlsx",
            content="none",
            size=1,
            sha256="0" * 64,
            state=Upload.State.STORED,
        )
        for place in places
    )
    at = moment(now)
    insert_rows(
        Figure,
        (
            *("quarterly_return_id", "cycle_id", "indicator_id", "organisation_id", "reporter_id", "state"),
            *("value", "verified_value", "revision_number", "submitted_at", "verified_at"),
            *("submitted_value", "submitted_revision"),
            *("verified_revision", "verified_by_id", "review_reason"),
        ),
        (
            (
                *(returned.pk, cycle.pk, indicator.pk, place.pk, place.pk, "verified"),
                *(str(value), str(value), 1, at, at, str(value), 1, 1, account.pk, ""),
            )
            for position, (place, returned) in enumerate(zip(places, returns, strict=True))
            for number, indicator in enumerate(measured)
            for _, value in [_numbers(position, number)]
        ),
    )
    files = {place.pk: upload.pk for place, upload in zip(places, uploads, strict=True)}
    rows = {item.pk: row for row, item in enumerate(measured, start=4)}
    figures = Figure.objects.order_by("id").values_list("id", "organisation_id", "indicator_id", "value")
    insert_rows(
        FigureRevision,
        (
            *("figure_id", "number", "value", "raw_text", "data_status", "progress", "problems", "measures"),
            *("warnings", "reason", "source", "upload_id", "sheet", "cell", "author_id", "created_at"),
        ),
        (
            (
                *(pk, 1, str(value), str(value), "", "", "", ""),
                *("[]", "", "file", files[place], "填报表", f"F{rows[indicator]}", account.pk, at),
            )
            for pk, place, indicator, value in list(figures)
        ),
    )
