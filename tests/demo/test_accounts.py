"""The demo accounts: fixed names, roles and organisations, passwords shown once."""

from __future__ import annotations

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from accounts.demo import DEMO_ACCOUNTS, ensure_demo_accounts, make_demo_password
from accounts.models import Grant, User
from audit.models import AuditEntry
from huzhou_targets.password_validation import CharacterClassesValidator

PASSWORD = "Yan-shi-2025-mima"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]


@pytest.fixture(autouse=True)
def own_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the machine's environment says."""
    monkeypatch.delenv("HUZHOU_DEMO_PASSWORD", raising=False)


def test_accounts_have_the_fixed_names_roles_and_organisations() -> None:
    ensure_demo_accounts(password=PASSWORD)

    grants = Grant.objects.in_force().select_related("user", "organisation")
    held = {
        (grant.user.username, grant.role, grant.organisation.code if grant.organisation else None)
        for grant in grants
    }
    places = ("wuxing", "nanxun", "deqing", "changxing", "anji", "nantaihu", "changhe")
    departments = ("jxj", "kjj", "fgw", "scjgj", "jrb", "swj", "mch", "zrzy", "rcb", "rlsb")
    assert held == {
        *((code, "reporter", code) for code in (*places, *departments)),
        *((code, "verifier", code) for code in (*departments, "tjj")),
        ("wuxing-shenhe", "reviewer", "wuxing"),
        ("owner", "owner", "zfb"),
        ("leader", "leader", None),
        ("auditor", "auditor", None),
        ("sysadmin", "sysadmin", None),
        ("secadmin", "secadmin", None),
        ("secadmin-2", "secadmin", None),
    }
    assert set(User.objects.filter(is_staff=True).values_list("username", flat=True)) == {"sysadmin"}
    assert User.objects.filter(is_demo=True, must_change_password=False).count() == len(DEMO_ACCOUNTS)
    assert set(Grant.objects.values_list("plan_code", "proposed_by", "approved_by")) == {("", None, None)}


def test_accounts_each_get_a_password_of_their_own_that_works() -> None:
    lines = ensure_demo_accounts()

    passwords = {line.username: line.password for line in lines}
    assert len(set(passwords.values())) == len(DEMO_ACCOUNTS)
    assert all(user.check_password(str(passwords[user.username])) for user in User.objects.all())


def test_existing_accounts_keep_their_password_and_are_listed() -> None:
    ensure_demo_accounts(password=PASSWORD)
    User.objects.get(username="mch").delete()
    entries = AuditEntry.objects.count()

    lines = ensure_demo_accounts(password="Another-2025-word")

    assert {line.username: line.password for line in lines if line.password} == {"mch": "Another-2025-word"}
    assert User.objects.get(username="wuxing").check_password(PASSWORD)
    assert AuditEntry.objects.count() == entries + 3  # the account and its two grants


def test_accounts_only_prints_the_passwords_once_and_loads_no_returns() -> None:
    first, second = io.StringIO(), io.StringIO()

    call_command("load_demo", accounts_only=True, stdout=first)
    call_command("load_demo", accounts_only=True, stdout=second)

    assert first.getvalue().splitlines()[0] == "演示账号（密码只显示这一次，请记下）："
    assert "已有" not in first.getvalue()
    assert second.getvalue().splitlines()[0] == "演示账号："
    assert second.getvalue().count("已有") == len(DEMO_ACCOUNTS)


def test_load_demo_refuses_a_weak_password_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUZHOU_DEMO_PASSWORD", "123456")

    with pytest.raises(CommandError, match="HUZHOU_DEMO_PASSWORD 不能用作密码"):
        call_command("load_demo", accounts_only=True)

    assert User.objects.count() == 0


def test_ensure_demo_accounts_raises_for_a_weak_password() -> None:
    with pytest.raises(ValidationError):
        ensure_demo_accounts(password="short")


def test_demo_passwords_mix_three_classes() -> None:
    for _ in range(50):
        CharacterClassesValidator(classes=4).validate(make_demo_password())
