"""Keeps a session on the pages of signing in until all its steps are done."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_otp import DEVICE_ID_SESSION_KEY

GetResponse = Callable[[HttpRequest], HttpResponse]

SECOND_FACTOR_DUE = "second_factor_due"
"""In the session from the password until the one-time code."""

OPEN_PAGES = ("sign_out", "display", "help", "manual")
CODE_PAGES = ("second_factor", "second_factor_setup", "second_factor_image")


class SignInStepsMiddleware:
    """Sends pages to the next step of signing in, and refuses the API, until the session is complete.

    First the one-time code, where the account has one or all must have one; then the password page, where
    the password is an initial or an old one.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or request.path.startswith(
            settings.STATIC_URL
        ):
            return self.get_response(request)
        step = self._next_step(request)
        if step is None or request.path in {reverse(name) for name in (*OPEN_PAGES, *step[1])}:
            return self.get_response(request)
        if request.path.startswith("/api/"):
            return JsonResponse({"detail": step[2]}, status=403)
        return redirect(step[0])

    @staticmethod
    def _next_step(request: HttpRequest) -> tuple[str, tuple[str, ...], str] | None:
        """The page of the step, the pages that stay open for it, and what the API answers."""
        if not request.user.is_authenticated:
            return None
        if is_code_due(request):
            return "second_factor", CODE_PAGES, "请先在网页上输入动态口令。"
        if request.user.must_change_password:
            return "password", ("password",), "请先在网页上修改初始密码。"
        if request.user.password_expired:
            return "password", ("password",), "密码已到期，请先在网页上修改。"
        return None


def is_code_due(request: HttpRequest) -> bool:
    """Whether the session still waits for its one-time code."""
    if DEVICE_ID_SESSION_KEY in request.session:
        return False
    return bool(settings.REQUIRE_SECOND_FACTOR or request.session.get(SECOND_FACTOR_DUE))
