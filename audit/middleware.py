"""Refusals and downloads of everybody who is signed in, recorded in one place for every present and future page."""

from __future__ import annotations

from collections.abc import Callable
from email.message import Message

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from audit.services import Thing, record

IN_TRAIL = "is_in_trail"
"""Set on a response whose view has recorded the download itself."""


class AccessTrailMiddleware:
    """Records a refusal (403), an address that leads to nothing this account may see (404), and every download.

    Foreign rows answer 404, so that nobody learns that they exist; only the trail tells how often somebody
    tried. An address that is no page of ours at all is not recorded. Query strings may hold words that were
    searched for and are left out.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            act = _act_of(request, response)
            if act is not None:
                verb, thing = act
                kwargs = request.resolver_match.kwargs if request.resolver_match else {}
                with transaction.atomic():
                    record(
                        actor=request.user,
                        verb=verb,
                        subject=thing,
                        plan_code=str(kwargs.get("plan", ""))[:64],
                        period=str(kwargs.get("period", ""))[:8],
                        changes={"method": request.method, "path": request.path[:500]},
                    )
        return response


def _act_of(request: HttpRequest, response: HttpResponse) -> tuple[str, Thing] | None:
    """What happened, if it belongs into the trail."""
    match = request.resolver_match
    if response.status_code == 403:
        return "access.refused", _page(request)
    if response.status_code == 404 and match is not None:
        return "access.not-found", _page(request)
    disposition = response.headers.get("Content-Disposition", "")
    if (
        response.status_code == 200
        and disposition.startswith("attachment")
        and not hasattr(response, IN_TRAIL)
    ):
        return "file.downloaded", Thing(
            type=_name(request), id=_row(request), label=_filename(disposition) or request.path
        )
    return None


def _page(request: HttpRequest) -> Thing:
    return Thing(type=_name(request), id=_row(request), label=request.path)


def _name(request: HttpRequest) -> str:
    return (request.resolver_match.url_name or "") if request.resolver_match else ""


def _row(request: HttpRequest) -> str:
    return str(request.resolver_match.kwargs.get("pk", "")) if request.resolver_match else ""


def _filename(disposition: str) -> str:
    """The name that a download is offered under, decoded."""
    message = Message()
    message["Content-Disposition"] = disposition
    return message.get_filename() or ""
