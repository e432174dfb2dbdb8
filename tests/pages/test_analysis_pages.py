"""Why, what-if, schemes, bonuses, year, city and jobs: rights with data that could leak, and queries."""

from __future__ import annotations

import datetime
import json

import pytest
from django.test import Client
from django.utils import timezone

from rankings.models import Adjustment, RankingRun, RebuildRequest, SchemeAssignment, SchemeVersion
from rankings.services.assignments import assign_scheme
from rankings.services.requests import run_due_requests
from rankings.services.schemes import create_scheme_version
from returns.models import QuarterlyReturn
from scoring import SCHEME_V1
from tests.factories import World
from tests.rankings.boards import freeze, publish, quarter_of_three

pytestmark = pytest.mark.django_db

BOARD = "/boards/sowing-2025/2025Q2/districts/"
WHY = f"{BOARD}wuxing/why/"
WHAT_IF = f"{BOARD}what-if/"
YEAR = "/years/sowing-2025/2025/districts/"
CITY = "/city/sowing-2025/2025Q2/"
SCHEMES = "/schemes/"
SCHEME = "/schemes/quarterly/1/"
ADJUSTMENTS = "/cycles/sowing-2025/2025Q2/adjustments/"
JOBS = "/jobs/"


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    world = quarter_of_three()
    run_due_requests()
    return world


def client_of(world: World, account: str) -> Client:
    client = Client()
    client.force_login(world.people[account])
    return client


def text_of(world: World, account: str, address: str) -> str:
    """The page's main part: the header names the account's own organisation."""
    response = client_of(world, account).get(address)
    assert response.status_code == 200
    return response.content.decode().partition("<main")[2]


ADDRESSES = [WHY, WHAT_IF, YEAR, CITY, SCHEMES, SCHEME, f"{SCHEME}new/", ADJUSTMENTS, JOBS]


@pytest.mark.parametrize("address", ADDRESSES)
def test_stranger_is_sent_to_sign_in(world: World, address: str) -> None:
    response = Client().get(address)

    assert (response.status_code, response["Location"]) == (302, f"/accounts/login/?next={address}")


