"""Keeps an account with an initial password on the page that changes it."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

GetResponse = Callable[[HttpRequest], HttpResponse]


class InitialPasswordMiddleware:
    """Sends pages to the password page, and refuses the API, until the initial password is changed."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or self._is_open(request.path):
            return self.get_response(request)
        if not getattr(request.user, "must_change_password", False):
            return self.get_response(request)
        if request.path.startswith("/api/"):
            return JsonResponse({"detail": "请先在网页上修改初始密码。"}, status=403)
        return redirect("password")

    @staticmethod
    def _is_open(path: str) -> bool:
        """Pages that stay open: the password page itself, signing out, type size, help, static files."""
        open_pages = {reverse(name) for name in ("password", "sign_out", "display", "help")}
        return path in open_pages or path.startswith(settings.STATIC_URL)
