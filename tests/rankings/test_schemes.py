import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.utils import timezone

from audit.models import AuditEntry
from indicators.periods import Period
from rankings.computing import thaw
from rankings.inputs import late_days_of
from rankings.models import RankingEntry, RebuildRequest, SchemeAssignment, SchemeVersion
from rankings.selectors import ranking_document
from rankings.services.adjustments import enter_adjustment
from rankings.services.assignments import assign_scheme
from rankings.services.requests import run_due_requests
from rankings.services.schemes import (
    create_scheme_version,
    ensure_scheme_v1,
    read_parameters,
    scheme_for,
)
from rankings.verification import verify_sealed
from returns.models import QuarterlyReturn
from returns.states import WrongState
from scoring import SCHEME_V1, SchemeError
from tests.factories import World, open_cycle_of
from tests.rankings.boards import districts_run, publish, quarter_of_three, report_quarter

pytestmark = pytest.mark.django_db

Q2, Q3 = Period(2025, 2), Period(2025, 3)


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    ensure_scheme_v1()
    return quarter_of_three()


def new_scheme(world: World, title: str = "新办法", **changes: Any) -> SchemeVersion:
    return create_scheme_version(
        actor=world.people["owner"], parameters={**SCHEME_V1, "title": title, **changes}
    )


def test_new_version_takes_the_next_number_and_leaves_the_old_one(world: World) -> None:
    scheme = new_scheme(world, cap="1.00", version=77)

    assert (scheme.code, scheme.version, scheme.parameters["version"]) == ("quarterly", 2, 2)
    assert SchemeVersion.objects.get(code="quarterly", version=1).parameters == SCHEME_V1
    assert AuditEntry.objects.filter(verb="scheme.created").count() == 1


def test_all_problems_of_a_new_version_are_named_at_once(world: World) -> None:
    with pytest.raises(SchemeError) as caught:
        new_scheme(
            world,
            title="季度晾晒 v1",
            cap="0.9",
            code="Neu",
            method="nothing",
            indicators={"no-such": {"weight": "2"}},
        )

    assert [problem.partition("：")[0] for problem in caught.value.problems] == [
        "cap",
        "method",
        "code",
        "title",
        "indicators.no-such",
    ]
    assert SchemeVersion.objects.count() == 1


@pytest.mark.parametrize("name", ["wuxing", "jxj", "leader", "auditor", "sysadmin"])
def test_only_an_owner_writes_and_assigns_schemes(world: World, name: str) -> None:
    scheme = new_scheme(world)

    with pytest.raises(PermissionDenied):
        create_scheme_version(actor=world.people[name], parameters={**SCHEME_V1, "title": "别人的"})
    with pytest.raises(PermissionDenied):
        assign_scheme(actor=world.people[name], plan=world.plan, scheme=scheme, period=Q2)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"cap": "1.20",}', "第 1 行第 16 个字符处不是正确的 JSON：这里应是带双引号的参数名"),
        ('{"cap": }', "第 1 行第 9 个字符处不是正确的 JSON：这里缺少一个值"),
        ('["1.20"]', "最外层应是一对花括号"),
    ],
)
def test_broken_json_is_located(text: str, problem: str) -> None:
    with pytest.raises(SchemeError) as caught:
        read_parameters(text)

    assert caught.value.problems[0].startswith(problem)


def test_number_with_a_point_stays_the_text_that_was_typed() -> None:
    assert read_parameters('{"cap": 1.20, "version": 2}') == {"cap": "1.20", "version": 2}


@pytest.mark.parametrize("change", ["update", "delete"])
def test_database_refuses_to_change_a_scheme_in_use(world: World, change: str) -> None:
    districts_run(world)
    used = SchemeVersion.objects.filter(code="quarterly", version=1)

    with pytest.raises(DatabaseError, match="另建新版本"), transaction.atomic():
        if change == "update":
            used.update(title="改名")
        else:
            used._raw_delete(using="default")

    assert used.get().title == "季度晾晒 v1"


def test_scheme_that_nothing_uses_may_be_deleted(world: World) -> None:
    scheme = new_scheme(world)

    scheme.delete()

    assert not SchemeVersion.objects.filter(version=2).exists()


def test_assigned_scheme_scores_from_its_period_on(world: World) -> None:
    districts_run(world)
    run_due_requests()
    scheme = new_scheme(world, cap="1.00")

    assign_scheme(actor=world.people["owner"], plan=world.plan, scheme=scheme, period=Q2)

    waiting = RebuildRequest.objects.filter(state="waiting")
    assert set(waiting.values_list("cycle", flat=True)) == {world.cycle.pk}
    run_due_requests()
    assert [str(entry.total) for entry in districts_run(world).entries.all()] == ["100.00", "100.00", "97.50"]
    first = open_cycle_of(world, 2025, 1)
    assert scheme_for(first).version == 1


def test_assignment_is_refused_where_a_ranking_is_sealed(world: World) -> None:
    publish(world)
    scheme = new_scheme(world)

    with pytest.raises(WrongState, match=r"2025年二季度的排名已经封存.*最早可以从2025年三季度起"):
        assign_scheme(actor=world.people["owner"], plan=world.plan, scheme=scheme, period=Period(2025, 1))
    assign_scheme(actor=world.people["owner"], plan=world.plan, scheme=scheme, period=Q3)

    assert [str(item) for item in SchemeAssignment.objects.all()] == [f"{world.plan}：新办法 v2，自2025Q3"]
    assert verify_sealed()[1] == []


