"""Writes to accounts and grants: each in one transaction with its audit entry."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import password_changed, validate_password
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import ADMINISTRATORS, Contact, Grant, Role, User
from accounts.rules import has_role
from accounts.security import end_all_sessions
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
    if not encoded_password:
        password_changed(password, user)
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
def change_account(
    *, actor: User, user: User, office: str, organisation: Organisation | None, is_active: bool
) -> User:
    """Change an account's office, organisation or whether it is in use. Grants are not the system administrator's.

    Taking it out of use ends its sessions. Raises PermissionDenied or AccountRefused.
    """
    _require_sysadmin(actor)
    user = User.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=user.pk)
    if user.pk == actor.pk and not is_active:
        raise AccountRefused("不能停用自己的账号，请由另一名系统管理员办理")
    if organisation != user.organisation and user.grants.in_force().exists():
        raise AccountRefused("这个账号还有生效的授权，请先由安全管理员收回授权，再更换所属单位")
    old_code = user.organisation.code if user.organisation else None
    changes: dict[str, object] = {}
    if user.office != office:
        changes["office"] = [user.office, office]
    if user.organisation != organisation:
        changes["organisation"] = [old_code, organisation.code if organisation else None]
    switched = user.is_active != is_active
    user.office, user.organisation, user.is_active = office, organisation, is_active
    user.save(update_fields=["office", "organisation", "is_active"])
    if changes:
        record(actor=actor, verb="account.changed", subject=user, changes=changes)
    if switched:
        if not is_active:
            end_all_sessions(actor=actor, user=user)
        record(actor=actor, verb="account.enabled" if is_active else "account.disabled", subject=user)
    return user


@transaction.atomic
def change_own_password(*, user: User, password: str) -> None:
    """Set one's own new password, which ends the duty to change it. Raises Django's ValidationError."""
    validate_password(password, user)
    _set_password(user, password, must_change=False)
    record(actor=user, verb="account.password-changed", subject=user)


@transaction.atomic
def reset_password(*, actor: User, user: User, password: str) -> None:
    """Give an account an initial password, to be changed at the next sign-in; its sessions end.

    Raises PermissionDenied or Django's ValidationError.
    """
    _require_sysadmin(actor)
    validate_password(password, user)
    _set_password(user, password, must_change=True)
    end_all_sessions(actor=actor, user=user)
    record(actor=actor, verb="account.password-reset", subject=user)


def _set_password(user: User, password: str, *, must_change: bool) -> None:
    user.set_password(password)
    user.must_change_password = must_change
    user.password_changed_at = timezone.now()
    user.save(update_fields=["password", "must_change_password", "password_changed_at"])


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
    if actor is not None and actor.pk == user.pk:
        raise AccountRefused("不能给自己授权，请由另一名安全管理员提出")
    _require_separation(user, role)
    same = Grant.objects.filter(
        user=user, role=role, organisation=organisation, plan_code=plan_code, valid_to=None
    )
    if same.exists():
        raise AccountRefused("这个账号已经有同样的授权，或者已经提出、正等批准")
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
    if grant.user_id == actor.pk:
        raise AccountRefused("不能批准给自己的授权，请由另一名安全管理员办理")
    if grant.valid_to is not None:
        raise AccountRefused("这项授权已经结束")
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


@transaction.atomic
def reject_grant(*, actor: User, grant: Grant, reason: str) -> Grant:
    """Turn a proposed grant down, or take back one's own proposal. Raises PermissionDenied or AccountRefused."""
    grant = _locked_grant(actor, grant)
    if grant.approved_at is not None:
        raise AccountRefused("这项授权已经批准，要收回请用“收回”")
    return _end(actor, grant, verb="grant.rejected", reason=reason)


@transaction.atomic
def end_grant(*, actor: User, grant: Grant, reason: str) -> Grant:
    """Take a grant back. One 安全管理员 is enough: what is in doubt has to end at once.

    Raises PermissionDenied or AccountRefused.
    """
    grant = _locked_grant(actor, grant)
    if grant.approved_at is None:
        raise AccountRefused("这项授权还没有批准，请用“不批准”")
    return _end(actor, grant, verb="grant.ended", reason=reason)


def _locked_grant(actor: User, grant: Grant) -> Grant:
    if not has_role(actor, Role.SECADMIN):
        raise PermissionDenied("只有安全管理员可以办理授权")
    grant = Grant.objects.select_for_update().get(pk=grant.pk)
    if grant.user_id == actor.pk:
        raise AccountRefused("不能办理自己的授权，请由另一名安全管理员办理")
    if grant.valid_to is not None and grant.valid_to <= timezone.now():
        raise AccountRefused("这项授权已经结束")
    return grant


def _end(actor: User, grant: Grant, *, verb: str, reason: str) -> Grant:
    if not reason.strip():
        raise AccountRefused("请写明理由")
    grant.valid_to = timezone.now()
    grant.save(update_fields=["valid_to"])
    record(
        actor=actor,
        verb=verb,
        subject=grant,
        plan_code=grant.plan_code,
        changes=_as_changes(grant),
        reason=reason.strip(),
    )
    return grant


@transaction.atomic
def save_contact(*, actor: User, contact: Contact) -> Contact:
    """Keep how an office is reached. The trail names the fields that changed, not the numbers.

    Raises PermissionDenied.
    """
    _require_sysadmin(actor)
    before = Contact.objects.filter(pk=contact.pk).first()
    changed = [
        name
        for name in ("organisation_id", "office", "phone", "email")
        if before is None or getattr(before, name) != getattr(contact, name)
    ]
    contact.save()
    if changed:
        record(actor=actor, verb="contact.saved", subject=contact, changes={"fields": changed})
    return contact


@transaction.atomic
def remove_contact(*, actor: User, contact: Contact) -> None:
    """Forget how an office is reached. Raises PermissionDenied."""
    _require_sysadmin(actor)
    record(actor=actor, verb="contact.removed", subject=contact)
    contact.delete()


@transaction.atomic
def change_organisation(
    *, actor: User, organisation: Organisation, short_name: str, order: int, note: str
) -> Organisation:
    """Change what an organisation is shown by; names and aliases come from the documents.

    Raises PermissionDenied.
    """
    _require_sysadmin(actor)
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    new = {"short_name": short_name, "order": order, "note": note}
    changes = {
        name: [getattr(organisation, name), value]
        for name, value in new.items()
        if getattr(organisation, name) != value
    }
    for name, value in new.items():
        setattr(organisation, name, value)
    organisation.save(update_fields=list(new))
    if changes:
        record(actor=actor, verb="organisation.changed", subject=organisation, changes=changes)
    return organisation


def _require_sysadmin(actor: User) -> None:
    if not has_role(actor, Role.SYSADMIN):
        raise PermissionDenied("只有系统管理员可以办理账号和单位")


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
