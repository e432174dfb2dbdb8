import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from audit import protection
from audit.models import AuditEntry
from districts.models import Organisation
from indicators.models import Indicator, Target
from rankings.models import RankingEntry, RankingLine, RankingRun, SchemeVersion
from rankings.selectors import current_run, document_for, newest_chain_digest, ranking_document
from rankings.services.runs import build_ranking
from rankings.services.sealing import (
    freeze_correction,
    freeze_cycle,
    open_correction,
    publish_correction,
    publish_cycle,
    sign_off_cycle,
)
from rankings.verification import verify_sealed
from returns.models import Cycle, Figure
from returns.services.cycles import change_cycle_state
from returns.states import CycleState, WrongState
from tests.factories import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    world = make_world()
    world.indicator("parks")
    world.indicator("firms")
    for organisation, parks, firms in ((world.wuxing, "12", "160"), (world.nanxun, "6", "160")):
        world.target("parks", organisation, parks)
        world.target("firms", organisation, firms)
    world.target("parks", world.whole_city, "18")
    world.report("wuxing", {("parks", world.wuxing): "7", ("firms", world.wuxing): "88"})
    world.report("nanxun", {("parks", world.nanxun): "3", ("firms", world.nanxun): "76"})
    world.verify("jxj", *Figure.objects.all())
    return world


def _publish(world: World) -> list[RankingRun]:
    owner, leader = world.people["owner"], world.people["leader"]
    change_cycle_state(actor=owner, cycle=world.cycle, to=CycleState.CLOSED)
    freeze_cycle(actor=owner, cycle=world.cycle)
    sign_off_cycle(actor=leader, cycle=world.cycle)
    return publish_cycle(actor=owner, cycle=world.cycle)


def test_published_runs_form_one_chain(world: World) -> None:
    first, second = _publish(world)

    assert (first.board, second.board) == ("departments", "districts")
    assert (first.chain_position, second.chain_position) == (1, 2)
    assert second.previous_digest == first.digest
    assert newest_chain_digest() == second.digest
    assert verify_sealed(anchor=first.digest) == (2, [])


def test_open_cycle_cannot_be_frozen(world: World) -> None:
    with pytest.raises(WrongState):
        freeze_cycle(actor=world.people["owner"], cycle=world.cycle)


def test_publishing_needs_a_leaders_sign_off(world: World) -> None:
    owner = world.people["owner"]
    change_cycle_state(actor=owner, cycle=world.cycle, to=CycleState.CLOSED)
    freeze_cycle(actor=owner, cycle=world.cycle)

    with pytest.raises(WrongState, match="签发"):
        publish_cycle(actor=owner, cycle=world.cycle)
    with pytest.raises(PermissionDenied):
        sign_off_cycle(actor=owner, cycle=world.cycle)


@pytest.mark.parametrize("name", ["wuxing", "jxj", "leader", "auditor", "sysadmin", "secadmin"])
def test_only_the_owner_freezes_and_publishes(world: World, name: str) -> None:
    with pytest.raises(PermissionDenied):
        change_cycle_state(actor=world.people[name], cycle=world.cycle, to=CycleState.CLOSED)


def test_later_changes_of_names_targets_and_schemes_change_no_sealed_result(world: World) -> None:
    runs = _publish(world)
    before = [ranking_document(run) for run in runs]

    Organisation.objects.filter(pk=world.wuxing.pk).update(name="吴兴新区")
    Indicator.objects.filter(code="parks").update(name="改名", weight=9)
    Target.objects.filter(organisation=world.wuxing).update(value=1, text="1")
    with pytest.raises(DatabaseError), transaction.atomic():
        SchemeVersion.objects.update(parameters={})

    assert [ranking_document(RankingRun.objects.get(pk=run.pk)) for run in runs] == before
    assert verify_sealed() == (2, [])


def test_rebuilding_a_published_board_returns_it_unchanged(world: World) -> None:
    _publish(world)
    published = current_run(world.cycle, "districts")

    again = build_ranking(cycle=world.cycle, board="districts")

    assert again == published
    assert RankingRun.objects.filter(board="districts").count() == 1


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE rankings_rankingrun SET digest = 'x'",
        "UPDATE rankings_rankingentry SET total = 1",
        "UPDATE rankings_rankingline SET score = 1",
        "DELETE FROM rankings_rankingline",
        "DELETE FROM rankings_rankingentry",
    ],
)
def test_database_refuses_to_change_a_published_ranking(world: World, sql: str) -> None:
    _publish(world)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)

    assert verify_sealed() == (2, [])


