"""Writes to accounts and grants: each in one transaction with its audit entry."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import ADMINISTRATORS, Grant, Role, User
from accounts.rules import has_role
from audit.services import record
from districts.models import Organisation


class AccountRefused(Exception):
    """The account or grant cannot be made as asked; the message says why, for people."""


@transaction.atomic
def create_account(
    *,
    actor: User | None,
    username: str,
    password: str,
    office: str,
    organisation: Organisation | None = None,
    is_staff: bool = False,
    is_demo: bool = False,
    must_change_password: bool = True,
    encoded_password: str = "",
) -> User:
    """Make an account of an office. `actor` None is the system itself, else a 系统管理员.

    encoded_password may carry the password's hash where the caller computed it already (hashing takes
    a good part of a second). Raises PermissionDenied, AccountRefused when the name is taken, or
    Django's ValidationError when the password is too weak.
    """
    if actor is not None and not has_role(actor, Role.SYSADMIN):
        raise PermissionDenied("只有系统管理员可以开设账号")
    if User.objects.filter(username=username).exists():
        raise AccountRefused(f"已有账号“{username}”，请换一个账号名")
    user = User(
        username=username,
        organisation=organisation,
        office=office,
        is_staff=is_staff,
        is_demo=is_demo,
        must_change_password=must_change_password,
    )
    validate_password(password, user)
    user.password = encoded_password or make_password(password)
    user.save()
    record(
        actor=actor,
        verb="account.created",
        subject=user,
        changes={
            "username": username,
            "organisation": organisation.code if organisation else None,
            "office": office,
            "is_demo": is_demo,
        },
    )
    return user


@transaction.atomic
def grant_role(
    *,
    actor: User | None,
    user: User,
    role: str,
    organisation: Organisation | None = None,
    plan_code: str = "",
) -> Grant:
    """Give an account a role, for one organisation (None: all) and one plan ("": all).

    Granted by the system (`actor` None) it is in force at once. A 安全管理员 only proposes it: it takes
    a second one and `approve_grant`. Raises PermissionDenied, or AccountRefused when one of the three
    administrators' roles would meet another one or a role that sees data.
    """
    if actor is not None and not has_role(actor, Role.SECADMIN):
        raise PermissionDenied("只有安全管理员可以授权")
    _require_separation(user, role)
    grant = Grant.objects.create(
        user=user,
        role=role,
        organisation=organisation,
        plan_code=plan_code,
        proposed_by=actor,
        approved_at=timezone.now() if actor is None else None,
    )
    record(
        actor=actor,
        verb="grant.made" if actor is None else "grant.proposed",
        subject=grant,
        plan_code=plan_code,
        changes=_as_changes(grant),
    )
    return grant


@transaction.atomic
def approve_grant(*, actor: User, grant: Grant) -> Grant:
    """Put a proposed grant in force. Another 安全管理员 than the one who proposed it must do so.

    Raises PermissionDenied or AccountRefused.
    """
    if not has_role(actor, Role.SECADMIN):
        raise PermissionDenied("只有安全管理员可以批准授权")
    grant = Grant.objects.select_for_update().get(pk=grant.pk)
    if grant.approved_at is not None:
        raise AccountRefused("这项授权已经批准")
    if grant.proposed_by_id == actor.pk:
        raise AccountRefused("授权须由另一名安全管理员批准，提出的人不能自己批准")
    _require_separation(grant.user, grant.role)
    grant.approved_by, grant.approved_at = actor, timezone.now()
    grant.save(update_fields=["approved_by", "approved_at"])
    record(
        actor=actor,
        verb="grant.approved",
        subject=grant,
        plan_code=grant.plan_code,
        changes=_as_changes(grant),
    )
    return grant


def _require_separation(user: User, role: str) -> None:
    """三员分立: an administrator's role stands alone."""
    held = set(user.grants.in_force().values_list("role", flat=True)) - {role}
    if held and (role in ADMINISTRATORS or held & ADMINISTRATORS):
        raise AccountRefused(f"“{Role(role).label}”不能与“{Role(min(held)).label}”由同一账号担任")


def _as_changes(grant: Grant) -> dict[str, str | None]:
    return {
        "user": grant.user.username,
        "role": grant.role,
        "organisation": grant.organisation.code if grant.organisation else None,
    }
