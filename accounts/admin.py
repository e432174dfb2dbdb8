"""Django's administration for the 系统管理员 alone: accounts, organisations, contacts. No data, no grants.

Every change goes through the services, which check the right and write the trail.
"""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import Contact, Role, User
from accounts.rules import has_role
from accounts.security import remove_second_factor, unlock_account
from accounts.services import (
    AccountRefused,
    change_account,
    change_organisation,
    create_account,
    remove_contact,
    reset_password,
    save_contact,
)
from accounts.views import sign_out
from districts.models import Organisation


class HouseAdminSite(admin.AdminSite):
    """Open to the 系统管理员, signed in on the site's own page."""

    site_header = "湖州目标晾晒 系统管理"
    site_title = "系统管理"
    index_title = "账号、单位与联系方式"
    site_url = "/"
    enable_nav_sidebar = False
    empty_value_display = "–"

    def has_permission(self, request: HttpRequest) -> bool:
        return has_role(request.user, Role.SYSADMIN)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The site's own sign-in page with its lock-out; for everybody else a refusal."""
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect(f"/accounts/login/?next={request.path}")

    def logout(  # type: ignore[override]  # any answer will do
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The site's own way out, which the trail knows of."""
        return sign_out(request)

    def password_change(  # type: ignore[override]  # likewise
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The site's own page, with its service."""
        return redirect("password")


site = HouseAdminSite(name="admin")


class SysadminOnly(admin.ModelAdmin):
    """Rights by role and not by Django's own permissions; writes by services and not by `Model.save`."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return has_role(request.user, Role.SYSADMIN)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return has_role(request.user, Role.SYSADMIN)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return has_role(request.user, Role.SYSADMIN)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return has_role(request.user, Role.SYSADMIN)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Headed by what is listed, in plain words."""
        title = {"title": self.model._meta.verbose_name_plural} | (extra_context or {})
        return super().changelist_view(request, title)


def _actor(request: HttpRequest) -> User:
    return cast("User", request.user)


class AccountForm(forms.ModelForm):
    """An account; a password is asked for a new one, and given to an old one only to reset it."""

    initial_password = forms.CharField(
        label="初始密码",
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="新账号必填；已有账号留空表示不重设。首次登录须修改。",
    )

    class Meta:
        model = User
        fields = ["username", "organisation", "office", "is_active"]
        help_texts = {"office": "只写岗位，不写个人姓名。", "is_active": "停用的账号不能登录，记录保留。"}

    def clean(self) -> dict[str, Any] | None:
        """A new account needs a password that keeps the rules; a changed one must be possible."""
        data = super().clean() or {}
        password = data.get("initial_password", "")
        if self.instance.pk is None and not password:
            self.add_error("initial_password", "请为新账号设一个初始密码。")
        if password:
            try:
                validate_password(password, self.instance)
            except forms.ValidationError as error:
                self.add_error("initial_password", error)
        return data


class AccountAdmin(SysadminOnly):
    """Accounts: opened, changed, taken out of use, unlocked. Rights are granted elsewhere, by others."""

    form = AccountForm
    list_display = ["username", "organisation", "office", "is_active", "must_change_password", "last_login"]
    list_filter = ["is_active", "organisation__kind"]
    list_select_related = ["organisation"]
    search_fields = ["username", "office", "organisation__name"]
    actions = ["unlock", "take_second_factor"]
    ordering = ["username"]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """A name that stands in the trail is not changed."""
        return ["username"] if obj else []

    def save_model(self, request: HttpRequest, obj: User, form: AccountForm, change: bool) -> None:
        """Through the services; what they refuse is told and nothing is stored."""
        password = form.cleaned_data["initial_password"]
        if not change:
            made = create_account(
                actor=_actor(request),
                username=obj.username,
                password=password,
                office=obj.office,
                organisation=obj.organisation,
            )
            obj.pk = made.pk
            return
        change_account(
            actor=_actor(request),
            user=obj,
            office=obj.office,
            organisation=obj.organisation,
            is_active=obj.is_active,
        )
        if password:
            reset_password(actor=_actor(request), user=User.objects.get(pk=obj.pk), password=password)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """What a service refuses is a message on the page, after which the form stands as stored."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except AccountRefused as error:
            messages.error(request, f"没有保存：{error}。")
            return redirect(request.path)

    @admin.action(description="解除登录锁定")
    def unlock(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """For those who mistyped their password five times."""
        for user in queryset:
            unlock_account(actor=_actor(request), user=user)
        messages.success(request, f"已解除 {len(queryset)} 个账号的登录锁定。")

    @admin.action(description="解除动态口令（手机遗失）")
    def take_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """For those who lost their telephone and their recovery codes."""
        for user in queryset:
            remove_second_factor(actor=_actor(request), user=user)
        messages.success(request, f"已解除 {len(queryset)} 个账号的动态口令。")


class OrganisationAdmin(SysadminOnly):
    """How organisations are shown. Names, aliases and dates come from the documents."""

    fields = ["name", "code", "kind", "short_name", "order", "valid_from", "valid_to", "note"]
    readonly_fields = ["name", "code", "kind", "valid_from", "valid_to"]
    list_display = ["name", "short_name", "kind", "order", "valid_to"]
    list_filter = ["kind", "city"]
    search_fields = ["name", "short_name", "code"]
    ordering = ["city", "order"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Organisation, form: Any, change: bool) -> None:
        """Through the service."""
        change_organisation(
            actor=_actor(request),
            organisation=obj,
            short_name=obj.short_name,
            order=obj.order,
            note=obj.note,
        )


class ContactAdmin(SysadminOnly):
    """How offices are reached: masked in the list, whole on the form."""

    list_display = ["organisation", "office", "shown_phone", "shown_email"]
    list_select_related = ["organisation"]
    search_fields = ["organisation__name", "office"]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return has_role(request.user, Role.SYSADMIN)

    @admin.display(description="电话")
    def shown_phone(self, contact: Contact) -> str:
        """Masked."""
        return contact.masked_phone

    @admin.display(description="电子邮箱")
    def shown_email(self, contact: Contact) -> str:
        """Masked."""
        return contact.masked_email

    def save_model(self, request: HttpRequest, obj: Contact, form: Any, change: bool) -> None:
        """Through the service."""
        save_contact(actor=_actor(request), contact=obj)

    def delete_model(self, request: HttpRequest, obj: Contact) -> None:
        """Through the service."""
        remove_contact(actor=_actor(request), contact=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Contact]) -> None:
        """Through the service, one by one."""
        for contact in queryset:
            remove_contact(actor=_actor(request), contact=contact)


site.register(User, AccountAdmin)
site.register(Organisation, OrganisationAdmin)
site.register(Contact, ContactAdmin)
