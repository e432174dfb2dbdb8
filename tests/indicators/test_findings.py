"""Findings of 目标校核 as stored: explanations that stick, rights, command, page."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from audit.models import AuditEntry
from indicators.models import Plan, TargetFinding
from indicators.services import CheckCount, NothingToExplain, check_targets, explain_finding
from tests.factories import World, make_world

pytestmark = pytest.mark.django_db

State = TargetFinding.State
PAGE = "/plans/sowing-2025/checks/"
CITY, WUXING, NANXUN = "15", "4", "11.1"


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    """A plan whose districts add up to 15.1 where the city says 15."""
    world = make_world()
    world.indicator("land", unit="亩", decimals=1)
    world.target("land", world.whole_city, CITY, row="腾出用地", column="全市")
    world.target("land", world.wuxing, WUXING, row="腾出用地", column="吴兴")
    world.target("land", world.nanxun, NANXUN, row="腾出用地", column="南浔")
    world.target(
        "land", world.nantaihu, "0", kind="zero", value=Decimal(0), row="腾出用地", column="南太湖新区"
    )
    return world


def checked(world: World) -> TargetFinding:
    """The finding about the sum, after a check."""
    check_targets(plan=world.plan)
    return TargetFinding.objects.get(kind="district_sum")


def change(world: World, district: str, value: str) -> None:
    """Another number for a district in the document."""
    world.plan.tables.get().targets.filter(organisation__code=district).update(
        text=value, value=Decimal(value)
    )


# --- explanations -------------------------------------------------------------------------------


def test_check_again_changes_nothing_and_records_nothing(world: World) -> None:
    first = check_targets(plan=world.plan)
    entries = AuditEntry.objects.count()

    again = check_targets(plan=world.plan)

    assert first == CheckCount(created=4)
    assert again == CheckCount()
    assert AuditEntry.objects.count() == entries


def test_owner_explains_a_finding_and_the_trail_keeps_it(world: World) -> None:
    finding = checked(world)

    explain_finding(actor=world.people["owner"], finding=finding, reason="  文件四舍五入 ")

    finding.refresh_from_db()
    entry = AuditEntry.objects.get(verb="target-finding.explained")
    assert (finding.state, finding.explanation) == (State.EXPLAINED, "文件四舍五入")
    assert (entry.actor, entry.reason, entry.plan_code) == (
        world.people["owner"],
        "文件四舍五入",
        "sowing-2025",
    )
    assert entry.changes == {
        "key": "district_sum:land:huzhou:2025:annex1",
        "explanation": ["", "文件四舍五入"],
        "digest": finding.digest,
    }


def test_same_reason_again_changes_nothing(world: World) -> None:
    finding = checked(world)
    for _ in range(2):
        explain_finding(actor=world.people["owner"], finding=finding, reason="文件四舍五入")

    assert AuditEntry.objects.filter(verb="target-finding.explained").count() == 1


def test_changed_values_reopen_an_explained_finding_once(world: World) -> None:
    finding = checked(world)
    explain_finding(actor=world.people["owner"], finding=finding, reason="文件四舍五入")
    change(world, "nanxun", "11.2")

    count = check_targets(plan=world.plan)
    change(world, "nanxun", "11.3")
    later = check_targets(plan=world.plan)

    finding.refresh_from_db()
    assert (finding.state, finding.explanation) == (State.REOPENED, "文件四舍五入")
    assert finding.against["value"] == "15.3"
    assert (count, later) == (CheckCount(changed=1, reopened=1), CheckCount(changed=1))
    assert AuditEntry.objects.filter(verb="target-finding.reopened").count() == 1


def test_explanation_holds_again_when_the_old_values_return(world: World) -> None:
    finding = checked(world)
    explain_finding(actor=world.people["owner"], finding=finding, reason="文件四舍五入")
    for value in ("11.2", NANXUN):
        change(world, "nanxun", value)
        check_targets(plan=world.plan)

    finding.refresh_from_db()
    assert finding.state == State.EXPLAINED


def test_finding_that_is_gone_stays_as_cleared_with_its_explanation(world: World) -> None:
    finding = checked(world)
    explain_finding(actor=world.people["owner"], finding=finding, reason="文件四舍五入")
    world.indicators["land"].additive = False
    world.indicators["land"].save()

    count = check_targets(plan=world.plan)

    finding.refresh_from_db()
    assert (finding.state, finding.explanation) == (State.CLEARED, "文件四舍五入")
    assert count == CheckCount(cleared=1)


def test_agreeing_comparison_that_is_gone_leaves_no_row(world: World) -> None:
    change(world, "nanxun", "11")
    assert checked(world).state == State.AGREED
    world.indicators["land"].additive = False
    world.indicators["land"].save()

    check_targets(plan=world.plan)

    assert not TargetFinding.objects.filter(kind="district_sum").exists()


def test_states_in_the_database_are_those_of_the_rows(world: World) -> None:
    world.target("land", world.whole_city, "16", year=2026)
    world.target("land", world.wuxing, "15", year=2026)
    world.target("land", world.whole_city, "3", year=2027)
    world.target("land", world.wuxing, "2", year=2027)
    check_targets(plan=world.plan)
    first, second, third = TargetFinding.objects.filter(kind="district_sum").order_by("year")
    for finding in (first, second):
        explain_finding(actor=world.people["owner"], finding=finding, reason="文件如此")
    world.plan.tables.get().targets.filter(year=2026, organisation=world.wuxing).update(value=14, text="14")
    world.plan.tables.get().targets.filter(year=2027, organisation=world.wuxing).delete()
    check_targets(plan=world.plan)

    everything = list(TargetFinding.objects.all())

    for state in State:
        stored = set(TargetFinding.objects.in_state(state).values_list("pk", flat=True))
        assert stored == {item.pk for item in everything if item.state == state}, state
    assert [item.state for item in TargetFinding.objects.filter(kind="district_sum").order_by("year")] == [
        State.EXPLAINED,
        State.REOPENED,
        State.CLEARED,
    ]
    assert third.pk in {item.pk for item in everything}


@pytest.mark.parametrize("reason", ["", "   "])
def test_blank_reason_is_refused(world: World, reason: str) -> None:
    with pytest.raises(NothingToExplain, match="没有写理由"):
        explain_finding(actor=world.people["owner"], finding=checked(world), reason=reason)


def test_what_agrees_asks_for_no_explanation(world: World) -> None:
    change(world, "nanxun", "11")

    with pytest.raises(NothingToExplain, match="不需要说明"):
        explain_finding(actor=world.people["owner"], finding=checked(world), reason="一致")


@pytest.mark.parametrize("who", ["leader", "jxj", "wuxing", "auditor", "sysadmin", "secadmin"])
def test_only_the_owner_explains_and_checks_again(world: World, who: str) -> None:
    finding = checked(world)

    with pytest.raises(PermissionDenied, match="只有牵头办"):
        explain_finding(actor=world.people[who], finding=finding, reason="理由")
    with pytest.raises(PermissionDenied, match="只有牵头办"):
        check_targets(plan=world.plan, actor=world.people[who])

    finding.refresh_from_db()
    assert finding.state == State.OPEN


# --- command ------------------------------------------------------------------------------------


def test_command_prints_one_json_document(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check_targets", plan="sowing-2025", json=True)

    told = json.loads(capsys.readouterr().out)
    place = {
        "document": "行动方案（湖政办发〔2025〕9号）",
        "annex": "附件1",
        "clause": "",
        "row": "腾出用地",
        "unit": "亩",
    }
    assert told == {
        "plan": "sowing-2025",
        "compared": 4,
        "states": {"open": 1, "reopened": 0, "explained": 0, "info": 0, "agreed": 3, "cleared": 0},
        "findings": [
            {
                "key": "district_sum:land:huzhou:2025:annex1",
                "check": "district_sum",
                "severity": "problem",
                "state": "open",
                "indicator": "land",
                "organisation": "全市",
                "year": 2025,
                "message": "附件1写15亩，3个区县之和为15.1亩，相差0.1亩。请核对原文；文件确实如此的，由牵头办写明理由。",
                "stated": place | {"column": "全市", "text": "15", "value": "15"},
                "against": place | {"column": "吴兴、南浔、南太湖新区", "text": "4+11.1+0", "value": "15.1"},
                "explanation": None,
            }
        ],
    }


def test_command_prints_a_table_and_the_counts(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check_targets", plan="sowing-2025")

    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "共核对 4 处：一致 3，发现 1，其中待说明 1"
    assert sum("区县之和" in line for line in lines) == 1


def test_command_names_the_known_plans(world: World) -> None:
    with pytest.raises(CommandError, match="没有计划“none”，可用的有：sowing-2025"):
        call_command("check_targets", plan="none")


# --- page ---------------------------------------------------------------------------------------


def look(world: World, who: str, address: str = PAGE) -> str:
    """The page as the account sees it."""
    client = Client()
    client.force_login(world.people[who])
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_page_shows_both_sides_and_lets_the_owner_explain(world: World) -> None:
    finding = checked(world)

    shown = look(world, "owner")

    assert f'id="finding-{finding.pk}"' in shown
    for words in (
        "4+11.1+0",
        "数值 15.1亩",
        "行：腾出用地",
        "列：吴兴、南浔、南太湖新区",
        "相差0.1亩",
        "待说明",
    ):
        assert words in shown
    assert f"{PAGE}{finding.pk}/explain/" in shown
    assert "重新校核</button>" in shown


@pytest.mark.parametrize("who", ["leader", "jxj", "wuxing"])
def test_page_is_read_by_everybody_who_sees_data_and_offers_them_nothing_to_do(
    world: World, who: str
) -> None:
    checked(world)

    shown = look(world, who)

    assert "相差0.1亩" in shown
    assert "/explain/" not in shown
    assert "重新校核</button>" not in shown


@pytest.mark.parametrize("who", ["auditor", "sysadmin", "secadmin"])
def test_three_administrators_find_no_page_and_no_action(world: World, who: str) -> None:
    finding = checked(world)
    client = Client()
    client.force_login(world.people[who])

    answers = [
        client.get(PAGE).status_code,
        client.post(f"{PAGE}recheck/").status_code,
        client.post(f"{PAGE}{finding.pk}/explain/", {"reason": "理由"}).status_code,
    ]

    assert answers == [404, 404, 404]


@pytest.mark.parametrize("who", ["leader", "jxj", "wuxing"])
def test_actions_of_others_are_forbidden(world: World, who: str) -> None:
    finding = checked(world)
    client = Client()
    client.force_login(world.people[who])

    answers = [
        client.post(f"{PAGE}recheck/").status_code,
        client.post(f"{PAGE}{finding.pk}/explain/", {"reason": "理由"}).status_code,
    ]

    finding.refresh_from_db()
    assert answers == [403, 403]
    assert finding.explanation == ""


def test_owner_explains_on_the_page_and_comes_back_to_the_same_place(world: World) -> None:
    finding = checked(world)
    client = Client()
    client.force_login(world.people["owner"])
    back = f"{PAGE}?state=open#finding-{finding.pk}"

    answer = client.post(f"{PAGE}{finding.pk}/explain/", {"reason": "文件四舍五入", "next": back})

    finding.refresh_from_db()
    assert (answer.status_code, answer.headers["Location"]) == (302, back)
    assert finding.state == State.EXPLAINED
    assert "文件四舍五入" in look(world, "wuxing")


@pytest.mark.parametrize(("reason", "words"), [("", "没有写理由"), ("字" * 501, "理由太长")])
def test_page_says_what_is_wrong_with_a_reason(world: World, reason: str, words: str) -> None:
    finding = checked(world)
    client = Client()
    client.force_login(world.people["owner"])

    shown = client.post(f"{PAGE}{finding.pk}/explain/", {"reason": reason}, follow=True).content.decode()

    assert words in shown
    finding.refresh_from_db()
    assert finding.state == State.OPEN


def test_finding_of_another_plan_is_not_found(world: World) -> None:
    finding = checked(world)
    other = Plan.objects.create(
        document=world.plan.document,
        city=world.city,
        code="other",
        name="另一方案",
        short_name="另一",
        first_year=2025,
        last_year=2027,
        owner=world.zfb,
    )
    client = Client()
    client.force_login(world.people["owner"])

    answer = client.post(f"/plans/{other.code}/checks/{finding.pk}/explain/", {"reason": "理由"})

    assert answer.status_code == 404


def test_owner_checks_again_on_the_page(world: World) -> None:
    checked(world)
    change(world, "nanxun", "11")
    client = Client()
    client.force_login(world.people["owner"])

    shown = client.post(f"{PAGE}recheck/", follow=True).content.decode()
    again = client.post(f"{PAGE}recheck/", follow=True).content.decode()

    assert "已重新校核：新增 0 条，变动 1 条，消除 0 条，须重新说明 0 条。" in shown
    assert "已重新校核，结果没有变化。" in again
    assert AuditEntry.objects.filter(verb="targets.checked", actor=world.people["owner"]).count() == 1


@pytest.mark.parametrize("action", ["recheck/", "1/explain/"])
def test_actions_take_no_get(world: World, action: str) -> None:
    client = Client()
    client.force_login(world.people["owner"])

    assert client.get(f"{PAGE}{action}").status_code == 405


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 1),
        ("?state=open", 1),
        ("?state=explained", 0),
        ("?state=agreed", 3),
        ("?state=agreed&kind=columns", 3),
        ("?kind=headline", 0),
        ("?kind=district_sum", 1),
    ],
)
def test_filters_stand_in_the_address(world: World, query: str, count: int) -> None:
    checked(world)

    assert look(world, "leader", f"{PAGE}{query}").count('<tr id="finding-') == count


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_the_same_queries_for_one_and_three_findings(
    world: World, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for year in range(2026, 2025 + count):
        world.target("land", world.whole_city, "3", year=year)
        world.target("land", world.wuxing, "2", year=year)
    check_targets(plan=world.plan)
    for finding in TargetFinding.objects.filter(kind="district_sum"):
        explain_finding(actor=world.people["owner"], finding=finding, reason="文件如此")
    client = Client()
    client.force_login(world.people["owner"])
    client.get("/help/")

    with django_assert_num_queries(8):
        response = client.get(PAGE)

    assert response.content.decode().count('<tr id="finding-') == count


def test_fragment_is_the_rows_alone(world: World) -> None:
    checked(world)
    client = Client()
    client.force_login(world.people["owner"])

    shown = client.get(PAGE, headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in shown
    assert shown.count('<tr id="finding-') == 1
