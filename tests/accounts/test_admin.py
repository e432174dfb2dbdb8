"""The administration of accounts, organisations and contacts: by the 系统管理员 alone, through services and trail."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts import admin as accounts_admin
from accounts.models import Contact, Role, User
from audit.models import AuditEntry
from tests.factories import World, grant, make_world

pytestmark = pytest.mark.django_db

PASSWORD = "Chu-shi-2025-mima"
INDEX = "/admin/"


@pytest.fixture(scope="module")
def built(module_rows: None) -> World:
    return make_world()


def client_of(world: World, account: str) -> Client:
    client = Client()
    client.force_login(world.people[account])
    return client


def account_form(**changes: object) -> dict[str, object]:
    return {"username": "new", "office": "填报员", "is_active": "on", "initial_password": PASSWORD} | changes


def test_administration_holds_accounts_organisations_and_contacts_only() -> None:
    names = {model._meta.label for model in accounts_admin.site._registry}

    assert names == {"accounts.User", "districts.Organisation", "accounts.Contact"}


@pytest.mark.parametrize("account", ["wuxing", "jxj", "owner", "leader", "auditor", "secadmin"])
def test_nobody_else_gets_in_even_as_staff_and_superuser(world: World, account: str) -> None:
    User.objects.filter(username=account).update(is_staff=True, is_superuser=True)
    world.people[account].refresh_from_db()
    client = client_of(world, account)

    statuses = {
        client.get(address).status_code
        for address in (
            INDEX,
            "/admin/accounts/user/",
            "/admin/accounts/user/add/",
            "/admin/accounts/contact/",
        )
    }

    assert statuses <= {403, 302}
    assert client.post("/admin/accounts/user/add/", account_form()).status_code in (302, 403)
    assert not User.objects.filter(username="new").exists()


def test_stranger_is_sent_to_the_site_s_own_sign_in_page() -> None:
    response = Client().get(INDEX, follow=True)

    assert response.redirect_chain[-1][0] == "/accounts/login/?next=/admin/login/"


def test_pages_are_chinese_and_without_inline_scripts(world: World) -> None:
    client = client_of(world, "sysadmin")

    for address in (
        INDEX,
        "/admin/accounts/user/",
        "/admin/accounts/user/add/",
        "/admin/districts/organisation/",
    ):
        page = client.get(address).content.decode()
        assert "<script>" not in page, address
        assert 'style="' not in page, address
    assert "账号" in client.get(INDEX).content.decode()


def test_way_out_and_own_password_are_the_site_s(world: World) -> None:
    client = client_of(world, "sysadmin")

    assert client.get("/admin/password_change/")["Location"] == "/accounts/password/"
    client.post("/admin/logout/")

    assert [entry.verb for entry in AuditEntry.objects.all()] == ["account.signed-out"]
    assert client.get("/admin/").status_code == 302


def test_account_is_opened_through_the_service(world: World) -> None:
    client = client_of(world, "sysadmin")

    client.post("/admin/accounts/user/add/", account_form(organisation=world.wuxing.pk))

    made = User.objects.get(username="new")
    entry = AuditEntry.objects.get(verb="account.created")
    assert (made.must_change_password, made.is_staff, made.is_superuser) == (True, False, False)
    assert made.check_password(PASSWORD)
    assert (entry.actor, entry.subject_id) == (world.people["sysadmin"], str(made.pk))
    assert not made.grants.exists()


@pytest.mark.parametrize(
    ("changes", "told"),
    [({"initial_password": ""}, "请为新账号设一个初始密码"), ({"initial_password": "12345678901"}, "密码")],
)
def test_bad_account_is_told_and_not_stored(world: World, changes: dict[str, str], told: str) -> None:
    response = client_of(world, "sysadmin").post("/admin/accounts/user/add/", account_form(**changes))

    assert told in response.content.decode()
    assert not User.objects.filter(username="new").exists()


def test_account_is_taken_out_of_use_and_its_sessions_end(world: World) -> None:
    signed_in = client_of(world, "wuxing")
    user = world.people["wuxing"]

    client_of(world, "sysadmin").post(
        f"/admin/accounts/user/{user.pk}/change/",
        {"organisation": world.wuxing.pk, "office": "填报员", "initial_password": ""},
    )

    user.refresh_from_db()
    assert not user.is_active
    assert signed_in.get("/").status_code == 302
    assert set(AuditEntry.objects.values_list("verb", flat=True)) >= {
        "account.disabled",
        "account.session-ended",
    }


def test_organisation_of_an_account_with_rights_cannot_change(world: World) -> None:
    user = world.people["wuxing"]

    response = client_of(world, "sysadmin").post(
        f"/admin/accounts/user/{user.pk}/change/",
        {"organisation": world.nanxun.pk, "office": "填报员", "is_active": "on", "initial_password": ""},
        follow=True,
    )

    user.refresh_from_db()
    assert "先由安全管理员收回授权" in response.content.decode()
    assert user.organisation == world.wuxing


def test_rights_and_passwords_cannot_be_slipped_in(world: World) -> None:
    user = world.people["nanxun"]

    client_of(world, "sysadmin").post(
        f"/admin/accounts/user/{user.pk}/change/",
        {
            "username": "other",
            "organisation": world.nanxun.pk,
            "office": "填报员",
            "is_active": "on",
            "initial_password": "",
            "is_superuser": "on",
            "is_staff": "on",
            "password": "x",
        },
    )

    user.refresh_from_db()
    assert (user.username, user.is_superuser, user.is_staff) == ("nanxun", False, False)


def test_accounts_and_organisations_are_never_deleted(world: World) -> None:
    client = client_of(world, "sysadmin")

    assert client.post(f"/admin/accounts/user/{world.people['wuxing'].pk}/delete/").status_code == 403
    assert client.post(f"/admin/districts/organisation/{world.wuxing.pk}/delete/").status_code == 403
    assert client.get("/admin/districts/organisation/add/").status_code == 403


def test_name_of_an_organisation_stays_what_the_documents_say(world: World) -> None:
    client_of(world, "sysadmin").post(
        f"/admin/districts/organisation/{world.wuxing.pk}/change/",
        {"name": "别的区", "short_name": "吴兴", "order": "1", "note": ""},
    )

    world.wuxing.refresh_from_db()
    assert (world.wuxing.name, world.wuxing.short_name) == ("吴兴区", "吴兴")
    assert AuditEntry.objects.get(verb="organisation.changed").changes == {"short_name": ["", "吴兴"]}


def test_contacts_are_masked_in_lists_and_absent_from_the_trail(world: World) -> None:
    client = client_of(world, "sysadmin")
    client.post(
        "/admin/accounts/contact/add/",
        {
            "organisation": world.wuxing.pk,
            "office": "综合科",
            "phone": "0572-2398765",
            "email": "zhk@example.cn",
        },
    )

    page = client.get("/admin/accounts/contact/").content.decode()
    entry = AuditEntry.objects.get(verb="contact.saved")
    assert "057****65" in page
    assert "z***@example.cn" in page
    assert "2398765" not in page
    assert "2398765" not in f"{entry.changes}{entry.subject_label}{entry.reason}"
    client.post(f"/admin/accounts/contact/{Contact.objects.get().pk}/delete/", {"post": "yes"})
    assert not Contact.objects.exists()
    assert AuditEntry.objects.filter(verb="contact.removed").count() == 1


def test_actions_of_the_list_end_a_lock_out_and_a_second_factor(world: World) -> None:
    client = client_of(world, "sysadmin")

    for action in ("unlock", "take_second_factor"):
        client.post(
            "/admin/accounts/user/",
            {"action": action, "_selected_action": [str(world.people["wuxing"].pk)]},
        )

    assert list(
        AuditEntry.objects.exclude(verb__startswith="access").order_by("id").values_list("verb", flat=True)
    ) == ["account.unlocked", "account.second-factor-removed"]


@pytest.mark.parametrize(
    ("account", "labels"),
    [
        ("sysadmin", ["账号、单位与联系方式", "全部登录"]),
        ("secadmin", ["授权"]),
        ("auditor", ["审计记录"]),
    ],
)
def test_first_page_leads_each_administrator_to_its_own(
    world: World, account: str, labels: list[str]
) -> None:
    client = client_of(world, account)
    page = client.get("/")

    assert [task.label for task in page.context["tasks"]] == labels
    assert {client.get(task.address).status_code for task in page.context["tasks"]} == {200}


def test_first_page_tells_an_account_without_role_whom_to_ask(world: World) -> None:
    world.people["wuxing"].grants.all().delete()

    assert "还没有授权" in client_of(world, "wuxing").get("/").content.decode()


def test_grant_for_sysadmin_does_not_open_data(world: World) -> None:
    """三员: also where somebody holds the role for one plan only."""
    user = world.people["sysadmin"]
    grant(user, Role.SYSADMIN, None, "sowing-2025")

    assert client_of(world, "sysadmin").get("/plans/").status_code == 403
