"""Idle sessions end; headers are on every answer."""

from __future__ import annotations

import time

import pytest
from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from huzhou_targets.middleware import LAST_SEEN, ClientAddressMiddleware


@pytest.fixture
def signed_in(client: Client, db: None) -> Client:
    client.force_login(get_user_model().objects.create_user(username="reader", password=None))
    return client


def last_seen(client: Client, *, seconds_ago: int) -> None:
    session = client.session
    session[LAST_SEEN] = int(time.time()) - seconds_ago
    session.save()


def test_session_goes_on_before_the_time_is_up(signed_in: Client, settings: Settings) -> None:
    last_seen(signed_in, seconds_ago=settings.SESSION_IDLE_SECONDS - 60)
    before = int(time.time())

    signed_in.get("/help/")

    assert signed_in.session[LAST_SEEN] >= before
    assert "_auth_user_id" in signed_in.session


def test_session_ends_after_the_idle_time(signed_in: Client, settings: Settings) -> None:
    last_seen(signed_in, seconds_ago=settings.SESSION_IDLE_SECONDS)

    signed_in.get("/help/")

    assert "_auth_user_id" not in signed_in.session


def test_reading_on_writes_nothing_within_a_minute(signed_in: Client) -> None:
    last_seen(signed_in, seconds_ago=30)
    before = signed_in.session[LAST_SEEN]

    signed_in.get("/help/")

    assert signed_in.session[LAST_SEEN] == before


def test_nothing_that_a_signed_in_person_sees_is_kept(signed_in: Client) -> None:
    kept = {address: signed_in.get(address).headers["Cache-Control"] for address in ("/help/", "/no-such/")}

    signed_in.logout()

    assert set(kept.values()) == {"private, no-store"}
    assert "Cache-Control" not in signed_in.get("/help/").headers


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (["127.0.0.1"], "10.1.2.3", "10.1.2.3"),
        (["127.0.0.1"], "6.6.6.6, 10.1.2.3", "10.1.2.3"),
        (["127.0.0.1"], "nonsense", "127.0.0.1"),
        (["127.0.0.1"], "", "127.0.0.1"),
        ([], "10.1.2.3", "127.0.0.1"),
    ],
)
def test_client_address_is_taken_from_trusted_proxies_only(
    rf: RequestFactory, settings: Settings, proxies: list[str], forwarded: str, address: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    seen: list[str] = []
    middleware = ClientAddressMiddleware(
        lambda request: seen.append(request.META["REMOTE_ADDR"]) or HttpResponse()
    )

    middleware(rf.get("/", headers={"X-Forwarded-For": forwarded}))

    assert seen == [address]


@pytest.mark.django_db
def test_headers_are_strict(client: Client) -> None:
    response = client.get("/accounts/login/")

    policy = dict(part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; "))
    assert policy == {
        "default-src": "'self'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "font-src": "'self'",
        "connect-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    assert {
        name: response.headers[name]
        for name in ("X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy")
    } == {
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }
