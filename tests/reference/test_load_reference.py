"""Loading the reference files into a database: exact counts, safe to repeat, careful with sealed years."""

from __future__ import annotations

import datetime
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from audit.models import AuditEntry
from districts.models import City, Organisation, OrganisationName
from districts.reference import LoadCount, ReferenceDataError
from huzhou_targets.management.commands.load_reference import REFERENCE_ROOT, load_reference
from indicators.models import (
    DocumentTable,
    Indicator,
    IndicatorName,
    Milestone,
    Plan,
    TableTotal,
    Target,
    TargetKind,
    Task,
)
from parks.models import Park
from returns.models import Cycle
from returns.states import CycleState

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

NOTHING = {
    "组织机构": LoadCount(),
    "clusters-2023": LoadCount(),
    "jiaxing-2026": LoadCount(),
    "sowing-2025": LoadCount(),
}


def counts() -> dict[str, int]:
    """Rows of every kind that a load makes."""
    return {
        model.__name__: model._default_manager.count()
        for model in (
            *(City, Organisation, OrganisationName, Plan, DocumentTable, Indicator, IndicatorName),
            *(Milestone, Target, TableTotal, Task, Park, Cycle),
        )
    }


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the reference files that a test may change."""
    return Path(shutil.copytree(REFERENCE_ROOT, tmp_path / "reference"))


def rewrite(path: Path, before: str, after: str) -> None:
    """Change one place of a file; it must stand there exactly once."""
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_load_twice_gives_the_same_rows_and_one_audit_entry_per_plan() -> None:
    first = counts()

    again = load_reference()

    assert again == NOTHING
    assert counts() == first
    assert AuditEntry.objects.filter(verb="reference.loaded").count() == 3


def test_load_counts_are_exact() -> None:
    tabled = Target.objects.filter(table__is_text=False)
    assert {
        plan.code: (
            plan.indicators.exclude(category="正文目标").count(),
            tabled.filter(indicator__plan=plan).count(),
            plan.tasks.count(),
            plan.parks.count(),
        )
        for plan in Plan.objects.all()
    } == {
        "sowing-2025": (5, 120, 13, 35),
        "clusters-2023": (84, 195, 75, 0),
        "jiaxing-2026": (15, 0, 20, 0),
    }
    assert TableTotal.objects.count() == 40
    assert Organisation.objects.places().filter(city__code="huzhou").count() == 7
    assert Cycle.objects.filter(due_on=None, state=CycleState.OPEN).count() == (3 + 1 + 3) * 4


def test_cycles_open_for_every_quarter_of_each_target_year() -> None:
    years = {(cycle.plan.code, cycle.year) for cycle in Cycle.objects.select_related("plan")}
    assert years == {
        ("sowing-2025", 2025),
        ("sowing-2025", 2026),
        ("sowing-2025", 2027),
        ("clusters-2023", 2023),
        ("jiaxing-2026", 2026),
        ("jiaxing-2026", 2027),
        ("jiaxing-2026", 2028),
    }


def test_joint_target_points_at_the_place_it_counts_for() -> None:
    holder = Target.objects.get(kind=TargetKind.JOINT)
    other = Target.objects.get(kind=TargetKind.MERGED)

    assert (holder.organisation.code, holder.value, holder.text) == (
        "wuxing",
        Decimal("4.5"),
        "4.5（含南太湖新区）",
    )
    assert [place.code for place in holder.joint_with.all()] == ["nantaihu"]
    assert (other.organisation.code, other.text) == ("nantaihu", "/")


def test_target_keeps_the_documents_unit_beside_the_indicators() -> None:
    city = Target.objects.get(
        indicator__code="vacated-land", table__code="annex-2-targets", organisation__code="huzhou"
    )

    assert (city.text, city.unit, city.value, city.unit_factor) == ("1", "万亩", 1, 10000)
    assert city.indicator.unit == "亩"


def test_relative_target_names_its_reference_series() -> None:
    target = Target.objects.get(kind=TargetKind.RELATIVE, table__is_text=False)

    assert (target.indicator.code, target.reference, target.offset, target.is_scored) == (
        "industrial-growth",
        "gdp_growth",
        1,
        True,
    )


def test_text_targets_are_kept_with_clause_and_never_score() -> None:
    texts = Target.objects.filter(table__is_text=True)

    hundred = texts.get(indicator__code="industry-parks")

    assert texts.filter(is_scored=True).count() == 0
    assert (hundred.text, hundred.clause, hundred.year, hundred.is_plan_end) == (
        "100个以上",
        "二、（一）",
        2027,
        True,
    )
    assert texts.filter(indicator__plan__code="jiaxing-2026", text="1%以下").count() == 3


def test_fraction_without_exact_decimal_stays_text() -> None:
    share = Target.objects.filter(indicator__code="future-enterprises", table__is_text=True).first()

    assert share is not None
    assert (share.kind, share.value, share.text) == (TargetKind.TEXT, None, "不少于1/3")


def test_quarterly_milestones_of_the_running_text_become_amounts() -> None:
    amounts = Milestone.objects.filter(amount__isnull=False).order_by("quarter")

    assert [(item.year, item.quarter, item.amount) for item in amounts] == [
        (2023, 1, 30),
        (2023, 2, 65),
        (2023, 3, 85),
        (2023, 4, 100),
    ]


def test_child_indicator_holds_a_third_of_its_parent() -> None:
    child = Indicator.objects.get(code="future-enterprises")

    assert child.parent is not None
    assert (child.parent.code, child.min_share_numerator, child.min_share_denominator) == (
        "innovative-enterprises",
        1,
        3,
    )


def test_park_that_is_being_rebuilt_has_text_and_no_area() -> None:
    park = Park.objects.get(number=31)
    blank = Park.objects.get(number=29)

    assert (park.floor_area_text, park.floor_area_m2, park.enterprises) == ("升级中", None, 118)
    assert (blank.district, blank.ownership) == (None, "")


def test_names_of_a_dissolved_unit_end_with_it() -> None:
    office = Organisation.objects.get(city__code="huzhou", code="jrb")

    assert office.successor is not None
    assert (office.valid_to, office.successor.name) == (
        datetime.date(2024, 12, 31),
        "市政府办公室〈金融口〉",
    )
    assert set(office.names.values_list("valid_to", flat=True)) == {office.valid_to}


def test_changed_file_changes_the_row_in_place(root: Path) -> None:
    target = Target.objects.get(row="吴兴区 2025年", indicator__code="industry-parks")
    rewrite(
        root / "plans/sowing-2025/targets.csv",
        "industry-parks,wuxing,2025,12,at_least,ge,12,",
        "industry-parks,wuxing,2025,13,at_least,ge,13,",
    )

    again = load_reference(root=root)

    assert again == NOTHING | {"sowing-2025": LoadCount(updated=1)}
    target.refresh_from_db()
    assert (target.text, target.value, target.version) == ("13", 13, 1)


def test_changed_target_of_a_sealed_year_is_refused_and_nothing_is_stored(root: Path) -> None:
    Cycle.objects.filter(plan__code="sowing-2025", year=2025, quarter=1).update(state=CycleState.FROZEN)
    rewrite(
        root / "plans/sowing-2025/targets.csv",
        "industry-parks,wuxing,2025,12,at_least,ge,12,",
        "industry-parks,wuxing,2025,13,at_least,ge,13,",
    )
    rewrite(root / "plans/clusters-2023/plan.yaml", "short_name: 八大新兴产业链", "short_name: 八大链")

    with pytest.raises(ReferenceDataError) as refused:
        load_reference(root=root)

    assert str(refused.value) == (
        "sowing-2025：目标“吴兴区 2025年 科技型产业园（专业园）（个）”2025年由“12”改为“13”，"
        "但该年已有冻结或发布的结果；请登记调整文件，作为新版本录入"
    )
    assert Plan.objects.get(code="clusters-2023").short_name == "八大新兴产业链"


def test_reload_of_a_sealed_year_without_changes_is_fine() -> None:
    Cycle.objects.filter(plan__code="sowing-2025").update(state=CycleState.PUBLISHED)

    assert load_reference() == NOTHING


def test_version_made_through_a_document_survives_a_reload() -> None:
    target = Target.objects.get(row="吴兴区 2025年", indicator__code="industry-parks")
    target.pk, target.version, target.text, target.value = None, 2, "15", Decimal(15)
    target.save()

    assert load_reference() == NOTHING
    assert Target.objects.get(version=2).text == "15"


def test_alias_that_people_added_survives_a_reload() -> None:
    wuxing = Organisation.objects.get(city__code="huzhou", code="wuxing")
    OrganisationName.objects.create(city=wuxing.city, organisation=wuxing, name="吴兴高新区", kind="alias")

    assert load_reference() == NOTHING
    assert wuxing.names.filter(name="吴兴高新区").exists()


def test_name_of_two_organisations_is_refused_by_the_command(root: Path) -> None:
    before = counts()
    rewrite(root / "huzhou/organisations.yaml", "{name: を光区, kind: ocr}", "{name: 南浔, kind: ocr}")

    with pytest.raises(CommandError) as refused:
        call_command("load_reference", root=root, verbosity=0)

    assert str(refused.value) == (
        "参考数据没有载入，数据库未改动。huzhou/organisations.yaml：名称“南浔”同时属于 wuxing 和 nanxun，"
        "同一城市内名称须唯一，请改其中一个"
    )
    assert counts() == before


def test_unknown_code_is_named_with_file_and_line(root: Path) -> None:
    rewrite(
        root / "plans/sowing-2025/targets.csv",
        "industry-parks,wuxing,2025,12,",
        "industry-parks,wuxin,2025,12,",
    )

    with pytest.raises(ReferenceDataError) as refused:
        load_reference(root=root)

    assert str(refused.value) == "sowing-2025/targets.csv 第2行：没有单位代码“wuxin”，请核对拼写"


def test_command_says_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_reference")

    assert capsys.readouterr().out.splitlines() == [
        f"{name}：新增 0，更新 0，移除 0"
        for name in ("组织机构", "clusters-2023", "jiaxing-2026", "sowing-2025")
    ]
