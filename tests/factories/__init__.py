"""Rows for tests: a small city with three districts, two departments, one plan and standing people."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from decimal import Decimal

import factory
from django.utils import timezone

from accounts.models import Grant, Role, User
from districts.models import City, Organisation, OrganisationKind, OrganisationName
from indicators.models import (
    DocumentTable,
    Indicator,
    IndicatorKind,
    Plan,
    PolicyDocument,
    Target,
    TargetKind,
)
from returns.models import Cycle, Figure
from returns.services.figures import Saved, save_figures
from returns.services.review import Verification, verify_figures
from returns.workbook.types import FigureRow


class CityFactory(factory.django.DjangoModelFactory[City]):
    class Meta:
        model = City
        django_get_or_create = ("code",)

    code = "huzhou"
    name = "湖州市"


class OrganisationFactory(factory.django.DjangoModelFactory[Organisation]):
    class Meta:
        model = Organisation
        skip_postgeneration_save = True

    city = factory.SubFactory(CityFactory)
    code = factory.Sequence(lambda n: f"organisation-{n}")
    name = factory.Sequence(lambda n: f"单位{n}")
    kind = OrganisationKind.DISTRICT
    order = factory.Sequence(lambda n: n + 1)

    @factory.post_generation
    def own_name(obj: Organisation, create: bool, extracted: object, **kwargs: object) -> None:  # noqa: N805
        OrganisationName.objects.create(city=obj.city, organisation=obj, name=obj.name, kind="official")


class UserFactory(factory.django.DjangoModelFactory[User]):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"account-{n}")
    office = "填报员"


def grant(user: User, role: Role, organisation: Organisation | None = None, plan_code: str = "") -> Grant:
    """A role in force."""
    return Grant.objects.create(
        user=user, role=role, organisation=organisation, plan_code=plan_code, approved_at=timezone.now()
    )


@dataclass
class World:
    """A city at work: what most tests of services stand on."""

    city: City
    whole_city: Organisation
    wuxing: Organisation
    nanxun: Organisation
    nantaihu: Organisation
    jxj: Organisation
    tjj: Organisation
    zfb: Organisation
    plan: Plan
    table: DocumentTable
    cycle: Cycle
    indicators: dict[str, Indicator] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)

    def indicator(self, code: str, **changes: object) -> Indicator:
        """Another indicator of the plan, led by 市经信局."""
        values: dict[str, object] = {
            "plan": self.plan,
            "code": code,
            "name": code,
            "unit": "个",
            "order": len(self.indicators) + 1,
            "kind": IndicatorKind.FLOW,
            "additive": True,
            "lead": self.jxj,
            "data_source": self.tjj,
        }
        self.indicators[code] = Indicator.objects.create(**(values | changes))
        return self.indicators[code]

    def target(
        self, indicator: str, organisation: Organisation, text: str, *, year: int = 2025, **changes: object
    ) -> Target:
        """A target of the plan's table; the text is its number unless changes say otherwise."""
        values: dict[str, object] = {
            "indicator": self.indicators[indicator],
            "organisation": organisation,
            "year": year,
            "table": self.table,
            "document": self.plan.document,
            "text": text,
            "kind": TargetKind.AT_LEAST,
            "unit": self.indicators[indicator].unit,
            "row": organisation.name,
            "column": indicator,
        }
        if "value" not in changes and changes.get("kind", TargetKind.AT_LEAST) == TargetKind.AT_LEAST:
            values["value"] = Decimal(text)
        return Target.objects.create(**(values | changes))

    def report(
        self,
        who: str,
        values: dict[tuple[str, Organisation], str],
        *,
        cycle: Cycle | None = None,
        **changes: object,
    ) -> Saved:
        """Figures handed in by an account, as the web form would."""
        user = self.people[who]
        assert user.organisation is not None
        rows = [
            FigureRow(indicator=code, organisation=organisation.code, value=Decimal(text), raw=text)
            for (code, organisation), text in values.items()
        ]
        options: dict[str, object] = {"warnings": {}, "source": "form"}
        return save_figures(
            actor=user,
            cycle=cycle or self.cycle,
            reporter=user.organisation,
            rows=rows,
            **(options | changes),  # type: ignore[arg-type]
        )

    def verify(self, who: str, *figures: Figure, cycle: Cycle | None = None) -> None:
        """Figures confirmed as they were reported."""
        problems = verify_figures(
            actor=self.people[who],
            cycle=cycle or self.cycle,
            verifications=[Verification(figure_id=figure.pk) for figure in figures],
        )
        assert problems == []


def make_world() -> World:
    """The city with its standing people: reporter, another district, verifier, owner, leader, 三员."""
    city = CityFactory.create()
    place = OrganisationFactory.create
    whole = place(city=city, code="huzhou", name="全市", kind=OrganisationKind.CITY, order=0)
    wuxing = place(city=city, code="wuxing", name="吴兴区", order=1)
    nanxun = place(city=city, code="nanxun", name="南浔区", order=2)
    nantaihu = place(city=city, code="nantaihu", name="南太湖新区", kind=OrganisationKind.ZONE, order=6)
    jxj = place(city=city, code="jxj", name="市经信局", kind=OrganisationKind.DEPARTMENT, order=20)
    tjj = place(city=city, code="tjj", name="市统计局", kind=OrganisationKind.DEPARTMENT, order=21)
    zfb = place(city=city, code="zfb", name="市政府办公室", kind=OrganisationKind.DEPARTMENT, order=22)
    document = PolicyDocument.objects.create(
        city=city, code="doc", title="行动方案", number="湖政办发〔2025〕9号", status="in_force"
    )
    plan = Plan.objects.create(
        document=document,
        city=city,
        code="sowing-2025",
        name="播种计划行动方案",
        short_name="播种计划",
        first_year=2025,
        last_year=2027,
        owner=zfb,
    )
    table = DocumentTable.objects.create(plan=plan, code="annex1", annex="附件1", title="分解表", layout="C")
    cycle = Cycle.objects.create(plan=plan, year=2025, quarter=2)
    world = World(city, whole, wuxing, nanxun, nantaihu, jxj, tjj, zfb, plan, table, cycle)
    world.people = _standing_people(world)
    return world


def _standing_people(world: World) -> dict[str, User]:
    people = {}
    for name, organisation, roles in (
        ("wuxing", world.wuxing, [Role.REPORTER]),
        ("nanxun", world.nanxun, [Role.REPORTER]),
        ("nantaihu", world.nantaihu, [Role.REPORTER]),
        ("jxj", world.jxj, [Role.REPORTER, Role.VERIFIER]),
        ("tjj", world.tjj, [Role.VERIFIER]),
        ("owner", world.zfb, [Role.OWNER]),
        ("leader", world.zfb, [Role.LEADER]),
        ("auditor", None, [Role.AUDITOR]),
        ("sysadmin", None, [Role.SYSADMIN]),
        ("secadmin", None, [Role.SECADMIN]),
    ):
        people[name] = UserFactory.create(username=name, organisation=organisation)
        for role in roles:
            wide = role in (Role.OWNER, Role.LEADER)
            grant(people[name], role, None if wide else organisation)
    return people


def open_cycle_of(world: World, year: int, quarter: int, due_on: datetime.date | None = None) -> Cycle:
    """Another quarter of the plan."""
    return Cycle.objects.create(plan=world.plan, year=year, quarter=quarter, due_on=due_on)
