"""The leadership pages: rights, queries, empty states, filters in the address, the big screen's version."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from indicators.leaders import assign_leaders
from rankings.services.runs import build_ranking
from tests.dashboards.quarters import two_quarters
from tests.factories import World, open_cycle_of
from tests.rankings.boards import publish, quarter_of_three

pytestmark = pytest.mark.django_db

BOARD = "/overview/sowing-2025/2025Q2/districts/"
PAGES = [BOARD, f"{BOARD}lights/", f"{BOARD}trend/", f"{BOARD}ranks/", f"{BOARD}projection/"]


def client_of(world: World, account: str) -> Client:
    client = Client()
    client.force_login(world.people[account])
    client.get("/help/")
    return client


def main_of(client: Client, address: str) -> str:
    """The page's main part as text with single blanks."""
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().partition("<main")[2].split())


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        (BOARD, 12),
        (f"{BOARD}lights/", 12),
        (f"{BOARD}trend/", 12),
        (f"{BOARD}ranks/", 10),
        (f"{BOARD}projection/", 12),
        ("/screen/", 8),
        ("/screen/state/", 5),
    ],
)
def test_page_takes_the_same_queries_for_one_and_three_organisations(
    django_assert_num_queries: DjangoAssertNumQueries, count: int, address: str, queries: int
) -> None:
    world = quarter_of_three(count=count)
    build_ranking(cycle=world.cycle, board="districts")
    client = client_of(world, "leader")

    with django_assert_num_queries(queries):
        response = client.get(address)

    assert response.status_code == 200


@pytest.mark.parametrize("address", PAGES)
def test_reporter_is_refused_before_the_freeze_and_let_in_after(address: str) -> None:
    world = two_quarters()
    client = client_of(world, "wuxing")

    before = client.get(address)
    publish(world)
    after = client.get(address)

    assert (before.status_code, after.status_code) == (403, 200)
    assert "南浔区" not in before.content.decode()
    assert "南浔区" in after.content.decode()


@pytest.mark.parametrize("address", PAGES)
def test_quarter_without_a_ranking_says_so(address: str) -> None:
    world = quarter_of_three()
    open_cycle_of(world, 2025, 3)

    text = main_of(client_of(world, "leader"), address.replace("2025Q2", "2025Q3"))

    assert "还没有排名" in text


@pytest.mark.parametrize(
    "address",
    [
        "/overview/nothing/2025Q2/districts/",
        "/overview/sowing-2025/2031Q2/districts/",
        "/overview/sowing-2025/2025Q2/nothing/",
        "/overview/?plan=nothing",
        "/overview/?plan=sowing-2025&board=nothing",
        "/overview/?tab=nothing",
    ],
)
def test_address_of_nothing_is_not_found(address: str) -> None:
    assert client_of(two_quarters(), "leader").get(address).status_code == 404


def test_page_names_the_last_place_its_cause_and_the_state_of_the_data() -> None:
    text = main_of(client_of(two_quarters(), "leader"), BOARD)

    for words in ("连续 2 季末位", "预排名，会变动", "✓ 数据齐全", "失 <b>2.50</b> 分", "76／应80 个"):
        assert words in text


def test_filters_of_the_address_are_on_the_print() -> None:
    text = main_of(client_of(two_quarters(), "leader"), f"{BOARD}?group=区县组")

    assert "方案：播种计划；报告期：2025年二季度；榜：区县榜；组别：区县组；打印于" in text


def _with_a_leader() -> World:
    """Two quarters; the firms are in the charge of 常务副市长, nothing is in anybody else's."""
    world = two_quarters()
    assign_leaders(
        actor=world.people["owner"], plan=world.plan, offices={"firms": "常务副市长"}, basis="分工通知"
    )
    return world


