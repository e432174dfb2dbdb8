"""The 安全管理员's page: grants proposed by one, approved by another, taken back. It names plans, so it stands here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.models import Grant, Role, User
from accounts.rules import has_role
from accounts.services import AccountRefused, approve_grant, end_grant, grant_role, reject_grant
from huzhou_targets.grant_forms import GrantForm
from huzhou_targets.http import render_page
from huzhou_targets.table_files import exportable, rows_per_page
from indicators.models import Plan

GRANTS_PER_PAGE = 50


def _secadmin(request: HttpRequest) -> User:
    if not has_role(request.user, Role.SECADMIN):
        raise PermissionDenied
    return cast("User", request.user)


def _with_plan_names(grants: Iterable[Grant], plans: Mapping[str, str]) -> list[tuple[Grant, str]]:
    """Each grant with its plan's short name."""
    return [(grant, plans.get(grant.plan_code, grant.plan_code) or "全部") for grant in grants]


@login_required
@exportable
def grant_list(request: HttpRequest) -> HttpResponse:
    """What waits for a second person, what is in force, and a form to propose more."""
    actor = _secadmin(request)
    plans = list(Plan.objects.order_by("order", "code").values_list("code", "short_name"))
    form = GrantForm(request.POST or None, plans=plans)
    if request.method == "POST" and form.is_valid():
        try:
            grant = grant_role(actor=actor, **form.cleaned_data)
        except AccountRefused as error:
            form.add_error(None, f"没有提出：{error}。")
        else:
            messages.success(request, f"已提出：{grant}。须由另一名安全管理员批准后生效。")
            return redirect("grant_list")
    grants = Grant.objects.select_related("user__organisation", "organisation", "proposed_by", "approved_by")
    words = request.GET.get("q", "").strip()
    current = grants.filter(Q(valid_to=None) | Q(valid_to__gt=timezone.now()))
    in_force = current.filter(approved_at__isnull=False).order_by("user__username", "role", "id")
    if words:
        in_force = in_force.filter(
            Q(user__username__icontains=words)
            | Q(user__organisation__name__icontains=words)
            | Q(organisation__name__icontains=words)
        )
    page = Paginator(in_force, rows_per_page(request, GRANTS_PER_PAGE)).get_page(request.GET.get("page"))
    context = {
        "section": "grants",
        "form": form,
        "q": words,
        "waiting": _with_plan_names(grants.waiting().order_by("id"), dict(plans)),
        "page": page,
        "in_force": _with_plan_names(page.object_list, dict(plans)),
    }
    return render_page(request, "accounts/grant_list.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def grant_act(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve or reject a proposal, or take a grant back."""
    actor = _secadmin(request)
    grant = get_object_or_404(Grant.objects.select_related("user", "organisation"), pk=pk)
    reason = request.POST.get("reason", "")
    try:
        if "approve" in request.POST:
            approve_grant(actor=actor, grant=grant)
            messages.success(request, f"已批准：{grant}。")
        elif "reject" in request.POST:
            reject_grant(actor=actor, grant=grant, reason=reason)
            messages.success(request, f"未批准：{grant}。")
        elif "end" in request.POST:
            end_grant(actor=actor, grant=grant, reason=reason)
            messages.success(request, f"已收回：{grant}。")
    except AccountRefused as error:
        messages.error(request, f"没有办成：{error}。")
    return redirect("grant_list")
