"""The trail: linked by digests, refused to change by the database, checked by a command."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.backends.utils import CursorWrapper

from audit import protection
from audit.checking import Fault, check_trail
from audit.models import AuditEntry
from audit.services import Act, record, record_many
from tests.factories import make_world

pytestmark = pytest.mark.django_db


def _three_entries() -> list[AuditEntry]:
    world = make_world()
    acts = [Act(verb=f"test.{n}", subject=world.plan, changes={"n": [None, n]}) for n in range(3)]
    return record_many(actor=world.people["owner"], acts=acts)


def test_entries_link_to_the_one_before() -> None:
    first, second, third = _three_entries()

    assert second.previous_digest == first.digest
    assert third.previous_digest == second.digest
    assert check_trail().is_whole


def test_recording_outside_a_transaction_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world()
    monkeypatch.setattr(transaction.get_connection(), "in_atomic_block", False)

    with pytest.raises(RuntimeError, match="transaction"):
        record(actor=None, verb="test", subject=world.plan)


@pytest.mark.parametrize("sql", ["UPDATE audit_auditentry SET verb = 'x'", "DELETE FROM audit_auditentry"])
def test_database_refuses_to_change_entries(sql: str) -> None:
    _three_entries()

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)

    assert AuditEntry.objects.filter(verb__startswith="test.").count() == 3


@contextmanager
def as_superuser() -> Iterator[CursorWrapper]:
    """Raw SQL past the triggers, as somebody could who owns the database server."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            yield cursor
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    else:
        protection.remove(connection=connection)
        with connection.cursor() as cursor:
            yield cursor
        protection.install(connection=connection)


def run_check(*arguments: str) -> tuple[int, str]:
    """Exit code and output of `manage.py check_trail`."""
    out, code = StringIO(), 0
    try:
        call_command("check_trail", *arguments, stdout=out)
    except SystemExit as error:
        code = int(str(error.code))
    return code, out.getvalue()


def test_check_passes_on_a_whole_trail() -> None:
    *_, last = _three_entries()

    assert run_check() == (
        0,
        f"审计记录共 {AuditEntry.objects.count()} 条，首尾相接，没有改动。最新摘要：{last.digest}\n",
    )


@pytest.mark.parametrize(
    ("sql", "broken", "why"),
    [
        ("UPDATE audit_auditentry SET reason = 'x' WHERE id = %s", 1, "内容与摘要不符，这一条被改动过"),
        (
            "UPDATE audit_auditentry SET address = '10.0.0.9' WHERE id = %s",
            1,
            "内容与摘要不符，这一条被改动过",
        ),
        ("DELETE FROM audit_auditentry WHERE id = %s", 2, "与前一条记录接不上，它前面的记录被删除或调换过"),
    ],
)
def test_check_names_the_first_broken_entry_after_sql(sql: str, broken: int, why: str) -> None:
    entries = _three_entries()
    with as_superuser() as cursor:
        cursor.execute(sql, [entries[1].pk])

    code, told = run_check()

    assert code == 1
    assert f"{entries[broken].pk} " in told
    assert why in told
    assert [fault.entry for fault in check_trail().faults] == [entries[broken].pk]


def test_check_finds_that_the_last_entry_was_removed() -> None:
    *_, last = _three_entries()
    with as_superuser() as cursor:
        cursor.execute("DELETE FROM audit_auditentry WHERE id = %s", [last.pk])

    assert check_trail().faults == (Fault(entry=None, what="审计链的末端与链头不一致：最后的记录可能被删除"),)
    assert run_check()[0] == 1


def test_check_finds_a_trail_that_was_rewritten_as_a_whole() -> None:
    first, *_ = _three_entries()

    assert run_check("--anchor", first.digest)[0] == 0
    code, told = run_check("--anchor", "f" * 64)
    assert (code, "记录可能被整体改写" in told) == (1, True)


def test_check_finds_missing_triggers() -> None:
    _three_entries()
    protection.remove(connection=connection)

    code, told = run_check()

    assert (code, told.count("缺少保护触发器")) == (1, 2)


def test_check_as_json_is_one_document() -> None:
    *_, last = _three_entries()

    code, told = run_check("--json")

    assert (code, json.loads(told)) == (
        0,
        {"entries": AuditEntry.objects.count(), "digest": last.digest, "faults": []},
    )


def test_all_triggers_stand_after_migration() -> None:
    assert protection.missing(connection=connection) == []
