import pytest
from django.db import DatabaseError, connection, transaction

from audit import protection
from audit.models import AuditEntry
from audit.services import Act, find_broken_entry, record, record_many
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
    assert find_broken_entry() is None


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


def test_altered_entry_is_found_when_triggers_were_removed() -> None:
    _, second, _ = _three_entries()
    protection.remove(connection=connection)
    AuditEntry.objects.filter(pk=second.pk).update(reason="changed")

    broken = find_broken_entry()

    assert isinstance(broken, AuditEntry)
    assert broken.pk == second.pk


def test_removed_last_entry_is_found() -> None:
    *_, last = _three_entries()
    protection.remove(connection=connection)
    AuditEntry.objects.filter(pk=last.pk).delete()

    assert find_broken_entry() == "审计链的末端与链头不一致：最后的记录可能被删除"


def test_all_triggers_stand_after_migration() -> None:
    assert protection.missing(connection=connection) == []
