"""长者模式: larger type and stronger contrast, remembered in a cookie and switched by a plain form."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from huzhou_targets.http import safe_return_address

COOKIE = "display"
LARGE, NORMAL = "large", "normal"
ONE_YEAR = 365 * 24 * 3600


def display_mode(request: HttpRequest | None) -> str:
    """`large` where the reader chose 长者模式, else `normal`."""
    chosen = request.COOKIES.get(COOKIE) if request is not None else None
    return LARGE if chosen == LARGE else NORMAL


@require_POST
def switch_display(request: HttpRequest) -> HttpResponse:
    """Remember the chosen type size and go back to the page that asked."""
    wanted = LARGE if request.POST.get("display") == LARGE else NORMAL
    response = HttpResponseRedirect(safe_return_address(request, default="/"))
    response.set_cookie(
        COOKIE, wanted, max_age=ONE_YEAR, httponly=True, samesite="Lax", secure=request.is_secure()
    )
    return response
