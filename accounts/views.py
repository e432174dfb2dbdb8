"""Signing in and out, and changing one's own password."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, LogoutView
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters

from accounts.forms import OwnPasswordForm, SignInForm
from accounts.models import User
from audit.services import record
from huzhou_targets.http import render_page

sign_in = LoginView.as_view(
    template_name="accounts/sign_in.html", authentication_form=SignInForm, redirect_authenticated_user=True
)
sign_out = LogoutView.as_view()


@sensitive_post_parameters()
@login_required
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; where an initial password must go, no other page opens before."""
    user = cast("User", request.user)
    form = OwnPasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save(commit=False)
            user.must_change_password = False
            user.save(update_fields=["password", "must_change_password"])
            record(actor=user, verb="account.password-changed", subject=user)
        update_session_auth_hash(request, user)
        messages.success(request, "新密码已保存，下次登录请使用新密码。")
        return redirect("home")
    return render_page(request, "accounts/password.html", {"form": form})
