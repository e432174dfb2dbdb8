"""What templates of accounts ask for."""

from __future__ import annotations

from django import template
from ua_parser import parse

register = template.Library()


@register.filter
def browser(user_agent: str | None) -> str:
    """System and browser of a User-Agent, such as `Windows 10，Chrome 120`; empty where it tells nothing."""
    if not user_agent:
        return ""
    found = parse(user_agent)
    system = f"{found.os.family} {found.os.major or ''}".strip() if found.os else ""
    name = f"{found.user_agent.family} {found.user_agent.major or ''}".strip() if found.user_agent else ""
    return "，".join(part for part in (system, name) if part)
