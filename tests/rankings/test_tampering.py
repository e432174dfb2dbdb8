"""A hundred ways in which somebody with the database's highest rights falsifies a published ranking."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection, transaction

from audit import protection
from audit.canonical import canonical_json, digest_text
from rankings.computing import LINE_FIELDS, compute_document, document_digest, rows_of, thaw
from rankings.models import ChainHead, RankingEntry, RankingLine, RankingRun
from rankings.services.sealing import (
    freeze_cycle,
    publish_cycle,
    run_digest,
    sign_off_cycle,
)
from rankings.verification import verify_sealed
from returns.models import Cycle, Figure
from returns.services.cycles import change_cycle_state
from returns.states import CycleState
from tests.factories import World, make_world

pytestmark = pytest.mark.django_db
TAMPERINGS = 100


@pytest.fixture
def anchor() -> str:
    """Two published quarters of two boards; the newest digest as it was printed."""
    world = make_world()
    for code in ("parks", "firms", "future"):
        world.indicator(code)
        for organisation, target in ((world.wuxing, "12"), (world.nanxun, "6"), (world.nantaihu, "4")):
            world.target(code, organisation, target)
        world.target(code, world.whole_city, "22")
    _publish(world, world.cycle, start=2)
    _publish(world, Cycle.objects.create(plan=world.plan, year=2025, quarter=3), start=3)
    protection.remove(connection=connection)
    return ChainHead.objects.get().digest


def _publish(world: World, cycle: Cycle, *, start: int) -> None:
    owner, leader = world.people["owner"], world.people["leader"]
    for shift, name in enumerate(("wuxing", "nanxun", "nantaihu")):
        place = getattr(world, name)
        world.report(name, {(code, place): str(start + shift) for code in world.indicators}, cycle=cycle)
    world.verify("jxj", *Figure.objects.filter(cycle=cycle), cycle=cycle)
    change_cycle_state(actor=owner, cycle=cycle, to=CycleState.CLOSED)
    freeze_cycle(actor=owner, cycle=cycle)
    sign_off_cycle(actor=leader, cycle=cycle)
    publish_cycle(actor=owner, cycle=cycle)


def _change_a_digit(pick: random.Random) -> str:
    model, field = pick.choice(
        [
            (RankingEntry, "total"),
            (RankingEntry, "base"),
            (RankingEntry, "bonus"),
            (RankingLine, "score"),
            (RankingLine, "attainment"),
            (RankingLine, "completion"),
        ]
    )
    row = pick.choice(list(model.objects.exclude(**{field: None})))
    changed = getattr(row, field) + pick.choice([1, -1]) * Decimal(pick.choice(["0.01", "0.10", "1", "10"]))
    model.objects.filter(pk=row.pk).update(**{field: changed})
    return f"{model.__name__}.{field}"


def _change_a_rank(pick: random.Random) -> str:
    field = pick.choice(["rank", "group_rank", "previous_rank", "last_year_rank", "position"])
    row = pick.choice(list(RankingEntry.objects.all()))
    RankingEntry.objects.filter(pk=row.pk).update(**{field: 90 + pick.randrange(9)})
    return field


def _change_a_word(pick: random.Random) -> str:
    model, field, value = pick.choice(
        [
            (RankingEntry, "unit", "德清县"),
            (RankingEntry, "group", "功能组"),
            (RankingEntry, "excluded", "不参评"),
            (RankingLine, "indicator", "别的指标"),
            (RankingLine, "target_text", "1"),
            (RankingLine, "target", "1.5"),
            (RankingLine, "value", "99.5"),
            (RankingLine, "expected", "0.5"),
            (RankingLine, "light", "blue"),
            (RankingLine, "reason", "不考核"),
            (RankingLine, "weight", "7"),
            (RankingLine, "source_file", "他表.xlsx"),
            (RankingLine, "source_cell", "Z99"),
            (RankingRun, "operator_label", "他人"),
            (RankingRun, "signed_by_label", "他人"),
            (RankingRun, "reason", "补充"),
            (RankingRun, "rules_version", "2"),
        ]
    )
    row = pick.choice(list(model.objects.all()))
    model.objects.filter(pk=row.pk).update(**{field: value})
    return f"{model.__name__}.{field}"


def _remove_a_row(pick: random.Random) -> str:
    kind = pick.choice(["line", "entry", "run"])
    if kind == "line":
        RankingLine.objects.filter(pk=pick.choice(list(RankingLine.objects.all())).pk).delete()
    elif kind == "entry":
        RankingEntry.objects.filter(pk=pick.choice(list(RankingEntry.objects.all())).pk).delete()
    else:
        RankingRun.objects.filter(pk=pick.choice(list(RankingRun.objects.all())).pk).delete()
    return kind


def _recompute_the_digests_of_one(pick: random.Random) -> str:
    """Other rows, and result and run digests made to fit them; the sealed inputs stay."""
    run = pick.choice(list(RankingRun.objects.select_related("cycle__plan", "scheme")))
    entry = pick.choice(list(run.entries.exclude(total=None)))
    RankingEntry.objects.filter(pk=entry.pk).update(total=entry.total + 1)
    run.result_digest = digest_text(str(entry.total))
    run.digest = run_digest(run)
    run.save()
    return "digests of one"


def _recompute_everything(pick: random.Random) -> str:
    """Other inputs, results, rows and the whole chain after them, all of it consistent."""
    runs = list(RankingRun.objects.select_related("cycle__plan", "scheme").order_by("chain_position"))
    victim = pick.choice(runs)
    inputs = json.loads(victim.inputs)
    unit = pick.choice(inputs["units"])
    pick.choice(unit["lines"])["value"] = str(pick.randrange(40, 90))
    victim.inputs = canonical_json(inputs)
    victim.input_digest = digest_text(victim.inputs)
    document = compute_document(victim.inputs)
    victim.result_digest = document_digest(document)
    for key, fields, lines in rows_of(thaw(victim.inputs), document):
        entry = victim.entries.get(organisation__code=key)
        RankingEntry.objects.filter(pk=entry.pk).update(**(fields | {"position": fields["position"] + 100}))
        for line in lines:
            values = dict(zip(LINE_FIELDS, line, strict=True))
            entry.lines.filter(position=values["position"]).update(**values)
    for entry in victim.entries.all():
        RankingEntry.objects.filter(pk=entry.pk).update(position=entry.position - 100)
    previous = "0" * 64
    for run in runs:
        run.previous_digest = previous
        run.digest = previous = run_digest(run)
        run.save()
    ChainHead.objects.update(digest=previous)
    return "whole chain"


WAYS: tuple[tuple[Callable[[random.Random], str], int], ...] = (
    (_change_a_digit, 30),
    (_change_a_rank, 15),
    (_change_a_word, 25),
    (_remove_a_row, 10),
    (_recompute_the_digests_of_one, 10),
    (_recompute_everything, 10),
)


def test_every_one_of_a_hundred_tamperings_is_found(anchor: str) -> None:
    pick = random.Random(20250630)
    ways = [way for way, share in WAYS for _ in range(share)]
    assert (len(ways), verify_sealed(anchor=anchor)) == (TAMPERINGS, (4, []))

    undetected = []
    for way in ways:
        point = transaction.savepoint()
        what = way(pick)
        if not verify_sealed(anchor=anchor)[1]:
            undetected.append(what)
        transaction.savepoint_rollback(point)

    assert undetected == []


def test_a_consistently_falsified_chain_is_found_by_the_printed_digest_alone(anchor: str) -> None:
    _recompute_everything(random.Random(1))

    assert verify_sealed() == (4, [])
    assert [item.run for item in verify_sealed(anchor=anchor)[1]] == ["整个链"]