def test_leader_of_the_address_narrows_the_page_and_is_on_the_print() -> None:
    client = client_of(_with_a_leader(), "leader")

    whole, own = main_of(client, BOARD), main_of(client, f"{BOARD}?leader=常务副市长")

    assert "产业园</a>" in whole
    assert "产业园</a>" not in own
    assert "只看常务副市长分管的 1 项指标；总分、名次仍按全部指标" in own
    assert "榜：区县榜；分管领导：常务副市长；打印于" in own


def test_leader_narrows_the_indicators_of_a_picture_and_its_file() -> None:
    client, query = client_of(_with_a_leader(), "leader"), "?leader=常务副市长"
    names = ["lights/", "trend/", "projection/"]

    whole = [main_of(client, f"{BOARD}{name}") for name in names]
    own = [main_of(client, f"{BOARD}{name}{query}") for name in names]
    files = [client.get(f"{BOARD}{name}{query}&format=csv").content.decode("utf-8-sig") for name in names]

    assert ["产业园" in text for text in (*whole, *own, *files)] == [True] * 3 + [False] * 6
    assert all(f"districts/nanxun/?leader={quote('常务副市长')}#line-" in text for text in own)
    assert all("分管领导：常务副市长" in file for file in files)


def test_board_without_any_indicator_of_the_leader_says_so() -> None:
    world = two_quarters()
    world.indicator("elsewhere")
    assign_leaders(
        actor=world.people["owner"], plan=world.plan, offices={"elsewhere": "常务副市长"}, basis="分工通知"
    )
    client = client_of(world, "leader")

    texts = [main_of(client, f"{BOARD}{name}?leader=常务副市长") for name in ("", "lights/", "trend/")]

    assert all("2025年二季度区县榜上没有常务副市长分管的指标" in text for text in texts)


def test_leader_leaves_the_ranks_alone_and_the_page_says_so() -> None:
    client = client_of(_with_a_leader(), "leader")

    own = main_of(client, f"{BOARD}ranks/?leader=常务副市长")

    assert "名次、总分按全部指标，不随分管领导（常务副市长）变动" in own
    assert "（110.84）" in own


def test_leader_without_indicators_is_said_and_everything_is_shown() -> None:
    client = client_of(_with_a_leader(), "leader")
    addresses = [*PAGES, "/boards/sowing-2025/2025Q2/districts/", "/screen/"]

    pages = [client.get(f"{address}?leader=市长").content.decode() for address in addresses]

    assert all("没有“市长”分管的指标" in page for page in pages)
    assert all("南浔区" in page for page in pages)


def test_leader_narrows_the_screen_whose_version_follows_the_assignments() -> None:
    world = _with_a_leader()
    client = client_of(world, "leader")
    address = "/screen/state/?leader=常务副市长"
    first = client.get(address).json()

    page = client.get("/screen/?leader=常务副市长").content.decode()
    assign_leaders(
        actor=world.people["owner"], plan=world.plan, offices={"parks": "常务副市长"}, basis="分工通知"
    )

    assert "只看常务副市长分管的指标；总分、名次仍按全部指标" in page
    assert "产业园</th>" not in page
    assert client.get(address).json() != first


def test_screen_of_nothing_is_not_found() -> None:
    client = client_of(two_quarters(), "leader")

    statuses = [client.get(f"/screen/?{query}").status_code for query in ("plan=x", "board=x", "seconds=7")]

    assert statuses == [404, 404, 404]


def test_leader_is_kept_one_click_down_and_narrows_the_lines_there() -> None:
    client = client_of(_with_a_leader(), "leader")

    board = "/boards/sowing-2025/2025Q2/districts/"
    texts = [main_of(client, f"{board}{name}?leader=常务副市长") for name in ("", "nanxun/", "nanxun/why/")]

    assert all("只看常务副市长分管的 1 项指标；总分、名次仍按全部指标" in text for text in texts)
    assert ["产业园" in text for text in texts] == [False] * 3
    assert all(f"?leader={quote('常务副市长')}" in text for text in texts)


