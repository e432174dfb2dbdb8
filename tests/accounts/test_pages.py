"""Pages of accounts: words, masks, numbers of queries; and the settings' check."""

from __future__ import annotations

import pytest
from django.core.checks import run_checks
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings
from qsessions.models import Session

from accounts.models import Contact, Grant, Role
from accounts.templatetags.accounts import browser
from audit.services import Act, record_many
from tests.factories import UserFactory, grant, make_world


@pytest.mark.parametrize(
    ("user_agent", "shown"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0.0.0 Safari/537.36",
            "Windows 10，Chrome 120",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Linux，Firefox 128"),
        ("curl", "curl"),
        ("?", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_browser_is_told_in_words(user_agent: str | None, shown: str) -> None:
    assert browser(Session(user_agent=user_agent)) == shown


@pytest.mark.parametrize(
    ("phone", "masked"),
    [("0572-2398765", "057****65"), ("13800000000", "138****00"), ("12345", "****"), ("", "")],
)
def test_phone_is_masked(phone: str, masked: str) -> None:
    assert Contact(phone=phone).masked_phone == masked


def test_email_is_masked() -> None:
    assert Contact(email="zhk@example.cn").masked_email == "z***@example.cn"
    assert Contact(email="").masked_email == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("account", "address", "queries"),
    [
        ("auditor", "/trail/", 5),
        ("secadmin", "/grants/", 9),
        ("sysadmin", "/accounts/sessions/?all=1", 5),
        ("wuxing", "/accounts/code/setup/", 7),
    ],
)
@pytest.mark.parametrize("count", [1, 3])
def test_pages_take_the_same_queries_for_one_and_three_rows(
    account: str, address: str, queries: int, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    world = make_world()
    for number in range(count):
        user = UserFactory.create(username=f"more-{number}", organisation=world.wuxing)
        waiting = grant(user, Role.REPORTER, world.wuxing)
        Grant.objects.filter(pk=waiting.pk).update(approved_at=None, proposed_by=world.people["secadmin"])
        grant(user, Role.REPORTER, world.nanxun)
        Client().force_login(user)
        record_many(actor=user, acts=[Act(verb="cycle.opened", subject=world.cycle)])
    client = Client()
    client.force_login(world.people[account])
    client.get("/help/")

    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize(("days", "problems"), [(179, 1), (180, 0), (365, 0)])
def test_trail_must_be_kept_for_half_a_year(settings: Settings, days: int, problems: int) -> None:
    settings.AUDIT_RETENTION_DAYS = days

    found = [message for message in run_checks() if message.id == "accounts.E001"]

    assert len(found) == problems
