"""Signing in and out in its steps, one's own password, second factor and sessions."""

from __future__ import annotations

import io
from base64 import b32encode
from typing import Any, cast

import segno
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe
from django_otp import login as otp_login

from accounts.forms import OwnPasswordForm, SignInForm
from accounts.middleware import SECOND_FACTOR_DUE, is_code_due
from accounts.models import Role, User
from accounts.rules import has_role
from accounts.security import (
    CodeRefused,
    begin_second_factor,
    check_code,
    confirm_second_factor,
    end_all_sessions,
    end_session,
    has_second_factor,
    is_address_blocked,
    note_blocked_address,
    note_sign_in,
    note_sign_out,
    open_enrolment,
    open_sessions,
    remove_second_factor,
    session_handle,
)
from accounts.services import change_own_password
from huzhou_targets.http import render_page, safe_return_address
from huzhou_targets.table_files import exportable, rows_per_page

SESSIONS_PER_PAGE = 50


class SignInView(LoginView):
    """User name and password; an account with an authenticator goes on to the one-time code."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        address = request.META.get("REMOTE_ADDR", "")
        if is_address_blocked(address=address):
            note_blocked_address(address=address)
            return render_page(request, "accounts/locked_out.html", status=429)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        user = form.get_user()
        if has_second_factor(user):
            self.request.session[SECOND_FACTOR_DUE] = True
        note_sign_in(user=user)
        return response


class SignOutView(LogoutView):
    """Ends the session; only by POST, so that no link can do it."""

    @method_decorator(never_cache)
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            note_sign_out(user=request.user)
        return super().post(request, *args, **kwargs)


sign_in = SignInView.as_view()
sign_out = SignOutView.as_view()


@sensitive_post_parameters()
@never_cache
@login_required
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; where an initial or old password must go, no other page opens before."""
    user = cast("User", request.user)
    form = OwnPasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        change_own_password(user=user, password=form.cleaned_data["new_password1"])
        update_session_auth_hash(request, user)
        end_all_sessions(actor=user, user=user, except_key=request.session.session_key or "")
        messages.success(request, "新密码已保存，下次登录请使用新密码。其他地方的登录已经退出。")
        return redirect("home")
    return render_page(request, "accounts/password.html", {"form": form})


@sensitive_post_parameters()
@never_cache
@login_required
def second_factor(request: HttpRequest) -> HttpResponse:
    """The one-time code after the password."""
    user = cast("User", request.user)
    if not is_code_due(request):
        return redirect("second_factor_setup")
    if not has_second_factor(user):
        return redirect("second_factor_setup")
    problem = ""
    if request.method == "POST":
        try:
            device = check_code(user=user, code=request.POST.get("code", ""))
        except CodeRefused as error:
            problem = str(error)
        else:
            otp_login(request, device)
            request.session.pop(SECOND_FACTOR_DUE, None)
            return redirect(safe_return_address(request, default="/"))
    context = {"problem": problem}
    return render_page(request, "accounts/second_factor.html", context, status=422 if problem else 200)


@sensitive_post_parameters()
@never_cache
@login_required
def second_factor_setup(request: HttpRequest) -> HttpResponse:
    """Enrol one's own authenticator, or take it away again."""
    user = cast("User", request.user)
    enrolled = has_second_factor(user)
    if enrolled and is_code_due(request):
        return redirect("second_factor")
    problem, action = "", request.POST.get("action", "")
    codes: list[str] = []
    try:
        if action == "begin":
            begin_second_factor(user=user)
            return redirect("second_factor_setup")
        if action == "confirm":
            device, codes = confirm_second_factor(
                user=user, code=request.POST.get("code", "").replace(" ", "")
            )
            otp_login(request, device)
            request.session.pop(SECOND_FACTOR_DUE, None)
            enrolled = True
        elif action == "remove" and enrolled:
            check_code(user=user, code=request.POST.get("code", ""))
            remove_second_factor(actor=user, user=user)
            messages.success(request, "已解除动态口令，下次登录只需密码。")
            return redirect("second_factor_setup")
    except CodeRefused as error:
        problem = str(error)
    waiting = None if enrolled else open_enrolment(user)
    context = {
        "enrolled": enrolled,
        "waiting": waiting,
        "secret": b32encode(waiting.bin_key).decode() if waiting else "",
        "codes": codes,
        "problem": problem,
        "required": is_code_due(request),
    }
    return render_page(request, "accounts/second_factor_setup.html", context, status=422 if problem else 200)


@require_safe
@never_cache
@login_required
def second_factor_image(request: HttpRequest) -> HttpResponse:
    """The waiting authenticator's secret as a QR code, for the telephone's camera."""
    device = open_enrolment(cast("User", request.user))
    if device is None:
        raise Http404
    out = io.BytesIO()
    segno.make(device.config_url, error="m").save(out, kind="png", scale=6, border=4)
    return HttpResponse(out.getvalue(), content_type="image/png")


@require_safe
@login_required
@exportable
def session_list(request: HttpRequest) -> HttpResponse:
    """Where one is signed in; for the 系统管理员 with `?all=1` where everybody is."""
    user = cast("User", request.user)
    everybody = request.GET.get("all") == "1"
    if everybody and not has_role(user, Role.SYSADMIN):
        raise PermissionDenied
    sessions = open_sessions() if everybody else open_sessions().filter(user=user)
    page = Paginator(sessions, rows_per_page(request, SESSIONS_PER_PAGE)).get_page(request.GET.get("page"))
    context = {
        "section": "sessions",
        "everybody": everybody,
        "may_see_all": has_role(user, Role.SYSADMIN),
        "page": page,
        "rows": [
            (item, session_handle(item.session_key), item.session_key == request.session.session_key)
            for item in page.object_list
        ],
    }
    return render_page(request, "accounts/session_list.html", context)


@require_POST
@login_required
def session_end(request: HttpRequest) -> HttpResponse:
    """End one session by force, or all of one's own but this."""
    user = cast("User", request.user)
    back = safe_return_address(request, default="/accounts/sessions/")
    if "others" in request.POST:
        ended = end_all_sessions(actor=user, user=user, except_key=request.session.session_key or "")
        messages.success(request, f"已退出其他 {ended} 处登录。")
        return redirect(back)
    owner = end_session(actor=user, handle=request.POST.get("session", ""))
    if owner is None:
        messages.info(request, "这处登录已经结束，不用再退出。")
    else:
        messages.success(request, f"已让“{owner.label}”的这处登录下线。")
    return redirect(back)
