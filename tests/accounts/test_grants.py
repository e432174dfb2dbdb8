"""The 安全管理员's page: two people for a grant, one to end it."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Grant, Role, User
from accounts.rules import has_role
from accounts.services import AccountRefused, end_grant, grant_role
from audit.models import AuditEntry
from tests.factories import UserFactory, World, grant, make_world

pytestmark = pytest.mark.django_db

PAGE = "/grants/"


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    world = make_world()
    second = UserFactory.create(username="secadmin-2")
    grant(second, Role.SECADMIN)
    world.people["secadmin-2"] = second
    world.people["newcomer"] = UserFactory.create(username="newcomer", organisation=world.wuxing)
    return world


def client_of(world: World, account: str) -> Client:
    client = Client()
    client.force_login(world.people[account])
    return client


def proposal(world: World, account: str = "newcomer", **changes: object) -> dict[str, object]:
    return {
        "user": world.people[account].pk,
        "role": "reporter",
        "organisation": world.wuxing.pk,
        "plan_code": "sowing-2025",
    } | changes


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_one_proposes_another_approves(world: World) -> None:
    first, second = client_of(world, "secadmin"), client_of(world, "secadmin-2")
    first.post(PAGE, proposal(world))
    waiting = Grant.objects.get(user=world.people["newcomer"])

    own = first.post(f"{PAGE}{waiting.pk}/", {"approve": "1"}, follow=True)
    assert "提出的人不能自己批准" in own.content.decode()
    assert not has_role(fresh(world.people["newcomer"]), Role.REPORTER)
    second.post(f"{PAGE}{waiting.pk}/", {"approve": "1"})

    assert has_role(fresh(world.people["newcomer"]), Role.REPORTER, plan_code="sowing-2025")
    assert [entry.verb for entry in AuditEntry.objects.order_by("id")] == ["grant.proposed", "grant.approved"]


def test_rejected_proposal_can_be_made_again(world: World) -> None:
    first, second = client_of(world, "secadmin"), client_of(world, "secadmin-2")
    first.post(PAGE, proposal(world))
    waiting = Grant.objects.get(user=world.people["newcomer"])

    second.post(f"{PAGE}{waiting.pk}/", {"reject": "1", "reason": ""})
    assert len(first.get(PAGE).context["waiting"]) == 1
    second.post(f"{PAGE}{waiting.pk}/", {"reject": "1", "reason": "岗位未定"})
    second.post(f"{PAGE}{waiting.pk}/", {"approve": "1"})

    assert first.get(PAGE).context["waiting"] == []
    assert not has_role(fresh(world.people["newcomer"]), Role.REPORTER)
    assert AuditEntry.objects.get(verb="grant.rejected").reason == "岗位未定"
    assert first.post(PAGE, proposal(world)).status_code == 302


def test_grant_is_taken_back_by_one_with_a_reason(world: World) -> None:
    held = world.people["wuxing"].grants.get()

    client_of(world, "secadmin").post(f"{PAGE}{held.pk}/", {"end": "1", "reason": "调离"})

    assert not has_role(fresh(world.people["wuxing"]), Role.REPORTER)
    assert AuditEntry.objects.get(verb="grant.ended").reason == "调离"
    assert client_of(world, "wuxing").get("/returns/").status_code == 403


def test_nobody_grants_or_ends_for_themselves(world: World) -> None:
    user = world.people["secadmin"]

    with pytest.raises(AccountRefused, match="不能给自己授权"):
        grant_role(actor=user, user=user, role=Role.SECADMIN)
    with pytest.raises(AccountRefused, match="不能办理自己的授权"):
        end_grant(actor=user, grant=user.grants.get(), reason="x")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"organisation": ""}, "请选择单位"),
        ({"role": "auditor", "user": "wuxing"}, "不能与"),
        ({"plan_code": "no-such-plan"}, "errorlist"),
        ({"user": ""}, "请选择账号"),
        ({"user": "wuxing", "plan_code": ""}, "已经有"),
    ],
)
def test_bad_proposal_is_told_and_not_stored(world: World, changes: dict[str, object], told: str) -> None:
    before = Grant.objects.count()
    if changes.get("user") == "wuxing":
        changes = changes | {"user": world.people["wuxing"].pk}

    response = client_of(world, "secadmin").post(PAGE, proposal(world) | changes)

    assert response.status_code == 422
    assert told in response.content.decode()
    assert Grant.objects.count() == before


@pytest.mark.parametrize("account", ["wuxing", "owner", "leader", "auditor", "sysadmin"])
def test_grants_are_for_the_security_administrator(world: World, account: str) -> None:
    held = world.people["wuxing"].grants.get()
    client = client_of(world, account)

    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, proposal(world)).status_code == 403
    assert client.post(f"{PAGE}{held.pk}/", {"end": "1", "reason": "x"}).status_code == 403
    assert Grant.objects.filter(valid_to=None, pk=held.pk).exists()
