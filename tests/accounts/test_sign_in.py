"""Signing in: what the trail keeps, lock-out by account and by address, one-time codes, sessions, old passwords."""

from __future__ import annotations

import datetime
from base64 import b32encode

import pytest
from axes.models import AccessAttempt
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings
from qsessions.models import Session

from accounts.models import Role, User
from accounts.security import (
    end_all_sessions,
    end_session,
    open_sessions,
    remove_second_factor,
    session_handle,
    unlock_account,
)
from accounts.services import change_own_password, create_account, reset_password
from audit.models import AuditEntry
from tests.factories import UserFactory, grant

pytestmark = pytest.mark.django_db

PASSWORD = "Chu-shi-2025-mima"
NEXT_PASSWORDS = [f"Xin-mima-{number}-Ab" for number in range(6)]
SIGN_IN = "/accounts/login/"


@pytest.fixture
def account() -> User:
    return create_account(
        actor=None, username="wuxing", password=PASSWORD, office="填报员", must_change_password=False
    )


@pytest.fixture
def sysadmin() -> User:
    user = UserFactory.create(username="sysadmin")
    grant(user, Role.SYSADMIN)
    return user


def sign_in(
    client: Client, *, username: str = "wuxing", password: str = PASSWORD, address: str = "10.0.0.1"
) -> int:
    """Post the sign-in form; returns the status."""
    form = {"username": username, "password": password}
    return client.post(SIGN_IN, form, REMOTE_ADDR=address).status_code


def verbs() -> list[str]:
    """The trail without the making of the account."""
    return list(
        AuditEntry.objects.exclude(verb="account.created").order_by("id").values_list("verb", flat=True)
    )


def code_now(user: User, *, steps_ahead: int = 0) -> str:
    """The code that the telephone shows; steps_ahead gives one that was not used yet."""
    device = TOTPDevice.objects.get(user=user)
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    totp.time = timezone.now().timestamp() + steps_ahead * device.step
    return f"{totp.token():06d}"


def enrol(client: Client, user: User) -> list[str]:
    """Bind a telephone; returns the recovery codes."""
    client.post("/accounts/code/setup/", {"action": "begin"})
    response = client.post("/accounts/code/setup/", {"action": "confirm", "code": code_now(user)})
    codes: list[str] = response.context["codes"]
    return codes


def test_sign_in_and_out_are_in_the_trail(account: User, client: Client) -> None:
    assert sign_in(client, address="10.1.2.3") == 302
    client.post("/accounts/logout/", REMOTE_ADDR="10.1.2.3")

    entries = AuditEntry.objects.exclude(verb="account.created").order_by("id")
    assert [(entry.verb, entry.actor, entry.address) for entry in entries] == [
        ("account.signed-in", account, "10.1.2.3"),
        ("account.signed-out", account, "10.1.2.3"),
    ]


def test_failures_and_the_lock_out_are_in_the_trail(account: User, client: Client) -> None:
    statuses = [sign_in(client, password="falsch") for _ in range(5)]
    locked = sign_in(client)
    told = client.post(SIGN_IN, {"username": "wuxing", "password": PASSWORD}).content.decode()

    assert statuses[:4] == [200] * 4
    assert locked == 429
    assert "请联系系统管理员" in told
    assert verbs().count("account.sign-in-failed") >= 5
    assert "account.locked-out" in verbs()
    entry = AuditEntry.objects.filter(verb="account.sign-in-failed").first()
    assert entry is not None
    assert (entry.actor, entry.actor_label, entry.subject_label) == (None, "未登录者", account.label)


def test_trail_holds_no_password_code_key_session_or_unknown_name(account: User, client: Client) -> None:
    sign_in(client, username="My-Secret-Word-1", password="falsch-geheim")
    sign_in(client, password="falsch-geheim")
    sign_in(client)
    codes = enrol(client, account)
    key = TOTPDevice.objects.get(user=account).key
    other = Client()
    sign_in(other)
    other.post("/accounts/code/", {"code": codes[0]})
    sessions = [str(item.session_key) for item in Session.objects.all()]
    end_all_sessions(actor=account, user=account, except_key=client.session.session_key)
    change_own_password(user=account, password=NEXT_PASSWORDS[0])

    told = "".join(
        f"{entry.subject_label}{entry.subject_id}{entry.changes}{entry.reason}{entry.actor_label}"
        for entry in AuditEntry.objects.all()
    )
    secrets = [*codes, key, b32encode(bytes.fromhex(key)).decode(), *sessions]
    assert len(sessions) == 2
    assert [secret for secret in secrets if secret.lower() in told.lower()] == []
    assert "My-Secret" not in told
    assert "falsch-geheim" not in told
    assert PASSWORD not in told
    assert NEXT_PASSWORDS[0] not in told


