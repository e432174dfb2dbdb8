"""What Django and axes announce about signing in goes into the trail."""

from __future__ import annotations

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_login_failed
from django.dispatch import receiver

from accounts.security import note_failed_sign_in


@receiver(user_login_failed)
def record_failed_sign_in(*, credentials: dict[str, Any], **kwargs: Any) -> None:
    """A wrong name or password."""
    note_failed_sign_in(username=str(credentials.get("username", ""))[:150])


@receiver(user_locked_out)
def record_lock_out(*, username: str | None = None, **kwargs: Any) -> None:
    """The attempt with which an account was locked."""
    note_failed_sign_in(username=username or "", locked=True)
