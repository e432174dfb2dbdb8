"""What templates of accounts ask for."""

from __future__ import annotations

from django import template
from qsessions.models import Session

register = template.Library()


@register.filter
def browser(session: Session) -> str:
    """System and browser of a session, such as `Windows 10，Chrome 120`; empty where they are not known."""
    found = session.device_info
    if found is None:
        return ""
    parts = (found.os, found.user_agent)
    return "，".join(f"{part.family} {part.major or ''}".strip() for part in parts if part)