def test_locked_account_is_unlocked_by_the_system_administrator(
    account: User, sysadmin: User, client: Client
) -> None:
    for _ in range(5):
        sign_in(client, password="falsch")
    with pytest.raises(PermissionDenied):
        unlock_account(actor=account, user=account)

    unlock_account(actor=sysadmin, user=account)

    assert sign_in(client) == 302
    assert "account.unlocked" in verbs()


def test_address_that_fails_for_many_accounts_is_stopped(
    account: User, client: Client, settings: Settings
) -> None:
    settings.SIGN_IN_FAILURES_PER_ADDRESS = 3
    for number in range(3):
        sign_in(client, username=f"guess-{number}", password="falsch", address="10.0.0.9")

    assert [sign_in(client, address="10.0.0.9") for _ in range(2)] == [429, 429]
    (entry,) = AuditEntry.objects.filter(verb="account.address-blocked")
    assert (entry.actor_label, entry.subject_label, entry.address) == ("未登录者", "10.0.0.9", "10.0.0.9")
    assert sign_in(client, address="10.0.0.8") == 302
    AccessAttempt.objects.update(attempt_time=timezone.now() - settings.AXES_COOLOFF_TIME)
    assert sign_in(Client(), address="10.0.0.9") == 302


def test_account_with_a_telephone_needs_its_code(account: User, client: Client) -> None:
    sign_in(client)
    codes = enrol(client, account)
    other = Client()
    sign_in(other)

    page, api = other.get("/"), other.get("/api/plans/")
    assert (page.status_code, page["Location"]) == (302, "/accounts/code/")
    assert (api.status_code, api.json()["detail"]) == (403, "请先在网页上输入动态口令。")
    assert other.post("/accounts/code/", {"code": "000000"}).status_code == 422
    assert other.get("/").status_code == 302

    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert other.post("/accounts/code/", {"code": code_now(account, steps_ahead=1)}).status_code == 302
    assert other.get("/").status_code == 200
    assert len(set(codes)) == 8
    assert verbs() == [
        "account.signed-in",
        "account.second-factor-added",
        "account.recovery-codes-made",
        "account.signed-in",
        "access.refused",
        "account.second-factor-failed",
    ]


def test_second_step_cannot_be_passed_over(account: User, client: Client) -> None:
    sign_in(client)
    enrol(client, account)
    other = Client()
    sign_in(other)

    for address in ("/accounts/code/setup/", "/accounts/password/", "/accounts/sessions/", "/help/?next=/"):
        response = other.get(address)
        expected = 200 if address.startswith("/help/") else 302
        assert response.status_code == expected, address
    other.post("/accounts/code/setup/", {"action": "begin"})
    other.post("/accounts/password/", {"old_password": PASSWORD})

    assert TOTPDevice.objects.filter(user=account, confirmed=True).count() == 1
    assert other.get("/").status_code == 302


def test_recovery_code_opens_once(account: User, client: Client) -> None:
    sign_in(client)
    code = enrol(client, account)[0]
    first, second = Client(), Client()
    sign_in(first)
    sign_in(second)

    assert first.post("/accounts/code/", {"code": code.upper()}).status_code == 302
    assert first.get("/").status_code == 200
    assert second.post("/accounts/code/", {"code": code}).status_code == 422
    assert StaticToken.objects.filter(device__user=account).count() == 7