@pytest.mark.parametrize("account", ["auditor", "sysadmin", "secadmin"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_administrators_see_nothing_of_it(world: World, account: str, address: str) -> None:
    assert client_of(world, account).get(address).status_code in (403, 404)


@pytest.mark.parametrize(
    ("address", "before", "after"),
    [
        (WHY, 200, 200),
        (f"{BOARD}nanxun/why/", 404, 200),
        (WHAT_IF, 403, 200),
        (f"{WHAT_IF}?f.nanxun.parks=4", 403, 200),
        (CITY, 403, 200),
        (YEAR, 200, 200),
        (SCHEME, 200, 200),
        (f"{SCHEME}new/", 403, 403),
        (ADJUSTMENTS, 403, 403),
        (JOBS, 403, 403),
    ],
)
def test_organisation_before_and_after_the_freeze(
    world: World, address: str, before: int, after: int
) -> None:
    client = client_of(world, "wuxing")
    assert client.get(address, follow=True).status_code == before

    freeze(world)

    assert client.get(address, follow=True).status_code == after


def test_gaps_peers_and_others_are_hidden_from_the_ranked_before_the_freeze(world: World) -> None:
    before = client_of(world, "nanxun").get(f"{BOARD}nanxun/why/")
    page = before.content.decode()

    assert (before.context["gaps"], before.context["standings"]) == (None, None)
    for secret in ("差距分析：", "中位数</th>", "吴兴区", "南太湖新区", "110.84", "名次", "测算"):
        assert secret not in page
    assert "5.00" in page  # its own loss in 小微企业

    freeze(world)

    after = client_of(world, "nanxun").get(f"{BOARD}nanxun/why/")
    assert [row.needed for row in after.context["gaps"].rows] == ["4", "80"]
    assert "南太湖新区" in after.content.decode()


@pytest.mark.parametrize("account", ["owner", "leader"])
def test_owner_and_leader_see_gaps_and_trials_always(world: World, account: str) -> None:
    assert "至少达到" in text_of(world, account, f"{BOARD}nanxun/why/")
    assert "测算，非正式结果" in text_of(world, account, WHAT_IF)


def test_trial_stores_nothing_and_is_marked(world: World) -> None:
    before = list(RankingRun.objects.values())

    page = text_of(world, "owner", f"{WHAT_IF}?unit=nanxun&f.nanxun.firms=96")

    assert page.count("测算，非正式结果") == 2
    assert "110.00" in page
    assert list(RankingRun.objects.values()) == before
    assert client_of(world, "owner").post(WHAT_IF).status_code == 405


def test_form_of_a_trial_leads_to_the_address_that_says_only_what_changed(world: World) -> None:
    response = client_of(world, "owner").get(
        WHAT_IF, {"scheme": "", "cap": "", "unit": "nanxun", "f.nanxun.firms": "９6", "f.nanxun.parks": "3"}
    )

    assert response["Location"] == f"{WHAT_IF}?unit=nanxun&f.nanxun.firms=96"


def test_bad_input_of_a_trial_gets_its_messages_on_the_page(world: World) -> None:
    page = text_of(world, "owner", f"{WHAT_IF}?unit=wuxing&cap=x&f.wuxing.parks=abc")

    assert "吴兴区“产业园”的完成值：应为数字，现在是“abc”" in page
    assert "封顶：应为数字" in page


def test_scheme_page_works_a_line_of_a_ranking_that_the_reader_may_see(world: World) -> None:
    example = text_of(world, "wuxing", SCHEME)
    publish(world)

    real = text_of(world, "wuxing", SCHEME)

    assert "举例：二季度，完成值为虚构" in example
    assert "7 ÷ (12 × 50%) = 116.67%，封顶 120 → 116.67 分" in example
    assert "播种计划 2025年二季度区县榜（已发布），吴兴区" in real
    assert "7 ÷ (12 × 50%) = 116.67%，封顶 120 → 116.67 分" in real


def test_scheme_names_indicators_and_not_their_codes(world: World) -> None:
    SchemeVersion.objects.create(
        code="named",
        version=1,
        title="有名",
        parameters={**SCHEME_V1, "code": "named", "indicators": {"parks": {"weight": "2", "veto": True}}},
    )

    page = text_of(world, "wuxing", "/schemes/named/1/").partition("参数原文")[0]

    assert "“产业园”的分值：2。" in page
    assert "parks" not in page


def test_owner_writes_a_version_and_assigns_it(world: World) -> None:
    client = client_of(world, "owner")
    draft = json.loads(client.get(f"{SCHEME}new/").context["form"].initial["parameters"])

    made = client.post(f"{SCHEME}new/", {"parameters": json.dumps({**draft, "cap": "1.00"})})
    assigned = client.post("/schemes/quarterly/2/assign/", {"plan": "sowing-2025", "period": "2025q2"})

    assert (made.status_code, made["Location"]) == (302, "/schemes/quarterly/2/")
    assert assigned.status_code == 302
    assert SchemeVersion.objects.get(version=2).title == "季度晾晒 v2"
    assert SchemeAssignment.objects.get().from_quarter == 2


def test_wrong_version_lists_every_problem_and_keeps_what_was_typed(world: World) -> None:
    response = client_of(world, "owner").post(
        f"{SCHEME}new/", {"parameters": '{"code": "quarterly", "title": "新", "cap": "0"}'}
    )

    page = response.content.decode()
    assert response.status_code == 400
    assert "schedule：缺少这个参数" in page
    assert "lights：缺少这个参数" in page
    assert "&quot;新&quot;" in page


@pytest.mark.parametrize(
    ("period", "message"),
    [("2025", "应写成 2025Q2 这样"), ("2025Q2", "已经封存"), ("2031Q1", "没有2031年一季度")],
)
def test_refused_assignment_says_why(world: World, period: str, message: str) -> None:
    publish(world)

    response = client_of(world, "owner").post(f"{SCHEME}assign/", {"plan": "sowing-2025", "period": period})

    assert response.status_code == 400
    assert message in response.content.decode()


@pytest.mark.parametrize("account", ["wuxing", "leader"])
def test_others_write_assign_ask_and_retry_nothing(world: World, account: str) -> None:
    client = client_of(world, account)
    job = RebuildRequest.objects.latest("id")
    posts = [f"{SCHEME}new/", f"{SCHEME}assign/", "/jobs/ask/", f"/jobs/{job.pk}/retry/"]

    assert [client.post(address, {"cycle": world.cycle.pk}).status_code for address in posts] == [403] * 4


def test_owner_enters_and_withdraws_a_bonus(world: World) -> None:
    client = client_of(world, "owner")
    entry = {
        "board": "districts",
        "organisation": world.nanxun.pk,
        "points": "6",
        "reason": "现场会",
        "document": "通报1号",
    }

    refused = client.post(ADJUSTMENTS, entry)
    client.post(ADJUSTMENTS, entry | {"points": "2.5"})
    adjustment = Adjustment.objects.get()
    without_reason = client.post(f"/adjustments/{adjustment.pk}/withdraw/", {"reason": ""}, follow=True)

    assert refused.status_code == 400
    assert "超过计分办法的上限 5 分" in refused.content.decode()
    assert "须写明理由" in without_reason.content.decode()
    client.post(f"/adjustments/{adjustment.pk}/withdraw/", {"reason": "误记"})
    assert not Adjustment.objects.exists()


def test_leader_reads_bonuses_and_enters_none(world: World) -> None:
    client = client_of(world, "leader")

    assert "登记加扣分" not in client.get(ADJUSTMENTS).content.decode()
    response = client.post(
        ADJUSTMENTS,
        {
            "board": "districts",
            "organisation": world.nanxun.pk,
            "points": "1",
            "reason": "a",
            "document": "b",
        },
    )
    assert response.status_code == 403


def test_days_late_stand_beside_what_they_cost(world: World) -> None:
    parameters = {
        **SCHEME_V1,
        "late": {"per_day": "0.5", "most": "2", "unreported_from": 10},
        "title": "迟报",
    }
    scheme = create_scheme_version(actor=world.people["owner"], parameters=parameters)
    assign_scheme(actor=world.people["owner"], plan=world.plan, scheme=scheme, period=world.cycle.period)
    submitted = QuarterlyReturn.objects.get(organisation=world.nanxun).submitted_at
    assert submitted is not None
    world.cycle.due_on = timezone.localdate(submitted) - datetime.timedelta(days=3)
    world.cycle.save(update_fields=["due_on"])
    run_due_requests()

    page = text_of(world, "owner", f"{BOARD}nanxun/")

    assert '1.5<span class="small soft">（迟 3 天）</span>' in page
    assert "= 97.50；97.50 − 迟报扣分 1.50 = 96.00 分" in page


def test_city_page_names_who_is_missing(world: World) -> None:
    world.indicator("zones", name="专业园")
    for place in (world.wuxing, world.nanxun):
        world.target("zones", place, "3")
    world.report("wuxing", {("zones", world.wuxing): "2"})
    run_due_requests()

    page = text_of(world, "leader", CITY)

    assert "1 / 2 家，缺 南浔区" in page


def test_jobs_are_filtered_asked_for_and_retried(world: World) -> None:
    client = client_of(world, "owner")
    job = RebuildRequest.objects.filter(board="districts").latest("id")
    RebuildRequest.objects.filter(pk=job.pk).update(state="failed", error="磁盘已满", attempts=5)

    page = client.get(JOBS, {"state": "failed", "plan": "sowing-2025"})
    retried = client.post(f"/jobs/{job.pk}/retry/", follow=True)
    asked = client.post("/jobs/ask/", {"cycle": world.cycle.pk}, follow=True)

    assert [item.pk for item in page.context["page"].object_list] == [job.pk]
    assert "磁盘已满" in page.content.decode()
    assert "已重新排队" in retried.content.decode()
    assert "已要求重算" in asked.content.decode()
    assert "已有新任务" in asked.content.decode()
    assert RebuildRequest.objects.filter(state="waiting", board="districts").count() == 1


def test_jobs_of_another_owner_s_plan_are_not_shown(world: World) -> None:
    world.people["owner"].grants.update(plan_code="clusters-2023")
    client = client_of(world, "owner")
    job = RebuildRequest.objects.latest("id")

    assert list(client.get(JOBS).context["page"].object_list) == []
    assert client.post(f"/jobs/{job.pk}/retry/").status_code == 404
    assert client.post("/jobs/ask/", {"cycle": world.cycle.pk}).status_code == 404
