"""The city of the rights tests: every kind of account, and of every kind of row an own, a foreign and another plan's.

Grants are for one plan only, so that a rule that forgets the plan lets somebody into the other one.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import Role, User
from bulletins.models import Bulletin, Kind
from districts.models import Organisation, OrganisationKind
from indicators.models import DocumentTable, Plan, PolicyDocument, TargetFinding, Task
from parks.models import Park
from rankings.models import Adjustment, BoardImport, Objection, RankingEntry, RebuildRequest
from rankings.services.requests import run_due_requests
from rankings.services.sealing import freeze_cycle, publish_cycle, sign_off_cycle
from returns.models import Cycle, Figure, Upload
from returns.papers import Comment, Evidence
from returns.services.cycles import change_cycle_state
from returns.states import CycleState
from returns.submissions import SignedScan, Submission
from tests.factories import OrganisationFactory, UserFactory, World, grant, make_world

OWN, FOREIGN, OTHER = "own", "foreign", "other plan"
MARKS = {OWN: "自方内情", FOREIGN: "邻方内情", OTHER: "他案内情"}
"""Words in the narrative of open figures: whoever may not see the row must not read them anywhere."""

ROLES = {
    "anonymous": "未登录",
    "reporter": "填报员",
    "reviewer": "单位审核",
    "verifier": "核定",
    "owner": "牵头办",
    "leader": "领导",
    "auditor": "审计",
    "sysadmin": "系统",
    "secadmin": "安全",
    "none": "无角色",
}
"""The columns of docs/rights.md."""

READERS = {
    OWN: {"reporter", "reviewer", "verifier", "owner", "leader"},
    FOREIGN: {"owner", "leader"},
    OTHER: set(),
}
"""Who may read the figures of a quarter that is not frozen yet."""


@dataclass
class RightsCity:
    """Rows by kind and side: `rows["upload"][OWN]`."""

    world: World
    other: World
    people: dict[str, User | None]
    rows: dict[str, dict[str, int | str]] = field(default_factory=dict)

    def remember(self, kind: str, side: str, row: int | str) -> None:
        """Keep the number of a row for the addresses that name it."""
        self.rows.setdefault(kind, {})[side] = row


def make_rights_city() -> RightsCity:
    """吴兴区 is one's own, 南浔区 foreign; 市经信局 leads one's own indicator, 市科技局 the foreign one."""
    world = make_world()
    kjj = OrganisationFactory.create(
        city=world.city, code="kjj", name="市科技局", kind=OrganisationKind.DEPARTMENT, order=23
    )
    world.indicator("parks", lead=world.jxj)
    world.indicator("firms", lead=kjj)
    for code in ("parks", "firms"):
        for place in (world.wuxing, world.nanxun):
            world.target(code, place, "100")
    other = _other_plan(world)
    city = RightsCity(world=world, other=other, people=_people(world))
    _published_quarter(world, city)
    for side, kind, place, code in (
        (OWN, world, "wuxing", "parks"),
        (FOREIGN, world, "nanxun", "firms"),
        (OTHER, other, "wuxing", "parks"),
    ):
        _rows_of(city, kind, side=side, place=place, indicator=code)
    waiting = grant(UserFactory.create(username="rights-newcomer"), Role.LEADER)
    waiting.approved_at = None
    waiting.save(update_fields=["approved_at"])
    city.remember("grant", OWN, waiting.pk)
    run_due_requests()
    return city


def _other_plan(world: World) -> World:
    document = PolicyDocument.objects.create(
        city=world.city, code="other", title="另案", number="湖政办发〔2024〕1号", status="in_force"
    )
    plan = Plan.objects.create(
        document=document,
        city=world.city,
        code="other-plan",
        name="另一行动方案",
        short_name="另案",
        first_year=2025,
        last_year=2027,
        owner=world.zfb,
    )
    table = DocumentTable.objects.create(plan=plan, code="annex1", annex="附件1", title="分解表", layout="C")
    cycle = Cycle.objects.create(plan=plan, year=2025, quarter=2)
    other = replace(world, plan=plan, table=table, cycle=cycle, indicators={})
    other.indicator("parks", lead=world.jxj)
    for place in (world.wuxing, world.nanxun):
        other.target("parks", place, "100")
    return other


def _people(world: World) -> dict[str, User | None]:
    """One account for each column; grants of data roles are for the own plan only."""
    code = world.plan.code
    of = {
        "reporter": (Role.REPORTER, world.wuxing, world.wuxing),
        "reviewer": (Role.REVIEWER, world.wuxing, world.wuxing),
        "verifier": (Role.VERIFIER, world.jxj, world.jxj),
        "owner": (Role.OWNER, world.zfb, None),
        "leader": (Role.LEADER, None, None),
        "auditor": (Role.AUDITOR, None, None),
        "sysadmin": (Role.SYSADMIN, None, None),
        "secadmin": (Role.SECADMIN, None, None),
    }
    people: dict[str, User | None] = {"anonymous": None}
    for name, (role, organisation, granted_for) in of.items():
        user = UserFactory.create(username=f"rights-{name}", organisation=organisation)
        administrative = role in (Role.AUDITOR, Role.SYSADMIN, Role.SECADMIN)
        grant(user, role, granted_for, "" if administrative else code)
        people[name] = user
    people["none"] = UserFactory.create(username="rights-none", organisation=world.wuxing)
    return people


def _published_quarter(world: World, city: RightsCity) -> None:
    """2025年一季度, published, with objections: what everybody with a data role may read afterwards."""
    cycle = Cycle.objects.create(plan=world.plan, year=2025, quarter=1)
    world.report("wuxing", {("parks", world.wuxing): "25"}, cycle=cycle)
    world.report("nanxun", {("firms", world.nanxun): "25"}, cycle=cycle)
    owner, leader = world.people["owner"], world.people["leader"]
    grant(world.people["jxj"], Role.VERIFIER, Organisation.objects.get(code="kjj"))
    world.verify("jxj", *Figure.objects.filter(cycle=cycle), cycle=cycle)
    cycle = change_cycle_state(actor=owner, cycle=cycle, to=CycleState.CLOSED)
    freeze_cycle(actor=owner, cycle=cycle)
    sign_off_cycle(actor=leader, cycle=cycle)
    publish_cycle(actor=owner, cycle=cycle)
    for side, place in ((OWN, "wuxing"), (FOREIGN, "nanxun")):
        entry = RankingEntry.objects.filter(organisation__code=place, run__status="published").first()
        assert entry is not None
        objection = Objection.objects.create(
            run=entry.run,
            entry=entry,
            text=MARKS[side],
            filed_by=world.people[place],
            filed_by_label=place,
            filed_at=timezone.now(),
        )
        city.remember("objection", side, objection.pk)


def _rows_of(city: RightsCity, world: World, *, side: str, place: str, indicator: str) -> None:
    """One row of every kind that an address can name."""
    user = world.people[place]
    organisation = user.organisation
    assert organisation is not None
    upload = Upload(
        cycle=world.cycle,
        organisation=organisation,
        uploaded_by=user,
        filename=f"{MARKS[side]}.xlsx",
        size=4,
        sha256="0" * 64,
        state=Upload.State.CHECKED,
        preview={
            "new": 0,
            "changed": 0,
            "unchanged": 0,
            "handed_in": 0,
            "lines": [],
            "token": "x",
        },
        batch=uuid.uuid4(),
    )
    upload.content.save("upload.bin", ContentFile(MARKS[side].encode()), save=False)
    upload.save()
    city.remember("upload", side, upload.pk)
    city.remember("batch", side, str(upload.batch))
    world.report(place, {(indicator, organisation): "50"})
    figure = Figure.objects.get(cycle=world.cycle, reporter=organisation)
    figure.review_reason = MARKS[side]
    figure.save(update_fields=["review_reason"])
    city.remember("figure", side, figure.pk)
    evidence = Evidence(
        figure=figure,
        revision_number=1,
        filename=f"{MARKS[side]}.pdf",
        kind="pdf",
        size=4,
        sha256="0" * 64,
        author=user,
        created_at=timezone.now(),
    )
    evidence.content.save("evidence.bin", ContentFile(MARKS[side].encode()), save=False)
    evidence.save()
    city.remember("evidence", side, evidence.pk)
    submission = Submission.objects.get(quarterly_return=figure.quarterly_return)
    city.remember("submission", side, submission.pk)
    scan = SignedScan(
        submission=submission,
        filename=f"{MARKS[side]}.pdf",
        kind="pdf",
        size=4,
        sha256="0" * 64,
        author=user,
        created_at=timezone.now(),
    )
    scan.content.save("scan.bin", ContentFile(MARKS[side].encode()), save=False)
    scan.save()
    city.remember("scan", side, scan.pk)
    Comment.objects.create(
        figure=figure, revision_number=1, text=MARKS[side], author=user, created_at=timezone.now()
    )
    if side == FOREIGN:  # the plan's own rows below exist once for each plan
        return
    finding = TargetFinding.objects.create(
        plan=world.plan, key="k", kind="sum", severity="error", digest="0" * 64, changed_at=timezone.now()
    )
    city.remember("finding", side, finding.pk)
    Park.objects.create(plan=world.plan, number=1, name=f"园区{MARKS[side][:2]}", district=organisation)
    Task.objects.create(
        plan=world.plan, code="task-1", part="重点任务", number="1", title="任务", text="内容"
    )
    adjustment = Adjustment.objects.create(
        cycle=world.cycle,
        organisation=organisation,
        points="1",
        reason=MARKS[side],
        entered_by=world.people["owner"],
    )
    city.remember("adjustment", side, adjustment.pk)
    request = RebuildRequest.objects.create(
        cycle=world.cycle,
        board="parks",
        reason=MARKS[side],
        state=RebuildRequest.State.FAILED,
        requested_at=timezone.now(),
    )
    city.remember("job", side, request.pk)
    board = BoardImport(
        plan=world.plan,
        year=2024,
        quarter=2,
        board="districts",
        filename="x.xlsx",
        sha256="0" * 64,
        rows={"units": []},
        uploaded_by=world.people["owner"],
        uploaded_at=timezone.now(),
    )
    board.content.save("board.bin", ContentFile(b"demo"), save=False)
    board.save()
    city.remember("board_import", side, board.pk)
    bulletin = Bulletin.objects.create(
        kind=Kind.NOTICE,
        city=world.city,
        cycle=world.cycle,
        title=MARKS[side],
        issuer="市政府办公室",
        recipients="各区县",
        drafted_by=world.people["owner"],
    )
    city.remember("bulletin", side, bulletin.pk)