def test_required_second_factor_leads_to_the_enrolment(
    account: User, client: Client, settings: Settings
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    sign_in(client)

    response = client.get("/", follow=True)

    assert [address for address, _ in response.redirect_chain] == ["/accounts/code/", "/accounts/code/setup/"]
    enrol(client, account)
    assert client.get("/").status_code == 200


def test_picture_of_the_secret_is_for_the_enrolling_account_only(account: User, client: Client) -> None:
    sign_in(client)
    assert client.get("/accounts/code/setup/image.png").status_code == 404
    client.post("/accounts/code/setup/", {"action": "begin"})

    image = client.get("/accounts/code/setup/image.png")
    stranger = Client().get("/accounts/code/setup/image.png")

    assert (image["Content-Type"], image.content[:4]) == ("image/png", b"\x89PNG")
    assert "no-store" in image["Cache-Control"]
    assert stranger.status_code == 302
    client.post("/accounts/code/setup/", {"action": "confirm", "code": code_now(account)})
    assert client.get("/accounts/code/setup/image.png").status_code == 404


def test_lost_telephone_is_taken_away_by_the_system_administrator(
    account: User, sysadmin: User, client: Client
) -> None:
    sign_in(client)
    enrol(client, account)
    with pytest.raises(PermissionDenied):
        remove_second_factor(actor=account, user=sysadmin)

    remove_second_factor(actor=sysadmin, user=account)

    other = Client()
    sign_in(other)
    assert other.get("/").status_code == 200
    assert AuditEntry.objects.get(verb="account.second-factor-removed").actor == sysadmin


def test_sessions_are_listed_and_ended(account: User, client: Client) -> None:
    other = Client()
    sign_in(client)
    sign_in(other)

    page = client.get("/accounts/sessions/")
    handles = [handle for _, handle, is_this in page.context["rows"] if not is_this]
    client.post("/accounts/sessions/end/", {"session": handles[0]})

    assert len(page.context["rows"]) == 2
    assert other.session.session_key not in page.content.decode()
    assert other.get("/").status_code == 302
    assert client.get("/").status_code == 200
    assert AuditEntry.objects.get(verb="account.session-ended").changes["address"] == "10.0.0.1"


def test_sessions_of_others_are_the_system_administrator_s(
    account: User, sysadmin: User, client: Client
) -> None:
    sign_in(client)
    stranger = UserFactory.create(username="stranger")
    handle = session_handle(open_sessions()[0].session_key)
    admin = Client()
    admin.force_login(sysadmin)

    with pytest.raises(PermissionDenied):
        end_session(actor=stranger, handle=handle)
    assert client.get("/accounts/sessions/?all=1").status_code == 403
    shown = admin.get("/accounts/sessions/?all=1").context["rows"]
    admin.post("/accounts/sessions/end/", {"session": handle})

    assert {item.user.username for item, _, _ in shown} == {"wuxing", "sysadmin"}
    assert client.get("/").status_code == 302


def test_new_password_signs_out_everywhere_else(account: User, client: Client) -> None:
    other = Client()
    sign_in(client)
    sign_in(other)
    form = {"old_password": PASSWORD, "new_password1": NEXT_PASSWORDS[0], "new_password2": NEXT_PASSWORDS[0]}

    client.post("/accounts/password/", form)

    assert (client.get("/").status_code, other.get("/").status_code) == (200, 302)
    assert open_sessions().filter(user=account).count() == 1
    assert verbs()[-2:] == ["account.password-changed", "account.session-ended"]


def test_latest_five_passwords_are_refused(account: User) -> None:
    with pytest.raises(ValidationError, match="这个密码用过了"):
        change_own_password(user=account, password=PASSWORD)
    for password in NEXT_PASSWORDS[:2]:
        change_own_password(user=account, password=password)

    for used in (PASSWORD, *NEXT_PASSWORDS[:2]):
        with pytest.raises(ValidationError, match="不能与最近 5 次"):
            change_own_password(user=account, password=used)
    for password in NEXT_PASSWORDS[2:]:
        change_own_password(user=account, password=password)
    change_own_password(user=account, password=PASSWORD)
    assert account.check_password(PASSWORD)


def test_old_password_has_to_be_changed_first(account: User, client: Client, settings: Settings) -> None:
    sign_in(client)
    edge = timezone.now() - datetime.timedelta(days=settings.PASSWORD_MAX_AGE_DAYS)
    User.objects.filter(pk=account.pk).update(password_changed_at=edge + datetime.timedelta(minutes=5))
    assert client.get("/").status_code == 200

    User.objects.filter(pk=account.pk).update(password_changed_at=edge)
    response = client.get("/")

    assert (response.status_code, response["Location"]) == (302, "/accounts/password/")
    form = {"old_password": PASSWORD, "new_password1": NEXT_PASSWORDS[0], "new_password2": NEXT_PASSWORDS[0]}
    assert client.post("/accounts/password/", form)["Location"] == "/"
    assert client.get("/").status_code == 200
    settings.PASSWORD_MAX_AGE_DAYS = 0
    User.objects.filter(pk=account.pk).update(password_changed_at=edge)
    assert client.get("/").status_code == 200


def test_reset_password_is_an_initial_one_and_ends_sessions(
    account: User, sysadmin: User, client: Client
) -> None:
    sign_in(client)

    reset_password(actor=sysadmin, user=account, password=NEXT_PASSWORDS[0])

    assert client.get("/").status_code == 302
    other = Client()
    sign_in(other, password=NEXT_PASSWORDS[0])
    assert other.get("/")["Location"] == "/accounts/password/"
    with pytest.raises(PermissionDenied):
        reset_password(actor=account, user=sysadmin, password=NEXT_PASSWORDS[1])


def test_idle_session_ends_in_the_trail(account: User, client: Client, settings: Settings) -> None:
    sign_in(client)
    session = client.session
    session["last_seen"] = int(timezone.now().timestamp()) - settings.SESSION_IDLE_SECONDS
    session.save()

    client.get("/help/")

    assert verbs() == ["account.signed-in", "account.session-expired"]
