"""The first page after sign-in: what waits for the account."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Role
from accounts.rules import has_role, sees_any_data
from huzhou_targets.administration import administrator_tasks
from huzhou_targets.http import render_page
from worklist.items import WorkItem, grouped
from worklist.selectors import work_of


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """What waits for the account; a leader for whom nothing waits gets the leadership page at once."""
    items = work_of(request.user)
    leads = has_role(request.user, Role.LEADER) and not has_role(request.user, Role.OWNER)
    if leads and not items:
        return redirect("overview_start")
    return _show(request, items)


@require_safe
@login_required
def worklist_page(request: HttpRequest) -> HttpResponse:
    """What waits for the account, also where that is nothing."""
    return _show(request, work_of(request.user))


def _show(request: HttpRequest, items: list[WorkItem]) -> HttpResponse:
    context = {
        "section": "worklist",
        "groups": grouped(items),
        "amount": len(items),
        "today": timezone.localdate(),
        "tasks": administrator_tasks(request.user),
        "sees_data": sees_any_data(request.user),
        "demo_data": any(item.is_demo for item in items),
    }
    return render_page(request, "worklist/worklist.html", context)
