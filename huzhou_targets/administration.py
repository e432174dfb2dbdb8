"""What each of the three administrators (三员) finds on the first page."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from accounts.models import Role
from accounts.rules import Person, has_role, reads_trail


@dataclass(frozen=True, kw_only=True)
class AdministratorTask:
    """A page with what it is for."""

    label: str
    address: str
    about: str


def administrator_tasks(user: Person) -> list[AdministratorTask]:
    """The pages of this administrator; none for an account without role."""
    tasks = []
    if has_role(user, Role.SYSADMIN):
        tasks += [
            AdministratorTask(
                label="账号、单位与联系方式",
                address=reverse("admin:index"),
                about="开设、停用账号，重设初始密码，解除登录锁定和动态口令，维护单位简称和联系方式。授权由安全管理员办理。",
            ),
            AdministratorTask(
                label="全部登录",
                address=f"{reverse('session_list')}?all=1",
                about="查看谁在哪里登录，让可疑的登录下线。",
            ),
        ]
    if has_role(user, Role.SECADMIN):
        tasks.append(
            AdministratorTask(
                label="授权",
                address=reverse("grant_list"),
                about="提出、批准和收回授权；一人提出、另一人批准后生效。",
            )
        )
    if reads_trail(user):
        tasks.append(
            AdministratorTask(
                label="审计记录",
                address=reverse("trail"),
                about="查看和导出全部操作记录；命令 check_trail 核对记录有没有被改动。",
            )
        )
    return tasks
