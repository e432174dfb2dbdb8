"""Sample data for the browser tests: the worked example of DOMAIN section 5 on the real reference data.

Run as `python -m tests.browser.sample` after `migrate` and `load_reference`: 2025Q1 of the sowing plan is
published, 2025Q2 is open with the example's figures, some of them verified; one upload was refused.
Everything is visibly demo data.
"""

from __future__ import annotations

import json
import sys
from decimal import Decimal

import django
from django.core.files.base import ContentFile
from django.utils import timezone

PASSWORD = "Sample-only-2025"
INDICATORS = (
    "industry-parks",
    "specialised-parks",
    "innovative-enterprises",
    "future-enterprises",
    "specialised-enterprises",
)
SECOND_QUARTER = {
    "wuxing": ("7", "11", "88", "29", "152"),
    "nanxun": ("3", "1", "76", "25", "133"),
    "deqing": ("4", "2", "104", "41", "211"),
    "changxing": ("1", "3", "95", "30", None),
    "anji": ("2", "0", "110", "40", "128"),
    "nantaihu": ("1", "0", "25", "9", "70"),
    "changhe": ("0", "0", "15", "5", "33"),
}


def main() -> None:
    """Fill the database of the present settings. Not safe to repeat."""
    from accounts.models import Role, User
    from indicators.models import Plan
    from returns.models import Cycle

    plan = Plan.objects.get(code="sowing-2025")
    for code in SECOND_QUARTER:
        _account(code, code, Role.REPORTER)
    _account("jxj", "jxj", Role.REPORTER, Role.VERIFIER)
    _account("owner", plan.owner.code, Role.OWNER, wide=True)
    _account("leader", plan.owner.code, Role.LEADER, wide=True)
    _account("sysadmin", None, Role.SYSADMIN)
    _account("secadmin", None, Role.SECADMIN)
    _account("auditor", None, Role.AUDITOR)
    newcomer = _account("newcomer", "wuxing", Role.REPORTER)
    User.objects.filter(pk=newcomer.pk).update(must_change_password=True)
    first, second = (Cycle.objects.get(plan=plan, year=2025, quarter=quarter) for quarter in (1, 2))
    Cycle.objects.filter(pk__in=[first.pk, second.pk]).update(is_demo=True)
    for code, values in SECOND_QUARTER.items():
        _report(first, code, [value and str(int(value) // 2) for value in values])
    _verify(first)
    _publish(first)
    _reminders(second)
    for code, values in SECOND_QUARTER.items():
        _report(second, code, values)
    _papers(second)
    _verify(second, except_for="changhe")
    _unit_review(plan)
    _refused_upload(second)
    _waiting_uploads(second)
    _objection(first)
    _imported_board(plan)
    from rankings.services.requests import run_due_requests

    run_due_requests()
    _tell()


def _tell():  # type: ignore[no-untyped-def]
    """Print, as one JSON line, the stops of the tour and a session for each account."""
    from accounts.models import User
    from huzhou_targets.tour import session_cookie, walk

    stops = walk(
        plan="sowing-2025",
        period="2025Q2",
        place="wuxing",
        reporter="wuxing",
        verifier="jxj",
        owner="owner",
    )
    told = {
        "stops": [(stop.name, stop.address, stop.account) for stop in stops],
        "cookies": {name: session_cookie(name) for name in User.objects.values_list("username", flat=True)},
    }
    sys.stdout.write(json.dumps(told) + "\n")


def _account(username, organisation, *roles, wide=False):  # type: ignore[no-untyped-def]
    from accounts.models import Grant, User
    from districts.models import Organisation

    place = Organisation.objects.get(city__code="huzhou", code=organisation) if organisation else None
    user = User.objects.create_user(
        username, password=PASSWORD, organisation=place, office="演示岗位", is_demo=True
    )
    for role in roles:
        Grant.objects.create(
            user=user, role=role, organisation=None if wide else place, approved_at=timezone.now()
        )
    return user


def _unit_review(plan):  # type: ignore[no-untyped-def]
    """安吉县's figures of 2025Q3 wait for their reviewer; the plan asks for that no longer."""
    from accounts.models import Role, User
    from returns.models import Cycle
    from returns.services.unit_review import switch_unit_review

    _account("anji-review", "anji", Role.REVIEWER)
    owner = User.objects.get(username="owner")
    switch_unit_review(actor=owner, plan=plan, is_on=True, reason="试行")
    third = Cycle.objects.get(plan=plan, year=2025, quarter=3)
    _report(third, "anji", SECOND_QUARTER["anji"])
    switch_unit_review(actor=owner, plan=plan, is_on=False, reason="试行结束")


def _report(cycle, code, values):  # type: ignore[no-untyped-def]
    from accounts.models import User
    from returns.models import Upload
    from returns.services.figures import save_figures
    from returns.workbook.types import FigureRow

    user = User.objects.get(username=code)
    upload = Upload(
        cycle=cycle,
        organisation=user.organisation,
        uploaded_by=user,
        filename=f"演示数据-{user.organisation.name}{cycle.period.label}填报表.xlsx",
        size=4,
        sha256="0" * 64,
        state=Upload.State.STORED,
        layouts=["A"],
        figure_count=len([value for value in values if value is not None]),
    )
    upload.content.save("sample.bin", ContentFile(b"demo"), save=False)
    upload.save()
    rows = [
        FigureRow(
            indicator=indicator,
            organisation=code,
            value=Decimal(value),
            raw=value,
            sheet="填报表",
            cell=f"E{row}",
            data_as_of=cycle.period.ends_on,
            progress="（演示）按计划推进。",
            problems="（演示）部分项目用地尚未落实。" if row == 5 else "",
        )
        for row, (indicator, value) in enumerate(zip(INDICATORS, values, strict=True), start=5)
        if value is not None
    ]
    warnings = {(INDICATORS[2], code): ["（演示）与上季度相比增长较快，请核对"]} if code == "anji" else {}
    save_figures(
        actor=user,
        cycle=cycle,
        reporter=user.organisation,
        rows=rows,
        warnings=warnings,
        source="file",
        upload=upload,
    )


def _papers(cycle):  # type: ignore[no-untyped-def]
    """Evidence and a talk at the tour's figure and at one that still waits for its verification."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from accounts.models import User
    from returns.models import Figure
    from returns.services.comments import write_comment
    from returns.services.evidence import attach_evidence

    rows = Figure.objects.filter(cycle=cycle).select_related("indicator", "organisation", "cycle__plan")
    for code in ("wuxing", "changhe"):
        figure = rows.filter(reporter__code=code).order_by("id")[0]
        reporter, verifier = User.objects.get(username=code), User.objects.get(username="jxj")
        names = (f"演示数据-{figure.organisation.name}产业园名单.pdf", "演示数据-现场照片.pdf")
        files = [SimpleUploadedFile(name, b"%PDF-1.7\n" + name.encode()) for name in names]
        attach_evidence(actor=reporter, figure=figure, files=files)
        write_comment(actor=verifier, figure=figure, text="（演示）请说明其中哪几个是今年新建成的。")
        write_comment(
            actor=reporter, figure=figure, text="（演示）名单第 1 至 3 项为今年新建成，其余为上年结转。"
        )


def _reminders(cycle):  # type: ignore[no-untyped-def]
    """A due date ahead and a reminder by hand, so that lists and notices have something to show."""
    import datetime

    from django.utils import timezone

    from accounts.models import User
    from districts.models import Organisation
    from reminders.models import Reminder
    from reminders.services import remind_by_hand
    from returns.services.cycles import set_due_date

    owner = User.objects.get(username="owner")
    set_due_date(actor=owner, cycle=cycle, due_on=timezone.localdate() + datetime.timedelta(days=20))
    cycle.refresh_from_db()
    chosen = Organisation.objects.filter(code__in=["wuxing", "anji", "changhe"])
    remind_by_hand(
        actor=owner,
        cycle=cycle,
        kind=Reminder.Kind.REPORTING,
        organisations=chosen,
        note="（演示）请于本周五前报齐",
    )


def _verify(cycle, except_for=""):  # type: ignore[no-untyped-def]
    from accounts.models import User
    from returns.models import Figure
    from returns.services.review import Verification, verify_figures

    figures = Figure.objects.filter(cycle=cycle).exclude(reporter__code=except_for)
    verify_figures(
        actor=User.objects.get(username="jxj"),
        cycle=cycle,
        verifications=[Verification(figure_id=pk) for pk in figures.values_list("pk", flat=True)],
    )


def _publish(cycle):  # type: ignore[no-untyped-def]
    from accounts.models import User
    from bulletins.services import start_notice
    from rankings.services.sealing import freeze_cycle, publish_cycle, sign_off_cycle
    from returns.services.cycles import change_cycle_state

    owner, leader = User.objects.get(username="owner"), User.objects.get(username="leader")
    change_cycle_state(actor=owner, cycle=cycle, to="closed")
    freeze_cycle(actor=owner, cycle=cycle)
    sign_off_cycle(actor=leader, cycle=cycle)
    publish_cycle(actor=owner, cycle=cycle)
    start_notice(actor=owner, cycle=cycle)


def _refused_upload(cycle):  # type: ignore[no-untyped-def]
    from accounts.models import User
    from returns.models import Upload

    user = User.objects.get(username="wuxing")
    problems = [
        ("error", "填报表", "E5", "“填报表”E5 写的是“约7”，须填准确数；请改成 7 这样的数字。"),
        (
            "error",
            "填报表",
            "B9",
            "“填报表”B9 的指标“创新小微企业数”不认得；是不是“引进培育创新型小微企业”？",
        ),
        ("warning", "填报表", "E8", "“填报表”E8 的 152 超过年度目标的 90%，请核对。"),
    ]
    upload = Upload(
        cycle=cycle,
        organisation=user.organisation,
        uploaded_by=user,
        filename="演示数据-吴兴区二季度（有错）.xlsx",
        size=4,
        sha256="1" * 64,
        state=Upload.State.REFUSED,
        layouts=["C"],
        problems=[
            {"level": level, "code": "sample", "sheet": sheet, "cell": cell, "message": message}
            for level, sheet, cell, message in problems
        ],
    )
    upload.content.save("sample.bin", ContentFile(b"demo"), save=False)
    upload.save()


def _waiting_uploads(cycle):  # type: ignore[no-untyped-def]
    """Two files sent together: one waits for its person, one was refused."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from accounts.models import User
    from returns.services.batches import receive_batch
    from returns.services.reading import read_due_uploads
    from tests.workbook.builders import sheet_bytes

    user = User.objects.get(username="wuxing")
    head = ["区县", "科技型产业园（专业园）", "省级以上专精特新企业"]
    receive_batch(
        actor=user,
        cycle=cycle,
        reporter=user.organisation,
        files=[
            SimpleUploadedFile(f"演示数据-吴兴区{name}.xlsx", sheet_bytes([head, ["吴兴区", parks, 150]]))
            for name, parks in (("更正", 8), ("更正（有错）", "约8"))
        ],
    )
    read_due_uploads()


def _objection(cycle):  # type: ignore[no-untyped-def]
    from accounts.models import User
    from rankings.models import RankingEntry
    from rankings.services.objections import file_objection

    entry = RankingEntry.objects.get(
        run__cycle=cycle, run__status="published", run__board="districts", organisation__code="wuxing"
    )
    text = "（演示）有 1 个园区已经建成，没有计入，请核对佐证。"
    file_objection(actor=User.objects.get(username="wuxing"), entry=entry, text=text)


def _imported_board(plan):  # type: ignore[no-untyped-def]
    from accounts.models import User
    from indicators.periods import Period
    from rankings.services.history import upload_board
    from tests.workbook.builders import sheet_bytes

    rows = [["单位", "名次", "总分"], ["吴兴区", 1, 96.5], ["南浔区", 2, 95.2], ["德清区", 3, 90]]
    upload_board(
        actor=User.objects.get(username="owner"),
        plan=plan,
        period=Period(year=2025, quarter=4),
        board="districts",
        filename="演示数据-2025年四季度榜.xlsx",
        data=sheet_bytes(rows),
    )


if __name__ == "__main__":
    django.setup()
    main()
