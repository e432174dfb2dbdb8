"""The first administrators of a new installation."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import Grant, User
from audit.models import AuditEntry

pytestmark = pytest.mark.django_db


def run() -> str:
    out = StringIO()
    call_command("create_administrators", stdout=out)
    return out.getvalue()


def test_first_administrators_are_made_once_with_initial_passwords() -> None:
    told = run()
    again = run()

    users = {user.username: user for user in User.objects.all()}
    held = set(Grant.objects.in_force().values_list("user__username", "role"))
    assert held == {
        ("sysadmin", "sysadmin"),
        ("secadmin-1", "secadmin"),
        ("secadmin-2", "secadmin"),
        ("auditor", "auditor"),
    }
    assert all(user.must_change_password and not user.is_superuser for user in users.values())
    password = next(line.split("│")[3].strip() for line in told.splitlines() if "auditor" in line)
    assert users["auditor"].check_password(password)
    assert again.count("（已有，未改动）") == 4
    assert not any(password in f"{entry.changes}" for entry in AuditEntry.objects.all())
