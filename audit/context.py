"""From where the present act comes: set by the middleware, read when an entry is recorded."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

_address: ContextVar[str] = ContextVar("audit_address", default="")


def current_address() -> str:
    """The client's address of the request under way; empty outside a request."""
    return _address.get()


class AuditContextMiddleware:
    """Remembers the client's address for the audit entries made during a request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _address.set(request.META.get("REMOTE_ADDR", "")[:64])
        try:
            return self.get_response(request)
        finally:
            _address.reset(token)
