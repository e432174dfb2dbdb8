"""Settings that the rules for information systems (等保) do not leave to taste."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register

RETENTION_DAYS_MIN = 180
"""网络安全法 第二十一条：网络日志留存不少于六个月。"""


@register(Tags.security)
def check_retention(app_configs: Any, **kwargs: Any) -> list[Error]:
    """The trail stays for six months at least."""
    if settings.AUDIT_RETENTION_DAYS < RETENTION_DAYS_MIN:
        return [
            Error(
                f"AUDIT_RETENTION_DAYS 是 {settings.AUDIT_RETENTION_DAYS}，审计记录至少留存 {RETENTION_DAYS_MIN} 天。",
                hint="把 AUDIT_RETENTION_DAYS 设为 180 或更大，或者不设（默认 365）。",
                id="accounts.E001",
            )
        ]
    return []
