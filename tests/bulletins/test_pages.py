"""Pages and downloads of documents: from the draft to the issued number, through the browser's requests."""

from __future__ import annotations

from io import BytesIO

import docx
import pytest
from django.test import Client
from django.urls import reverse

from bulletins.models import Bulletin
from tests.factories import World

Answer = tuple[int, str]


def signed_in(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.people[who])
    return client


def test_a_notice_goes_from_draft_to_issued(world: World) -> None:
    owner, leader = signed_in(world, "owner"), signed_in(world, "leader")
    started = owner.post(reverse("start_notice", args=[world.plan.code, world.cycle.period]))
    page = started["Location"]
    notice = Bulletin.objects.get()
    fields = {
        "action": "edit",
        "revision": "1",
        "title": notice.title,
        "issuer": notice.issuer,
        "recipients": notice.recipients,
        "copies": "市委办公室",
        "section-requirements": "各单位要抓紧补短。",
    }

    refused = owner.post(page, fields | {"section-overview": "吴兴区得120分。"})
    saved = owner.post(page, fields)
    leader.post(page, {"action": "sign", "revision": "2"})
    bad = owner.post(page, {"action": "issue", "code": "12", "sequence": "1", "dated_on": "2025-07-25"})
    owner.post(page, {"action": "issue", "code": "湖政办督", "sequence": "1", "dated_on": "2025-07-25"})

    assert refused.status_code == 400
    assert "“120”是手工写的数" in refused.content.decode()
    assert "吴兴区得120分。</textarea>" in refused.content.decode()
    assert saved.status_code == 302
    assert bad.status_code == 400
    notice.refresh_from_db()
    assert (notice.state, notice.number, notice.copies) == ("issued", "湖政办督〔2025〕1号", "市委办公室")
    assert notice.title in signed_in(world, "wuxing").get(reverse("bulletin_list")).content.decode()


@pytest.mark.parametrize(("who", "status"), [("owner", 200), ("leader", 200), ("wuxing", 404), ("jxj", 404)])
def test_a_draft_is_shown_to_owner_and_leader_alone(
    world: World, notice: Bulletin, who: str, status: int
) -> None:
    client = signed_in(world, who)

    answers = [
        client.get(reverse("bulletin", args=[notice.pk])).status_code,
        client.get(reverse("bulletin_file", args=[notice.pk, "docx"])).status_code,
        client.get(reverse("bulletin_file", args=[notice.pk, "xlsx"])).status_code,
    ]

    assert answers == [status] * 3


@pytest.mark.parametrize("who", ["auditor", "sysadmin", "secadmin"])
def test_administrators_see_no_bulletins(world: World, who: str) -> None:
    assert signed_in(world, who).get(reverse("bulletin_list")).status_code == 403


@pytest.mark.parametrize(
    ("who", "units"),
    [("owner", {"吴兴区", "南浔区", "南太湖新区"}), ("wuxing", {"吴兴区"}), ("nanxun", {"南浔区"})],
)
def test_sheets_hold_what_one_may_read(world: World, who: str, units: set[str]) -> None:
    address = reverse("unit_sheets", args=[world.plan.code, world.cycle.period, "districts", "docx"])

    answer = signed_in(world, who).get(address)

    lines = [paragraph.text for paragraph in docx.Document(BytesIO(answer.content)).paragraphs]
    suffix = "目标进展清单"
    assert {line.removesuffix(suffix) for line in lines if line.endswith(suffix)} == units


def test_another_districts_sheet_is_not_found(world: World) -> None:
    address = reverse("unit_sheets", args=[world.plan.code, world.cycle.period, "districts", "docx"])

    answer = signed_in(world, "wuxing").get(address, {"unit": world.nanxun.code})

    assert answer.status_code == 404


def test_the_wording_is_kept_in_versions(world: World) -> None:
    owner = signed_in(world, "owner")
    address = reverse("wording", args=[world.plan.code])

    bad = owner.post(address, {"template-overview": "{% if %}", "front": "3", "end": "2"})
    good = owner.post(address, {"template-overview": "共{{ 单位数 }}家。", "front": "3", "end": "2"})

    assert bad.status_code == 400
    assert "“总体情况”：句式有语法错误" in bad.content.decode()
    assert good.status_code == 302
    assert world.plan.wordings.get().templates["overview"] == "共{{ 单位数 }}家。"
    assert signed_in(world, "wuxing").get(address).status_code == 403