def test_assignment_ends_where_a_later_one_begins(world: World) -> None:
    third = open_cycle_of(world, 2025, 3)
    report_quarter(world, third)
    first, second = new_scheme(world, "甲"), new_scheme(world, "乙")
    assign_scheme(actor=world.people["owner"], plan=world.plan, scheme=first, period=Q3)
    publish(world, third)

    assign_scheme(actor=world.people["owner"], plan=world.plan, scheme=second, period=Q2)

    assert (scheme_for(world.cycle).title, scheme_for(third).title) == ("乙", "甲")


def test_assignment_outside_the_plan_s_years_is_refused(world: World) -> None:
    with pytest.raises(WrongState, match="2025 至 2027 年"):
        assign_scheme(
            actor=world.people["owner"], plan=world.plan, scheme=new_scheme(world), period=Period(2028, 1)
        )


def test_scheme_with_limits_below_what_was_given_is_refused(world: World) -> None:
    enter_adjustment(
        actor=world.people["owner"],
        cycle=world.cycle,
        board="districts",
        organisation=world.wuxing,
        points=Decimal(3),
        reason="先进",
        document="湖政通报1号",
    )
    scheme = new_scheme(world, bonus_limit="2")

    with pytest.raises(WrongState, match=r"已给吴兴区加 3\.00 分"):
        assign_scheme(actor=world.people["owner"], plan=world.plan, scheme=scheme, period=Q2)


LATE = {"per_day": "0.5", "most": "2", "unreported_from": 10}


@pytest.mark.parametrize(
    ("days", "late", "total"),
    [(0, "0.00", "97.50"), (3, "1.50", "96.00"), (9, "2.00", "95.50"), (10, "2.00", "0.00")],
)
def test_late_return_costs_points_under_a_late_rule(world: World, days: int, late: str, total: str) -> None:
    scheme = new_scheme(world, late=LATE)
    assign_scheme(actor=world.people["owner"], plan=world.plan, scheme=scheme, period=Q2)
    world.cycle.due_on = datetime.date(2025, 7, 10)
    world.cycle.save(update_fields=["due_on"])
    QuarterlyReturn.objects.update(submitted_at=datetime.datetime(2025, 7, 10, 15, 59, tzinfo=datetime.UTC))
    QuarterlyReturn.objects.filter(organisation=world.nanxun).update(
        submitted_at=datetime.datetime(2025, 7, 10, 15, 59, tzinfo=datetime.UTC)
        + datetime.timedelta(days=days)
    )

    run = districts_run(world)

    entry = run.entries.get(unit="南浔区")
    assert (str(entry.late), str(entry.total)) == (late, total)
    assert {unit["key"]: unit["late_days"] for unit in thaw(run.inputs)["units"]} == {
        "wuxing": 0,
        "nanxun": days,
        "nantaihu": 0,
    }
    document = ranking_document(run)["entries"]
    assert {item["unit"]: item["late"] for item in document}["南浔区"] == late


def test_day_is_counted_in_shanghai_time(world: World) -> None:
    world.cycle.due_on = datetime.date(2025, 7, 10)
    QuarterlyReturn.objects.update(submitted_at=datetime.datetime(2025, 7, 10, 16, 0, tzinfo=datetime.UTC))

    assert late_days_of(world.cycle)["wuxing"] == 1


def test_without_a_due_date_nobody_is_late(world: World) -> None:
    assert late_days_of(world.cycle) == {}


def test_scheme_without_a_late_rule_seals_no_days(world: World) -> None:
    run = districts_run(world)

    assert all("late_days" not in unit for unit in thaw(run.inputs)["units"])
    assert set(RankingEntry.objects.values_list("late", "grade", "vetoed")) == {(None, None, None)}
    assert "late" not in ranking_document(run)["entries"][0]


def test_first_submission_is_remembered_when_figures_change_later(world: World) -> None:
    first = QuarterlyReturn.objects.get(organisation=world.wuxing).submitted_at
    assert first is not None

    world.report("wuxing", {("parks", world.wuxing): "8"}, reason="更正")

    assert QuarterlyReturn.objects.get(organisation=world.wuxing).submitted_at == first


def test_draft_is_no_submission(world: World) -> None:
    third = open_cycle_of(world, 2025, 3)

    world.report("wuxing", {("parks", world.wuxing): "8"}, cycle=third, submit=False)
    before = QuarterlyReturn.objects.get(cycle=third).submitted_at
    world.report("wuxing", {("parks", world.wuxing): "8"}, cycle=third)

    after = QuarterlyReturn.objects.get(cycle=third).submitted_at
    assert before is None
    assert after is not None
    assert after <= timezone.now()


def test_grades_and_vetoes_are_stored_published_and_verified(world: World) -> None:
    scheme = new_scheme(
        world,
        indicators={"firms": {"veto": True}},
        veto="last",
        grades=[{"at": "99", "name": "优秀"}, {"at": "0", "name": "一般"}],
        late=LATE,
    )
    assign_scheme(actor=world.people["owner"], plan=world.plan, scheme=scheme, period=Q2)

    publish(world)

    stored = RankingEntry.objects.filter(run__board="districts").order_by("position")
    assert list(stored.values_list("unit", "grade", "vetoed")) == [
        ("吴兴区", "优秀", []),
        ("南太湖新区", "优秀", []),
        ("南浔区", "一般", ["小微企业"]),
    ]
    assert verify_sealed() == (2, [])
