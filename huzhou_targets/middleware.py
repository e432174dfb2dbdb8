"""Small pieces that every request passes through."""

from __future__ import annotations

import contextlib
import ipaddress
import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

from accounts.security import note_sign_out

LAST_SEEN = "last_seen"
SECONDS_BETWEEN_NOTES = 60

GetResponse = Callable[[HttpRequest], HttpResponse]


class ClientAddressMiddleware:
    """Puts the client's address into REMOTE_ADDR where a trusted proxy stands between us.

    Of X-Forwarded-For the last address counts, the one our own proxy wrote: those before it came
    with the request and may be invented. The audit record and the sign-in log read REMOTE_ADDR.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.META.get("REMOTE_ADDR") in settings.TRUSTED_PROXIES:
            forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
            # What is absent or not an address leaves the proxy's own.
            with contextlib.suppress(ValueError):
                request.META["REMOTE_ADDR"] = str(ipaddress.ip_address(forwarded))
        return self.get_response(request)


class IdleTimeoutMiddleware:
    """Ends a session that was idle for SESSION_IDLE_SECONDS.

    The time of the last request is noted at most once a minute, so that reading pages does not
    write to the database each time; a session therefore ends up to a minute early.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            now = int(time.time())
            last_seen = request.session.get(LAST_SEEN, now)
            if now - last_seen >= settings.SESSION_IDLE_SECONDS:
                note_sign_out(user=request.user, expired=True)
                logout(request)
            elif LAST_SEEN not in request.session or now - last_seen >= SECONDS_BETWEEN_NOTES:
                request.session[LAST_SEEN] = now
        return self.get_response(request)


class KeepNothingMiddleware:
    """Lets no browser and no proxy keep what a signed-in person was shown.

    After signing out on a shared computer the way back leads to the sign-in page and not to the figures. An answer
    that says itself how long it may be kept is left alone.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated
        response = self.get_response(request)
        if is_signed_in and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response


class PermissionsPolicyMiddleware:
    """Tells browsers that no page uses the camera, the microphone or the position."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        return response
