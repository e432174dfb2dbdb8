"""Load organisations, plans, indicators, targets, tasks and parks; open the cycles of the target years."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from audit.services import Act, record_many
from districts.reference import LoadCount, ReferenceDataError, load_organisations
from indicators.models import Plan, Target
from indicators.reference import load_plans
from indicators.services import check_targets
from parks.reference import load_parks
from returns.models import Cycle
from returns.services.cycles import open_cycle
from returns.states import CycleState

REFERENCE_ROOT = Path(settings.BASE_DIR) / "fixtures" / "reference"
_UNSEALED = (CycleState.OPEN, CycleState.CLOSED)


class Command(BaseCommand):
    help = "载入参考数据：单位、计划、指标、目标、任务、园区，并为各目标年份开设报告期。可重复执行。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--root", type=Path, default=REFERENCE_ROOT, help="folder with the reference files"
        )

    def handle(self, *, root: Path, verbosity: int, **options: Any) -> None:
        try:
            counts = load_reference(root=root)
        except ReferenceDataError as error:
            raise CommandError(f"参考数据没有载入，数据库未改动。{error}") from error
        if verbosity:
            for name, count in counts.items():
                self.stdout.write(f"{name}：新增 {count.created}，更新 {count.updated}，移除 {count.removed}")


@transaction.atomic
def load_reference(*, root: Path = REFERENCE_ROOT) -> dict[str, LoadCount]:
    """Load everything in one transaction; returns what was done, by 组织机构 and each plan's code.

    Repeating it changes nothing and leaves no audit entry. Raises ReferenceDataError, and then
    nothing is stored.
    """
    counts = {"组织机构": load_organisations(root=root)}
    counts |= load_plans(root=root, is_sealed=has_sealed_cycle)
    for code, count in load_parks(root=root).items():
        counts[code] += count
    plans = list(Plan.objects.all())
    for plan in plans:
        for year in target_years(plan):
            for quarter in range(1, 5):
                open_cycle(plan=plan, year=year, quarter=quarter)
        check_targets(plan=plan)
    record_many(
        actor=None,
        acts=[
            Act(
                verb="reference.loaded",
                subject=plan,
                plan_code=plan.code,
                changes={"created": count.created, "updated": count.updated, "removed": count.removed},
            )
            for plan in plans
            if not (count := counts.get(plan.code, LoadCount())).is_nothing
        ],
    )
    return counts


def target_years(plan: Plan) -> list[int]:
    """The years for which a plan's tables set targets; the plan's own years where it has no table."""
    tabled = Target.objects.filter(indicator__plan=plan, table__is_text=False)
    years = sorted(set(tabled.values_list("year", flat=True)))
    return years or list(range(plan.first_year, plan.last_year + 1))


def has_sealed_cycle(plan_code: str, year: int) -> bool:
    """Whether a quarter of this plan and year has been frozen, published or is being corrected."""
    return Cycle.objects.filter(plan__code=plan_code, year=year).exclude(state__in=_UNSEALED).exists()