def test_group_and_indicator_that_are_not_there_are_said() -> None:
    client = client_of(_with_a_leader(), "leader")

    text = main_of(client, f"{BOARD}trend/?group=乡镇组&indicator=parks&leader=常务副市长")

    assert "没有“乡镇组”这个组" in text
    assert "不在常务副市长分管的指标中" in text


def test_page_of_a_plan_without_assignments_offers_no_leader() -> None:
    assert 'name="leader"' not in main_of(client_of(two_quarters(), "leader"), BOARD)


@pytest.mark.parametrize(
    ("account", "query", "goes"),
    [
        (
            "leader",
            "?leader=市长&group=区县组",
            "2025Q2/districts/?group=%E5%8C%BA%E5%8E%BF%E7%BB%84&leader=%E5%B8%82%E9%95%BF",
        ),
        ("leader", "", "2025Q2/districts/"),
        ("wuxing", "", "2025Q1/districts/"),
        ("leader", "?plan=sowing-2025&period=2025Q1&board=departments", "2025Q1/departments/"),
        ("leader", "?period=rubbish", "2025Q2/districts/"),
        ("leader", "?tab=trend&indicator=parks", "2025Q2/districts/trend/?indicator=parks"),
        ("leader", "?tab=trend&indicator=of-another-plan", "2025Q2/districts/trend/"),
    ],
)
def test_start_leads_to_the_newest_board_that_may_be_seen(account: str, query: str, goes: str) -> None:
    response = client_of(two_quarters(), account).get(f"/overview/{query}")

    assert (response.status_code, response["Location"]) == (302, f"/overview/sowing-2025/{goes}")


def test_home_of_a_leader_is_the_leadership_page_and_the_owners_the_list() -> None:
    world = two_quarters()

    leader, owner = client_of(world, "leader").get("/"), client_of(world, "owner").get("/")

    assert (leader.status_code, leader["Location"]) == (302, "/overview/")
    assert owner.status_code == 200
    assert client_of(world, "leader").get("/boards/all/").status_code == 200


def test_start_without_any_ranking_says_so() -> None:
    assert "还没有可以看的排名" in main_of(client_of(quarter_of_three(), "leader"), "/overview/")


def test_trend_of_one_quarter_says_that_it_is_one() -> None:
    world = quarter_of_three()
    build_ranking(cycle=world.cycle, board="districts")
    client = client_of(world, "leader")

    assert "目前只有一个季度的数" in main_of(client, f"{BOARD}trend/")
    assert "目前只有一个季度的榜" in main_of(client, f"{BOARD}ranks/")


def test_projection_is_marked_as_such() -> None:
    text = main_of(client_of(two_quarters(), "leader"), f"{BOARD}projection/?indicator=parks")

    assert "按当前进度推算，不是预测，也不计分" in text
    assert '<td class="num"><b>14</b></td><td class="num">116.67%</td>' in text


def test_screens_version_changes_with_the_ranking_and_is_not_sent_twice() -> None:
    world = two_quarters()
    client = client_of(world, "leader")
    first = client.get("/screen/state/")

    again = client.get("/screen/state/", headers={"If-None-Match": first["ETag"]})
    build_ranking(cycle=world.cycle, board="districts")
    changed = client.get("/screen/state/", headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200
    assert changed.json()["version"] != first.json()["version"]
    assert f'data-version="{changed.json()["version"]}"' in client.get("/screen/").content.decode()


def test_screens_version_tells_a_reporter_nothing_of_an_open_quarter() -> None:
    world = two_quarters()
    client = client_of(world, "wuxing")
    first = client.get("/screen/state/").json()

    world.report("nanxun", {("parks", world.nanxun): "4"}, reason="更正")
    build_ranking(cycle=world.cycle, board="districts")

    assert client.get("/screen/state/").json() == first
    assert "一季度" in main_of(client, "/screen/")
    assert "二季度" not in main_of(client, "/screen/")
