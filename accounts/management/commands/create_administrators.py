"""Make the first administrators of a new installation, each with an initial password."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from accounts.demo import make_demo_password
from accounts.models import Role, User
from accounts.services import create_account, grant_role
from huzhou_targets.command_line import as_table

FIRST = (
    ("sysadmin", "系统管理员", Role.SYSADMIN),
    ("secadmin-1", "安全管理员", Role.SECADMIN),
    ("secadmin-2", "安全管理员", Role.SECADMIN),
    ("auditor", "审计管理员", Role.AUDITOR),
)
"""Two security administrators, since a grant takes two people."""


class Command(BaseCommand):
    """Repeating it changes nothing: accounts that exist keep password and grants."""

    help = "建立首批系统、安全（两名）、审计管理员，初始密码只显示一次，首次登录须修改"

    def handle(self, *args: Any, **options: Any) -> None:
        rows = []
        with transaction.atomic():
            for username, office, role in FIRST:
                if User.objects.filter(username=username).exists():
                    rows.append((username, office, "（已有，未改动）"))
                    continue
                password = make_demo_password()
                user = create_account(actor=None, username=username, password=password, office=office)
                grant_role(actor=None, user=user, role=role)
                rows.append((username, office, password))
        self.stdout.write(as_table(["账号", "岗位", "初始密码"], rows))
