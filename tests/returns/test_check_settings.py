"""Switching a plan's checks off and on, and what follows for files, forms, templates and pages."""

from decimal import Decimal
from zipfile import ZipFile

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from audit.models import AuditEntry
from returns.bundles import templates_zip
from returns.check_settings import switched_off_checks
from returns.checks import check_figures
from returns.models import CheckSetting, Figure
from returns.selectors import build_vocabulary
from returns.services.checks import switch_check
from returns.services.entry import Entry, enter_figures
from returns.states import WrongState
from returns.workbook.types import FigureRow
from tests.factories import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    world = make_world()
    world.indicator("parks")
    for organisation in (world.wuxing, world.nanxun, world.whole_city):
        world.target("parks", organisation, "7")
    return world


def switch(world: World, code: str = "target_magnitude", *, enabled: bool = False, **changes: object):
    options: dict[str, object] = {"actor": world.people["owner"], "reason": "本计划以年末数为准"}
    return switch_check(plan=world.plan, code=code, enabled=enabled, **(options | changes))  # type: ignore[arg-type]


def codes(world: World, value: str) -> list[str]:
    vocabulary = build_vocabulary(world.cycle, reporter=world.wuxing)
    row = FigureRow(indicator="parks", organisation="wuxing", value=Decimal(value), raw=value)
    return [problem.code for problem in check_figures([row], (), vocabulary)]


def test_a_check_is_switched_off_and_on_again(world: World) -> None:
    assert codes(world, "100") == ["beyond_target"]

    switch(world)
    assert codes(world, "100") == []
    switch(world, enabled=True, reason="试行结束")

    assert codes(world, "100") == ["beyond_target"]
    assert CheckSetting.objects.count() == 1
    assert list(
        AuditEntry.objects.filter(verb__startswith="check.").order_by("id").values_list("verb", "reason")
    ) == [("check.switched-off", "本计划以年末数为准"), ("check.switched-on", "试行结束")]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"code": "exact_values"}, "不能关闭"),
        ({"code": "one_value"}, "不能关闭"),
        ({"code": "nothing"}, "没有“nothing”这项核对"),
        ({"reason": "  "}, "须写明理由"),
        ({"enabled": True}, "已经是开启的"),
    ],
)
def test_what_may_not_be_switched_is_refused(world: World, changes: dict, message: str) -> None:
    with pytest.raises(WrongState, match=message):
        switch(world, **changes)

    assert switched_off_checks(world.plan.pk) == frozenset()


@pytest.mark.parametrize("who", ["wuxing", "jxj", "leader", "sysadmin"])
def test_only_the_plans_owner_switches(world: World, who: str) -> None:
    with pytest.raises(PermissionDenied):
        switch(world, actor=world.people[who])


def test_a_second_reporter_is_warned_and_the_first_one_is_told(world: World, client: Client) -> None:
    world.report("wuxing", {("parks", world.wuxing): "3"})

    entered = enter_figures(
        actor=world.people["jxj"],
        cycle=world.cycle,
        reporter=world.jxj,
        entries=[Entry(indicator="parks", organisation="wuxing", text="4")],
        source="form",
        submit=True,
    )

    told = [problem.message for problem in entered.problems if problem.code == "reporters_differ"]
    assert told == [
        "吴兴区“parks”市经信局报 4个，吴兴区报 3个，两个数不同。请与吴兴区核对；核对无误可以照报，核定人会同时看到两个数。"
    ]
    client.force_login(world.people["wuxing"])
    own = Figure.objects.get(reporter=world.wuxing)
    assert (
        "吴兴区报 3个，市经信局报 4个，两个数不同，请核对"
        in client.get(f"/figures/{own.pk}/").content.decode()
    )
    client.force_login(world.people["jxj"])
    review = client.get("/review/sowing-2025/2025Q2/").content.decode()
    assert review.count("两个数不同") == 2 + 1  # both figures live, and the second one's own warning


def test_differing_reporters_are_not_told_where_the_check_is_off(world: World) -> None:
    switch(world, "two_reporters")
    world.report("jxj", {("parks", world.wuxing): "4"})

    assert codes(world, "3") == []


def test_page_shows_every_check_and_only_the_owner_may_switch(world: World, client: Client) -> None:
    client.force_login(world.people["owner"])
    client.post(
        "/returns/sowing-2025/checks/", {"code": "duplicates", "enabled": "no", "reason": "数据来自系统"}
    )
    page = client.get("/returns/sowing-2025/checks/").content.decode()
    client.force_login(world.people["wuxing"])
    plain = client.get("/returns/sowing-2025/checks/").content.decode()
    refused = client.post(
        "/returns/sowing-2025/checks/", {"code": "duplicates", "enabled": "yes", "reason": "x"}
    )
    client.force_login(world.people["sysadmin"])
    hidden = client.get("/returns/sowing-2025/checks/")

    assert ("数据来自系统" in page, page.count(">关闭<span"), page.count(">开启<span")) == (True, 7, 1)
    assert ("区县之和与全市数" in plain, '<form method="post" class="d-flex gap-2"' in plain) == (True, False)
    assert (refused.status_code, hidden.status_code) == (403, 404)
    assert switched_off_checks(world.plan.pk) == {"duplicates"}


def test_owner_downloads_all_templates_in_one_zip(world: World, client: Client) -> None:
    client.force_login(world.people["owner"])

    response = client.get("/returns/sowing-2025/2025Q2/templates/")

    assert response["Content-Disposition"].endswith(
        "%E6%92%AD%E7%A7%8D%E8%AE%A1%E5%88%922025%E5%B9%B4%E4%BA%8C%E5%AD%A3%E5%BA%A6%E5%A1%AB%E6%8A%A5%E6%A8%A1%E6%9D%BF.zip"
    )
    client.force_login(world.people["wuxing"])
    assert client.get("/returns/sowing-2025/2025Q2/templates/").status_code == 403


def test_zip_holds_a_template_of_every_reporter_with_utf8_names(world: World, tmp_path) -> None:
    path = tmp_path / "模板.zip"
    path.write_bytes(templates_zip(world.cycle))

    with ZipFile(path) as bundle:
        names = {info.filename: bool(info.flag_bits & 0x800) for info in bundle.infolist()}

    assert names == {
        "播种计划2025年二季度填报表-吴兴区.xlsx": True,
        "播种计划2025年二季度填报表-南浔区.xlsx": True,
        "播种计划2025年二季度填报表-市经信局.xlsx": True,
    }