@pytest.mark.parametrize("sealed_at", [0, 5, 10])
def test_one_line_for_a_published_ranking_among_others_refuses_them_all(world: World, sealed_at: int) -> None:
    _publish(world)
    sealed = RankingEntry.objects.filter(run__board="districts")[0]
    open_run = RankingRun.objects.get(pk=sealed.run_id)
    open_run.pk, open_run.status, open_run.chain_position = None, RankingRun.Status.PRELIMINARY, None
    open_run.save()
    entry = RankingEntry.objects.create(
        run=open_run, position=1, organisation=world.wuxing, unit="吴兴区", bonus=0, deduction=0
    )
    lines = [
        RankingLine(
            entry=sealed if place == sealed_at else entry, position=90 + place, weight="1", light="grey"
        )
        for place in range(11)
    ]

    with pytest.raises(DatabaseError, match="已发布的排名不可变动"), transaction.atomic():
        RankingLine.objects.bulk_create(lines)

    assert RankingLine.objects.filter(position__gte=90).count() == 0
    lines[sealed_at].entry = entry
    assert len(RankingLine.objects.bulk_create(lines)) == 11


def test_tampering_without_triggers_is_found(world: World) -> None:
    _publish(world)
    protection.remove(connection=connection)
    tamper = (
        lambda: RankingEntry.objects.filter(unit="南浔区").update(total="120.00"),
        lambda: RankingLine.objects.filter(entry__unit="南浔区").update(score="120.00"),
        lambda: RankingRun.objects.filter(board="districts").update(operator_label="他人"),
        lambda: RankingEntry.objects.filter(unit="吴兴区").update(unit="德清县"),
        lambda: RankingRun.objects.filter(board="departments").update(inputs="{}"),
    )

    found = []
    for change in tamper:
        point = transaction.savepoint()
        change()
        found.append(len(verify_sealed()[1]) > 0)
        transaction.savepoint_rollback(point)

    assert found == [True] * len(tamper)
    assert verify_sealed() == (2, [])


def test_unknown_anchor_is_reported(world: World) -> None:
    _publish(world)

    _, differences = verify_sealed(anchor="0" * 64)

    assert [difference.run for difference in differences] == ["整个链"]


def test_correction_is_a_new_numbered_ranking_and_the_old_one_stays(world: World) -> None:
    _publish(world)
    old = current_run(world.cycle, "districts")
    assert old is not None
    before = ranking_document(old)
    owner, leader = world.people["owner"], world.people["leader"]

    open_correction(actor=owner, cycle=world.cycle, reason="南浔区企业数有误")
    cycle = Cycle.objects.get(pk=world.cycle.pk)
    world.report("nanxun", {("firms", world.nanxun): "80"}, cycle=cycle, reason="更正")
    world.verify("jxj", Figure.objects.get(organisation=world.nanxun, indicator__code="firms"), cycle=cycle)
    freeze_correction(actor=owner, cycle=cycle, reason="南浔区企业数有误")
    sign_off_cycle(actor=leader, cycle=cycle)
    publish_correction(actor=owner, cycle=cycle)

    new = current_run(world.cycle, "districts")
    assert new is not None
    assert (new.number, new.reason) == (2, "南浔区企业数有误")
    entry = AuditEntry.objects.get(verb="cycle.correction-frozen")
    assert (entry.actor, entry.reason, entry.changes["number"]) == (owner, "南浔区企业数有误", 2)
    assert entry.changes["inputs"]["districts"] == new.input_digest
    assert ranking_document(RankingRun.objects.get(pk=old.pk)) == before
    assert ranking_document(new) != before
    assert verify_sealed() == (4, [])


def test_organisation_sees_its_own_lines_without_rank_before_the_freeze(world: World) -> None:
    run = build_ranking(cycle=world.cycle, board="districts")
    assert run is not None

    own = document_for(world.people["nanxun"], run)

    assert [(entry["unit"], entry["rank"]) for entry in own["entries"]] == [("南浔区", None)]
    assert own["digest"] is None
    assert len(document_for(world.people["leader"], run)["entries"]) == 2


def test_organisation_sees_the_whole_board_after_the_freeze(world: World) -> None:
    _publish(world)
    run = current_run(world.cycle, "districts")
    assert run is not None

    document = document_for(world.people["nanxun"], run)

    assert [(entry["unit"], entry["rank"]) for entry in document["entries"]] == [("吴兴区", 1), ("南浔区", 2)]


def test_movement_is_given_against_the_last_published_quarter(world: World) -> None:
    _publish(world)
    third = Cycle.objects.create(plan=world.plan, year=2025, quarter=3)
    world.report("nanxun", {("parks", world.nanxun): "6", ("firms", world.nanxun): "160"}, cycle=third)
    world.report("wuxing", {("parks", world.wuxing): "7", ("firms", world.wuxing): "88"}, cycle=third)

    run = build_ranking(cycle=third, board="districts")

    assert run is not None
    assert [(entry.unit, entry.rank, entry.movement) for entry in run.entries.all()] == [
        ("南浔区", 1, 1),
        ("吴兴区", 2, -1),
    ]
