"""Opening accounts and granting roles: who may, what is refused, what is recorded."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Grant, Role, User
from accounts.rules import has_role
from accounts.services import AccountRefused, approve_grant, create_account, grant_role
from audit.models import AuditEntry
from tests.factories import OrganisationFactory, UserFactory, grant

pytestmark = pytest.mark.django_db

PASSWORD = "Chu-shi-2025-mima"


def _person(username: str, role: Role) -> User:
    user = UserFactory(username=username)
    grant(user, role)
    return user


def test_create_account_by_the_system_is_recorded() -> None:
    organisation = OrganisationFactory(code="wuxing", name="吴兴区")

    user = create_account(
        actor=None, username="wuxing", password=PASSWORD, office="填报员", organisation=organisation
    )

    entry = AuditEntry.objects.get()
    assert user.check_password(PASSWORD)
    assert (user.must_change_password, user.is_demo, user.is_staff) == (True, False, False)
    assert (entry.verb, entry.actor_label, entry.subject_label) == (
        "account.created",
        "系统",
        "吴兴区·填报员（wuxing）",
    )
    assert "password" not in entry.changes


def test_create_account_is_for_the_system_administrator_only() -> None:
    sysadmin, secadmin = _person("sysadmin", Role.SYSADMIN), _person("secadmin", Role.SECADMIN)

    made = create_account(actor=sysadmin, username="new", password=PASSWORD, office="填报员")

    assert made.username == "new"
    with pytest.raises(PermissionDenied):
        create_account(actor=secadmin, username="other", password=PASSWORD, office="填报员")


def test_create_account_refuses_a_taken_name_and_a_weak_password() -> None:
    UserFactory(username="wuxing")

    with pytest.raises(AccountRefused, match="已有账号“wuxing”"):
        create_account(actor=None, username="wuxing", password=PASSWORD, office="填报员")
    with pytest.raises(ValidationError):
        create_account(actor=None, username="nanxun", password="12345678901", office="填报员")

    assert list(User.objects.values_list("username", flat=True)) == ["wuxing"]


def test_grant_by_the_system_is_in_force_at_once() -> None:
    organisation = OrganisationFactory(code="wuxing")
    user = UserFactory()

    grant_role(actor=None, user=user, role=Role.REPORTER, organisation=organisation, plan_code="sowing-2025")

    assert has_role(user, Role.REPORTER, plan_code="sowing-2025", organisation_id=organisation.pk)
    assert not has_role(user, Role.REPORTER, plan_code="clusters-2023")
    assert AuditEntry.objects.get().verb == "grant.made"


def test_grant_by_a_person_takes_a_second_one() -> None:
    first, second = _person("secadmin", Role.SECADMIN), _person("secadmin-2", Role.SECADMIN)
    user = UserFactory()

    proposed = grant_role(actor=first, user=user, role=Role.LEADER)

    assert not Grant.objects.in_force().filter(user=user).exists()
    with pytest.raises(AccountRefused, match="提出的人不能自己批准"):
        approve_grant(actor=first, grant=proposed)
    approved = approve_grant(actor=second, grant=proposed)
    assert (approved.proposed_by, approved.approved_by) == (first, second)
    assert Grant.objects.in_force().filter(user=user).count() == 1
    with pytest.raises(AccountRefused, match="已经批准"):
        approve_grant(actor=second, grant=proposed)
    assert list(AuditEntry.objects.order_by("id").values_list("verb", flat=True)) == [
        "grant.proposed",
        "grant.approved",
    ]


def test_grant_is_refused_to_others_than_the_security_administrator() -> None:
    sysadmin = _person("sysadmin", Role.SYSADMIN)
    waiting = Grant.objects.create(user=UserFactory(), role=Role.LEADER)

    with pytest.raises(PermissionDenied):
        grant_role(actor=sysadmin, user=UserFactory(), role=Role.LEADER)
    with pytest.raises(PermissionDenied):
        approve_grant(actor=sysadmin, grant=waiting)


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        (Role.REPORTER, Role.AUDITOR),
        (Role.AUDITOR, Role.LEADER),
        (Role.SYSADMIN, Role.SECADMIN),
        (Role.SECADMIN, Role.AUDITOR),
    ],
)
def test_administrators_roles_stand_alone(held: Role, wanted: Role) -> None:
    user = _person("somebody", held)

    with pytest.raises(AccountRefused, match="不能与"):
        grant_role(actor=None, user=user, role=wanted)


def test_data_roles_may_be_held_together() -> None:
    user = _person("jxj", Role.REPORTER)

    grant_role(actor=None, user=user, role=Role.VERIFIER)

    assert set(user.grants.values_list("role", flat=True)) == {"reporter", "verifier"}
