"""A plan of many places with a filled-in template: what the measurement of imports takes in.

Half of the indicators count things, half are amounts with two decimals. Every place has a target and a figure of
the quarter before, one district in thirty reports less than then, and the whole city's figure is the districts'
sum but for one indicator: so each check has something to look at and a few of them something to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from accounts.models import Grant, Role, User
from districts.models import City, Organisation, OrganisationKind
from indicators.models import (
    DocumentTable,
    Indicator,
    IndicatorKind,
    Plan,
    PolicyDocument,
    Target,
    TargetKind,
)
from returns.models import Cycle
from returns.selectors import build_vocabulary
from returns.services.figures import save_figures
from returns.workbook.template import write_template
from returns.workbook.types import FigureRow

INDICATORS = 100


@dataclass(frozen=True, kw_only=True)
class Return:
    """Who hands in which return."""

    account: User
    cycle: Cycle
    reporter: Organisation


def make_world(figures: int) -> Return:
    """The plan with INDICATORS indicators and as many organisations as make that number of figures.

    The last organisation is the whole city. All of them are reported by the department that leads.
    """
    city = City.objects.create(code="bench", name="测试市")
    department = Organisation.objects.create(
        city=city, code="lead", name="市经信局", kind=OrganisationKind.DEPARTMENT, order=90_000
    )
    places = Organisation.objects.bulk_create(_organisations(city, figures // INDICATORS), batch_size=2000)
    document = PolicyDocument.objects.create(city=city, code="bench", title="测试方案", status="in_force")
    plan = Plan.objects.create(
        document=document,
        city=city,
        code="bench",
        name="测试行动方案",
        short_name="测试方案",
        first_year=2025,
        last_year=2027,
        owner=department,
    )
    table = DocumentTable.objects.create(plan=plan, code="annex", annex="附件", title="分解表", layout="C")
    indicators = Indicator.objects.bulk_create(
        Indicator(
            plan=plan,
            code=f"i{number:03d}",
            name=f"第{number}类{'企业新增' if number % 2 else '投资完成额'}",
            unit="家" if number % 2 else "亿元",
            decimals=0 if number % 2 else 2,
            order=number + 1,
            kind=IndicatorKind.FLOW,
            additive=True,
            lead=department,
        )
        for number in range(INDICATORS)
    )
    Target.objects.bulk_create(
        (
            Target(
                indicator=indicator,
                organisation=place,
                year=2025,
                table=table,
                document=document,
                text=f"{_target(indicator, place, len(places)):f}",
                value=_target(indicator, place, len(places)),
                kind=TargetKind.AT_LEAST,
                unit=indicator.unit,
                row=place.name,
                column=indicator.code,
            )
            for indicator in indicators
            for place in places
        ),
        batch_size=5000,
    )
    account = User.objects.create(username="lead", office="填报员", organisation=department)
    Grant.objects.create(
        user=account, role=Role.REPORTER, organisation=department, approved_at=timezone.now()
    )
    earlier = Cycle.objects.create(plan=plan, year=2025, quarter=1)
    save_figures(
        actor=account,
        cycle=earlier,
        reporter=department,
        rows=[
            FigureRow(indicator=indicator, organisation=organisation, value=value, raw=f"{value:f}")
            for (indicator, organisation), value in _values(indicators, places, quarter=1).items()
        ],
        warnings={},
        source="form",
    )
    cycle = Cycle.objects.create(plan=plan, year=2025, quarter=2)
    Cycle.objects.create(plan=plan, year=2026, quarter=1)
    return Return(account=account, cycle=cycle, reporter=department)


def find_return(*, year: int = 2025, quarter: int = 2) -> Return:
    """The return of a database that `make_world` filled; 2026Q1 is there to warm up on."""
    return Return(
        account=User.objects.get(username="lead"),
        cycle=Cycle.objects.select_related("plan__document").get(year=year, quarter=quarter),
        reporter=Organisation.objects.get(code="lead"),
    )


def write_workbook(handed_in: Return) -> bytes:
    """The template of the product (layout A), filled in."""
    indicators = list(Indicator.objects.order_by("order"))
    places = list(Organisation.objects.exclude(kind=OrganisationKind.DEPARTMENT).order_by("order"))
    vocabulary = build_vocabulary(handed_in.cycle, reporter=handed_in.reporter)
    return write_template(vocabulary, values=_values(indicators, places, quarter=2))


def _organisations(city: City, count: int) -> list[Organisation]:
    districts = [
        Organisation(
            city=city,
            code=f"d{number:04d}",
            name=f"第{number}区",
            kind=OrganisationKind.DISTRICT,
            order=number,
        )
        for number in range(1, count)
    ]
    whole = Organisation(city=city, code="whole", name="全市", kind=OrganisationKind.CITY, order=count)
    return [*districts, whole]


def _target(indicator: Indicator, place: Organisation, count: int) -> Decimal:
    one = Decimal(20 + (indicator.order * 7 + place.order) % 80)
    return one * (count - 1) if place.kind == OrganisationKind.CITY else one


def _values(
    indicators: list[Indicator], places: list[Organisation], *, quarter: int
) -> dict[tuple[str, str], Decimal]:
    values: dict[tuple[str, str], Decimal] = {}
    for indicator in indicators:
        total = Decimal(0)
        for place in places:
            if place.kind == OrganisationKind.CITY:
                values[indicator.code, place.code] = total + (indicator.order == 1)
                continue
            value = _value(indicator, place, quarter)
            values[indicator.code, place.code] = value
            total += value
    return values


def _value(indicator: Indicator, place: Organisation, quarter: int) -> Decimal:
    seed = indicator.order * 13 + place.order * 5
    whole = 4 + seed % 16 + (quarter - 1) * (3 + seed % 9)
    if quarter > 1 and seed % 30 == 0:
        whole = 3
    cents = Decimal(seed % 100) / 100 if indicator.decimals else Decimal(0)
    return whole + cents
