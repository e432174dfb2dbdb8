"""Services of signing in: what is recorded, one-time codes, open sessions."""

from __future__ import annotations

import hashlib
from typing import Any

from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone
from django_otp import user_has_device
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from qsessions.models import Session

from accounts.models import Role, User
from accounts.rules import has_role
from audit.models import AuditEntry
from audit.services import Thing, record

RECOVERY_CODES = 8


class CodeRefused(Exception):
    """A one-time code does not fit; the message says what to do, for people."""


# --- what is recorded ---------------------------------------------------------------------------


@transaction.atomic
def note_sign_in(*, user: User) -> None:
    """Somebody has given the right password."""
    record(actor=user, verb="account.signed-in", subject=user)


@transaction.atomic
def note_sign_out(*, user: User, expired: bool = False) -> None:
    """A session was ended by its owner, or because nobody used it."""
    record(actor=user, verb="account.session-expired" if expired else "account.signed-out", subject=user)


@transaction.atomic
def note_failed_sign_in(*, username: str, locked: bool = False) -> None:
    """A wrong password, or the attempt with which an account was locked.

    A name that no account bears is not written down: people type their password there by mistake.
    """
    user = User.objects.filter(username=username).first()
    record(
        actor=None,
        actor_label="未登录者",
        verb="account.locked-out" if locked else "account.sign-in-failed",
        subject=user or Thing(type="accounts.user", id="", label="不存在的账号"),
    )


def is_address_blocked(*, address: str) -> bool:
    """Whether too many sign-ins failed from one address within the lock-out time, whatever the accounts."""
    limit = settings.SIGN_IN_FAILURES_PER_ADDRESS
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    failures = AccessAttempt.objects.filter(ip_address=address or None, attempt_time__gte=since).aggregate(
        total=Sum("failures_since_start")
    )
    return bool(limit) and (failures["total"] or 0) >= limit


@transaction.atomic
def note_blocked_address(*, address: str) -> None:
    """Sign-ins from an address are refused: one entry for each lock-out time, so that nobody floods the trail."""
    verb = "account.address-blocked"
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    if AuditEntry.objects.filter(verb=verb, subject_label=address, at__gte=since).exists():
        return
    record(
        actor=None,
        actor_label="未登录者",
        verb=verb,
        subject=Thing(type="address", id="", label=address),
        changes={"limit": settings.SIGN_IN_FAILURES_PER_ADDRESS},
    )


@transaction.atomic
def unlock_account(*, actor: User, user: User) -> None:
    """End the lock-out of an account before its time. Raises PermissionDenied."""
    _require_sysadmin(actor)
    reset(username=user.username)
    record(actor=actor, verb="account.unlocked", subject=user)


# --- one-time codes -----------------------------------------------------------------------------


def has_second_factor(user: User) -> bool:
    """Whether the account has a confirmed authenticator."""
    return bool(user_has_device(user))


def open_enrolment(user: User) -> TOTPDevice | None:
    """The authenticator that waits for its first code."""
    return TOTPDevice.objects.filter(user=user, confirmed=False).order_by("-pk").first()


@transaction.atomic
def begin_second_factor(*, user: User) -> TOTPDevice:
    """A fresh secret that counts only once a first code has confirmed it. Raises CodeRefused."""
    if has_second_factor(user):
        raise CodeRefused("本账号已经绑定动态口令，请先解除再重新绑定")
    TOTPDevice.objects.filter(user=user, confirmed=False).delete()
    return TOTPDevice.objects.create(user=user, name="动态口令", confirmed=False)


@transaction.atomic
def confirm_second_factor(*, user: User, code: str) -> tuple[TOTPDevice, list[str]]:
    """Confirm the waiting authenticator; returns it with recovery codes, which are shown once.

    Raises CodeRefused.
    """
    device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False).order_by("-pk").first()
    if device is None:
        raise CodeRefused("还没有开始绑定，请先点“开始绑定”")
    if not device.verify_token(code):
        raise CodeRefused("动态口令不对，请核对手机时间后输入最新的 6 位数字")
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    record(actor=user, verb="account.second-factor-added", subject=user)
    return device, _make_recovery_codes(user)


def _make_recovery_codes(user: User) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="恢复码")
    codes = [StaticToken.random_token() for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    record(actor=user, verb="account.recovery-codes-made", subject=user, changes={"codes": len(codes)})
    return codes


def check_code(*, user: User, code: str) -> Device:
    """The device that accepts a one-time or recovery code. Raises CodeRefused; a wrong one is recorded.

    The library slows down guessing: after each failure the next attempt has to wait twice as long.
    """
    code = code.replace(" ", "").lower()
    with transaction.atomic():
        for kind in (TOTPDevice, StaticDevice):
            devices: QuerySet[Any] = kind.objects.select_for_update().filter(user=user, confirmed=True)
            for device in devices:
                if device.verify_token(code):
                    if kind is StaticDevice:
                        record(actor=user, verb="account.recovery-code-used", subject=user)
                    return device
        record(actor=user, verb="account.second-factor-failed", subject=user)
    raise CodeRefused(
        "动态口令不对，或者试得太快：请等几秒，再输入手机上最新的 6 位数字，或者一个没有用过的恢复码"
    )


@transaction.atomic
def remove_second_factor(*, actor: User, user: User) -> None:
    """Take the authenticator and the recovery codes away: one's own, or by the 系统管理员 for a lost telephone.

    Raises PermissionDenied.
    """
    if actor.pk != user.pk:
        _require_sysadmin(actor)
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
    record(actor=actor, verb="account.second-factor-removed", subject=user)


# --- open sessions ------------------------------------------------------------------------------


def open_sessions() -> QuerySet[Session]:
    """Sessions in which somebody is signed in, those used last first."""
    return (
        Session.objects.filter(user__isnull=False, expire_date__gt=timezone.now())
        .select_related("user__organisation")
        .order_by("-updated_at")
    )


def session_handle(session_key: str) -> str:
    """What a page may call a session: its key would let anybody in who reads it."""
    return hashlib.sha256(f"{settings.SECRET_KEY}:{session_key}".encode()).hexdigest()[:24]


@transaction.atomic
def end_session(*, actor: User, handle: str) -> User | None:
    """Sign a session out by force: one's own, or anybody's by the 系统管理员. Raises PermissionDenied.

    Returns whose it was; None where it had ended already.
    """
    found = next((item for item in open_sessions() if session_handle(item.session_key) == handle), None)
    if found is None:
        return None
    if found.user_id != actor.pk:
        _require_sysadmin(actor)
    owner: User = found.user
    changes = {"address": found.ip or "", "since": found.created_at.isoformat() if found.created_at else ""}
    found.delete()
    record(actor=actor, verb="account.session-ended", subject=owner, changes=changes)
    return owner


@transaction.atomic
def end_all_sessions(*, actor: User | None, user: User, except_key: str = "") -> int:
    """Sign an account out everywhere, but for one session. Returns how many ended. Raises PermissionDenied."""
    if actor is not None and actor.pk != user.pk:
        _require_sysadmin(actor)
    ended, _ = Session.objects.filter(user=user).exclude(session_key=except_key).delete()
    if ended:
        record(actor=actor, verb="account.session-ended", subject=user, changes={"sessions": ended})
    return ended


def _require_sysadmin(actor: User) -> None:
    if not has_role(actor, Role.SYSADMIN):
        raise PermissionDenied("只有系统管理员可以办理别人的登录")
