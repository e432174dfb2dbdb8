"""The demo accounts: fixed names, one per office, with the roles of DOMAIN section 8."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.models import Role, User
from accounts.services import create_account, grant_role
from districts.models import Organisation

CITY = "huzhou"

_LETTERS = "abcdefghjkmnpqrstuvwxyz"
_ALPHABET = _LETTERS + _LETTERS.upper() + "23456789"
"""Without characters that are taken for one another when a password is copied from paper."""


@dataclass(frozen=True, kw_only=True)
class DemoAccount:
    """One account: whom it speaks for (an organisation's code, None for nobody in particular) and as what."""

    username: str
    office: str
    roles: tuple[Role, ...]
    organisation: str | None = None
    is_staff: bool = False


@dataclass(frozen=True, kw_only=True)
class AccountLine:
    """What is told about one account; password is None where the account existed already."""

    username: str
    password: str | None
    roles: str
    organisation: str


class ReferenceDataMissing(Exception):
    """Organisations that the demo accounts belong to are not in the database."""


def _places() -> tuple[DemoAccount, ...]:
    codes = ("wuxing", "nanxun", "deqing", "changxing", "anji", "nantaihu", "changhe")
    return tuple(
        DemoAccount(username=code, office="填报员", roles=(Role.REPORTER,), organisation=code)
        for code in codes
    )


def _departments() -> tuple[DemoAccount, ...]:
    codes = ("jxj", "kjj", "fgw", "scjgj", "jrb", "swj", "mch", "zrzy", "rcb", "rlsb")
    return tuple(
        DemoAccount(
            username=code, office="填报与核定", roles=(Role.REPORTER, Role.VERIFIER), organisation=code
        )
        for code in codes
    )


DEMO_ACCOUNTS: tuple[DemoAccount, ...] = (
    *_places(),
    DemoAccount(username="wuxing-shenhe", office="单位审核", roles=(Role.REVIEWER,), organisation="wuxing"),
    *_departments(),
    DemoAccount(username="tjj", office="数据核定", roles=(Role.VERIFIER,), organisation="tjj"),
    DemoAccount(username="owner", office="牵头办", roles=(Role.OWNER,), organisation="zfb"),
    DemoAccount(username="leader", office="市领导", roles=(Role.LEADER,)),
    DemoAccount(username="auditor", office="审计管理员", roles=(Role.AUDITOR,)),
    DemoAccount(username="sysadmin", office="系统管理员", roles=(Role.SYSADMIN,), is_staff=True),
    # Two, since a grant takes two people.
    DemoAccount(username="secadmin", office="安全管理员", roles=(Role.SECADMIN,)),
    DemoAccount(username="secadmin-2", office="安全管理员（复核）", roles=(Role.SECADMIN,)),
)


def make_demo_password() -> str:
    """A random password of four groups, such as `kW7m-Zp3x-Tn9a-Rf5c`: about 90 bits."""
    while True:
        groups = ["".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4)]
        text = "-".join(groups)
        if (
            any(c.islower() for c in text)
            and any(c.isupper() for c in text)
            and any(c.isdigit() for c in text)
        ):
            return text


def ensure_demo_accounts(*, password: str = "") -> list[AccountLine]:
    """Make the demo accounts that are missing; those that exist keep password and grants.

    password is for all new accounts; empty gives each a random one. Raises ReferenceDataMissing when
    organisations are missing, or Django's ValidationError when the given password is too weak.
    """
    organisations = _organisations()
    existing = set(
        User.objects.filter(username__in=[item.username for item in DEMO_ACCOUNTS]).values_list(
            "username", flat=True
        )
    )
    missing = [item for item in DEMO_ACCOUNTS if item.username not in existing]
    passwords = {item.username: password or make_demo_password() for item in missing}
    with ThreadPoolExecutor(max_workers=4) as pool:  # hashing is slow on purpose and frees the interpreter
        encoded = dict(zip(passwords, pool.map(make_password, passwords.values()), strict=True))
    with transaction.atomic():
        for item in missing:
            _create(
                item,
                password=passwords[item.username],
                encoded=encoded[item.username],
                organisation=organisations[item.organisation] if item.organisation else None,
            )
    return [
        AccountLine(
            username=item.username,
            password=passwords.get(item.username),
            roles="、".join(role.label for role in item.roles),
            organisation=organisations[item.organisation].name if item.organisation else "",
        )
        for item in DEMO_ACCOUNTS
    ]


def _organisations() -> dict[str, Organisation]:
    wanted = {item.organisation for item in DEMO_ACCOUNTS if item.organisation}
    found = {item.code: item for item in Organisation.objects.filter(city__code=CITY, code__in=wanted)}
    missing = sorted(wanted - found.keys())
    if missing:
        raise ReferenceDataMissing(f"缺少单位：{'、'.join(missing)}。请先运行 load_reference 载入参考数据")
    return found


def _create(item: DemoAccount, *, password: str, encoded: str, organisation: Organisation | None) -> None:
    user = create_account(
        actor=None,
        username=item.username,
        password=password,
        encoded_password=encoded,
        office=item.office,
        organisation=organisation,
        is_staff=item.is_staff,
        is_demo=True,
        must_change_password=False,
    )
    for role in item.roles:
        grant_role(actor=None, user=user, role=role, organisation=organisation)
