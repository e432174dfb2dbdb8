"""Pages of schemes: which there are, one explained to everyone who is ranked, a new version, its plans."""

from __future__ import annotations

import json
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.rules import Person, sees_any_data
from huzhou_targets.http import render_page
from huzhou_targets.table_files import exportable
from indicators.models import Plan
from indicators.overviews import plans_visible_to
from rankings import scheme_pages
from rankings.models import SchemeVersion
from rankings.rules import may_assign_scheme, may_edit_schemes
from rankings.scheme_forms import AssignForm, SchemeForm
from rankings.services.assignments import assign_scheme
from rankings.services.schemes import create_scheme_version, ensure_scheme_v1
from returns.states import WrongState
from scoring import Scheme, SchemeError


def _require_data_role(user: Person) -> None:
    if not sees_any_data(user):
        raise PermissionDenied("计分办法对参评单位、牵头办和领导公开")


@require_safe
@login_required
@exportable
def scheme_list(request: HttpRequest) -> HttpResponse:
    """All versions with the plans that are scored by them."""
    _require_data_role(request.user)
    ensure_scheme_v1()
    schemes = list(scheme_pages.schemes_with_use(request.user))
    context = {
        "section": "plans",
        "schemes": schemes,
        "others": scheme_pages.plans_without_assignment(list(plans_visible_to(request.user)), schemes),
        "editor": may_edit_schemes(request.user),
    }
    return render_page(request, "rankings/scheme_list.html", context)


@require_safe
@login_required
def scheme_page(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """One version explained from its own data, with a worked line; its owner's buttons."""
    _require_data_role(request.user)
    scheme = get_object_or_404(scheme_pages.schemes_with_use(request.user), code=code, version=version)
    return _show_scheme(request, scheme, None)


def _show_scheme(request: HttpRequest, scheme: SchemeVersion, form: AssignForm | None) -> HttpResponse:
    editor = may_edit_schemes(request.user)
    if editor and form is None:
        form = AssignForm(plans=_own_plans(request.user))
    context = {
        "section": "plans",
        "scheme": scheme,
        "sections": scheme_pages.explain_in_words(Scheme.from_dict(scheme.parameters)),
        "worked": scheme_pages.worked_line(request.user, scheme),
        "parameters": json.dumps(scheme.parameters, ensure_ascii=False, indent=2),
        "editor": editor,
        "form": form,
    }
    return render_page(
        request, "rankings/scheme.html", context, status=400 if form is not None and form.errors else 200
    )


def _own_plans(user: Person):  # type: ignore[no-untyped-def]
    """The plans whose schemes the account decides."""
    codes = [
        code
        for code in plans_visible_to(user).values_list("code", flat=True)
        if may_assign_scheme(user, plan_code=code)
    ]
    return Plan.objects.filter(code__in=codes).order_by("order", "code")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new_version(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """Write a new version from the parameters of this one; every problem is listed."""
    if not may_edit_schemes(request.user):
        raise PermissionDenied("只有牵头办可以新建计分办法")
    base = get_object_or_404(SchemeVersion, code=code, version=version)
    newest = SchemeVersion.objects.filter(code=code).aggregate(newest=Max("version"))["newest"]
    draft = scheme_pages.draft_of(base, number=newest + 1)
    form = SchemeForm(request.POST if request.method == "POST" else None, initial={"parameters": draft})
    if request.method == "POST" and form.is_valid():
        try:
            scheme = create_scheme_version(
                actor=cast("User", request.user), parameters=form.cleaned_data["parameters"]
            )
        except SchemeError as error:
            for problem in error.problems:
                form.add_error("parameters", problem)
        else:
            messages.success(request, f"已新建“{scheme}”。指定给方案后才会用它计分。")
            return redirect("scheme", scheme.code, scheme.version)
    context = {
        "section": "plans",
        "base": base,
        "form": form,
        "words": scheme_pages.PARAMETERS,
        "methods": scheme_pages.methods_help(),
    }
    return render_page(request, "rankings/scheme_form.html", context, status=400 if form.errors else 200)


@require_POST
@login_required
def assign(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """Score a plan by this version from a period on."""
    if not may_edit_schemes(request.user):
        raise PermissionDenied("只有牵头办可以指定计分办法")
    scheme = get_object_or_404(scheme_pages.schemes_with_use(request.user), code=code, version=version)
    form = AssignForm(request.POST, plans=_own_plans(request.user))
    if form.is_valid():
        plan, period = form.cleaned_data["plan"], form.cleaned_data["period"]
        try:
            assign_scheme(actor=cast("User", request.user), plan=plan, scheme=scheme, period=period)
        except WrongState as error:
            form.add_error("period", f"没有办成：{error}。")
        else:
            messages.success(request, f"{plan.short_name}自{period.label}起用“{scheme.title}”计分。")
            return redirect("scheme", code, version)
    return _show_scheme(request, scheme, form)
