"""Signed scans of 报送单: keeping, handing out, and a plan that wants them before it verifies."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from accounts.models import Role
from audit.models import AuditEntry
from returns.models import Cycle, Figure
from returns.services.review import Verification, verify_figures
from returns.services.scans import attach_scan, require_signed_sheets
from returns.states import CycleState, FigureState, WrongState
from returns.submissions import SignedScan, SignedSheetSetting, Submission
from tests.factories import World, grant, make_world
from tests.factories.files import JPG, PDF, PNG, docx, upload

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    world = make_world()
    for code in ("parks", "firms"):
        world.indicator(code)
        world.target(code, world.wuxing, "12")
    world.report("wuxing", {("parks", world.wuxing): "7", ("firms", world.wuxing): "9"})
    return world


def newest() -> Submission:
    return Submission.objects.select_related(
        "quarterly_return__cycle__plan", "quarterly_return__organisation"
    ).latest("id")


def attach(world: World, data: bytes = PDF, name: str = "报送单.pdf", who: str = "wuxing") -> SignedScan:
    return attach_scan(actor=world.people[who], submission=newest(), file=upload(name, data))


def client_of(world: World, account: str) -> Client:
    client = Client()
    client.force_login(world.people[account])
    return client


def demand(world: World, *, required: bool = True) -> SignedSheetSetting:
    return require_signed_sheets(
        actor=world.people["owner"], plan=world.plan, required=required, reason="年度考核要求"
    )


def verify(world: World, *codes: str) -> list[str]:
    figures = Figure.objects.filter(indicator__code__in=codes)
    problems = verify_figures(
        actor=world.people["jxj"],
        cycle=world.cycle,
        verifications=[Verification(figure_id=figure.pk) for figure in figures],
    )
    return [problem.message for problem in problems]


def states() -> set[str]:
    return set(Figure.objects.values_list("state", flat=True))


@pytest.mark.parametrize(("data", "kind"), [(PDF, "pdf"), (JPG, "jpg"), (PNG, "png")])
def test_scan_is_kept_as_what_it_is_whatever_its_name(world: World, data: bytes, kind: str) -> None:
    scan = attach(world, data, name="盖章.exe")

    assert (scan.kind, scan.filename, scan.size) == (kind, f"盖章.exe.{kind}", len(data))
    with scan.content.open("rb") as kept:
        assert kept.read() == data
    entry = AuditEntry.objects.get(verb="scan.attached")
    assert (entry.subject_id, entry.changes["sha256"]) == (str(newest().pk), scan.sha256)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (docx(), "不是可以收的类型，请用PDF、JPG 图片、PNG 图片"),
        (b"MZ\x90", "这是程序"),
        (b"", "文件是空的"),
        (b"%PDF-1.7 /JavaScript", "脚本"),
    ],
)
def test_other_content_is_refused_and_recorded(world: World, data: bytes, told: str) -> None:
    answer = client_of(world, "wuxing").post(
        f"/submissions/{newest().pk}/scan/", {"scan": upload("盖章.pdf", data)}
    )

    assert (answer.status_code, told in answer.content.decode()) == (422, True)
    assert SignedScan.objects.count() == 0
    assert told in AuditEntry.objects.get(verb="scan.refused").changes["why"]


def test_size_limit_is_a_setting(world: World, settings: Any) -> None:
    settings.SIGNED_SCAN_MAX_BYTES = 1024 * 1024

    with pytest.raises(WrongState, match="超过每个文件 1 MB 的上限"):
        attach(world, PDF.ljust(1024 * 1024 + 1))


def test_no_file_the_same_file_and_a_frozen_cycle_are_told(world: World) -> None:
    with pytest.raises(WrongState, match="还没有选择文件"):
        attach_scan(actor=world.people["wuxing"], submission=newest(), file=None)
    attach(world)
    with pytest.raises(WrongState, match="内容相同"):
        attach(world, name="又一份.pdf")
    Cycle.objects.update(state=CycleState.FROZEN)
    with pytest.raises(WrongState, match="已冻结，不能再上传扫描件"):
        attach(world, PNG)

    assert SignedScan.objects.count() == 1
    assert AuditEntry.objects.filter(verb="scan.refused").count() == 3


def test_only_the_organisation_attaches(world: World) -> None:
    for name in ("jxj", "owner", "leader", "nanxun"):
        with pytest.raises(PermissionDenied):
            attach(world, who=name)
    grant(world.people["tjj"], Role.REVIEWER, world.wuxing)

    assert attach(world, who="tjj").author == world.people["tjj"]


def test_scan_goes_to_those_concerned_and_each_download_is_recorded(world: World) -> None:
    scan = attach(world)

    answers = {name: client_of(world, name).get(f"/signed-scans/{scan.pk}/file/") for name in world.people}

    got = {name for name, answer in answers.items() if answer.status_code == 200}
    assert got == {"wuxing", "jxj", "owner", "leader"}
    assert {answers[name].content for name in got} == {PDF}
    assert {answers[name].headers["X-Content-Type-Options"] for name in got} == {"nosniff"}
    entries = AuditEntry.objects.filter(verb="scan.downloaded")
    assert {entry.actor for entry in entries} == {world.people[name] for name in got}
    assert AuditEntry.objects.filter(verb="file.downloaded").count() == 0


def test_plan_verifies_without_a_scan_unless_it_wants_one(world: World) -> None:
    without = verify(world, "parks")
    demand(world)

    refused = verify(world, "firms")
    attach(world)

    assert without == []
    assert refused == [
        (
            "吴兴区有 1 项还没有签字盖章的报送单：请吴兴区在“报送单”里打印、签字盖章，上传扫描件后再核定"
            "（本方案要求先有扫描件）"
        )
    ]
    assert verify(world, "firms") == []
    assert states() == {FigureState.VERIFIED}


def test_corrected_figure_needs_its_own_signed_sheet_and_the_others_do_not(world: World) -> None:
    demand(world)
    attach(world)
    world.report("wuxing", {("parks", world.wuxing): "8"})

    assert verify(world, "firms") == []
    assert len(verify(world, "parks")) == 1
    attach(world, PNG)
    assert verify(world, "parks") == []


def test_owner_sets_the_demand_on_the_page_with_a_reason(world: World) -> None:
    client = client_of(world, "owner")
    client.post("/returns/sowing-2025/signed-sheets/", {"required": "yes", "reason": " "})
    without_reason = SignedSheetSetting.objects.count()

    client.post("/returns/sowing-2025/signed-sheets/", {"required": "yes", "reason": "年度考核要求"})

    page = client.get("/returns/sowing-2025/checks/").content.decode()
    entry = AuditEntry.objects.get(verb="signed-sheet.required")
    assert (without_reason, "不再要求扫描件" in page) == (0, True)
    assert (entry.changes, entry.reason) == ({"required": [False, True]}, "年度考核要求")
    with pytest.raises(WrongState, match="没有改动"):
        demand(world)
    assert demand(world, required=False).is_required is False


def test_only_the_owner_sets_the_demand(world: World) -> None:
    for name in ("wuxing", "jxj", "leader"):
        with pytest.raises(PermissionDenied):
            require_signed_sheets(
                actor=world.people[name], plan=world.plan, required=True, reason="年度考核要求"
            )
