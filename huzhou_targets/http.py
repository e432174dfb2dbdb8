"""Page helpers that every app's views share: whole pages and fragments from one view, safe returns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme, urlencode

from audit.middleware import IN_TRAIL

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page.

    A boosted link and a history restore need the whole page, since htmx then replaces the body.
    """
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Boosted") != "true"
        and headers.get("HX-History-Restore-Request") != "true"
    )


def render_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    fragment: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render a page, or only its `fragment` template where htmx asks for a part.

    Both come from the same view and context, so a page reads the same with and without JavaScript.
    `Vary: HX-Request` is always set: a cache must not hand a fragment to someone who opens the address.
    """
    chosen = fragment if fragment is not None and wants_fragment(request) else template
    response = render(request, chosen, dict(context or {}), status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def query_of(**filters: str) -> str:
    """The part of an address that keeps these filters, from its question mark on; empty without any."""
    kept = {name: value for name, value in filters.items() if value}
    return f"?{urlencode(kept)}" if kept else ""


def safe_return_address(request: HttpRequest, *, default: str) -> str:
    """The address in `next` if it is on this site, else `default`. Never leads to another site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if allowed else default


def download_response(data: bytes, *, filename: str, content_type: str) -> HttpResponse:
    """A file of our own making, as a download."""
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=filename)
    return response


def kept_file_response(data: bytes, *, filename: str) -> HttpResponse:
    """A file as somebody handed it in: always a download, never guessed at by a browser.

    For files whose handing out the service has recorded already.
    """
    response = download_response(data, filename=filename, content_type="application/octet-stream")
    response["X-Content-Type-Options"] = "nosniff"
    setattr(response, IN_TRAIL, True)
    return response


def workbook_response(data: bytes, *, filename: str) -> HttpResponse:
    """An .xlsx of our own making, as a download."""
    return download_response(data, filename=filename, content_type=XLSX)
