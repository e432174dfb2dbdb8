"""Sign-in and password forms with the house's labels and look."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm


class SignInForm(AuthenticationForm):
    """User name and password. The messages never say which of the two was wrong."""

    error_messages = {
        "invalid_login": "用户名或密码不对，请核对后重新输入；密码区分大小写。连续输错多次，账号会暂时锁定。",
        "inactive": "这个账号已停用，请联系安全管理员。",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "用户名"
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"


class OwnPasswordForm(PasswordChangeForm):
    """The old password once, the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (
            ("old_password", "现在的密码"),
            ("new_password1", "新密码"),
            ("new_password2", "再输一次新密码"),
        ):
            self.fields[name].label = label
            self.fields[name].widget.attrs["class"] = "form-control"
